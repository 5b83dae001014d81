/* The generator: a checked module to the tables and methods of a .rvc.
 * compiler.c calls the first two functions; the rest is among generate_*.c.
 *
 * A method is generated in one pass over its nodes. Registers have one type for
 * the whole method and are used again for values of the same type; a local owns
 * its register while it is in scope. A Value that is a local's register is
 * borrowed: it is read at once or copied.
 *
 * Of a method that is written this holds (code_check):
 *
 * G1 Each register operand is a register of its bank, of the kind that the
 *    instruction wants.
 * G2 Each branch leads to where an instruction begins; each label that is used
 *    has its place.
 * G3 The last instruction does not fall through.
 * G4 Handlers cover whole instructions, lead to one, have a register, and stand
 *    from the inside outwards.
 * G5 Lines ascend.
 * G6 At the end of a block the registers are taken that were taken before it,
 *    and no register is given back that is not taken. */
#ifndef COMPILER_GENERATE_H
#define COMPILER_GENERATE_H

#include "vm/compiler/erase.h"
#include "vm/compiler/lexer.h"

/* Fills the writer with classes, variables and methods. Too large a module or
 * method is diagnosed. */

/* Says where native functions stand that are not allowed. */
void generate_check_natives(World *world, Module *module, bool allowed);
void generate_module(World *world, Writer *writer, Module *module);

/* ---- Among the files of this part ---- */

/* A value in a register; no register (Void, Never) when `none`. */
typedef struct Value {
    bool none;
    bool is_reference;
    bool is_temporary; /* to be released by whoever used it */
    uint16_t number;   /* within its bank */
    Erased type;
} Value;

typedef struct Register {
    uint16_t type; /* number in the module's types */
    bool in_use;
} Register;

typedef struct Bank {
    Register *items;
    size_t count, capacity;
} Bank;

/* A place in the code, known once bound; jumps to it wait in `uses`. */
typedef struct LabelUse {
    uint32_t word;
    unsigned lane; /* 0 to 3: which 16 bits take the target */
    struct LabelUse *next;
} LabelUse;

typedef struct Label {
    bool bound;
    uint32_t word;
    LabelUse *uses;
    struct Label *next; /* of the method's */
} Label;

typedef struct Words {
    uint64_t *items;
    size_t count, capacity;
} Words;

typedef struct Handler {
    uint32_t from, to, at;
    uint16_t reg, type;
} Handler;

typedef struct Handlers {
    Handler *items;
    size_t count, capacity;
} Handlers;

typedef struct Line {
    uint32_t word, line;
} Line;

typedef struct Lines {
    Line *items;
    size_t count, capacity;
} Lines;

/* Words that a try's handlers cover; holes are its inlined `finally`s. */
typedef struct Guarded {
    uint32_t from, to;
    struct Guarded *next;
} Guarded;

typedef struct Try {
    struct Try *outer;
    Node *finally; /* NULL: catches only */
    Guarded *ranges;
    uint32_t open; /* where the range being covered began */
} Try;

typedef struct Loop {
    struct Loop *outer;
    Label *again, *end;
    Try *tries; /* those around the loop */
} Loop;

typedef struct Generator {
    World *world;
    Compile *compile;
    Writer *writer;
    Module *module;
    uint32_t *closures; /* made so far in the module */
    /* the method */
    Function *function;
    Class *class;         /* of `this`, NULL: none */
    Type *this_type;      /* NULL: none */
    Value this_value;     /* R0, or a scalar's S0; in closures see captures */
    Class *closure_class; /* a made-up class, in a closure */
    Signature signature;
    Bank references, scalars;
    size_t taken; /* registers in use */
    Words words;
    Label *labels;
    Handlers handlers;
    Lines lines;
    uint32_t line;
    Loop *loop;
    Try *tries;
    bool ended;        /* no way leads to the next word */
    const char *wrong; /* of G6 */
} Generator;

/* ---- Nodes ---- */

/* The value as erase_type(node->type); may be in `hint`, if that fits. */
Value generate(Generator *g, Node *node, Value hint);

/* The value as `to`. */
Value generate_as(Generator *g, Node *node, Type *to, Value hint);
Value generate_erased(Generator *g, Node *node, Erased to, Value hint);

/* Into this very register. */
void generate_into(Generator *g, Node *node, Value to);
void generate_statement(Generator *g, Node *node);

/* Jumps to the label when the condition has this value, else falls through. */
void generate_branch(Generator *g, Node *node, bool when, Label *label);
void generate_block(Generator *g, Node *block, Value to);
Value generate_binary(Generator *g, Node *node, Value hint);
Value generate_unary(Generator *g, Node *node, Value hint);
Value generate_bool(Generator *g, Node *node, Value hint);
Value generate_text_node(Generator *g, Node *node, Value hint);
Value generate_join(Generator *g, Node *left, Node *right, Value hint);
/* A member of something that may be null: null when it is. */
Value generate_safe(Generator *g, Node *node, Node *member, Value hint);

Value generate_call(Generator *g, Node *node, Value hint);
Value generate_closure(Generator *g, Node *node, Value hint);
Value generate_function_value(Generator *g, Node *node, Value hint);
Value generate_list(Generator *g, Node *node, Value hint);
Value generate_map(Generator *g, Node *node, Value hint);
Value generate_match(Generator *g, Node *node, Value hint);
Value generate_this(Generator *g);
Value generate_array_get(Generator *g, Value array, Value index, Erased wanted,
                         Value hint);
void generate_array_put(Generator *g, Value array, Value index, Value item);
void generate_for(Generator *g, Node *node);
void generate_try(Generator *g, Node *node);
void generate_leave(Generator *g, Try *until);

/* True, and the number, when the node is a whole number known now. */
bool generate_constant(Generator *g, Node *node, int64_t *out);

#endif
