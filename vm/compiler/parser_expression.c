/* Operators by precedence, and what stands behind a primary. */
#include "vm/compiler/parser.h"

/* From loose to tight. `not` stands between AND and COMPARE, unary minus and
 * `as` between TIMES and the postfix parts. */
enum Precedence {
    PRECEDENCE_NONE,
    PRECEDENCE_OR,
    PRECEDENCE_AND,
    PRECEDENCE_COMPARE,
    PRECEDENCE_COALESCE,
    PRECEDENCE_RANGE,
    PRECEDENCE_OR_BITS,
    PRECEDENCE_AND_BITS,
    PRECEDENCE_SHIFT,
    PRECEDENCE_PLUS,
    PRECEDENCE_TIMES,
    PRECEDENCE_AS,
};

typedef struct Operator {
    TokenKind kind;
    unsigned precedence;
    unsigned tokens; /* that it is made of */
} Operator;

static unsigned precedence_of(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_OR:
        return PRECEDENCE_OR;
    case TOKEN_AND:
        return PRECEDENCE_AND;
    case TOKEN_EQUAL:
    case TOKEN_NOT_EQUAL:
    case TOKEN_SAME:
    case TOKEN_NOT_SAME:
    case TOKEN_LESS:
    case TOKEN_LESS_EQUAL:
    case TOKEN_GREATER:
    case TOKEN_GREATER_EQUAL:
    case TOKEN_IS:
    case TOKEN_IN:
        return PRECEDENCE_COMPARE;
    case TOKEN_COALESCE:
        return PRECEDENCE_COALESCE;
    case TOKEN_RANGE:
    case TOKEN_RANGE_BELOW:
        return PRECEDENCE_RANGE;
    case TOKEN_OR_BITS:
    case TOKEN_XOR_BITS:
        return PRECEDENCE_OR_BITS;
    case TOKEN_AND_BITS:
        return PRECEDENCE_AND_BITS;
    case TOKEN_SHIFT_LEFT:
    case TOKEN_SHIFT_RIGHT:
    case TOKEN_SHIFT_RIGHT_ZERO:
        return PRECEDENCE_SHIFT;
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_WRAP_PLUS:
    case TOKEN_WRAP_MINUS:
        return PRECEDENCE_PLUS;
    case TOKEN_TIMES:
    case TOKEN_DIVIDE:
    case TOKEN_REMAINDER:
    case TOKEN_WRAP_TIMES:
        return PRECEDENCE_TIMES;
    case TOKEN_AS:
        return PRECEDENCE_AS;
    default:
        return PRECEDENCE_NONE;
    }
}

static bool is_adjacent(const Token *a, const Token *b) {
    return a->place.offset + a->place.length == b->place.offset;
}

/* The operator that stands here; two or three > side by side are a shift. */
static Operator operator_here(const Parser *parser) {
    const Token *token = parser_token(parser);
    Operator result = {token->kind, 0, 1};
    if (token->kind == TOKEN_GREATER) {
        const Token *second = parser_ahead(parser, 1);
        const Token *third = parser_ahead(parser, 2);
        if (second->kind == TOKEN_GREATER && is_adjacent(token, second)) {
            bool three =
                third->kind == TOKEN_GREATER && is_adjacent(second, third);
            result.kind = three ? TOKEN_SHIFT_RIGHT_ZERO : TOKEN_SHIFT_RIGHT;
            result.tokens = three ? 3 : 2;
        }
    }
    result.precedence = precedence_of(result.kind);
    /* On a new line a minus begins a statement and `is` a pattern. */
    if (token->on_new_line && parser->brackets == 0 &&
        (token->kind == TOKEN_MINUS || token->kind == TOKEN_IS))
        result.precedence = PRECEDENCE_NONE;
    return result;
}

static NodeKind node_kind_of(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_OR:
        return NODE_OR;
    case TOKEN_AND:
        return NODE_AND;
    case TOKEN_COALESCE:
        return NODE_COALESCE;
    case TOKEN_RANGE:
    case TOKEN_RANGE_BELOW:
        return NODE_RANGE;
    case TOKEN_IN:
        return NODE_IN;
    default:
        return NODE_BINARY;
    }
}

static Node *unary(Parser *parser);
static Node *binary(Parser *parser, unsigned least);

static Node *new_unary(Parser *parser, TokenKind kind, Place place,
                       Node *operand) {
    Node *node = parser_new(parser, NODE_UNARY, place);
    node->operator= kind;
    node->left = operand;
    return node;
}

/* left is [not] type, left as type */
static Node *type_operator(Parser *parser, Node *left, TokenKind kind,
                           Place place) {
    bool negated = kind == TOKEN_IS && parser_accept(parser, TOKEN_NOT);
    Node *node =
        parser_new(parser, kind == TOKEN_IS ? NODE_IS : NODE_AS, place);
    node->left = left;
    node->type_nodes = parser_type_node(parser);
    node->place = source_span(left->place, parser_previous_place(parser));
    return negated ? new_unary(parser, TOKEN_NOT, node->place, node) : node;
}

static Node *with_operator(Parser *parser, Node *left, Operator op) {
    Place place = parser_token(parser)->place;
    for (unsigned i = 0; i < op.tokens; i++)
        parser_take(parser);
    if (op.kind == TOKEN_IS || op.kind == TOKEN_AS)
        return type_operator(parser, left, op.kind, place);
    Node *node = parser_new(parser, node_kind_of(op.kind), place);
    node->operator= op.kind;
    node->left = left;
    /* ?? is right-associative, all others left. */
    node->right = op.kind == TOKEN_COALESCE ? binary(parser, op.precedence)
                                            : binary(parser, op.precedence + 1);
    return node;
}

static Node *binary(Parser *parser, unsigned least) {
    unsigned depth = parser->depth;
    if (!parser_enter(parser)) {
        parser->depth = depth;
        return parser_new(parser, NODE_BAD, parser_token(parser)->place);
    }
    Node *left = unary(parser);
    while (!parser->panicking) {
        Operator op = operator_here(parser);
        if (op.precedence == PRECEDENCE_NONE || op.precedence < least)
            break;
        /* Each operator makes the tree one deeper on its left. */
        if (!parser_enter(parser))
            break;
        left = with_operator(parser, left, op);
    }
    parser->depth = depth;
    return left;
}

static Node *not_operator(Parser *parser) {
    Place place = parser_take(parser)->place;
    return new_unary(parser, TOKEN_NOT, place,
                     binary(parser, PRECEDENCE_COMPARE));
}

static Node *negative(Parser *parser) {
    Place place = parser_take(parser)->place;
    const Token *number = parser_token(parser);
    bool literal = number->kind == TOKEN_INT || number->kind == TOKEN_DOUBLE;
    Node *operand = unary(parser);
    Node *node = new_unary(parser, TOKEN_MINUS, place, operand);
    if (!literal || (operand->kind != NODE_INT && operand->kind != NODE_DOUBLE))
        return node;
    node = operand;
    node->place = source_span(place, node->place);
    if (node->kind == NODE_DOUBLE)
        node->real = -node->real;
    else
        node->number = 0 - node->number;
    node->is_let = true; /* negative: checked against -2^63 */
    return node;
}

static Node *parser_postfix(Parser *parser);

static Node *unary(Parser *parser) {
    const Token *token = parser_token(parser);
    Node *node;
    if (!parser_enter(parser)) {
        node = parser_new(parser, NODE_BAD, token->place);
    } else if (token->kind == TOKEN_NOT) {
        node = not_operator(parser);
    } else if (token->kind == TOKEN_MINUS) {
        node = negative(parser);
    } else if (token->kind == TOKEN_NOT_BITS) {
        parser_take(parser);
        node = new_unary(parser, TOKEN_NOT_BITS, token->place, unary(parser));
    } else if (token->kind == TOKEN_BANG) {
        parser_error(parser, token->place, "write \"not\" instead of \"!\"");
        node = parser_new(parser, NODE_BAD, token->place);
    } else {
        node = parser_postfix(parser);
    }
    parser_leave(parser);
    return node;
}

Node *parser_expression(Parser *parser) {
    return binary(parser, PRECEDENCE_OR);
}

Node *parser_condition(Parser *parser) {
    bool before = parser->no_braces;
    parser->no_braces = true;
    Node *node = parser_expression(parser);
    parser->no_braces = before;
    return node;
}

/* ---- Calls, members, indexes ---- */

/* [name ":"] expression */
static Node *argument(Parser *parser) {
    Name label = NULL;
    if (parser_is(parser, TOKEN_NAME) &&
        parser_ahead(parser, 1)->kind == TOKEN_COLON) {
        label = parser_take(parser)->name;
        parser_take(parser);
    }
    Node *node = parser_expression(parser);
    node->label = label;
    return node;
}

/* "(" arguments ")"; newlines inside are blanks. */
Node *parser_arguments(Parser *parser) {
    Node *first = NULL;
    Node **end = &first;
    bool no_braces = parser->no_braces;
    unsigned brackets = parser->brackets++;
    parser->no_braces = false;
    parser_expect(parser, TOKEN_OPEN_PAREN, "before the arguments");
    if (!parser_is(parser, TOKEN_CLOSE_PAREN)) {
        do
            parser_append(&end, argument(parser));
        while (!parser->panicking &&
               parser_list_goes_on(parser, TOKEN_CLOSE_PAREN));
    }
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    parser_expect(parser, TOKEN_CLOSE_PAREN, "after the arguments");
    return first;
}

static bool at_trailing_closure(const Parser *parser) {
    return parser_is(parser, TOKEN_OPEN_BRACE) && !parser->no_braces &&
           !parser_token(parser)->on_new_line;
}

static Node *call(Parser *parser, Node *callee) {
    Node *node = parser_new(parser, NODE_CALL, callee->place);
    node->left = callee;
    if (parser_is(parser, TOKEN_LESS))
        node->type_nodes = parser_type_arguments(parser);
    if (parser_is(parser, TOKEN_OPEN_PAREN))
        node->items = parser_arguments(parser);
    if (!parser->panicking && at_trailing_closure(parser)) {
        Node **end = &node->items;
        while (*end)
            end = NEXT_PLACE(end);
        *end = parser_closure(parser);
        node->has_trailing = true;
    }
    return node;
}

static Node *member(Parser *parser, Node *object) {
    bool safe = parser_take(parser)->kind == TOKEN_SAFE_DOT;
    Node *node = parser_new(parser, NODE_MEMBER, parser_token(parser)->place);
    node->left = object;
    node->safe = safe;
    node->name = parser_expect_name(parser, "a member's name");
    return node;
}

static Node *indexed(Parser *parser, Node *object) {
    Node *node = parser_new(parser, NODE_INDEX, object->place);
    bool no_braces = parser->no_braces;
    unsigned brackets = parser->brackets++;
    parser_take(parser);
    parser->no_braces = false;
    node->left = object;
    node->right = parser_expression(parser);
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    parser_expect(parser, TOKEN_CLOSE_BRACKET, "after the index");
    node->place = source_span(object->place, parser_previous_place(parser));
    return node;
}

static bool is_callable(const Node *node) {
    return node->kind == NODE_NAME || node->kind == NODE_MEMBER;
}

static Node *surely(Parser *parser, Node *object) {
    Node *node = parser_new(parser, NODE_SURELY, parser_take(parser)->place);
    node->left = object;
    return node;
}

static Node *postfix_part(Parser *parser, Node *node) {
    const Token *token = parser_token(parser);
    if (token->kind == TOKEN_DOT || token->kind == TOKEN_SAFE_DOT)
        return member(parser, node);
    if (token->on_new_line && parser->brackets == 0)
        return NULL;
    if (token->kind == TOKEN_OPEN_PAREN ||
        (is_callable(node) && at_trailing_closure(parser)))
        return call(parser, node);
    if (is_callable(node) && parser_at_type_arguments(parser)) {
        if (node->kind == NODE_NAME || node->kind == NODE_MEMBER)
            return call(parser, node);
    }
    if (token->on_new_line)
        return NULL;
    if (token->kind == TOKEN_OPEN_BRACKET)
        return indexed(parser, node);
    if (token->kind == TOKEN_BANG)
        return surely(parser, node);
    return NULL;
}

static Node *parser_postfix(Parser *parser) {
    unsigned depth = parser->depth;
    Node *node = parser_primary(parser);
    while (!parser->panicking) {
        Node *more = postfix_part(parser, node);
        if (!more)
            break;
        node = more;
        if (!parser_enter(parser))
            break;
    }
    parser->depth = depth;
    return node;
}
