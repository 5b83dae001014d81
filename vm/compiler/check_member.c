/* Fields, getters and methods of values and classes. */
#include "vm/compiler/check.h"

/* ---- Finding ---- */

static Variable *field_named(const Class *class, Name name, bool is_static) {
    for (Variable *v = class->fields; v; v = NEXT(v))
        if (v->name == name && v->is_static == is_static)
            return v;
    if (is_static)
        return NULL;
    for (Variable *v = class->parameters; v; v = NEXT(v))
        if (v->name == name && v->makes_field)
            return v->field;
    return NULL;
}

static Function *function_named(const Class *class, Name name, bool is_static,
                                bool setter) {
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->name == name && f->is_static == is_static &&
            (f->kind == FUNCTION_SETTER) == setter &&
            f->kind != FUNCTION_RESTARTED)
            return f;
    return NULL;
}

static bool find_in(World *world, Type *type, Name name, bool setter,
                    Member *out);

static bool find_in_super(World *world, Type *type, Type *super, Name name,
                          bool setter, Member *out) {
    if (!super)
        return false;
    Type *actual =
        type_substitute(world, super, type_bindings(world, type, NULL));
    return find_in(world, actual, name, setter, out);
}

static bool find_in(World *world, Type *type, Name name, bool setter,
                    Member *out) {
    Class *class = type_class(world, type);
    out->field = setter ? NULL : field_named(class, name, false);
    out->function =
        out->field ? NULL : function_named(class, name, false, setter);
    if (out->field || out->function) {
        out->owner = type;
        return true;
    }
    if (find_in_super(world, type, class->super, name, setter, out))
        return true;
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        if (find_in_super(world, type, class->interfaces[i], name, setter, out))
            return true;
    return false;
}

/* The class type where the search begins. */
static Type *search_start(World *world, Type *type) {
    type = type_of_unknown(type);
    if (type->kind == TYPE_PARAMETER)
        return type->parameter->bound
                   ? search_start(world, type->parameter->bound)
                   : world->object;
    if (type->kind == TYPE_FUNCTION)
        return type_new_class(world, world->classes.function, NULL, 0);
    return type;
}

static bool find_any(World *world, Type *type, Name name, bool setter,
                     Member *out) {
    *out = (Member){0};
    if (!type_class(world, type))
        return false;
    Type *start = search_start(world, type);
    bool found = find_in(world, start, name, setter, out);
    Class *class = type_class(world, start);
    if (!found && class->kind == CLASS_INTERFACE)
        found = find_in(world, world->object, name, setter, out);
    if (!found)
        return false;
    out->bindings = type_bindings(world, out->owner, NULL);
    TypeParameter *self = type_class(world, out->owner)->self;
    if (self)
        out->bindings = type_bind(world, self, type, out->bindings);
    return true;
}

bool check_find_member(World *world, Type *type, Name name, Member *out) {
    return find_any(world, type, name, false, out);
}

Function *check_find_setter(World *world, Type *type, Name name) {
    Member member;
    return find_any(world, type, name, true, &member) ? member.function : NULL;
}

bool check_find_method(Checker *checker, Type *type, const char *name,
                       Member *out) {
    Name found = name_of(&checker->compile->names, name);
    return check_find_member(checker->world, type, found, out) &&
           out->function && out->function->kind == FUNCTION_PLAIN;
}

Function *check_find_static(Class *class, Name name) {
    for (; class; class = class_above(class)) {
        Function *found = function_named(class, name, true, false);
        if (found)
            return found;
    }
    return NULL;
}

Variable *check_find_static_variable(Class *class, Name name) {
    for (; class; class = class_above(class)) {
        Variable *found = field_named(class, name, true);
        if (found)
            return found;
    }
    return NULL;
}

/* ---- Access and suggestions ---- */

bool check_access(Checker *checker, Place place, bool is_private,
                  const Module *module, Name name) {
    if (!is_private || module == checker->module)
        return true;
    source_error(checker->compile, place, "\"%s\" is private to module %s",
                 name->bytes, module->name->bytes);
    return false;
}

static void offer_members(World *world, Suggestion *suggestion, Class *class) {
    for (Variable *v = class->fields; v; v = NEXT(v))
        check_offer(suggestion, v->name);
    for (Variable *v = class->parameters; v; v = NEXT(v))
        if (v->makes_field)
            check_offer(suggestion, v->name);
    for (Function *f = class->functions; f; f = NEXT(f))
        check_offer(suggestion, f->name);
    for (Class *c = class->cases; c; c = NEXT(c))
        check_offer(suggestion, c->name);
    if (class->super)
        offer_members(world, suggestion, class->super->class);
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        offer_members(world, suggestion, class->interfaces[i]->class);
}

static Type *no_member(Checker *checker, Node *node, Class *class,
                       const char *owner, bool called) {
    Suggestion suggestion = check_suggestion(node->name);
    if (class)
        offer_members(checker->world, &suggestion, class);
    source_error(checker->compile, node->place, "%s has no %s \"%s\"%s", owner,
                 called ? "method" : "property", node->name->bytes,
                 check_suggested(checker, &suggestion));
    return checker->world->bad;
}

/* ---- Members of classes and modules ---- */

static Type *static_member(Checker *checker, Node *node, Class *class,
                           bool called) {
    World *world = checker->world;
    Class *found = check_find_case(class, node->name);
    Function *function = check_find_static(class, node->name);
    Variable *variable = check_find_static_variable(class, node->name);
    if (found) {
        node->reference = REFERENCE_CASE;
        node->class = found;
        return class->type;
    }
    if (function) {
        node->reference = function->kind == FUNCTION_GETTER
                              ? REFERENCE_GETTER
                              : REFERENCE_FUNCTION;
        node->function = function;
        check_access(checker, node->place, function->is_private,
                     function->module, function->name);
        return check_function_type(checker, node, function, called);
    }
    if (variable) {
        node->reference = REFERENCE_VARIABLE;
        node->variable = variable;
        check_access(checker, node->place, variable->is_private,
                     variable->module, variable->name);
        return check_variable_type(checker, variable);
    }
    Member member;
    if (check_find_member(world, class->type, node->name, &member)) {
        source_error(checker->compile, node->place,
                     "\"%s\" belongs to an object of %s, not to the class",
                     node->name->bytes, class->name->bytes);
        return world->bad;
    }
    return no_member(checker, node, class, class->name->bytes, called);
}

static Type *module_member(Checker *checker, Node *node, Module *module,
                           bool called) {
    Class *class = check_class_in(module, node->name);
    for (Function *f = module->functions; f; f = NEXT(f)) {
        if (f->name != node->name)
            continue;
        node->reference = REFERENCE_FUNCTION;
        node->function = f;
        check_access(checker, node->place, f->is_private, module, f->name);
        return check_function_type(checker, node, f, called);
    }
    for (Variable *v = module->variables; v; v = NEXT(v)) {
        if (v->name != node->name)
            continue;
        node->reference = REFERENCE_VARIABLE;
        node->variable = v;
        check_access(checker, node->place, v->is_private, module, v->name);
        return check_variable_type(checker, v);
    }
    if (class) {
        node->reference = REFERENCE_CLASS;
        node->class = class;
        check_access(checker, node->place, class->is_private, module,
                     class->name);
        return class->type;
    }
    return no_member(checker, node, NULL, module->name->bytes, called);
}

/* ---- Members of values ---- */

static Type *field_type(Checker *checker, Node *node, const Member *member) {
    Variable *field = member->field;
    Variable *root, *key;
    node->reference = REFERENCE_VARIABLE;
    node->variable = field;
    check_access(checker, node->place, field->is_private, field->module,
                 field->name);
    Type *type = type_substitute(
        checker->world, check_variable_type(checker, field), member->bindings);
    if (!node->safe && node != checker->target &&
        check_narrow_key(node, &root, &key))
        return check_narrowed(checker, root, key, type);
    return type;
}

static Type *function_member(Checker *checker, Node *node, const Member *member,
                             bool called) {
    Function *function = member->function;
    node->function = function;
    node->reference = REFERENCE_FUNCTION;
    check_access(checker, node->place, function->is_private, function->module,
                 function->name);
    if (function->kind == FUNCTION_GETTER) {
        node->reference = REFERENCE_GETTER;
        return type_substitute(checker->world, check_result(checker, function),
                               member->bindings);
    }
    if (called)
        return checker->world->void_type;
    if (function->type_parameters) {
        source_error(checker->compile, node->place,
                     "a generic function must be called");
        return checker->world->bad;
    }
    size_t count = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p))
        count++;
    Type **types = arena_take(&checker->compile->arena, count * sizeof(Type *));
    count = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p))
        types[count++] =
            type_substitute(checker->world, p->type, member->bindings);
    Type *result = type_substitute(
        checker->world, check_result(checker, function), member->bindings);
    return type_new_function(checker->world, types, count, result);
}

static Type *value_member(Checker *checker, Node *node, Type *type,
                          bool called) {
    World *world = checker->world;
    Member member;
    if (type_is_class(type, world->classes.array) &&
        text_equal(node->name->bytes, "length")) {
        node->reference = REFERENCE_LENGTH;
        return world->scalars[TYPE_INT];
    }
    if (!check_find_member(world, type, node->name, &member))
        return no_member(checker, node, type_class(world, type),
                         type_text(world, type), called);
    node->receiver = member.owner;
    return member.field ? field_type(checker, node, &member)
                        : function_member(checker, node, &member, called);
}

static Type *receiver_type(Checker *checker, Node *node) {
    Node *left = node->left;
    if (left->kind == NODE_NAME)
        return check_name(checker, left);
    if (left->kind == NODE_MEMBER)
        return check_member(checker, left, false);
    return check_expression(checker, left, NULL);
}

Type *check_member(Checker *checker, Node *node, bool called) {
    World *world = checker->world;
    Type *type = receiver_type(checker, node);
    Node *left = node->left;
    left->type = type;
    bool is_name = left->kind == NODE_NAME || left->kind == NODE_MEMBER;
    if (is_name && left->reference == REFERENCE_MODULE)
        return node->type = module_member(checker, node, left->module, called);
    if (is_name && left->reference == REFERENCE_CLASS)
        return node->type = static_member(checker, node, left->class, called);
    if (type_kind(type) == TYPE_BAD)
        return node->type = type;
    if (type_is_nullable(type) && !node->safe) {
        source_error(checker->compile, node->place,
                     "this %s may be null; use \"?.\" or test it first",
                     type_text(world, type_not_null(world, type)));
        return node->type = world->bad;
    }
    type = type_not_null(world, type);
    if (!type_class(world, type))
        return node->type = no_member(checker, node, NULL,
                                      type_text(world, type), called);
    Type *result = value_member(checker, node, type, called);
    if (node->safe && !called)
        result = type_nullable(world, result);
    return node->type = result;
}
