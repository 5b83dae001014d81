/* Conditions: as jumps, which is what loops and `if` want, and as values. */
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"

typedef enum Relation {
    RELATION_EQ,
    RELATION_NE,
    RELATION_LT,
    RELATION_LE,
    RELATION_GT,
    RELATION_GE,
    RELATION_NONE,
} Relation;

static const Erased int_type = {MODULE_INT, NULL};
static const Erased bool_type = {MODULE_BOOL, NULL};

static Relation relation_of(TokenKind operator) {
    switch ((int)operator) {
    case TOKEN_EQUAL:
    case TOKEN_SAME:
        return RELATION_EQ;
    case TOKEN_NOT_EQUAL:
    case TOKEN_NOT_SAME:
        return RELATION_NE;
    case TOKEN_LESS:
        return RELATION_LT;
    case TOKEN_LESS_EQUAL:
        return RELATION_LE;
    case TOKEN_GREATER:
        return RELATION_GT;
    case TOKEN_GREATER_EQUAL:
        return RELATION_GE;
    default:
        return RELATION_NONE;
    }
}

static Relation negated(Relation relation) {
    static const Relation table[] = {RELATION_NE, RELATION_EQ, RELATION_GE,
                                     RELATION_GT, RELATION_LE, RELATION_LT};
    return table[relation];
}

static Relation mirrored(Relation relation) {
    static const Relation table[] = {RELATION_EQ, RELATION_NE, RELATION_GT,
                                     RELATION_GE, RELATION_LT, RELATION_LE};
    return table[relation];
}

/* ---- Whole numbers ---- */

static void branch_numbers(Generator *g, Relation relation, Value a, Value b,
                           Label *label) {
    if (relation == RELATION_GT || relation == RELATION_GE) {
        Value swapped = a;
        a = b;
        b = swapped;
        relation = mirrored(relation);
    }
    static const Opcode ops[] = {OP_if_eq, OP_if_ne, OP_if_lt, OP_if_le};
    code_branch(g, ops[relation], a.number, b.number, label);
}

static void branch_immediate(Generator *g, Relation relation, Value a,
                             int64_t value, Label *label) {
    static const Opcode ops[] = {OP_if_eq_imm, OP_if_ne_imm, OP_if_lt_imm,
                                 OP_if_le_imm, OP_if_gt_imm, OP_if_ge_imm};
    code_branch(g, ops[relation], a.number, (unsigned)value, label);
}

static bool is_small(int64_t value) {
    return value >= INT16_MIN && value <= INT16_MAX;
}

/* The kind in which both sides are compared. */
static Erased common_type(Generator *g, Node *node) {
    Erased a = erase_type(g->world, node->left->type);
    Erased b = erase_type(g->world, node->right->type);
    if (a.kind == MODULE_DOUBLE || b.kind == MODULE_DOUBLE)
        return (Erased){MODULE_DOUBLE, NULL};
    return erase_equal(a, b) ? a : int_type;
}

static void branch_whole(Generator *g, Node *node, Relation relation,
                         Label *label) {
    int64_t value;
    Erased type = common_type(g, node);
    if (generate_constant(g, node->right, &value) && is_small(value)) {
        Value a = generate_erased(g, node->left, type, value_none);
        branch_immediate(g, relation, a, value, label);
        value_release(g, a);
        return;
    }
    if (generate_constant(g, node->left, &value) && is_small(value)) {
        Value b = generate_erased(g, node->right, type, value_none);
        branch_immediate(g, mirrored(relation), b, value, label);
        value_release(g, b);
        return;
    }
    Value a = generate_erased(g, node->left, type, value_none);
    a = value_keep(g, a, node->right);
    Value b = generate_erased(g, node->right, type, value_none);
    branch_numbers(g, relation, a, b, label);
    value_release(g, a);
    value_release(g, b);
}

/* ---- Doubles ---- */

static void branch_double(Generator *g, Node *node, Relation relation,
                          bool when, Label *label) {
    Erased type = {MODULE_DOUBLE, NULL};
    Value a = generate_erased(g, node->left, type, value_none);
    a = value_keep(g, a, node->right);
    Value b = generate_erased(g, node->right, type, value_none);
    value_release(g, a);
    value_release(g, b);
    bool is_equality = relation == RELATION_EQ || relation == RELATION_NE;
    if (is_equality) {
        bool equal = (relation == RELATION_EQ) == when;
        code_branch(g, equal ? OP_if_double_eq : OP_if_double_ne, a.number,
                    b.number, label);
        return;
    }
    bool swap = relation == RELATION_GT || relation == RELATION_GE;
    bool strict = relation == RELATION_LT || relation == RELATION_GT;
    Opcode op = strict ? (when ? OP_if_double_lt : OP_if_double_not_lt)
                       : (when ? OP_if_double_le : OP_if_double_not_le);
    code_branch(g, op, swap ? b.number : a.number, swap ? a.number : b.number,
                label);
}

/* ---- References ---- */

static void branch_null(Generator *g, Node *value, bool when_null,
                        Label *label) {
    Value tested = generate(g, value, value_none);
    if (tested.is_reference)
        code_branch(g, when_null ? OP_if_null : OP_if_not_null, tested.number,
                    0, label);
    else if (!when_null)
        code_jump(g, label);
    value_release(g, tested);
}

static Erased object_type(Generator *g) {
    return (Erased){MODULE_CLASS, g->world->classes.object};
}

static void branch_same(Generator *g, Node *node, bool when_same,
                        Label *label) {
    Value a = generate_erased(g, node->left, object_type(g), value_none);
    a = value_keep(g, a, node->right);
    Value b = generate_erased(g, node->right, object_type(g), value_none);
    code_branch(g, when_same ? OP_if_same : OP_if_not_same, a.number, b.number,
                label);
    value_release(g, a);
    value_release(g, b);
}

/* a == b by `equals`, as a Bool. */
static Value equal_value(Generator *g, Node *node) {
    World *world = g->world;
    bool texts = type_is_class(node->left->type, world->classes.string) &&
                 type_is_class(node->right->type, world->classes.string);
    if (texts) {
        Function *found = call_member_of(g, world->classes.string, "equals");
        Value left = generate(g, node->left, value_none);
        return call_method(g, found, left, &node->right, 1,
                           world->scalars[TYPE_BOOL], value_none);
    }
    Value both[2];
    both[0] = generate_erased(g, node->left, object_type(g), value_none);
    both[0] = value_keep(g, both[0], node->right);
    both[1] = generate_erased(g, node->right, object_type(g), value_none);
    return call_of_core(g, "equal", both, 2, value_none);
}

static void branch_on(Generator *g, Value truth, bool when, Label *label) {
    code_branch(g, when ? OP_if_true : OP_if_false, truth.number, 0, label);
    value_release(g, truth);
}

/* ---- Comparisons ---- */

static void branch_equality(Generator *g, Node *node, bool when, Label *label) {
    bool wants_equal = (relation_of(node->operator) == RELATION_EQ) == when;
    bool identity =
        node->operator== TOKEN_SAME || node->operator== TOKEN_NOT_SAME;
    if (node->right->kind == NODE_NULL)
        branch_null(g, node->left, wants_equal, label);
    else if (node->left->kind == NODE_NULL)
        branch_null(g, node->right, wants_equal, label);
    else if (identity)
        branch_same(g, node, wants_equal, label);
    else
        branch_on(g, equal_value(g, node), wants_equal, label);
}

/* a < b of objects: a.compareTo(b) < 0 */
static void branch_order(Generator *g, Node *node, Relation relation,
                         Label *label) {
    Value left = generate(g, node->left, value_none);
    Value order = call_method(g, node->function, left, &node->right, 1,
                              g->world->scalars[TYPE_INT], value_none);
    branch_immediate(g, relation, order, 0, label);
    value_release(g, order);
}

static void branch_comparison(Generator *g, Node *node, bool when,
                              Label *label) {
    Relation relation = relation_of(node->operator);
    bool scalars =
        type_is_scalar(node->left->type) && type_is_scalar(node->right->type);
    if (!scalars && node->reference == REFERENCE_FUNCTION)
        branch_order(g, node, when ? relation : negated(relation), label);
    else if (!scalars)
        branch_equality(g, node, when, label);
    else if (common_type(g, node).kind == MODULE_DOUBLE)
        branch_double(g, node, relation, when, label);
    else
        branch_whole(g, node, when ? relation : negated(relation), label);
}

/* ---- is, in ---- */

static Value is_value(Generator *g, Node *node, Value hint) {
    Class *class = type_class(g->world, node->aimed);
    Value value = generate_erased(g, node->left, object_type(g), value_none);
    value_release(g, value);
    Value to = value_target(g, hint, bool_type);
    Erased aimed = erase_type(g->world, node->aimed);
    uint16_t type = class && class->kind == CLASS_INTERFACE
                        ? erase_class(g->writer, class)
                    : type_is_scalar(node->aimed)
                        ? erase_class(g->writer, class)
                        : erase_number(g->world, g->writer, aimed);
    code_emit(g, OP_is_a, to.number, value.number, type);
    return to;
}

/* x in a..b without making a range. */
static void branch_in_range(Generator *g, Node *node, bool when, Label *label) {
    Node *range = node->right;
    bool below = range->operator== TOKEN_RANGE_BELOW;
    Label *outside = when ? code_label(g) : label;
    Value value = value_own(g, generate(g, node->left, value_none));
    Value start = generate(g, range->left, value_none);
    branch_numbers(g, RELATION_LT, value, start, outside);
    value_release(g, start);
    Value end = generate(g, range->right, value_none);
    if (when)
        branch_numbers(g, below ? RELATION_LT : RELATION_LE, value, end, label);
    else
        branch_numbers(g, below ? RELATION_GE : RELATION_GT, value, end, label);
    value_release(g, end);
    value_release(g, value);
    if (when)
        code_bind(g, outside);
}

static Value in_value(Generator *g, Node *node, Value hint) {
    Value container = generate(g, node->right, value_none);
    return call_method(g, node->function, container, &node->left, 1,
                       g->world->scalars[TYPE_BOOL], hint);
}

/* ---- All conditions ---- */

static bool is_comparison(const Node *node) {
    return node->kind == NODE_BINARY &&
           relation_of(node->operator) != RELATION_NONE;
}

static void branch_both(Generator *g, Node *node, bool when, Label *label) {
    bool is_and = node->kind == NODE_AND;
    if (is_and != when) { /* either side decides */
        generate_branch(g, node->left, when, label);
        generate_branch(g, node->right, when, label);
        return;
    }
    Label *over = code_label(g);
    generate_branch(g, node->left, !when, over);
    generate_branch(g, node->right, when, label);
    code_bind(g, over);
}

void generate_branch(Generator *g, Node *node, bool when, Label *label) {
    code_at(g, node);
    if (node->kind == NODE_BOOL) {
        if ((node->number != 0) == when)
            code_jump(g, label);
    } else if (node->kind == NODE_UNARY && node->operator== TOKEN_NOT) {
        generate_branch(g, node->left, !when, label);
    } else if (node->kind == NODE_AND || node->kind == NODE_OR) {
        branch_both(g, node, when, label);
    } else if (is_comparison(node)) {
        branch_comparison(g, node, when, label);
    } else if (node->kind == NODE_IN && node->right->kind == NODE_RANGE) {
        branch_in_range(g, node, when, label);
    } else if (node->kind == NODE_IS) {
        branch_on(g, is_value(g, node, value_none), when, label);
    } else if (node->kind == NODE_IN) {
        branch_on(g, in_value(g, node, value_none), when, label);
    } else {
        branch_on(g, generate_erased(g, node, bool_type, value_none), when,
                  label);
    }
}

/* A comparison of scalars that one instruction turns into a Bool. */
static bool direct_comparison(Generator *g, Node *node) {
    Relation relation = relation_of(node->operator);
    if (!is_comparison(node) || !type_is_scalar(node->left->type) ||
        !type_is_scalar(node->right->type))
        return false;
    return common_type(g, node).kind != MODULE_DOUBLE ||
           relation != RELATION_NE;
}

static Value compare_value(Generator *g, Node *node, Value hint) {
    Relation relation = relation_of(node->operator);
    Erased type = common_type(g, node);
    bool real = type.kind == MODULE_DOUBLE;
    Value a = generate_erased(g, node->left, type, value_none);
    a = value_keep(g, a, node->right);
    Value b = generate_erased(g, node->right, type, value_none);
    value_release(g, a);
    value_release(g, b);
    Value to = value_target(g, hint, bool_type);
    bool swap = relation == RELATION_GT || relation == RELATION_GE;
    if (swap)
        relation = mirrored(relation);
    static const Opcode ops[] = {OP_eq, OP_ne, OP_lt, OP_le};
    static const Opcode double_ops[] = {OP_double_eq, OP_invalid, OP_double_lt,
                                        OP_double_le};
    code_emit(g, real ? double_ops[relation] : ops[relation], to.number,
              swap ? b.number : a.number, swap ? a.number : b.number);
    return to;
}

Value generate_bool(Generator *g, Node *node, Value hint) {
    if (direct_comparison(g, node))
        return compare_value(g, node, hint);
    if (node->kind == NODE_IS)
        return is_value(g, node, hint);
    if (node->kind == NODE_IN && node->right->kind != NODE_RANGE)
        return in_value(g, node, hint);
    Label *otherwise = code_label(g), *end = code_label(g);
    Value to = value_new(g, bool_type);
    generate_branch(g, node, false, otherwise);
    value_set_int(g, to, 1);
    code_jump(g, end);
    code_bind(g, otherwise);
    value_set_int(g, to, 0);
    code_bind(g, end);
    return to;
}
