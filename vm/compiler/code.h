/* code.h: words of code: instructions, labels, calls, lines. */
#ifndef COMPILER_CODE_H
#define COMPILER_CODE_H

#include "vm/compiler/generate.h"

void code_emit(Generator *g, Opcode op, unsigned a, unsigned b, unsigned c);
Label *code_label(Generator *g);
void code_bind(Generator *g, Label *label);

/* A branch with operands a, b to the label; OP_jump ignores them. */
void code_branch(Generator *g, Opcode op, unsigned a, unsigned b, Label *label);
void code_jump(Generator *g, Label *label);
void code_call(Generator *g, Opcode op, Value result, uint16_t method,
               const Value *arguments, size_t count);
void code_at(Generator *g, const Node *node);
uint32_t code_line(const Generator *g, Place place);

/* An instruction behind which control does not go on. */
bool code_never_falls(unsigned op);

/* Looks at G1 to G6 of generate.h. What is wrong then is the compiler; it is an
 * error at the function. */
void code_check(Generator *g);

#endif
