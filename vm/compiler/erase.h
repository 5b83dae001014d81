/* Erasure: types and methods as the VM knows them.
 *
 * A type parameter, an interface and a nullable scalar are Object; arrays of
 * scalars keep their kind, all others are one kind. A method has the erased
 * types of its root: the first declaration that it overrides. */
#ifndef COMPILER_ERASE_H
#define COMPILER_ERASE_H

#include "vm/compiler/type.h"
#include "vm/compiler/writer.h"

typedef struct Erased {
    ModuleKind kind; /* MODULE_NONE for Void */
    Class *class;    /* for MODULE_CLASS; never an interface */
} Erased;

Erased erase_type(World *world, Type *type);
bool erase_is_reference(Erased erased);
bool erase_equal(Erased a, Erased b);

/* Whether a value of `from` is one of `to` without a cast. */
bool erase_fits(World *world, Erased to, Erased from);
uint16_t erase_number(World *world, Writer *writer, Erased erased);

/* The type number of a class; interfaces too. */
uint16_t erase_class(Writer *writer, Class *class);

/* The first declaration of a method: itself when it overrides nothing. */
Function *erase_root(World *world, Function *function);

/* True when it is compiled without a receiver in R0 of its class: functions,
 * static functions, and methods of scalars, which take `this` as a value. */
bool erase_is_free(World *world, const Function *function);
bool erase_is_scalar_class(World *world, const Class *class);

/* What the VM calls it: setters are "set:name", and so on. */
Name erase_function_name(Writer *writer, const Function *function);

/* The number of the reference to the method that a call names. `on`: the class
 * through which it is called; NULL: its owner. */
uint16_t erase_method(World *world, Writer *writer, Function *function);

/* Types of the parameters as compiled, `this` of a free method included. */
typedef struct Signature {
    Erased parameters[MODULE_PARAMETERS_MAX];
    Type *types[MODULE_PARAMETERS_MAX]; /* as declared by the root */
    size_t count;
    Erased result;
    Type *result_type;
} Signature;

/* False when there are too many parameters. */
bool erase_signature(World *world, Function *function, Signature *out);
bool erase_same(const Signature *a, const Signature *b);
uint16_t erase_signature_method(World *world, Writer *writer,
                                uint16_t class_type, Name name, Name module,
                                const Signature *signature);

#endif
