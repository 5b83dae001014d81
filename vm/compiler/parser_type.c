/* Types as written. */
#include "vm/compiler/parser.h"

static TypeNode *new_type(Parser *parser, TypeNodeKind kind, Place place) {
    TypeNode *node = ARENA_NEW(&parser->compile->arena, TypeNode);
    node->kind = kind;
    node->place = place;
    return node;
}

/* type {"," type} up to `close`, which is not taken. */
static TypeNode *type_list(Parser *parser, TokenKind close) {
    TypeNode *first = NULL;
    TypeNode **end = &first;
    if (parser_is(parser, close))
        return NULL;
    do {
        *end = parser_type_node(parser);
        end = NEXT_PLACE(end);
    } while (!parser->panicking && parser_list_goes_on(parser, close));
    return first;
}

TypeNode *parser_type_arguments(Parser *parser) {
    parser_expect(parser, TOKEN_LESS, "before type arguments");
    TypeNode *list = type_list(parser, TOKEN_GREATER);
    if (!list)
        parser_error(parser, parser_token(parser)->place,
                     "expected a type between \"<\" and \">\"");
    parser_expect(parser, TOKEN_GREATER, "after type arguments");
    return list;
}

/* "(" types ")" "=>" type, or a type in parentheses. */
static TypeNode *function_type(Parser *parser) {
    Place place = parser_take(parser)->place;
    TypeNode *list = type_list(parser, TOKEN_CLOSE_PAREN);
    parser_expect(parser, TOKEN_CLOSE_PAREN, "after the types");
    if (list && !list->next && !parser_is(parser, TOKEN_ARROW))
        return list;
    TypeNode *node = new_type(parser, TYPE_NODE_FUNCTION, place);
    node->arguments = list;
    parser_expect(parser, TOKEN_ARROW, "and a result type");
    node->inner = parser_type_node(parser);
    return node;
}

static TypeNode *named_type(Parser *parser) {
    TypeNode *node =
        new_type(parser, TYPE_NODE_NAME, parser_token(parser)->place);
    node->name = parser_expect_name(parser, "a type");
    if (parser_is(parser, TOKEN_DOT)) {
        parser_take(parser);
        node->module = node->name;
        node->name = parser_expect_name(parser, "a type");
    }
    node->place = source_span(node->place, parser_previous_place(parser));
    if (parser_is(parser, TOKEN_LESS))
        node->arguments = parser_type_arguments(parser);
    return node;
}

TypeNode *parser_type_node(Parser *parser) {
    TypeNode *node;
    if (!parser_enter(parser))
        node = new_type(parser, TYPE_NODE_NAME, parser_token(parser)->place);
    else if (parser_is(parser, TOKEN_OPEN_PAREN))
        node = function_type(parser);
    else
        node = named_type(parser);
    parser_leave(parser);
    while (parser_is(parser, TOKEN_QUESTION)) {
        TypeNode *nullable = new_type(parser, TYPE_NODE_NULLABLE, node->place);
        parser_take(parser);
        nullable->inner = node;
        if (node->kind == TYPE_NODE_NULLABLE)
            continue;
        node = nullable;
    }
    if (!node->name)
        node->name = name_of(&parser->compile->names, "?");
    return node;
}

TypeParameter *parser_type_parameters(Parser *parser) {
    TypeParameter *first = NULL;
    TypeParameter **end = &first;
    if (!parser_accept(parser, TOKEN_LESS))
        return NULL;
    do {
        TypeParameter *new = ARENA_NEW(&parser->compile->arena, TypeParameter);
        new->place = parser_token(parser)->place;
        new->name = parser_expect_name(parser, "a type parameter's name");
        if (parser_accept(parser, TOKEN_COLON))
            new->bound_node = parser_type_node(parser);
        *end = new;
        end = &new->next;
    } while (!parser->panicking && parser_list_goes_on(parser, TOKEN_GREATER));
    parser_expect(parser, TOKEN_GREATER, "after the type parameters");
    return first;
}

static bool may_be_in_type(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_NAME:
    case TOKEN_DOT:
    case TOKEN_COMMA:
    case TOKEN_QUESTION:
    case TOKEN_OPEN_PAREN:
    case TOKEN_CLOSE_PAREN:
    case TOKEN_ARROW:
        return true;
    default:
        return false;
    }
}

bool parser_at_type_arguments(const Parser *parser) {
    unsigned open = 0;
    if (!parser_is(parser, TOKEN_LESS))
        return false;
    for (size_t at = parser->at;; at++) {
        TokenKind kind = lexer_token(&parser->tokens, at)->kind;
        work_add(1);
        if (kind == TOKEN_LESS) {
            open++;
        } else if (kind == TOKEN_GREATER) {
            if (--open == 0) {
                const Token *after = lexer_token(&parser->tokens, at + 1);
                return (after->kind == TOKEN_OPEN_PAREN ||
                        after->kind == TOKEN_DOT) &&
                       !after->on_new_line;
            }
        } else if (!may_be_in_type(kind)) {
            return false;
        }
    }
}
