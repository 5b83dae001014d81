/* Making types and asking about them. */
#include "vm/compiler/type.h"

static Type *new_type(World *world, TypeKind kind) {
    Type *type = ARENA_NEW(&world->compile->arena, Type);
    type->kind = kind;
    return type;
}

void type_world_init(World *world, Compile *compile) {
    world->compile = compile;
    world->bad = new_type(world, TYPE_BAD);
    world->void_type = new_type(world, TYPE_VOID);
    world->never = new_type(world, TYPE_NEVER);
    world->null = new_type(world, TYPE_NULL);
    for (TypeKind kind = TYPE_INT; kind <= TYPE_CHAR; kind++)
        world->scalars[kind] = new_type(world, kind);
}

/* A class or function of core by name; NULL when there is none. */
static Class *type_core_class(World *world, const char *text) {
    Name name = name_of(&world->compile->names, text);
    for (Class *class = world->core->classes; class; class = NEXT(class))
        if (class->name == name)
            return class;
    return NULL;
}

Function *type_core_function(World *world, const char *text) {
    Name name = name_of(&world->compile->names, text);
    for (Function *f = world->core->functions; f; f = NEXT(f))
        if (f->name == name)
            return f;
    return NULL;
}

static Class *find_class(World *world, const char *text, bool *missing) {
    Class *found = type_core_class(world, text);
    if (found)
        return found;
    if (!*missing)
        source_error(world->compile, (Place){.line = 1, .length = 1},
                     "the core library has no class \"%s\"", text);
    *missing = true;
    return NULL;
}

bool type_find_core(World *world) {
    CoreClasses *classes = &world->classes;
    bool missing = false;
    const struct {
        Class **where;
        const char *name;
    } wanted[] = {
        {&classes->object, "Object"},
        {&classes->string, "String"},
        {&classes->function, "Function"},
        {&classes->exception, "Exception"},
        {&classes->comparable, "Comparable"},
        {&classes->list, "List"},
        {&classes->map, "Map"},
        {&classes->set, "Set"},
        {&classes->range, "Range"},
        {&classes->array, "Array"},
        {&classes->pair, "Pair"},
        {&classes->builder, "StringBuilder"},
        {&classes->iterator, "Iterator"},
        {&classes->cell, "Cell"},
        {&classes->scalars[TYPE_INT], "Int"},
        {&classes->scalars[TYPE_DOUBLE], "Double"},
        {&classes->scalars[TYPE_BOOL], "Bool"},
        {&classes->scalars[TYPE_BYTE], "Byte"},
        {&classes->scalars[TYPE_CHAR], "Char"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        *wanted[i].where = find_class(world, wanted[i].name, &missing);
    if (missing)
        return false;
    for (TypeKind kind = TYPE_INT; kind <= TYPE_CHAR; kind++)
        world->scalars[kind]->class = classes->scalars[kind];
    world->object = type_new_class(world, classes->object, NULL, 0);
    world->string = type_new_class(world, classes->string, NULL, 0);
    return true;
}

/* ---- Making ---- */

static void count_parts(Type *type, unsigned *count) {
    type = type_of_unknown(type);
    if (++*count > TYPE_SIZE_MAX)
        return;
    for (size_t i = 0; i < type->count && *count <= TYPE_SIZE_MAX; i++)
        count_parts(type->arguments[i], count);
    if (type->kind != TYPE_UNKNOWN && type->inner && *count <= TYPE_SIZE_MAX)
        count_parts(type->inner, count);
}

unsigned type_size(Type *type) {
    unsigned count = 0;
    count_parts(type, &count);
    return count;
}

static Type *limited(World *world, Type *type) {
    if (type_size(type) <= TYPE_SIZE_MAX)
        return type;
    source_error(world->compile, world->at, "this type is too large");
    return world->bad;
}

Type *type_new_class(World *world, Class *class, Type **arguments,
                     size_t count) {
    for (TypeKind kind = TYPE_INT; kind <= TYPE_CHAR; kind++)
        if (class && class == world->classes.scalars[kind])
            return world->scalars[kind];
    Type *type = new_type(world, TYPE_CLASS);
    type->class = class;
    type->arguments = arguments;
    type->count = count;
    return limited(world, type);
}

Type *type_of_one(World *world, Class *class, Type *argument) {
    Type **arguments = arena_take(&world->compile->arena, sizeof(Type *));
    arguments[0] = argument;
    return type_new_class(world, class, arguments, 1);
}

Type *type_new_function(World *world, Type **parameters, size_t count,
                        Type *result) {
    Type *type = new_type(world, TYPE_FUNCTION);
    type->arguments = parameters;
    type->count = count;
    type->inner = result;
    return limited(world, type);
}

Type *type_new_parameter(World *world, TypeParameter *parameter) {
    Type *type = new_type(world, TYPE_PARAMETER);
    type->parameter = parameter;
    return type;
}

Type *type_new_unknown(World *world, TypeParameter *parameter) {
    Type *type = new_type(world, TYPE_UNKNOWN);
    type->parameter = parameter;
    return type;
}

Type *type_nullable(World *world, Type *type) {
    switch ((int)type_kind(type)) {
    case TYPE_NULLABLE:
    case TYPE_NULL:
    case TYPE_BAD:
    case TYPE_VOID:
        return type;
    case TYPE_NEVER:
        return world->null;
    default: {
        Type *nullable = new_type(world, TYPE_NULLABLE);
        nullable->inner = type;
        return nullable;
    }
    }
}

/* ---- Asking ---- */

Type *type_of_unknown(Type *type) {
    work_add(1);
    while (type->kind == TYPE_UNKNOWN && type->inner)
        type = type->inner;
    /* A nullable unknown may have been bound to something nullable. */
    if (type->kind == TYPE_NULLABLE) {
        Type *inner = type_of_unknown(type->inner);
        if (inner->kind == TYPE_NULLABLE || inner->kind == TYPE_NULL)
            return inner;
    }
    return type;
}

TypeKind type_kind(Type *type) {
    return type_of_unknown(type)->kind;
}

bool type_is_scalar(Type *type) {
    TypeKind kind = type_kind(type);
    return kind >= TYPE_INT && kind <= TYPE_CHAR;
}

bool type_is_number(Type *type) {
    TypeKind kind = type_kind(type);
    return kind == TYPE_INT || kind == TYPE_DOUBLE || kind == TYPE_BYTE;
}

bool type_is_nullable(Type *type) {
    TypeKind kind = type_kind(type);
    return kind == TYPE_NULLABLE || kind == TYPE_NULL;
}

bool type_is_class(Type *type, const Class *class) {
    type = type_of_unknown(type);
    return type->kind == TYPE_CLASS && type->class == class;
}

Type *type_not_null(World *world, Type *type) {
    type = type_of_unknown(type);
    if (type->kind == TYPE_NULLABLE)
        return type_of_unknown(type->inner);
    return type->kind == TYPE_NULL ? world->never : type;
}

bool type_has_unknown(Type *type) {
    type = type_of_unknown(type);
    if (type->kind == TYPE_UNKNOWN)
        return true;
    if (type->kind == TYPE_NULLABLE || type->kind == TYPE_FUNCTION)
        if (type_has_unknown(type->inner))
            return true;
    for (size_t i = 0; i < type->count; i++)
        if (type_has_unknown(type->arguments[i]))
            return true;
    return false;
}

Class *type_class(World *world, Type *type) {
    type = type_of_unknown(type);
    switch ((int)type->kind) {
    case TYPE_INT:
    case TYPE_DOUBLE:
    case TYPE_BOOL:
    case TYPE_BYTE:
    case TYPE_CHAR:
    case TYPE_CLASS:
        return type->class;
    case TYPE_PARAMETER:
        return type->parameter->bound
                   ? type_class(world, type->parameter->bound)
                   : world->classes.object;
    case TYPE_FUNCTION:
        return world->classes.function;
    default:
        return NULL;
    }
}

bool type_equal(Type *a, Type *b) {
    a = type_of_unknown(a);
    b = type_of_unknown(b);
    if (a == b)
        return true;
    if (a->kind != b->kind || a->class != b->class ||
        a->parameter != b->parameter || a->count != b->count)
        return false;
    if (a->kind == TYPE_UNKNOWN)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!type_equal(a->arguments[i], b->arguments[i]))
            return false;
    return !a->inner || type_equal(a->inner, b->inner);
}

/* ---- Substituting ---- */

Binding *type_bind(World *world, TypeParameter *parameter, Type *type,
                   Binding *rest) {
    Binding *binding = ARENA_NEW(&world->compile->arena, Binding);
    *binding = (Binding){parameter, type, rest};
    return binding;
}

Binding *type_bindings(World *world, Type *type, Binding *rest) {
    type = type_of_unknown(type);
    if (type->kind != TYPE_CLASS)
        return rest;
    TypeParameter *parameter = type->class->type_parameters;
    if (type->class->enum_class)
        parameter = type->class->enum_class->type_parameters;
    for (size_t i = 0; i < type->count && parameter; i++) {
        rest = type_bind(world, parameter, type->arguments[i], rest);
        parameter = NEXT(parameter);
    }
    return rest;
}

static Type **substitute_all(World *world, Type *type,
                             const Binding *bindings) {
    Type **arguments =
        arena_take(&world->compile->arena, type->count * sizeof(Type *));
    for (size_t i = 0; i < type->count; i++)
        arguments[i] = type_substitute(world, type->arguments[i], bindings);
    return arguments;
}

Type *type_substitute(World *world, Type *type, const Binding *bindings) {
    if (!type || !bindings)
        return type;
    type = type_of_unknown(type);
    switch ((int)type->kind) {
    case TYPE_PARAMETER:
        for (const Binding *b = bindings; b; b = NEXT(b))
            if (b->parameter == type->parameter)
                return b->type;
        return type;
    case TYPE_NULLABLE:
        return type_nullable(world,
                             type_substitute(world, type->inner, bindings));
    case TYPE_CLASS:
        if (type->count == 0)
            return type;
        return type_new_class(world, type->class,
                              substitute_all(world, type, bindings),
                              type->count);
    case TYPE_FUNCTION:
        return type_new_function(world, substitute_all(world, type, bindings),
                                 type->count,
                                 type_substitute(world, type->inner, bindings));
    default:
        return type;
    }
}
