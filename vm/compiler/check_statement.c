/* Statements. */
#include "vm/compiler/check.h"

static bool is_never(Type *type) {
    return type_kind(type) == TYPE_NEVER;
}

/* ---- Variables ---- */

static void check_shadow(Checker *checker, Variable *variable) {
    if (text_equal(variable->name->bytes, "_") ||
        text_equal(variable->name->bytes, "?"))
        return;
    for (Scope *s = checker->scope; s; s = NEXT(s))
        if (s->variable->name == variable->name &&
            s->variable->function == checker->function) {
            source_error(checker->compile, variable->place,
                         "there is already a \"%s\" here",
                         variable->name->bytes);
            return;
        }
}

/* A shell's new variable: it stays for later lines. */
static void make_slot(Checker *checker, Variable *variable) {
    variable->kind = VARIABLE_SLOT;
    variable->index = checker->module->slot_count++;
    Variable **end = checker->new_slots;
    while (*end)
        end = &(*end)->next_slot;
    *end = variable;
}

static void declare_local(Checker *checker, Variable *variable) {
    check_shadow(checker, variable);
    check_push(checker, variable);
    if (checker->at_line_top && checker->new_slots)
        make_slot(checker, variable);
}

static Type *local_type(Checker *checker, Node *node, Variable *variable) {
    World *world = checker->world;
    if (variable->type_node)
        variable->type = check_type(checker, variable->type_node);
    if (!node->left) {
        if (!variable->type || (!type_is_nullable(variable->type) &&
                                type_kind(variable->type) != TYPE_BAD))
            source_error(checker->compile, variable->place,
                         "\"%s\" needs a first value", variable->name->bytes);
        return variable->type ? variable->type : world->bad;
    }
    if (variable->type) {
        check_value(checker, node->left, variable->type, "value");
        return variable->type;
    }
    Type *type = check_expression(checker, node->left, NULL);
    TypeKind kind = type_kind(type);
    if (kind == TYPE_VOID || kind == TYPE_NULL)
        source_error(checker->compile, node->left->place,
                     kind == TYPE_NULL ? "the type of \"%s\" must be written: "
                                         "null alone does not tell it"
                                       : "\"%s\" gets no value",
                     variable->name->bytes);
    return kind == TYPE_VOID || kind == TYPE_NULL || kind == TYPE_NEVER
               ? world->bad
               : type;
}

static void check_take_apart(Checker *checker, Place place, Variable *variables,
                             Type *type);

static void check_let(Checker *checker, Node *node) {
    Variable *variable = node->variables;
    if (variable->next) {
        if (!node->left) {
            source_error(checker->compile, node->place,
                         "these names need a value to take apart");
            return;
        }
        Type *type = check_expression(checker, node->left, NULL);
        check_take_apart(checker, node->left->place, variable, type);
        for (Variable *v = variable; v; v = NEXT(v))
            declare_local(checker, v);
        return;
    }
    variable->type = local_type(checker, node, variable);
    declare_local(checker, variable);
    Node name = {.kind = NODE_NAME,
                 .reference = REFERENCE_VARIABLE,
                 .variable = variable};
    if (node->left && node->left->type && type_is_nullable(variable->type))
        check_narrow(checker, &name, node->left->type, (AssignedNames){0});
}

/* The properties of a value in the order of its constructor. */
static void check_take_apart(Checker *checker, Place place, Variable *variables,
                             Type *type) {
    World *world = checker->world;
    Class *class = type_class(world, type);
    Variable *parameter = class ? class->parameters : NULL;
    Binding *bindings = type_bindings(world, type, NULL);
    bool bad = type_kind(type) == TYPE_BAD;
    for (Variable *v = variables; v; v = NEXT(v)) {
        while (parameter && !parameter->makes_field)
            parameter = NEXT(parameter);
        v->type = world->bad;
        if (parameter) {
            v->type = type_substitute(world, parameter->type, bindings);
            v->field = parameter->field;
            parameter = NEXT(parameter);
        } else if (!bad) {
            source_error(checker->compile, place,
                         "%s cannot be taken apart into that many values",
                         type_text(world, type));
            bad = true;
        }
    }
}

/* ---- Assignment ---- */

/* The object that the code belongs to, and no other. */
static bool is_of_this(const Node *target) {
    return target->kind == NODE_NAME || target->left->kind == NODE_THIS;
}

static bool check_assignable(Checker *checker, Node *target) {
    Variable *variable = target->variable;
    const char *name = target->name ? target->name->bytes : "";
    if (target->reference != REFERENCE_VARIABLE) {
        if (target->type && type_kind(target->type) != TYPE_BAD)
            source_error(checker->compile, target->place,
                         "\"%s\" cannot be assigned to", name);
        return false;
    }
    bool in_init =
        checker->function && checker->function->kind == FUNCTION_INIT &&
        variable->kind == VARIABLE_FIELD &&
        variable->owner_class == checker->class && is_of_this(target);
    bool foreign = variable->is_readonly && variable->module != checker->module;
    if ((variable->is_let && !in_init) || foreign) {
        source_error(checker->compile, target->place,
                     "\"%s\" is a %s and cannot change", name,
                     variable->kind == VARIABLE_PARAMETER ? "parameter"
                                                          : "\"let\"");
        return false;
    }
    variable->is_reassigned = true;
    variable->is_changed_inside |= variable->function != checker->function;
    return true;
}

static TokenKind operation_of(TokenKind assignment) {
    switch ((int)assignment) {
    case TOKEN_PLUS_ASSIGN:
        return TOKEN_PLUS;
    case TOKEN_MINUS_ASSIGN:
        return TOKEN_MINUS;
    case TOKEN_TIMES_ASSIGN:
        return TOKEN_TIMES;
    case TOKEN_DIVIDE_ASSIGN:
        return TOKEN_DIVIDE;
    case TOKEN_REMAINDER_ASSIGN:
        return TOKEN_REMAINDER;
    default:
        return TOKEN_COALESCE;
    }
}

/* a += b is checked as a = a + b: the operation becomes node->third, whose left
 * side stands for the target's present value. */
static Type *check_compound(Checker *checker, Node *node, Type *present,
                            Type *wanted) {
    Node *operation = ARENA_NEW(&checker->compile->arena, Node);
    Node *old = ARENA_NEW(&checker->compile->arena, Node);
    TokenKind kind = operation_of(node->operator);
    old->kind = NODE_PRESENT;
    old->place = node->left->place;
    old->type = present;
    operation->kind = kind == TOKEN_COALESCE ? NODE_COALESCE : NODE_BINARY;
    operation->operator= kind;
    operation->place = node->place;
    operation->left = old;
    operation->right = node->right;
    node->third = operation;
    return check_value(checker, operation, wanted, "value");
}

static void assign_value(Checker *checker, Node *node, Type *wanted,
                         Type *present) {
    const Node *target = node->left;
    Narrowing *before = checker->narrowings;
    Type *given = node->operator== TOKEN_ASSIGN
                      ? check_value(checker, node->right, wanted, "value")
                      : check_compound(checker, node, present, wanted);
    check_narrow(checker, target, given, node->assigned);
    if (target->kind == NODE_MEMBER && target->safe) /* perhaps left out */
        checker->narrowings = check_merge(checker, before, checker->narrowings);
}

static bool assign_property(Checker *checker, Node *node) {
    Node *target = node->left;
    if (target->kind != NODE_MEMBER || !target->left->type)
        return false;
    Type *type = type_not_null(checker->world, target->left->type);
    Function *setter = check_find_setter(checker->world, type, target->name);
    if (!setter || target->reference == REFERENCE_VARIABLE)
        return false;
    Member member;
    Binding *bindings = NULL;
    if (check_find_member(checker->world, type, target->name, &member))
        bindings = member.bindings;
    else
        bindings = type_bindings(checker->world, type, NULL);
    node->setter = setter;
    check_access(checker, target->place, setter->is_private, setter->module,
                 setter->name);
    Type *wanted =
        type_substitute(checker->world, setter->parameters->type, bindings);
    assign_value(checker, node, wanted, target->type);
    return true;
}

static void assign_index(Checker *checker, Node *node) {
    Node *target = node->left;
    World *world = checker->world;
    Type *present = check_index(checker, target);
    Type *type = target->left->type;
    if (type_kind(present) == TYPE_BAD)
        return;
    if (type_is_class(type, world->classes.array)) {
        assign_value(checker, node, present, present);
        return;
    }
    Member set;
    if (!check_find_method(checker, type, "set", &set)) {
        source_error(checker->compile, target->place,
                     "the items of %s cannot be assigned to",
                     type_text(world, type));
        return;
    }
    node->setter = set.function;
    Variable *value =
        set.function->parameters ? set.function->parameters->next : NULL;
    Type *wanted =
        value ? type_substitute(world, value->type, set.bindings) : world->bad;
    assign_value(checker, node, wanted, present);
}

/* What is known of the target itself is left out, what is known of the object
 * that it belongs to is not. */
static Type *declared_type(Checker *checker, Node *target) {
    Narrowing *before = checker->narrowings;
    const Node *outer = checker->target;
    if (target->kind == NODE_NAME)
        checker->narrowings = NULL;
    checker->target = target;
    Type *type = target->kind == NODE_NAME
                     ? check_name(checker, target)
                     : check_member(checker, target, false);
    checker->narrowings = before;
    checker->target = outer;
    return type;
}

static void check_assign(Checker *checker, Node *node) {
    Node *target = node->left;
    node->type = checker->world->void_type;
    if (target->kind == NODE_INDEX) {
        assign_index(checker, node);
        return;
    }
    Type *wanted = declared_type(checker, target);
    if (type_kind(wanted) == TYPE_BAD || !target->name) {
        check_expression(checker, node->right, NULL);
        return;
    }
    if (assign_property(checker, node) || !check_assignable(checker, target))
        return;
    Variable *root, *field;
    Type *present = wanted;
    if (check_narrow_key(target, &root, &field))
        present = check_narrowed(checker, root, field, wanted);
    target->type = wanted;
    assign_value(checker, node, wanted, present);
}

/* ---- Loops ---- */

static bool is_true(const Node *node) {
    return node->kind == NODE_BOOL && node->number == 1;
}

static void check_loop_body(Checker *checker, Node *node) {
    checker->loops++;
    check_block(checker, node->right, NULL, false);
    checker->loops--;
}

static bool check_while(Checker *checker, Node *node) {
    bool had_break = checker->has_break;
    checker->has_break = false;
    check_forget(checker, node->assigned);
    Facts facts = check_condition(checker, node->left);
    Narrowing *before = checker->narrowings;
    check_apply(checker, facts.when_true);
    check_loop_body(checker, node);
    bool has_break = checker->has_break;
    checker->narrowings = before;
    checker->has_break = had_break;
    if (has_break)
        check_forget(checker, node->assigned);
    else
        check_apply(checker, facts.when_false);
    return is_true(node->left) && !has_break;
}

static void check_for(Checker *checker, Node *node) {
    bool had_break = checker->has_break;
    Scope *scope = checker->scope;
    Type *type = check_expression(checker, node->left, NULL);
    Type *element = check_element_type(checker, node, type);
    check_forget(checker, node->assigned);
    Narrowing *before = checker->narrowings;
    node->aimed = element;
    if (node->variables->next)
        check_take_apart(checker, node->left->place, node->variables, element);
    else
        node->variables->type = element;
    for (Variable *v = node->variables, *next; v; v = next) {
        next = v->next;
        check_push(checker, v);
    }
    bool at_top = checker->at_line_top;
    checker->at_line_top = false;
    check_loop_body(checker, node);
    checker->at_line_top = at_top;
    checker->narrowings = before;
    checker->scope = scope;
    checker->has_break = had_break;
}

/* ---- try ---- */

static bool check_catch(Checker *checker, CatchArm *arm) {
    World *world = checker->world;
    Type *exception = type_new_class(world, world->classes.exception, NULL, 0);
    Scope *scope = checker->scope;
    Type *type = arm->variable->type_node
                     ? check_type(checker, arm->variable->type_node)
                     : exception;
    if (!type_fits(world, exception, type)) {
        source_error(checker->compile, arm->variable->place,
                     "%s is not an exception", type_text(world, type));
        type = world->bad;
    }
    arm->variable->type = type;
    bool at_top = checker->at_line_top;
    checker->at_line_top = false;
    check_push(checker, arm->variable);
    bool ends = is_never(check_block(checker, arm->body, NULL, false));
    checker->scope = scope;
    checker->at_line_top = at_top;
    return ends;
}

/* A handler runs after any part of the body, so it knows what was known before,
 * less what the statement assigns to; behind the statement holds what holds on
 * each way to there. */
static bool check_try(Checker *checker, Node *node) {
    Narrowing *before = checker->narrowings;
    bool ends = is_never(check_block(checker, node->left, NULL, false));
    Narrowing *after = checker->narrowings;
    checker->narrowings = before;
    check_forget(checker, node->assigned);
    before = checker->narrowings;
    for (CatchArm *arm = node->catches; arm; arm = NEXT(arm)) {
        bool arm_ends = check_catch(checker, arm);
        if (!arm_ends)
            after = ends ? checker->narrowings
                         : check_merge(checker, after, checker->narrowings);
        ends &= arm_ends;
        checker->narrowings = before;
    }
    if (node->third)
        ends |= is_never(check_block(checker, node->third, NULL, false));
    checker->narrowings = after;
    if (node->third)
        check_forget(checker, node->assigned);
    return ends;
}

/* ---- Statements ---- */

static bool does_nothing(const Node *node) {
    switch ((int)node->kind) {
    case NODE_INT:
    case NODE_DOUBLE:
    case NODE_CHAR:
    case NODE_STRING:
    case NODE_BOOL:
    case NODE_NULL:
    case NODE_NAME:
    case NODE_THIS:
    case NODE_BINARY:
    case NODE_IS:
    case NODE_CLOSURE:
    case NODE_RANGE:
        return true;
    default:
        return false;
    }
}

static bool statement(Checker *checker, Node *node) {
    node->is_statement = true;
    switch ((int)node->kind) {
    case NODE_LET:
        check_let(checker, node);
        return false;
    case NODE_ASSIGN:
        check_assign(checker, node);
        return false;
    case NODE_WHILE:
        return check_while(checker, node);
    case NODE_FOR:
        check_for(checker, node);
        return false;
    case NODE_TRY:
        return check_try(checker, node);
    default:
        break;
    }
    bool idle = does_nothing(node);
    Type *type = check_expression(checker, node, NULL);
    if (idle && type_kind(type) != TYPE_BAD)
        source_error(checker->compile, node->place, "this value is not used");
    return is_never(type);
}

bool check_statement(Checker *checker, Node *node) {
    bool ends = false;
    if (check_enter(checker, node))
        ends = statement(checker, node);
    check_leave(checker);
    return ends;
}

static bool is_only_statement(const Node *node) {
    return node->kind == NODE_LET || node->kind == NODE_ASSIGN ||
           node->kind == NODE_WHILE || node->kind == NODE_FOR ||
           node->kind == NODE_TRY;
}

Type *check_block(Checker *checker, Node *block, Type *expected,
                  bool wants_value) {
    Scope *scope = checker->scope;
    bool at_top = checker->at_line_top && block == checker->module->line;
    bool was_at_top = checker->at_line_top;
    Type *type = checker->world->void_type;
    bool over = false;
    checker->at_line_top = at_top;
    for (Node *node = block->items; node; node = NEXT(node)) {
        if (is_never(type) && !over)
            source_error(checker->compile, node->place,
                         "this is never reached");
        over |= is_never(type);
        if (wants_value && !node->next && !is_only_statement(node))
            type = check_expression(checker, node, expected);
        else
            type = check_statement(checker, node) ? checker->world->never
                                                  : checker->world->void_type;
    }
    checker->scope = scope;
    checker->at_line_top = was_at_top;
    return block->type = over ? checker->world->never : type;
}
