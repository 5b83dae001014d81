/* method.h: methods as a whole: functions, constructors, initialisers. */
#ifndef COMPILER_METHOD_H
#define COMPILER_METHOD_H

#include "vm/compiler/generate.h"

/* A generator for another method of the same module. */
Generator method_begin(const Generator *of, Function *function);
void method_write(Generator *g, Name name, uint16_t class_type, unsigned flags,
                  const Signature *signature, const Variable *ranges);

void method_function(Generator *of, Function *function);
void method_constructor(Generator *of, Class *class);
void method_module_init(Generator *of, Module *module);

/* A shell's `run`. */
void method_line(Generator *of, Module *module);

/* Default values that callers ask for by name. */
void method_defaults(Generator *of, Function *function);
Name method_default_name(Generator *g, const Function *function, size_t index);
bool method_default_is_inline(const Variable *parameter);
void method_end(Generator *g);

/* Registers for `this` (kind NONE: none) and the signature's parameters; the
 * function's own parameters get theirs. */
void method_parameters(Generator *g, Erased this_type);

#endif
