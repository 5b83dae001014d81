/* What the generator's files share.
 *
 * A method is generated in one pass over its nodes. Registers have one type for
 * the whole method and are used again for values of the same type; a local owns
 * its register while it is in scope. A Value that is a local's register is
 * borrowed: it is read at once or copied. */
#ifndef COMPILER_GENERATE_STATE_H
#define COMPILER_GENERATE_STATE_H

#include "vm/compiler/generate.h"
#include "vm/compiler/lexer.h"

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
    Words words;
    Handlers handlers;
    Lines lines;
    uint32_t line;
    Loop *loop;
    Try *tries;
    bool ended; /* no way leads to the next word */
} Generator;

/* ---- Emitting (generate_code.c) ---- */

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

/* ---- Values (generate_value.c) ---- */

extern const Value value_none;
Value value_new(Generator *g, Erased type);
Value value_of(Generator *g, Type *type);
void value_release(Generator *g, Value value);

/* The register stays taken until value_release of the result. */
Value value_borrowed(Value value);

/* `hint` when it is a register for this type, else a new one. */
Value value_target(Generator *g, Value hint, Erased type);
void value_move(Generator *g, Value to, Value from);

/* A register of its own for what may be borrowed. */
Value value_own(Generator *g, Value value);
Value value_int(Generator *g, int64_t number, Value hint);
void value_set_int(Generator *g, Value to, int64_t number);
Value value_text(Generator *g, Name text, Value hint);
Value value_zero(Generator *g, Erased type);

/* From the representation of one type to that of another: boxes, unboxes,
 * casts. Releases the value when the result is another. */
Value value_convert(Generator *g, Value value, Erased to, Value hint);

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

/* ---- Variables (generate_variable.c) ---- */

void variable_declare(Generator *g, Variable *variable, Value first);
void variable_forget(Generator *g, Variable *variable);
Value variable_load(Generator *g, Variable *variable, Value hint);
void variable_store(Generator *g, Variable *variable, Value value);
Value variable_load_field(Generator *g, Variable *field, Value object,
                          Value hint);
void variable_store_field(Generator *g, Variable *field, Value object,
                          Value value);
uint16_t variable_field_number(Generator *g, Variable *field);

/* The register of a local that can be written to directly, or none. */
Value variable_register(Generator *g, Variable *variable);
bool variable_is_cell(const Variable *variable);
Erased variable_type(Generator *g, Variable *variable);

/* A field of a core class that the compiler knows, e.g. List.size. */
Variable *variable_core_field(Generator *g, Class *class, const char *name);

/* ---- Calls (generate_call.c) ---- */

/* True for natives that are one instruction. */
bool call_is_intrinsic(const Generator *g, const Function *function);

/* A member of something that may be null: null when it is. */
Value generate_safe(Generator *g, Node *node, Node *member, Value hint);

/* Calls a function; `receiver` none for free ones that are not of scalars;
 * arguments are as its signature says, `this` not included. They are released.
 * The result is as the signature says. */
Value call_function(Generator *g, Function *function, Value receiver,
                    Value *arguments, size_t count, bool direct, Value hint);

/* The same with nodes: one argument, result as `result`. */
Value call_method(Generator *g, Function *function, Value receiver,
                  Node **arguments, size_t count, Type *result, Value hint);
Value call_of_core(Generator *g, const char *name, Value *arguments,
                   size_t count, Value hint);

/* A method that a core class declares itself. */
Function *call_member_of(Generator *g, Class *class, const char *name);

/* ---- Methods (generate_method.c) ---- */

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

/* ---- Bridges (generate_bridge.c) ---- */

void bridge_class(Generator *of, Class *class);
Name bridge_default_name(Generator *g, const Function *function);

/* ---- Closures (generate_closure.c) ---- */

#endif
