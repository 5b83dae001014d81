/* Types as written to types. */
#include "vm/compiler/check.h"

static Type *parameter_type(TypeParameter *list, Name name) {
    for (; list; list = NEXT(list))
        if (list->name == name)
            return list->type;
    return NULL;
}

static Type *visible_parameter(Checker *checker, Name name) {
    Type *found = NULL;
    for (Function *f = checker->function; f && !found; f = f->outer)
        found = parameter_type(f->type_parameters, name);
    Class *class = checker->class;
    if (!found && class)
        found = parameter_type(class->type_parameters, name);
    if (!found && class && class->enum_class)
        found = parameter_type(class->enum_class->type_parameters, name);
    if (!found && class && class->self && class->self->name == name)
        found = class->self->type;
    return found;
}

static Class *named_class(Checker *checker, TypeNode *node) {
    if (!node->module)
        return check_find_class(checker, node->name);
    Module *module = check_find_import(checker, node->module);
    if (!module)
        return NULL;
    return check_class_in(module, node->name);
}

static size_t count_parameters(const Class *class) {
    size_t count = 0;
    for (TypeParameter *p = class->type_parameters; p; p = NEXT(p))
        count++;
    return count;
}

static Type *class_type(Checker *checker, TypeNode *node, Class *class,
                        bool raw) {
    size_t wanted = count_parameters(class), given = 0;
    Type **arguments =
        arena_take(&checker->compile->arena, wanted * sizeof(Type *));
    for (TypeNode *n = node->arguments; n; n = NEXT(n)) {
        Type *type = check_type(checker, n);
        if (given < wanted)
            arguments[given] = type;
        given++;
    }
    if (raw && given == 0)
        for (; given < wanted; given++)
            arguments[given] =
                type_nullable(checker->world, checker->world->object);
    if (given == wanted)
        return type_new_class(checker->world, class, arguments, wanted);
    source_error(checker->compile, node->place,
                 wanted ? "%s needs %u type argument%s, as in %s<%s>"
                        : "%s has no type parameters",
                 class->name->bytes, (unsigned)wanted, wanted == 1 ? "" : "s",
                 class->name->bytes, wanted == 1 ? "Int" : "String, Int");
    return checker->world->bad;
}

static void offer_classes(Suggestion *suggestion, const Module *module) {
    for (Class *class = module->classes; class; class = NEXT(class))
        check_offer(suggestion, class->name);
}

static Type *unknown_type(Checker *checker, TypeNode *node) {
    Suggestion suggestion = check_suggestion(node->name);
    offer_classes(&suggestion, checker->module);
    if (checker->world->core)
        offer_classes(&suggestion, checker->world->core);
    for (Import *i = checker->module->imports; i; i = NEXT(i))
        if (i->module)
            offer_classes(&suggestion, i->module);
    source_error(checker->compile, node->place, "there is no type \"%s\"%s",
                 node->name->bytes, check_suggested(checker, &suggestion));
    return checker->world->bad;
}

static Type *named_type(Checker *checker, TypeNode *node, bool raw) {
    World *world = checker->world;
    if (!node->module) {
        Type *parameter = visible_parameter(checker, node->name);
        if (parameter)
            return parameter;
        if (text_equal(node->name->bytes, "Void"))
            return world->void_type;
        if (text_equal(node->name->bytes, "Never"))
            return world->never;
    }
    if (text_equal(node->name->bytes, "?"))
        return world->bad;
    Class *class = named_class(checker, node);
    if (!class)
        return unknown_type(checker, node);
    if (!check_access(checker, node->place, class->is_private, class->module,
                      class->name))
        return world->bad;
    return class_type(checker, node, class, raw);
}

static Type *function_type(Checker *checker, TypeNode *node) {
    size_t count = 0;
    for (TypeNode *n = node->arguments; n; n = NEXT(n))
        count++;
    Type **parameters =
        arena_take(&checker->compile->arena, count * sizeof(Type *));
    count = 0;
    for (TypeNode *n = node->arguments; n; n = NEXT(n))
        parameters[count++] = check_type(checker, n);
    return type_new_function(checker->world, parameters, count,
                             check_type(checker, node->inner));
}

static Type *any_type(Checker *checker, TypeNode *node, bool raw) {
    if (!node)
        return checker->world->bad;
    switch (node->kind) {
    case TYPE_NODE_NULLABLE:
        return type_nullable(checker->world,
                             any_type(checker, node->inner, raw));
    case TYPE_NODE_FUNCTION:
        return function_type(checker, node);
    case TYPE_NODE_NAME:
    default:
        return named_type(checker, node, raw);
    }
}

Type *check_type(Checker *checker, TypeNode *node) {
    return any_type(checker, node, false);
}

Type *check_raw_type(Checker *checker, TypeNode *node) {
    return any_type(checker, node, true);
}

/* Twice over the list: a bound may name a later parameter. */
void check_type_parameters(Checker *checker, TypeParameter *parameters) {
    for (TypeParameter *p = parameters; p; p = NEXT(p)) {
        p->type = type_new_parameter(checker->world, p);
        for (TypeParameter *q = parameters; q != p; q = NEXT(q))
            if (q->name == p->name)
                source_error(checker->compile, p->place,
                             "there are two type parameters \"%s\"",
                             p->name->bytes);
    }
    for (TypeParameter *p = parameters; p; p = NEXT(p)) {
        if (!p->bound_node)
            continue;
        Type *bound = check_type(checker, p->bound_node);
        TypeKind kind = type_kind(bound);
        if (kind == TYPE_CLASS)
            p->bound = bound;
        else if (kind != TYPE_BAD)
            source_error(checker->compile, p->bound_node->place,
                         "only a class or an interface can be a bound");
    }
}
