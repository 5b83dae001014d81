/* Arithmetic and constants known at compile time. */
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"

static const Erased int_type = {MODULE_INT, NULL};
static const Erased double_type = {MODULE_DOUBLE, NULL};

/* ---- Folding ---- */

static bool fold(TokenKind operator, int64_t a, int64_t b, int64_t *out) {
    switch ((int)operator) {
    case TOKEN_PLUS:
        return !__builtin_add_overflow(a, b, out);
    case TOKEN_MINUS:
        return !__builtin_sub_overflow(a, b, out);
    case TOKEN_TIMES:
        return !__builtin_mul_overflow(a, b, out);
    case TOKEN_DIVIDE:
        if (b == 0 || (b == -1 && a == INT64_MIN))
            return false;
        *out = a / b;
        return true;
    case TOKEN_REMAINDER:
        if (b == 0 || b == -1)
            return false;
        *out = a % b;
        return true;
    case TOKEN_AND_BITS:
        *out = a & b;
        return true;
    case TOKEN_OR_BITS:
        *out = a | b;
        return true;
    case TOKEN_XOR_BITS:
        *out = a ^ b;
        return true;
    case TOKEN_SHIFT_LEFT:
        *out = (int64_t)((uint64_t)a << (b & 63));
        return true;
    default:
        return false;
    }
}

static bool is_module_constant(const Node *node) {
    return (node->kind == NODE_NAME || node->kind == NODE_MEMBER) &&
           node->reference == REFERENCE_VARIABLE &&
           node->variable->is_constant &&
           node->variable->initial->kind == NODE_INT;
}

bool generate_constant(Generator *g, Node *node, int64_t *out) {
    int64_t a, b;
    if (node->kind == NODE_INT || node->kind == NODE_CHAR) {
        *out = (int64_t)node->number;
        return true;
    }
    if (is_module_constant(node)) {
        *out = (int64_t)node->variable->initial->number;
        return true;
    }
    if (node->kind == NODE_UNARY && node->operator== TOKEN_MINUS &&
                                    generate_constant(g, node->left, &a))
        return !__builtin_sub_overflow((int64_t)0, a, out);
    return node->kind == NODE_BINARY && node->reference == REFERENCE_NONE &&
           type_kind(node->type) == TYPE_INT &&
           generate_constant(g, node->left, &a) &&
           generate_constant(g, node->right, &b) &&
           fold(node->operator, a, b, out);
}

/* ---- Int ---- */

static Opcode int_opcode(TokenKind operator) {
    switch ((int)operator) {
    case TOKEN_PLUS:
        return OP_add;
    case TOKEN_MINUS:
        return OP_sub;
    case TOKEN_TIMES:
        return OP_mul;
    case TOKEN_DIVIDE:
        return OP_div;
    case TOKEN_REMAINDER:
        return OP_rem;
    case TOKEN_WRAP_PLUS:
        return OP_wrap_add;
    case TOKEN_WRAP_MINUS:
        return OP_wrap_sub;
    case TOKEN_WRAP_TIMES:
        return OP_wrap_mul;
    case TOKEN_AND_BITS:
        return OP_and;
    case TOKEN_OR_BITS:
        return OP_or;
    case TOKEN_XOR_BITS:
        return OP_xor;
    case TOKEN_SHIFT_LEFT:
        return OP_shl;
    case TOKEN_SHIFT_RIGHT:
        return OP_shr;
    default:
        return OP_ushr;
    }
}

static bool is_small(int64_t value) {
    return value >= INT16_MIN && value <= INT16_MAX;
}

/* The form with a constant on the right, and the constant as it takes it;
 * OP_invalid when there is none. */
static Opcode immediate_opcode(TokenKind operator, int64_t * value) {
    bool divisor = *value != 0 && *value != -1;
    switch ((int)operator) {
    case TOKEN_PLUS:
        return OP_add_imm;
    case TOKEN_MINUS:
        *value = *value == INT64_MIN ? INT64_MAX : -*value;
        return OP_add_imm;
    case TOKEN_TIMES:
        return OP_mul_imm;
    case TOKEN_DIVIDE:
        return divisor ? OP_div_imm : OP_invalid;
    case TOKEN_REMAINDER:
        return divisor ? OP_rem_imm : OP_invalid;
    case TOKEN_WRAP_PLUS:
        return OP_wrap_add_imm;
    case TOKEN_AND_BITS:
        return OP_and_imm;
    case TOKEN_SHIFT_LEFT:
        *value &= 63;
        return OP_shl_imm;
    case TOKEN_SHIFT_RIGHT:
        *value &= 63;
        return OP_shr_imm;
    case TOKEN_SHIFT_RIGHT_ZERO:
        *value &= 63;
        return OP_ushr_imm;
    default:
        return OP_invalid;
    }
}

static bool commutes(TokenKind operator) {
    return operator== TOKEN_PLUS || operator== TOKEN_TIMES || operator==
        TOKEN_WRAP_PLUS ||
        operator== TOKEN_AND_BITS;
}

static Value immediate(Generator *g, Node *left, Opcode op, int64_t value,
                       Value hint) {
    Value operand = generate_erased(g, left, int_type, value_none);
    value_release(g, operand);
    Value to = value_target(g, hint, int_type);
    code_emit(g, op, to.number, operand.number, (unsigned)value);
    return to;
}

static void both_sides(Generator *g, Node *node, Erased type, Value *out) {
    out[0] = generate_erased(g, node->left, type, value_none);
    out[0] = value_keep(g, out[0], node->right);
    out[1] = generate_erased(g, node->right, type, value_none);
}

/* Both sides, to be read by the next instruction. */
static void operands(Generator *g, Node *node, Erased type, Value *out) {
    both_sides(g, node, type, out);
    value_release(g, out[0]);
    value_release(g, out[1]);
}

static Value int_binary(Generator *g, Node *node, Value hint) {
    Value both[2];
    int64_t value;
    TokenKind operator= node->operator;
    if (generate_constant(g, node, &value))
        return value_int(g, value, hint);
    if (generate_constant(g, node->right, &value)) {
        Opcode op = immediate_opcode(operator, & value);
        if (op != OP_invalid && is_small(value))
            return immediate(g, node->left, op, value, hint);
    }
    if (commutes(operator) && generate_constant(g, node->left, &value)) {
        Opcode op = immediate_opcode(operator, & value);
        if (op != OP_invalid && is_small(value))
            return immediate(g, node->right, op, value, hint);
    }
    operands(g, node, int_type, both);
    Value to = value_target(g, hint, int_type);
    code_emit(g, int_opcode(operator), to.number, both[0].number,
              both[1].number);
    return to;
}

/* ---- Double and Char ---- */

static Value double_binary(Generator *g, Node *node, Value hint) {
    Value both[2];
    TokenKind operator= node->operator;
    if (operator== TOKEN_REMAINDER) {
        both_sides(g, node, double_type, both);
        return call_of_core(g, "doubleRemainder", both, 2, hint);
    }
    operands(g, node, double_type, both);
    Opcode op = operator== TOKEN_PLUS  ? OP_double_add :
                operator== TOKEN_MINUS ? OP_double_sub
                :
                operator== TOKEN_TIMES ? OP_double_mul
                                       : OP_double_div;
    Value to = value_target(g, hint, double_type);
    code_emit(g, op, to.number, both[0].number, both[1].number);
    return to;
}

static Value char_binary(Generator *g, Node *node, Value hint) {
    Value sum = int_binary(g, node, value_none);
    value_release(g, sum);
    Value to = value_target(g, hint, (Erased){MODULE_CHAR, NULL});
    code_emit(g, OP_to_char, to.number, sum.number, 0);
    return to;
}

Value generate_binary(Generator *g, Node *node, Value hint) {
    TypeKind kind = type_kind(node->type);
    if (kind == TYPE_BOOL && node->operator!= TOKEN_PLUS)
        return generate_bool(g, node, hint);
    if (node->reference == REFERENCE_FUNCTION) {
        Value left = generate(g, node->left, value_none);
        return call_method(g, node->function, left, &node->right, 1, node->type,
                           hint);
    }
    if (kind == TYPE_DOUBLE)
        return double_binary(g, node, hint);
    if (kind == TYPE_CHAR)
        return char_binary(g, node, hint);
    if (kind == TYPE_CLASS)
        return generate_join(g, node->left, node->right, hint);
    return int_binary(g, node, hint);
}

Value generate_unary(Generator *g, Node *node, Value hint) {
    int64_t value;
    if (node->operator== TOKEN_NOT)
        return generate_bool(g, node, hint);
    if (node->reference == REFERENCE_FUNCTION) {
        Value left = generate(g, node->left, value_none);
        return call_method(g, node->function, left, NULL, 0, node->type, hint);
    }
    bool real = type_kind(node->type) == TYPE_DOUBLE;
    if (!real && node->operator== TOKEN_MINUS &&
                 generate_constant(g, node, &value))
        return value_int(g, value, hint);
    Erased type = real ? double_type : int_type;
    Value operand = generate_erased(g, node->left, type, value_none);
    value_release(g, operand);
    Value to = value_target(g, hint, type);
    Opcode op = node->operator== TOKEN_NOT_BITS ? OP_not
                : real                          ? OP_double_neg
                                                : OP_neg;
    code_emit(g, op, to.number, operand.number, 0);
    return to;
}
