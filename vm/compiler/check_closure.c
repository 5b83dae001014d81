/* Closures, `if` as a value, and what loops go over. */
#include "vm/compiler/check.h"

/* ---- Closures ---- */

static Type *expected_function(Checker *checker, Type *expected) {
    if (!expected)
        return NULL;
    Type *type = type_not_null(checker->world, expected);
    return type_kind(type) == TYPE_FUNCTION ? type : NULL;
}

static size_t count_variables(const Variable *list) {
    size_t count = 0;
    for (; list; list = NEXT(list))
        count++;
    return count;
}

/* A closure without `names =>` has the parameters that are expected of it; a
 * single one is called `it`. */
static void implicit_parameters(Checker *checker, Function *closure,
                                Type *expected) {
    Variable **end = &closure->parameters;
    for (size_t i = 0; expected && i < expected->count; i++) {
        Variable *parameter = ARENA_NEW(&checker->compile->arena, Variable);
        parameter->kind = VARIABLE_PARAMETER;
        parameter->is_let = true;
        parameter->name = name_of(&checker->compile->names,
                                  expected->count == 1 ? "it" : "(unnamed)");
        parameter->place = closure->place;
        *end = parameter;
        end = &parameter->next;
    }
    if (expected && expected->count == 1)
        closure->it = closure->parameters;
}

static void parameter_types(Checker *checker, Function *closure,
                            Type *expected) {
    size_t index = 0;
    for (Variable *p = closure->parameters; p; p = NEXT(p), index++) {
        Type *wanted = expected && index < expected->count
                           ? type_of_unknown(expected->arguments[index])
                           : NULL;
        if (p->type_node)
            p->type = check_type(checker, p->type_node);
        else if (wanted && wanted->kind != TYPE_UNKNOWN)
            p->type = wanted;
        else {
            source_error(checker->compile, p->place,
                         "the type of \"%s\" must be written here",
                         p->name->bytes);
            p->type = checker->world->bad;
        }
        p->function = closure;
    }
}

static Type *body_result(Checker *checker, Function *closure, Type *wanted) {
    World *world = checker->world;
    bool is_void = wanted && type_kind(wanted) == TYPE_VOID;
    bool known = wanted && !type_has_unknown(wanted);
    closure->result = known ? wanted : NULL;
    Type *type =
        check_block(checker, closure->body, known ? wanted : NULL, !is_void);
    if (is_void)
        return wanted;
    Node *last = closure->body->items;
    while (last && last->next)
        last = NEXT(last);
    if (known) {
        check_fits(checker, last ? last->place : closure->place, wanted, type,
                   "closure's value");
        return wanted;
    }
    if (closure->inferred_result)
        type = type_join(world, type, closure->inferred_result);
    if (type_kind(type) == TYPE_NEVER)
        type = world->void_type;
    closure->result = type;
    return type;
}

static Type *closure_type(Checker *checker, Function *closure, Type *result) {
    size_t count = count_variables(closure->parameters);
    Type **types = arena_take(&checker->compile->arena, count * sizeof(Type *));
    count = 0;
    for (Variable *p = closure->parameters; p; p = NEXT(p))
        types[count++] = p->type;
    return type_new_function(checker->world, types, count, result);
}

Type *check_closure(Checker *checker, Node *node, Type *expected) {
    Function *closure = node->closure;
    Type *wanted = expected_function(checker, expected);
    Checker before = *checker;
    closure->outer = checker->function;
    closure->module = checker->module;
    closure->owner = checker->class;
    closure->is_static = checker->is_static;
    if (closure->no_parameter_list)
        implicit_parameters(checker, closure, wanted);
    checker->function = closure;
    checker->loops = 0;
    checker->at_line_top = false;
    check_forget_variables(checker);
    parameter_types(checker, closure, wanted);
    for (Variable *p = closure->parameters, *next; p; p = next) {
        next = p->next;
        check_push(checker, p);
    }
    Type *result = body_result(checker, closure, wanted ? wanted->inner : NULL);
    if (!closure->result)
        closure->result = result;
    checker->function = before.function;
    checker->scope = before.scope;
    checker->narrowings = before.narrowings;
    checker->loops = before.loops;
    checker->has_break = before.has_break;
    checker->at_line_top = before.at_line_top;
    check_forget(checker, node->assigned);
    return closure_type(checker, closure, result);
}

/* ---- if ---- */

static Type *branch(Checker *checker, Node *node, Type *expected,
                    bool wants_value) {
    node->is_statement = !wants_value;
    if (node->kind != NODE_IF)
        return check_block(checker, node, expected, wants_value);
    return check_expression(checker, node, expected);
}

Type *check_if(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    bool wants_value = !node->is_statement && node->third;
    Facts facts = check_condition(checker, node->left);
    Narrowing *before = checker->narrowings;
    check_apply(checker, facts.when_true);
    Type *then = branch(checker, node->right, expected, !node->is_statement);
    Narrowing *after_then = checker->narrowings;
    checker->narrowings = before;
    check_apply(checker, facts.when_false);
    Type *otherwise = world->void_type;
    if (node->third)
        otherwise = branch(checker, node->third, expected, wants_value);
    if (type_kind(otherwise) == TYPE_NEVER)
        checker->narrowings = after_then;
    else if (type_kind(then) != TYPE_NEVER)
        checker->narrowings =
            check_merge(checker, after_then, checker->narrowings);
    if (wants_value && expected && !type_has_unknown(expected) &&
        type_fits(world, expected, then) &&
        type_fits(world, expected, otherwise) &&
        type_kind(type_join(world, then, otherwise)) != TYPE_NEVER)
        return expected;
    return type_join(world, then, otherwise);
}

/* ---- for ---- */

Type *check_element_type(Checker *checker, Node *node, Type *type) {
    World *world = checker->world;
    Member iterator, next;
    if (type_kind(type) == TYPE_BAD)
        return type;
    if (type_is_nullable(type)) {
        source_error(checker->compile, node->left->place,
                     "this %s may be null; test it first",
                     type_text(world, type_not_null(world, type)));
        return world->bad;
    }
    if (type_is_class(type, world->classes.range))
        return world->scalars[TYPE_INT];
    if (type_is_class(type, world->classes.array))
        return type_of_unknown(type)->arguments[0];
    if (check_find_method(checker, type, "iterator", &iterator)) {
        Type *result = type_substitute(
            world, check_result(checker, iterator.function), iterator.bindings);
        if (check_find_method(checker, result, "next", &next)) {
            node->function = iterator.function;
            node->receiver = result;
            return type_substitute(world, check_result(checker, next.function),
                                   next.bindings);
        }
    }
    source_error(checker->compile, node->left->place,
                 "%s cannot be gone through: it has no method \"iterator\"",
                 type_text(world, type));
    return world->bad;
}
