/* Which type fits where, what two have in common, and types as text. */
#include "vm/compiler/type.h"

/* ---- Supertypes ---- */

static Type *super_in(World *world, Type *type, Type *super,
                      const Class *class) {
    if (!super)
        return NULL;
    Type *actual =
        type_substitute(world, super, type_bindings(world, type, NULL));
    return type_as_super(world, actual, class);
}

Type *type_as_super(World *world, Type *type, const Class *class) {
    type = type_of_unknown(type);
    if (type->kind == TYPE_PARAMETER) {
        if (type->parameter->bound)
            return type_as_super(world, type->parameter->bound, class);
        return class == world->classes.object ? world->object : NULL;
    }
    if (type->kind == TYPE_FUNCTION && class == world->classes.function)
        return type_new_class(world, world->classes.function, NULL, 0);
    if (class == world->classes.object && type_class(world, type))
        return world->object;
    if (type->kind != TYPE_CLASS && !type_is_scalar(type))
        return NULL;
    if (type->class == class)
        return type;
    Class *own = type->class;
    Type *found = super_in(world, type, own->super, class);
    for (size_t i = 0; !found && i < own->interface_count; i++, work_add(1))
        found = super_in(world, type, own->interfaces[i], class);
    return found;
}

/* ---- Fitting ---- */

static bool occurs(Type *unknown, Type *type) {
    type = type_of_unknown(type);
    if (type == unknown)
        return true;
    for (size_t i = 0; i < type->count; i++)
        if (occurs(unknown, type->arguments[i]))
            return true;
    return type->kind != TYPE_UNKNOWN && type->inner &&
           occurs(unknown, type->inner);
}

static bool bind(Type *unknown, Type *type) {
    TypeKind kind = type_kind(type);
    if (type_of_unknown(type) == unknown)
        return true;
    if (occurs(unknown, type))
        return false;
    if (kind == TYPE_NEVER || kind == TYPE_BAD)
        return true;
    if (kind == TYPE_VOID || kind == TYPE_NULL ||
        type_size(type) >= TYPE_SIZE_MAX)
        return false;
    unknown->inner = type;
    return true;
}

/* Both the same, binding unknowns. */
static bool unify(World *world, Type *a, Type *b) {
    a = type_of_unknown(a);
    b = type_of_unknown(b);
    if (a->kind == TYPE_UNKNOWN)
        return bind(a, b);
    if (b->kind == TYPE_UNKNOWN)
        return bind(b, a);
    if (a->kind == TYPE_BAD || b->kind == TYPE_BAD)
        return true;
    if (a->kind != b->kind || a->class != b->class ||
        a->parameter != b->parameter || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!unify(world, a->arguments[i], b->arguments[i]))
            return false;
    return !a->inner || unify(world, a->inner, b->inner);
}

static bool function_fits(World *world, Type *to, Type *from) {
    if (to->count != from->count)
        return false;
    for (size_t i = 0; i < to->count; i++)
        if (!type_fits(world, from->arguments[i], to->arguments[i]))
            return false;
    if (type_kind(to->inner) == TYPE_VOID)
        return true;
    if (type_kind(to->inner) == TYPE_UNKNOWN &&
        type_kind(from->inner) == TYPE_VOID) {
        type_of_unknown(to->inner)->inner = world->void_type;
        return true;
    }
    return type_fits(world, to->inner, from->inner);
}

static bool class_fits(World *world, Type *to, Type *from) {
    Type *super = type_as_super(world, from, to->class);
    if (!super)
        return false;
    for (size_t i = 0; i < to->count; i++)
        if (!unify(world, to->arguments[i], super->arguments[i]))
            return false;
    return true;
}

bool type_fits(World *world, Type *to, Type *from) {
    to = type_of_unknown(to);
    from = type_of_unknown(from);
    if (to == from || to->kind == TYPE_BAD || from->kind == TYPE_BAD ||
        from->kind == TYPE_NEVER)
        return true;
    if (to->kind == TYPE_UNKNOWN)
        return bind(to, from);
    if (from->kind == TYPE_UNKNOWN)
        return bind(from, type_not_null(world, to));
    if (to->kind == TYPE_NULLABLE) {
        if (from->kind == TYPE_NULL)
            return true;
        return type_fits(world, to->inner, type_not_null(world, from));
    }
    if (type_is_nullable(from))
        return false;
    if (to->kind == TYPE_FUNCTION)
        return from->kind == TYPE_FUNCTION && function_fits(world, to, from);
    if (to->kind == TYPE_CLASS)
        return class_fits(world, to, from);
    return to->kind == from->kind && to->parameter == from->parameter &&
           to->kind != TYPE_VOID;
}

/* ---- Joining ---- */

static Type *common_super(World *world, Type *a, Type *b) {
    for (Type *type = a; type && type->kind == TYPE_CLASS;) {
        if (type->class != world->classes.object && type_fits(world, type, b))
            return type;
        for (size_t i = 0; i < type->class->interface_count; i++, work_add(1)) {
            Type *interface = type_substitute(world, type->class->interfaces[i],
                                              type_bindings(world, type, NULL));
            if (type_fits(world, interface, b))
                return interface;
        }
        type = type_substitute(world, type->class->super,
                               type_bindings(world, type, NULL));
    }
    return world->object;
}

Type *type_join(World *world, Type *a, Type *b) {
    a = type_of_unknown(a);
    b = type_of_unknown(b);
    if (a->kind == TYPE_BAD || b->kind == TYPE_BAD)
        return world->bad;
    if (a->kind == TYPE_NEVER)
        return b;
    if (b->kind == TYPE_NEVER || a == b)
        return a;
    if (a->kind == TYPE_VOID || b->kind == TYPE_VOID)
        return world->void_type;
    if (type_is_nullable(a) || type_is_nullable(b))
        return type_nullable(world, type_join(world, type_not_null(world, a),
                                              type_not_null(world, b)));
    if (type_fits(world, a, b))
        return a;
    if (type_fits(world, b, a))
        return b;
    return common_super(world, a, b);
}

/* ---- Text ---- */

static void add_type(World *world, Text *text, Type *type, bool full);

static void add_list(World *world, Text *text, Type *type, bool full) {
    for (size_t i = 0; i < type->count; i++) {
        text_add(text, i ? ", " : "");
        add_type(world, text, type->arguments[i], full);
    }
}

static void add_class(World *world, Text *text, Type *type, bool full) {
    const Class *class = type->class;
    if (full && class->module && class->module != world->core &&
        class->module->name) {
        text_add(text, class->module->name->bytes);
        text_add_char(text, '.');
    }
    if (class->enum_class) {
        text_add(text, class->enum_class->name->bytes);
        text_add_char(text, '.');
    }
    text_add(text, class->name->bytes);
    if (type->count) {
        text_add_char(text, '<');
        add_list(world, text, type, full);
        text_add_char(text, '>');
    }
}

static void add_function(World *world, Text *text, Type *type, bool full) {
    text_add_char(text, '(');
    add_list(world, text, type, full);
    text_add(text, ") => ");
    add_type(world, text, type->inner, full);
}

static void add_type(World *world, Text *text, Type *type, bool full) {
    static const char *const names[] = {
        [TYPE_BAD] = "?",     [TYPE_VOID] = "Void", [TYPE_NEVER] = "Never",
        [TYPE_NULL] = "null", [TYPE_INT] = "Int",   [TYPE_DOUBLE] = "Double",
        [TYPE_BOOL] = "Bool", [TYPE_BYTE] = "Byte", [TYPE_CHAR] = "Char",
    };
    type = type_of_unknown(type);
    if (type->kind <= TYPE_CHAR) {
        text_add(text, names[type->kind]);
    } else if (type->kind == TYPE_CLASS) {
        add_class(world, text, type, full);
    } else if (type->kind == TYPE_FUNCTION) {
        add_function(world, text, type, full);
    } else if (type->kind == TYPE_NULLABLE) {
        bool parens = type_kind(type->inner) == TYPE_FUNCTION;
        text_add(text, parens ? "(" : "");
        add_type(world, text, type->inner, full);
        text_add(text, parens ? ")?" : "?");
    } else {
        text_add(text, type->parameter ? type->parameter->name->bytes : "?");
    }
}

static const char *as_text(World *world, Type *type, bool full) {
    char buffer[1024];
    Text text = text_on(buffer, sizeof buffer);
    add_type(world, &text, type, full);
    return arena_copy(&world->compile->arena, buffer, text.length);
}

const char *type_text(World *world, Type *type) {
    return as_text(world, type, false);
}

const char *type_full_text(World *world, Type *type) {
    return as_text(world, type, true);
}
