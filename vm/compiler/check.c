/* Bodies: functions, constructors, variables, and what is inferred of them. */
#include "vm/compiler/check.h"

void check_push(Checker *checker, Variable *variable) {
    Scope *scope = ARENA_NEW(&checker->compile->arena, Scope);
    scope->variable = variable;
    scope->next = checker->scope;
    checker->scope = scope;
    variable->function = checker->function;
}

/* A checker for code of another place in the same run. */
static Checker inside(const Checker *checker, Module *module, Class *class,
                      Function *function, bool is_static) {
    return (Checker){
        .world = checker->world,
        .compile = checker->compile,
        .module = module,
        .class = class,
        .function = function,
        .is_static = is_static,
        .slots = checker->slots,
    };
}

/* ---- Variables outside functions ---- */

static bool is_literal(const Node *node) {
    return node->kind == NODE_INT || node->kind == NODE_DOUBLE ||
           node->kind == NODE_CHAR || node->kind == NODE_BOOL ||
           node->kind == NODE_STRING;
}

static Type *value_type(Checker *checker, Variable *variable, Type *type) {
    TypeKind kind = type_kind(type);
    if (kind != TYPE_VOID && kind != TYPE_NULL && kind != TYPE_NEVER)
        return type;
    source_error(checker->compile, variable->place,
                 kind == TYPE_NULL ? "the type of \"%s\" must be written: null "
                                     "alone does not tell it"
                                   : "\"%s\" gets no value",
                 variable->name->bytes);
    return checker->world->bad;
}

static Checker at_variable(const Checker *checker, Variable *variable) {
    Class *class = variable->owner_class;
    bool is_static = variable->kind == VARIABLE_MODULE;
    Module *module = variable->module ? variable->module : checker->module;
    Function *home = is_static ? module->init : class ? class->init : NULL;
    Checker new = inside(checker, module, class, home, is_static);
    for (Variable *p = !is_static && class ? class->parameters : NULL; p;
         p = NEXT(p))
        check_push(&new, p);
    return new;
}

static void check_initial(Checker *checker, Variable *variable) {
    if (variable->is_checked || !variable->initial)
        return;
    variable->is_checked = true;
    Checker new = at_variable(checker, variable);
    if (variable->type) {
        check_value(&new, variable->initial, variable->type, "value");
    } else {
        variable->being_inferred = true;
        Type *type = check_expression(&new, variable->initial, NULL);
        variable->type = value_type(&new, variable, type);
        variable->being_inferred = false;
    }
    variable->is_constant = variable->kind == VARIABLE_MODULE &&
                            variable->is_let && is_literal(variable->initial);
}

Type *check_variable_type(Checker *checker, Variable *variable) {
    bool outside =
        variable->kind == VARIABLE_MODULE || variable->kind == VARIABLE_FIELD;
    if (outside && !variable->being_inferred)
        check_initial(checker, variable);
    if (variable->type)
        return variable->type;
    if (variable->being_inferred)
        source_error(checker->compile, variable->place,
                     "the type of \"%s\" depends on itself; write it",
                     variable->name->bytes);
    else
        source_error(checker->compile, variable->place,
                     "\"%s\" needs a type or a value", variable->name->bytes);
    return variable->type = checker->world->bad;
}

/* ---- Functions ---- */

static void check_default(Checker *checker, Variable *parameter) {
    if (!parameter->initial || parameter->is_checked)
        return;
    parameter->is_checked = true;
    check_value(checker, parameter->initial, parameter->type, "default");
}

static void check_expression_body(Checker *checker, Function *function) {
    World *world = checker->world;
    if (!function->result) {
        Type *type = check_expression(checker, function->body, NULL);
        if (type_kind(type) == TYPE_NULL) {
            source_error(checker->compile, function->place,
                         "the result type of \"%s\" must be written",
                         function->name->bytes);
            type = world->bad;
        }
        if (!function->result)
            function->result =
                type_kind(type) == TYPE_NEVER ? world->void_type : type;
    } else if (type_kind(function->result) == TYPE_VOID) {
        check_statement(checker, function->body);
    } else {
        check_value(checker, function->body, function->result, "result");
    }
}

static void check_body(Checker *checker, Function *function) {
    if (function->is_expression) {
        check_expression_body(checker, function);
        return;
    }
    Type *type = check_block(checker, function->body, NULL, false);
    TypeKind result = type_kind(function->result);
    if (type_kind(type) != TYPE_NEVER && result != TYPE_VOID &&
        result != TYPE_BAD)
        source_error(checker->compile, function->place,
                     result == TYPE_NEVER ? "\"%s\" must never come to its end"
                                          : "\"%s\" must return %s at its end",
                     function->name->bytes,
                     type_text(checker->world, function->result));
}

static void check_function(Checker *checker, Function *function) {
    if (function->is_checked)
        return;
    function->is_checked = true;
    function->being_inferred = true;
    Checker new = inside(checker, function->module, function->owner, function,
                         function->is_static || !function->owner);
    for (Variable *p = function->parameters; p; p = NEXT(p)) {
        check_default(&new, p);
        check_push(&new, p);
    }
    if (function->is_native && function->body)
        source_error(new.compile, function->place,
                     "a native function has no body");
    if (function->body)
        check_body(&new, function);
    function->being_inferred = false;
}

Type *check_result(Checker *checker, Function *function) {
    if (function->result)
        return function->result;
    if (function->being_inferred) {
        source_error(checker->compile, function->place,
                     "\"%s\" calls itself: its result type must be written",
                     function->name->bytes);
        return function->result = checker->world->bad;
    }
    check_function(checker, function);
    if (!function->result)
        function->result = checker->world->bad;
    return function->result;
}

/* ---- Classes ---- */

static bool has_default_value(Type *type) {
    return type_is_scalar(type) || type_is_nullable(type) ||
           type_kind(type) == TYPE_BAD;
}

static void check_field(Checker *checker, Variable *field) {
    Type *type = check_variable_type(checker, field);
    bool needs = !field->initial && !has_default_value(type);
    if (needs && !field->owner_class->is_native &&
        !field->owner_class->init_blocks)
        source_error(checker->compile, field->place,
                     "\"%s\" needs a first value", field->name->bytes);
    if (field->is_transient && !has_default_value(type))
        source_error(checker->compile, field->place,
                     "a transient field is empty after a restart: its type "
                     "must be a number, Bool, Char or nullable");
}

/* The arguments of the super constructor: kept as a call node. */
static void check_super_call(Checker *checker, Class *class) {
    SuperNode *node = class->supers;
    while (node &&
           !(class->super && node->type->name == class->super->class->name))
        node = NEXT(node);
    if (!class->super)
        return;
    Function *init = class->super->class->init;
    Place place = node ? node->type->place : class->place;
    if (!init)
        return;
    Node *call = ARENA_NEW(&checker->compile->arena, Node);
    call->kind = NODE_CALL;
    call->place = place;
    call->items = node ? node->arguments : NULL;
    class->super_call = call;
    check_arguments(checker, call, init,
                    type_bindings(checker->world, class->super, NULL),
                    checker->world->void_type, NULL);
}

/* Checks that two declarations of one name do not clash, and a class's
 * initialisation. */
static void check_class_body(Checker *checker, Class *class) {
    Checker new = inside(checker, class->module, class, class->init, false);
    for (Variable *p = class->parameters; p; p = NEXT(p)) {
        check_default(&new, p);
        check_push(&new, p);
    }
    for (SuperNode *n = class->supers; n; n = NEXT(n))
        if (n->has_arguments &&
            (!class->super || n->type->name != class->super->class->name))
            source_error(checker->compile, n->type->place,
                         "an interface has no constructor");
    if (class->kind == CLASS_CLASS)
        check_super_call(&new, class);
    for (Variable *v = class->fields; v; v = NEXT(v)) {
        if (v->is_static)
            check_variable_type(checker, v);
        else
            check_field(checker, v);
    }
    for (Node *n = class->init_blocks; n; n = NEXT(n))
        check_block(&new, n, NULL, false);
    for (Function *f = class->functions; f; f = NEXT(f))
        check_function(checker, f);
    for (Class *c = class->cases; c; c = NEXT(c))
        check_class_body(checker, c);
    if (class->kind != CLASS_CASE)
        check_conformance(checker, class);
}

/* ---- Modules ---- */

/* The array of the shell's variables. */
static Variable *slot_parameter(Checker *checker, Function *run) {
    World *world = checker->world;
    Variable *array = ARENA_NEW(&checker->compile->arena, Variable);
    array->kind = VARIABLE_PARAMETER;
    array->is_let = true;
    array->name = name_of(&checker->compile->names, "(slots)");
    array->function = run;
    array->type = type_of_one(world, world->classes.array,
                              type_nullable(world, world->object));
    return array;
}

/* A shell's line is the body of a function `run`. */
static void check_line(Checker *checker) {
    World *world = checker->world;
    Function *run = ARENA_NEW(&checker->compile->arena, Function);
    run->name = name_of(&checker->compile->names, "run");
    run->body = checker->module->line;
    run->place = run->body->place;
    run->is_static = true;
    run->is_checked = true;
    run->module = checker->module;
    run->result = type_nullable(world, world->object);
    checker->module->line_function = run;
    run->parameters = slot_parameter(checker, run);
    checker->module->slot_array = run->parameters;
    Checker new = inside(checker, checker->module, NULL, run, true);
    new.new_slots = checker->new_slots;
    new.at_line_top = true;
    Type *type = check_block(&new, run->body, NULL, true);
    run->inferred_result = type;
}

void check_module(World *world, Module *module, Variable *slots,
                  Variable **new_slots_out) {
    Checker checker = {.world = world,
                       .compile = world->compile,
                       .module = module,
                       .is_static = true,
                       .slots = slots,
                       .new_slots = new_slots_out};
    for (Variable *v = module->variables; v; v = NEXT(v))
        if (check_variable_type(&checker, v) && !v->initial &&
            !has_default_value(v->type))
            source_error(world->compile, v->place, "\"%s\" needs a first value",
                         v->name->bytes);
    for (Class *c = module->classes; c; c = NEXT(c))
        check_class_body(&checker, c);
    for (Function *f = module->functions; f; f = NEXT(f))
        check_function(&checker, f);
    for (Function *f = module->tests; f; f = NEXT(f))
        check_function(&checker, f);
    if (module->line)
        check_line(&checker);
}

Type *check_type_of(World *world, TypeNode *node) {
    Checker checker = {
        .world = world, .compile = world->compile, .module = world->module};
    return check_type(&checker, node);
}
