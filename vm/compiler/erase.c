/* Types, classes and methods to numbers in the module's tables. */
#include "vm/compiler/erase.h"

/* ---- Types ---- */

static ModuleKind array_kind(Type *item) {
    switch ((int)type_kind(item)) {
    case TYPE_INT:
        return MODULE_INT_ARRAY;
    case TYPE_DOUBLE:
        return MODULE_DOUBLE_ARRAY;
    case TYPE_BOOL:
        return MODULE_BOOL_ARRAY;
    case TYPE_BYTE:
        return MODULE_BYTE_ARRAY;
    case TYPE_CHAR:
        return MODULE_CHAR_ARRAY;
    default:
        return MODULE_OBJECT_ARRAY;
    }
}

static Erased of_class(World *world, Type *type) {
    Class *class = type->class;
    if (class == world->classes.array && type->count == 1)
        return (Erased){array_kind(type->arguments[0]), NULL};
    if (class->kind == CLASS_INTERFACE)
        class = world->classes.object;
    return (Erased){MODULE_CLASS, class};
}

Erased erase_type(World *world, Type *type) {
    static const ModuleKind kinds[] = {
        [TYPE_INT] = MODULE_INT,   [TYPE_DOUBLE] = MODULE_DOUBLE,
        [TYPE_BOOL] = MODULE_BOOL, [TYPE_BYTE] = MODULE_BYTE,
        [TYPE_CHAR] = MODULE_CHAR,
    };
    type = type_of_unknown(type);
    if (type_is_scalar(type))
        return (Erased){kinds[type->kind], NULL};
    switch ((int)type->kind) {
    case TYPE_VOID:
        return (Erased){MODULE_NONE, NULL};
    case TYPE_CLASS:
        return of_class(world, type);
    case TYPE_FUNCTION:
        return (Erased){MODULE_CLASS, world->classes.function};
    case TYPE_NULLABLE:
        if (!type_is_scalar(type->inner))
            return erase_type(world, type->inner);
        break;
    default:
        break;
    }
    return (Erased){MODULE_CLASS, world->classes.object};
}

bool erase_is_reference(Erased erased) {
    return erased.kind >= MODULE_CLASS;
}

bool erase_equal(Erased a, Erased b) {
    return a.kind == b.kind && a.class == b.class;
}

bool erase_fits(World *world, Erased to, Erased from) {
    if (erase_equal(to, from))
        return true;
    if (to.kind != MODULE_CLASS || !erase_is_reference(from))
        return false;
    if (to.class == world->classes.object)
        return true;
    for (Class *c = from.class; c; c = class_above(c))
        if (c == to.class)
            return true;
    return false;
}

/* "module.Class"; cases are "module.Enum$case". */
static Name erase_class_name(Writer *writer, const Class *class) {
    NameTable *names = &writer->compile->names;
    Name name = class->name;
    if (class->enum_class)
        name = name_join(names, class->enum_class->name, "$", name);
    return name_join(names, class->module->name, ".", name);
}

uint16_t erase_class(Writer *writer, Class *class) {
    if (class->type_number == 0)
        class->type_number =
            writer_type(writer, MODULE_CLASS, erase_class_name(writer, class));
    return class->type_number;
}

uint16_t erase_number(World *world, Writer *writer, Erased erased) {
    (void)world;
    if (erased.kind != MODULE_CLASS)
        return writer_type(writer, erased.kind, NULL);
    return erase_class(writer, erased.class);
}

/* ---- Methods ---- */

static Function *declared_in(const Class *class, const Function *like) {
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->name == like->name && !f->is_static &&
            f->kind != FUNCTION_RESTARTED &&
            (f->kind == FUNCTION_SETTER) == (like->kind == FUNCTION_SETTER))
            return f;
    return NULL;
}

static Function *in_interfaces(const Class *class, const Function *like) {
    for (size_t i = 0; i < class->interface_count; i++, work_add(1)) {
        Class *interface = class->interfaces[i]->class;
        Function *above = in_interfaces(interface, like);
        if (!above)
            above = declared_in(interface, like);
        if (above)
            return above;
    }
    return NULL;
}

Function *erase_root(World *world, Function *function) {
    Class *owner = function->owner;
    if (!owner || function->is_static || function->kind == FUNCTION_INIT ||
        function->kind == FUNCTION_CLOSURE)
        return function;
    Function *root = in_interfaces(owner, function);
    if (owner->kind == CLASS_INTERFACE) {
        Function *object = declared_in(world->classes.object, function);
        return object ? object : root ? root : function;
    }
    for (Type *s = owner->super; s; s = s->class->super, work_add(1)) {
        Function *above = declared_in(s->class, function);
        Function *promised = in_interfaces(s->class, function);
        if (above)
            root = above;
        if (promised && !above)
            root = promised;
        else if (promised)
            root = promised;
    }
    return root ? root : function;
}

bool erase_is_scalar_class(World *world, const Class *class) {
    for (TypeKind kind = TYPE_INT; kind <= TYPE_CHAR; kind++)
        if (class == world->classes.scalars[kind])
            return true;
    return false;
}

bool erase_is_free(World *world, const Function *function) {
    return function->is_static || !function->owner ||
           erase_is_scalar_class(world, function->owner);
}

Name erase_function_name(Writer *writer, const Function *function) {
    NameTable *names = &writer->compile->names;
    if (function->kind == FUNCTION_SETTER)
        return name_join(names, name_of(names, "set"), ":", function->name);
    if (function->kind == FUNCTION_TEST)
        return name_join(names, name_of(names, "test"), ":", function->name);
    return function->name;
}

static bool push(Signature *signature, World *world, Type *type) {
    if (signature->count == MODULE_PARAMETERS_MAX)
        return false;
    signature->types[signature->count] = type;
    signature->parameters[signature->count++] = erase_type(world, type);
    return true;
}

bool erase_signature(World *world, Function *function, Signature *out) {
    bool free = erase_is_free(world, function);
    bool own = free || function->is_native; /* C takes it as declared */
    Function *root = own ? function : erase_root(world, function);
    bool good = true;
    out->count = 0;
    if (free && !function->is_static && function->owner)
        good = push(out, world, function->owner->type);
    for (Variable *p = root->parameters; p; p = NEXT(p))
        good = good && push(out, world, p->type);
    out->result_type = root->result ? root->result : world->void_type;
    out->result = erase_type(world, out->result_type);
    return good && out->count < MODULE_PARAMETERS_MAX;
}

bool erase_same(const Signature *a, const Signature *b) {
    if (a->count != b->count || !erase_equal(a->result, b->result))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!erase_equal(a->parameters[i], b->parameters[i]))
            return false;
    return true;
}

uint16_t erase_signature_method(World *world, Writer *writer,
                                uint16_t class_type, Name name, Name module,
                                const Signature *signature) {
    uint16_t numbers[MODULE_PARAMETERS_MAX];
    for (size_t i = 0; i < signature->count; i++)
        numbers[i] = erase_number(world, writer, signature->parameters[i]);
    return writer_method(writer, class_type,
                         erase_number(world, writer, signature->result), name,
                         module, numbers, signature->count);
}

uint16_t erase_method(World *world, Writer *writer, Function *function) {
    Signature signature;
    Class *owner = function->owner;
    if (!erase_signature(world, function, &signature))
        writer->full = true;
    return erase_signature_method(
        world, writer, owner ? erase_class(writer, owner) : 0,
        erase_function_name(writer, function),
        owner ? NULL : function->module->name, &signature);
}
