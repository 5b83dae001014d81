/* The checker: declares what the parser made, then gives every node its type.
 * compiler.c calls the first three functions; the rest is among check_*.c.
 *
 * Order: check_declare (names, supertypes, signatures) for each module, core
 * first; then check_module (bodies) for the one being compiled. Results that
 * are not written down are inferred when first asked for. A node is checked
 * once. After errors the module is not generated.
 *
 * Of a module without errors this holds, and check_proof looks at it before
 * anything is generated:
 *
 * C1 Each expression and each variable has a type that is wholly known. Only
 *    the names of classes and modules, and of what is called, are no values.
 * C2 A function that is named and not called has the type of a function.
 * C3 Conditions are Bool, or never come to their end.
 * C4 Each name and member stands for something that is there.
 * C5 A local is used in its own function, or each closure from there to its use
 *    captures it.
 * C6 A call has a value or a default for each parameter and nothing besides.
 * C7 The pattern of a case knows its case, a name in a pattern has a type. */
#ifndef COMPILER_CHECK_H
#define COMPILER_CHECK_H

#include "vm/compiler/lexer.h"
#include "vm/compiler/type.h"

/* Names and places of the classes, functions and variables of a module. */
void check_declare(World *world, Module *module);

/* The bodies. `slots`: a shell's variables, linked by next, or NULL. */
void check_module(World *world, Module *module, Variable *slots,
                  Variable **new_slots_out);

/* Looks at C1 to C7. What is wrong then is the compiler; it is an error at the
 * first such place. */
void check_proof(World *world, Module *module);

/* A type as written at the top of the module that is compiled. */
Type *check_type_of(World *world, TypeNode *node);

/* ---- Among the files of this part ---- */

/* A variable in scope, innermost first. */
typedef struct Scope {
    Variable *variable;
    struct Scope *next;
} Scope;

/* What is known of a local, or of a field of one (root NULL: of `this`), at
 * this point: it has this narrower type. The first entry for a key counts. */
typedef struct Narrowing {
    Variable *root;
    Variable *field; /* NULL: the local itself */
    Type *type;
    struct Narrowing *next;
} Narrowing;

/* What a condition says when it holds and when it does not. */
typedef struct Facts {
    Narrowing *when_true, *when_false;
} Facts;

typedef struct Checker {
    World *world;
    Compile *compile;
    Module *module;
    Class *class;
    Function *function; /* the innermost, closures included */
    Scope *scope;
    Narrowing *narrowings;
    const Node *target; /* the member being assigned to: as declared */
    unsigned loops;
    bool has_break;  /* the innermost loop, so far */
    bool is_static;  /* no `this` here */
    Variable *slots; /* a shell's variables */
    Variable **new_slots;
    bool at_line_top; /* a `let` here makes a slot */
} Checker;

/* ---- Names (check_name.c) ---- */

/* Finds the name most like a wanted one. */
typedef struct Suggestion {
    Name wanted;
    Name best;
    unsigned distance;
} Suggestion;

Suggestion check_suggestion(Name wanted);
void check_offer(Suggestion *suggestion, Name name);

/* "; did you mean \"x\"?" or "". */
const char *check_suggested(Checker *checker, const Suggestion *suggestion);

Class *check_find_class(Checker *checker, Name name);
Module *check_find_import(Checker *checker, Name name);
Class *check_class_in(Module *module, Name name);

/* Makes check_class_in fast, once all classes of the module are known. */
void check_index_classes(Compile *compile, Module *module);
Class *check_find_case(Class *enum_class, Name name);

/* Gives a NODE_NAME its reference and type; it may become a NODE_MEMBER of
 * `this`. The second form is for a name that is called. */
Type *check_name(Checker *checker, Node *node);
Type *check_called_name(Checker *checker, Node *node);
Type *check_this(Checker *checker, Node *node);

/* The type of a function or getter that is named without a receiver: its
 * result for a getter, of no matter for a call. */
Type *check_function_type(Checker *checker, Node *node, Function *function,
                          bool called);

/* ---- Types as written (check_type.c) ---- */

Type *check_type(Checker *checker, TypeNode *node);

/* The same for `is` and `as`: type arguments may be left out. */
Type *check_raw_type(Checker *checker, TypeNode *node);
void check_type_parameters(Checker *checker, TypeParameter *parameters);

/* ---- Members (check_member.c) ---- */

typedef struct Member {
    Variable *field;
    Function *function;
    Type *owner;       /* the class type that declares it */
    Binding *bindings; /* of its types, for this receiver */
} Member;

/* The field, getter or method of a value of this type. */
bool check_find_member(World *world, Type *type, Name name, Member *out);
Function *check_find_setter(World *world, Type *type, Name name);
Function *check_find_static(Class *class, Name name);
Variable *check_find_static_variable(Class *class, Name name);

/* Gives a NODE_MEMBER its reference and type. `called`: a call follows. */
Type *check_member(Checker *checker, Node *node, bool called);

/* Says that a private thing was used elsewhere; false then. */
bool check_access(Checker *checker, Place place, bool is_private,
                  const Module *module, Name name);

/* The method of a core protocol, e.g. "get" for an index; false if the type
 * has none. */
bool check_find_method(Checker *checker, Type *type, const char *name,
                       Member *out);

/* ---- Bodies (check.c) ---- */

/* The result of a function and the type of a variable, inferred now if they
 * are not yet known. Never NULL. */
Type *check_result(Checker *checker, Function *function);
Type *check_variable_type(Checker *checker, Variable *variable);
void check_push(Checker *checker, Variable *variable);
void check_conformance(Checker *checker, Class *class);

/* ---- Expressions ---- */

/* Inference goes from body to body, so the parser's limit does not bound it:
 * every expression and statement enters and leaves. False, after an error,
 * when it is one level too many. */
#define CHECK_DEPTH 320u
#define NODE_UNITS 60 /* of work.h, for each */
bool check_enter(Checker *checker, Node *node);
void check_leave(Checker *checker);

/* Type of the value; `expected` NULL or what would be welcome. */
Type *check_expression(Checker *checker, Node *node, Type *expected);

/* Checks that the value fits; says what is wrong with `what` ("argument"). */
Type *check_value(Checker *checker, Node *node, Type *wanted, const char *what);
bool check_fits(Checker *checker, Place place, Type *wanted, Type *given,
                const char *what);

/* A Bool, and what it tells. */
Facts check_condition(Checker *checker, Node *node);
Type *check_binary(Checker *checker, Node *node, Type *expected);
Type *check_unary(Checker *checker, Node *node, Type *expected);
Type *check_index(Checker *checker, Node *node);
Type *check_call(Checker *checker, Node *node, Type *expected);
Type *check_closure(Checker *checker, Node *node, Type *expected);
Type *check_if(Checker *checker, Node *node, Type *expected);
Type *check_match(Checker *checker, Node *node, Type *expected);

/* A call of `function` with these arguments; bindings map type parameters of
 * its owner. Gives the call's type. */
Type *check_arguments(Checker *checker, Node *call, Function *function,
                      Binding *bindings, Type *result, Type *expected);

/* ---- Statements ---- */

/* True when control never comes behind it. */
bool check_statement(Checker *checker, Node *node);

/* A block in its own scope; its value is that of its last expression when
 * `wants_value`. */
Type *check_block(Checker *checker, Node *block, Type *expected,
                  bool wants_value);

/* What iterating gives; says so when the type cannot be iterated. */
Type *check_element_type(Checker *checker, Node *node, Type *type);

/* ---- Narrowing (check_narrow.c) ---- */

/* Whether a node is something that can be narrowed, and its key. */
bool check_narrow_key(const Node *node, Variable **root_out,
                      Variable **field_out);
Type *check_narrowed(Checker *checker, Variable *root, Variable *field,
                     Type *declared);
void check_narrow(Checker *checker, const Node *node, Type *type,
                  AssignedNames names);
Narrowing *check_new_narrowing(Checker *checker, Variable *root,
                               Variable *field, Type *type, Narrowing *rest);
void check_apply(Checker *checker, const Narrowing *facts);
Narrowing *check_merge(Checker *checker, Narrowing *a, Narrowing *b);

/* What was known before and still holds after assignments since. */
Narrowing *check_still(Checker *checker, Narrowing *before);

/* Forgets what a loop, closure or guard may change. */
void check_forget(Checker *checker, AssignedNames names);
bool check_is_assigned(AssignedNames names, const Variable *variable);
void check_forget_variables(Checker *checker);

#endif
