/* Types, and the world they live in: all modules of one compilation.
 *
 * A Type is immutable, but for an unknown, which inference binds once; always
 * look at a type through type_of_unknown (type_kind and the functions here
 * do). Scalars are classes to the language: `type_class` gives core's. */
#ifndef COMPILER_TYPE_H
#define COMPILER_TYPE_H

#include "vm/compiler/ast.h"

typedef enum TypeKind {
    TYPE_BAD,   /* after an error: fits everything, silently */
    TYPE_VOID,  /* no value */
    TYPE_NEVER, /* of throw, return: fits everything */
    TYPE_NULL,  /* of `null` alone */
    TYPE_INT,
    TYPE_DOUBLE,
    TYPE_BOOL,
    TYPE_BYTE,
    TYPE_CHAR,
    TYPE_CLASS,     /* class, arguments */
    TYPE_PARAMETER, /* parameter */
    TYPE_FUNCTION,  /* arguments, inner: the result */
    TYPE_NULLABLE,  /* inner, which is not nullable itself */
    TYPE_UNKNOWN,   /* inner once bound, parameter: what it stands for */
} TypeKind;

struct Type {
    TypeKind kind;
    Class *class;
    TypeParameter *parameter;
    Type **arguments;
    size_t count;
    Type *inner;
};

/* Core classes the compiler itself names. */
typedef struct CoreClasses {
    Class *object, *string, *function, *exception, *comparable;
    Class *list, *map, *set, *range, *array, *pair, *builder, *iterator, *cell;
    Class *scalars[TYPE_CHAR + 1];
} CoreClasses;

typedef struct World {
    Compile *compile;
    Module *modules; /* all, the one being compiled last */
    Module *module;  /* the one being compiled */
    Module *core;
    uint32_t source_file; /* the first that is compiled */
    Place at;             /* what is being checked */
    unsigned depth;       /* of the checker's recursion */
    CoreClasses classes;
    Type *bad, *void_type, *never, *null, *object, *string;
    Type *scalars[TYPE_CHAR + 1]; /* from TYPE_INT on */
} World;

/* A substitution of types for type parameters. */
typedef struct Binding {
    TypeParameter *parameter;
    Type *type;
    struct Binding *next;
} Binding;

void type_world_init(World *world, Compile *compile);

/* Looks up the core classes once core is declared. False, with a diagnostic,
 * when one is missing. */
bool type_find_core(World *world);

Function *type_core_function(World *world, const char *name);

/* ---- Making ---- */

Type *type_new_class(World *world, Class *class, Type **arguments,
                     size_t count);
Type *type_of_one(World *world, Class *class, Type *argument);
Type *type_new_function(World *world, Type **parameters, size_t count,
                        Type *result);
Type *type_new_parameter(World *world, TypeParameter *parameter);
Type *type_new_unknown(World *world, TypeParameter *parameter);
Type *type_nullable(World *world, Type *type);

/* ---- Asking ---- */

Type *type_of_unknown(Type *type);
TypeKind type_kind(Type *type);
bool type_is_scalar(Type *type);
bool type_is_number(Type *type); /* Int, Double, Byte */
bool type_is_nullable(Type *type);
bool type_has_unknown(Type *type);

/* Parts that a type is made of, counted up to TYPE_SIZE_MAX + 1. A larger type
 * is an error: everything here recurses over them. */
#define TYPE_SIZE_MAX 400u
unsigned type_size(Type *type);
bool type_is_class(Type *type, const Class *class);

/* Without `?`. */
Type *type_not_null(World *world, Type *type);

/* The class that this one extends, or NULL. */
static inline Class *class_above(const Class *class) {
    work_add(1);
    return class->super ? class->super->class : NULL;
}

/* The class that has its members: of a parameter its bound's, Object's for one
 * without; NULL for types without members. */
Class *type_class(World *world, Type *type);
bool type_equal(Type *a, Type *b);

/* The class type that `class` has among the type and its supertypes, with its
 * arguments; NULL when it is none. */
Type *type_as_super(World *world, Type *type, const Class *class);

/* Whether a value of `from` may stand where `to` is wanted; binds unknowns of
 * both on the way. */
bool type_fits(World *world, Type *to, Type *from);

/* The narrowest type that both fit. */
Type *type_join(World *world, Type *a, Type *b);

/* As people write it, e.g. "Map<String, Int?>". Lives in the arena. */
const char *type_text(World *world, Type *type);

/* As interfaces write it: with module names. */
const char *type_full_text(World *world, Type *type);

/* ---- Substituting ---- */

Type *type_substitute(World *world, Type *type, const Binding *bindings);

/* Bindings of a class type's parameters to its arguments, before `rest`. */
Binding *type_bindings(World *world, Type *class_type, Binding *rest);
Binding *type_bind(World *world, TypeParameter *parameter, Type *type,
                   Binding *rest);

#endif
