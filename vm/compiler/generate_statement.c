/* Statements: variables, assignment, while, try. */
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

/* ---- let ---- */

static void take_apart(Generator *g, Variable *variables, Value whole) {
    for (Variable *v = variables; v; v = NEXT(v)) {
        if (!v->field)
            continue;
        Value object = value_convert(
            g, value_borrowed(whole),
            (Erased){MODULE_CLASS, v->field->owner_class}, value_none);
        Value part = variable_load_field(g, v->field, object, value_none);
        value_release(g, object);
        part = value_convert(g, part, variable_type(g, v), value_none);
        if (v->kind == VARIABLE_SLOT) {
            variable_store(g, v, part);
            value_release(g, part);
        } else {
            variable_declare(g, v, part);
        }
    }
}

static void let(Generator *g, Node *node) {
    Variable *variable = node->variables;
    if (variable->next) {
        Value whole = value_own(g, generate(g, node->left, value_none));
        take_apart(g, variable, whole);
        value_release(g, whole);
        return;
    }
    Erased type = variable_type(g, variable);
    if (variable->kind == VARIABLE_SLOT) {
        Value value = node->left
                          ? generate_erased(g, node->left, type, value_none)
                          : value_zero(g, type);
        variable_store(g, variable, value);
        value_release(g, value);
        return;
    }
    if (!node->left) {
        variable_declare(g, variable, value_zero(g, type));
        return;
    }
    Value place = value_new(g, type);
    Value value = generate_erased(g, node->left, type, place);
    if (value.is_temporary) {
        value_release(g, place);
        variable_declare(g, variable, value);
        return;
    }
    value_move(g, place, value);
    variable_declare(g, variable, place);
}

/* ---- Assignment ---- */

/* The new value: the right side, or the operation on the present value. */
static Value new_value(Generator *g, Node *node, Erased type,
                       const Value *present, Value hint) {
    if (!node->third)
        return generate_erased(g, node->right, type, hint);
    node->third->left->held = present;
    return generate_erased(g, node->third, type, hint);
}

static Erased erased(Generator *g, Type *type) {
    return erase_type(g->world, type);
}

static bool safe_into(const Node *node) {
    return node->kind == NODE_BINARY || node->kind == NODE_INT ||
           node->kind == NODE_DOUBLE || node->kind == NODE_STRING ||
           node->kind == NODE_UNARY || node->kind == NODE_INDEX ||
           node->kind == NODE_NULL || node->kind == NODE_CHAR;
}

static void assign_variable(Generator *g, Node *node) {
    Variable *variable = node->left->variable;
    Erased type = variable_type(g, variable);
    Node *source = node->third ? node->third : node->right;
    Value place = variable_register(g, variable);
    Value present = value_none;
    if (node->third)
        present = value_convert(g, variable_load(g, variable, value_none),
                                erased(g, node->third->left->type), value_none);
    Value held = value_borrowed(present);
    Value hint = safe_into(source) && g->tries == NULL ? place : value_none;
    Value value = new_value(g, node, type, &held, hint);
    variable_store(g, variable, value);
    value_release(g, value);
    value_release(g, present);
}

static void assign_field(Generator *g, Node *node) {
    Node *target = node->left;
    Variable *field = target->variable;
    Value object =
        generate_erased(g, target->left,
                        (Erased){MODULE_CLASS, field->owner_class}, value_none);
    object = value_keep(g, object, node->right);
    Value present = value_none;
    if (node->third)
        present =
            value_convert(g, variable_load_field(g, field, object, value_none),
                          erased(g, node->third->left->type), value_none);
    Value held = value_borrowed(present);
    Value value =
        new_value(g, node, variable_type(g, field), &held, value_none);
    variable_store_field(g, field, object, value);
    value_release(g, value);
    value_release(g, present);
    value_release(g, object);
}

static void assign_property(Generator *g, Node *node) {
    Node *target = node->left;
    Function *setter = node->setter;
    Signature signature;
    Value object = generate(g, target->left, value_none);
    object = value_keep(g, object, node->right);
    Value present = value_none;
    erase_signature(g->world, setter, &signature);
    if (node->third)
        present = value_convert(g,
                                call_function(g, target->function,
                                              value_borrowed(object), NULL, 0,
                                              false, value_none),
                                erased(g, node->third->left->type), value_none);
    Value held = value_borrowed(present);
    Value value = new_value(g, node, signature.parameters[signature.count - 1],
                            &held, value_none);
    bool direct = target->left->kind == NODE_SUPER;
    value_release(g, present);
    value_release(
        g, call_function(g, setter, object, &value, 1, direct, value_none));
}

static void assign_item(Generator *g, Node *node, Value array) {
    Node *target = node->left;
    Type *item_type = target->type;
    bool references = array.type.kind == MODULE_OBJECT_ARRAY;
    Erased wanted = references
                        ? (Erased){MODULE_CLASS, g->world->classes.object}
                        : erased(g, item_type);
    Value index = generate(g, target->right, value_none);
    index = value_keep(g, index, node->right);
    Value present = value_none;
    if (node->third)
        present = generate_array_get(
            g, array, index, erased(g, node->third->left->type), value_none);
    Value held = value_borrowed(present);
    Value value = new_value(g, node, wanted, &held, value_none);
    generate_array_put(g, array, index, value);
    value_release(g, value);
    value_release(g, present);
    value_release(g, index);
    value_release(g, array);
}

/* object[index] = value by the methods get and set. */
static void assign_by_set(Generator *g, Node *node, Value object) {
    Node *target = node->left;
    Signature signature;
    Value arguments[2], present = value_none;
    erase_signature(g->world, node->setter, &signature);
    arguments[0] =
        generate_erased(g, target->right,
                        signature.parameters[signature.count - 2], value_none);
    arguments[0] = value_keep(g, arguments[0], node->right);
    if (node->third) {
        Value index = value_convert(g, value_borrowed(arguments[0]),
                                    erased(g, target->right->type), value_none);
        Signature get;
        erase_signature(g->world, target->function, &get);
        index =
            value_convert(g, index, get.parameters[get.count - 1], value_none);
        present = value_convert(g,
                                call_function(g, target->function,
                                              value_borrowed(object), &index, 1,
                                              false, value_none),
                                erased(g, node->third->left->type), value_none);
    }
    Value held = value_borrowed(present);
    arguments[1] = new_value(g, node, signature.parameters[signature.count - 1],
                             &held, value_none);
    value_release(g, present);
    value_release(g, call_function(g, node->setter, object, arguments, 2, false,
                                   value_none));
}

static void assign(Generator *g, Node *node) {
    Node *target = node->left;
    if (target->kind == NODE_INDEX) {
        Value object = generate(g, target->left, value_none);
        object = value_keep(g, object, target->right);
        object = value_keep(g, object, node->right);
        if (node->setter)
            assign_by_set(g, node, object);
        else
            assign_item(g, node, object);
    } else if (node->setter) {
        assign_property(g, node);
    } else if (target->kind == NODE_MEMBER &&
               target->variable->kind == VARIABLE_FIELD) {
        assign_field(g, node);
    } else {
        assign_variable(g, node);
    }
}

/* a?.b = value: nothing happens when a is null. */
static void generate_assign(Generator *g, Node *node) {
    Node *target = node->left;
    if (target->kind != NODE_MEMBER || !target->safe) {
        assign(g, node);
        return;
    }
    Node *left = target->left;
    Label *end = code_label(g);
    Value object = value_own(g, generate(g, left, value_none));
    Value borrowed = value_borrowed(object);
    Node present = {.kind = NODE_PRESENT,
                    .type = type_not_null(g->world, left->type),
                    .held = &borrowed};
    code_branch(g, OP_if_null, object.number, 0, end);
    target->left = &present;
    target->safe = false;
    assign(g, node);
    target->left = left;
    target->safe = true;
    code_bind(g, end);
    value_release(g, object);
}

/* ---- while ---- */

/* The condition stands at the end, so a turn has one branch. */
static void while_loop(Generator *g, Node *node) {
    Label *body = code_label(g), *again = code_label(g);
    Label *end = code_label(g);
    Loop loop = {g->loop, again, end, g->tries};
    bool forever = node->left->kind == NODE_BOOL && node->left->number;
    if (!forever)
        generate_branch(g, node->left, false, end);
    code_bind(g, body);
    g->loop = &loop;
    generate_block(g, node->right, value_none);
    g->loop = loop.outer;
    code_bind(g, again);
    generate_branch(g, node->left, true, body);
    code_bind(g, end);
}

/* ---- Statements ---- */

void generate_statement(Generator *g, Node *node) {
    code_at(g, node);
    switch ((int)node->kind) {
    case NODE_LET:
        let(g, node);
        break;
    case NODE_ASSIGN:
        generate_assign(g, node);
        break;
    case NODE_WHILE:
        while_loop(g, node);
        break;
    case NODE_FOR:
        generate_for(g, node);
        break;
    case NODE_TRY:
        generate_try(g, node);
        break;
    case NODE_BLOCK:
        generate_block(g, node, value_none);
        break;
    default:
        value_release(g, generate(g, node, value_none));
    }
}
