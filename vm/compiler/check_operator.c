/* Operators: on numbers built in, on other types by methods. */
#include "vm/compiler/check.h"

static const char *method_of(TokenKind operator) {
    switch ((int)operator) {
    case TOKEN_PLUS:
        return "plus";
    case TOKEN_MINUS:
        return "minus";
    case TOKEN_TIMES:
        return "times";
    case TOKEN_DIVIDE:
        return "dividedBy";
    case TOKEN_REMAINDER:
        return "remainder";
    default:
        return NULL;
    }
}

static const char *sign_of(TokenKind operator) {
    return lexer_kind_text(operator);
}

static Type *no_operator(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *left = node->left->type, *right = node->right->type;
    if (type_kind(left) == TYPE_BAD || type_kind(right) == TYPE_BAD)
        return world->bad;
    if (type_is_nullable(left) || type_is_nullable(right))
        source_error(checker->compile,
                     type_is_nullable(left) ? node->left->place
                                            : node->right->place,
                     "this may be null; give another value with \"??\" or "
                     "test it first");
    else
        source_error(checker->compile, node->place,
                     "%s does not work on %s and %s", sign_of(node->operator),
                     type_text(world, left), type_text(world, right));
    return world->bad;
}

/* left.method(right) */
static Type *by_method(Checker *checker, Node *node, const char *name) {
    Type *left = node->left->type;
    Member member;
    if (!name || !check_find_method(checker, left, name, &member) ||
        !member.function->parameters || member.function->parameters->next)
        return no_operator(checker, node);
    Type *wanted = type_substitute(
        checker->world, member.function->parameters->type, member.bindings);
    node->function = member.function;
    node->reference = REFERENCE_FUNCTION;
    node->receiver = member.owner;
    if (!check_fits(checker, node->right->place, wanted, node->right->type,
                    "operand"))
        return checker->world->bad;
    return type_substitute(checker->world,
                           check_result(checker, member.function),
                           member.bindings);
}

static bool is_int_like(Type *type) {
    TypeKind kind = type_kind(type);
    return kind == TYPE_INT || kind == TYPE_BYTE;
}

static Type *arithmetic(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *left = node->left->type, *right = node->right->type;
    TokenKind operator= node->operator;
    if (type_kind(left) == TYPE_BAD || type_kind(right) == TYPE_BAD)
        return world->bad;
    if (operator== TOKEN_PLUS &&(type_is_class(left, world->classes.string) ||
                                 type_is_class(right, world->classes.string)))
        return world->string;
    if (is_int_like(left) && is_int_like(right))
        return world->scalars[TYPE_INT];
    if (type_is_number(left) && type_is_number(right))
        return world->scalars[TYPE_DOUBLE];
    if (type_kind(left) == TYPE_CHAR &&
        operator!= TOKEN_TIMES && operator!= TOKEN_DIVIDE && operator!=
        TOKEN_REMAINDER) {
        if (type_kind(right) == TYPE_INT)
            return world->scalars[TYPE_CHAR];
        if (type_kind(right) == TYPE_CHAR && operator== TOKEN_MINUS)
            return world->scalars[TYPE_INT];
    }
    if (type_is_scalar(left) || type_is_nullable(left))
        return no_operator(checker, node);
    return by_method(checker, node, method_of(operator));
}

static Type *bits(Checker *checker, Node *node) {
    if (is_int_like(node->left->type) && is_int_like(node->right->type))
        return checker->world->scalars[TYPE_INT];
    return no_operator(checker, node);
}

static bool is_bad(const Node *node) {
    return type_kind(node->left->type) == TYPE_BAD ||
           type_kind(node->right->type) == TYPE_BAD;
}

static Type *order(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *left = node->left->type, *right = node->right->type;
    Type *result = world->scalars[TYPE_BOOL];
    if (is_bad(node))
        return result;
    if (type_is_number(left) && type_is_number(right))
        return result;
    if (type_kind(left) == TYPE_CHAR && type_kind(right) == TYPE_CHAR)
        return result;
    if (type_is_scalar(left) || type_is_nullable(left))
        no_operator(checker, node);
    else
        by_method(checker, node, "compareTo");
    return result;
}

static bool is_final_value(World *world, Type *type) {
    return type_is_scalar(type) || type_is_class(type, world->classes.string);
}

static Type *equality(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *left = node->left->type, *right = node->right->type;
    Type *a = type_not_null(world, left), *b = type_not_null(world, right);
    bool identity =
        node->operator== TOKEN_SAME || node->operator== TOKEN_NOT_SAME;
    if (is_bad(node))
        return world->scalars[TYPE_BOOL];
    bool scalars = type_is_scalar(left) || type_is_scalar(right);
    bool nothing =
        type_kind(left) == TYPE_VOID || type_kind(right) == TYPE_VOID;
    bool related = type_fits(world, a, b) || type_fits(world, b, a) ||
                   (type_is_number(a) && type_is_number(b));
    if (nothing || (identity && scalars))
        no_operator(checker, node);
    else if (!related && is_final_value(world, a) && is_final_value(world, b))
        source_error(checker->compile, node->place, "%s and %s are never equal",
                     type_text(world, left), type_text(world, right));
    return world->scalars[TYPE_BOOL];
}

static bool is_number_literal(const Node *node) {
    return node->kind == NODE_INT;
}

/* An Int literal beside a Double is one; beside a Byte it stays an Int. */
static void adapt_literal(Checker *checker, Node *literal, Type *other) {
    if (!is_number_literal(literal) || type_kind(other) != TYPE_DOUBLE)
        return;
    int64_t value = (int64_t)literal->number;
    literal->kind = NODE_DOUBLE;
    literal->real = literal->is_let ? (double)value : (double)literal->number;
    literal->type = checker->world->scalars[TYPE_DOUBLE];
}

Type *check_binary(Checker *checker, Node *node, Type *expected) {
    bool wants_double = expected && type_kind(expected) == TYPE_DOUBLE &&
                        method_of(node->operator);
    Type *hint = wants_double ? expected : NULL;
    check_expression(checker, node->left, hint);
    if (!hint && !is_number_literal(node->right) &&
        node->right->kind != NODE_NULL &&
        (node->operator== TOKEN_EQUAL || node->operator== TOKEN_NOT_EQUAL))
        hint = node->left->type;
    check_expression(checker, node->right, hint);
    adapt_literal(checker, node->left, node->right->type);
    adapt_literal(checker, node->right, node->left->type);
    switch ((int)node->operator) {
    case TOKEN_EQUAL:
    case TOKEN_NOT_EQUAL:
    case TOKEN_SAME:
    case TOKEN_NOT_SAME:
        return equality(checker, node);
    case TOKEN_LESS:
    case TOKEN_LESS_EQUAL:
    case TOKEN_GREATER:
    case TOKEN_GREATER_EQUAL:
        return order(checker, node);
    case TOKEN_AND_BITS:
    case TOKEN_OR_BITS:
    case TOKEN_XOR_BITS:
    case TOKEN_SHIFT_LEFT:
    case TOKEN_SHIFT_RIGHT:
    case TOKEN_SHIFT_RIGHT_ZERO:
    case TOKEN_WRAP_PLUS:
    case TOKEN_WRAP_MINUS:
    case TOKEN_WRAP_TIMES:
        return bits(checker, node);
    default:
        return arithmetic(checker, node);
    }
}

Type *check_unary(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    if (node->operator== TOKEN_NOT) {
        check_condition(checker, node);
        return world->scalars[TYPE_BOOL];
    }
    Type *type = check_expression(checker, node->left, expected);
    TypeKind kind = type_kind(type);
    if (kind == TYPE_BAD)
        return type;
    if (kind == TYPE_DOUBLE && node->operator== TOKEN_MINUS)
        return type;
    if (is_int_like(type))
        return world->scalars[TYPE_INT];
    Member member;
    if (node->operator== TOKEN_MINUS && !type_is_nullable(type) &&
        check_find_method(checker, type, "negated", &member) &&
        !member.function->parameters) {
        node->function = member.function;
        node->reference = REFERENCE_FUNCTION;
        return type_substitute(world, check_result(checker, member.function),
                               member.bindings);
    }
    source_error(checker->compile, node->place, "%s does not work on %s",
                 sign_of(node->operator), type_text(world, type));
    return world->bad;
}

Type *check_index(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *type = check_expression(checker, node->left, NULL);
    Member member;
    if (type_kind(type) == TYPE_BAD) {
        check_expression(checker, node->right, NULL);
        return node->type = type;
    }
    if (type_is_nullable(type)) {
        source_error(checker->compile, node->left->place,
                     "this %s may be null; test it first",
                     type_text(world, type_not_null(world, type)));
        return node->type = world->bad;
    }
    if (type_is_class(type, world->classes.array)) {
        check_value(checker, node->right, world->scalars[TYPE_INT], "index");
        return node->type = type_of_unknown(type)->arguments[0];
    }
    if (!check_find_method(checker, type, "get", &member) ||
        !member.function->parameters) {
        source_error(checker->compile, node->left->place,
                     "%s has no items: it lacks a method \"get\"",
                     type_text(world, type));
        return node->type = world->bad;
    }
    node->function = member.function;
    node->reference = REFERENCE_FUNCTION;
    node->receiver = member.owner;
    check_value(checker, node->right,
                type_substitute(world, member.function->parameters->type,
                                member.bindings),
                "index");
    return node->type = type_substitute(
               world, check_result(checker, member.function), member.bindings);
}
