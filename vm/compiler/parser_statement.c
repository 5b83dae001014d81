/* Statements and blocks. */
#include "vm/compiler/parser.h"

/* ("let" | "var") (name [":" type] | "(" names ")") ["=" expression] */
static Node *let_statement(Parser *parser) {
    bool is_let = parser_token(parser)->kind == TOKEN_LET;
    Node *node = parser_new(parser, NODE_LET, parser_take(parser)->place);
    Variable **end = &node->variables;
    bool is_tuple = parser_accept(parser, TOKEN_OPEN_PAREN);
    node->is_let = is_let;
    do {
        Variable *variable = ARENA_NEW(&parser->compile->arena, Variable);
        variable->place = parser_token(parser)->place;
        variable->name = parser_expect_name(parser, "a variable's name");
        variable->is_let = is_let;
        if (parser_accept(parser, TOKEN_COLON))
            variable->type_node = parser_type_node(parser);
        *end = variable;
        end = &variable->next;
    } while (is_tuple && !parser->panicking &&
             parser_list_goes_on(parser, TOKEN_CLOSE_PAREN));
    if (is_tuple)
        parser_expect(parser, TOKEN_CLOSE_PAREN, "after the names");
    if (parser_accept(parser, TOKEN_ASSIGN))
        node->left = parser_expression(parser);
    return node;
}

static Node *while_statement(Parser *parser) {
    Node *node = parser_new(parser, NODE_WHILE, parser_take(parser)->place);
    size_t assigned = parser->assigned.count;
    node->left = parser_condition(parser);
    node->right = parser_block(parser);
    node->assigned = parser_assigned_since(parser, assigned);
    return node;
}

/* "for" (name | "(" names ")") "in" expression block */
static Node *for_statement(Parser *parser) {
    Node *node = parser_new(parser, NODE_FOR, parser_take(parser)->place);
    size_t assigned = parser->assigned.count;
    Variable **end = &node->variables;
    bool is_tuple = parser_accept(parser, TOKEN_OPEN_PAREN);
    do {
        Variable *variable = ARENA_NEW(&parser->compile->arena, Variable);
        variable->place = parser_token(parser)->place;
        variable->name = parser_expect_name(parser, "a variable's name");
        variable->is_let = true;
        *end = variable;
        end = &variable->next;
    } while (is_tuple && !parser->panicking &&
             parser_list_goes_on(parser, TOKEN_CLOSE_PAREN));
    if (is_tuple)
        parser_expect(parser, TOKEN_CLOSE_PAREN, "after the names");
    parser_expect(parser, TOKEN_IN, "in this loop");
    node->left = parser_condition(parser);
    node->right = parser_block(parser);
    node->assigned = parser_assigned_since(parser, assigned);
    return node;
}

/* "catch" [name [":" type]] block */
static CatchArm *catch_arm(Parser *parser) {
    CatchArm *arm = ARENA_NEW(&parser->compile->arena, CatchArm);
    arm->place = parser_take(parser)->place;
    Variable *variable = ARENA_NEW(&parser->compile->arena, Variable);
    variable->is_let = true;
    variable->place = arm->place;
    variable->name = name_of(&parser->compile->names, "_");
    if (parser_is(parser, TOKEN_NAME)) {
        variable->place = parser_token(parser)->place;
        variable->name = parser_take(parser)->name;
        if (parser_accept(parser, TOKEN_COLON))
            variable->type_node = parser_type_node(parser);
    }
    arm->variable = variable;
    arm->body = parser_block(parser);
    return arm;
}

static Node *try_statement(Parser *parser) {
    Node *node = parser_new(parser, NODE_TRY, parser_take(parser)->place);
    CatchArm **end = &node->catches;
    size_t assigned = parser->assigned.count;
    node->left = parser_block(parser);
    while (!parser->panicking && parser_is(parser, TOKEN_CATCH)) {
        *end = catch_arm(parser);
        end = NEXT_PLACE(end);
    }
    if (!parser->panicking && parser_accept(parser, TOKEN_FINALLY))
        node->third = parser_block(parser);
    node->assigned = parser_assigned_since(parser, assigned);
    if (!node->catches && !node->third)
        parser_error(parser, node->place,
                     "\"try\" needs a \"catch\" or a \"finally\"");
    return node;
}

static bool is_assignment(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_ASSIGN:
    case TOKEN_PLUS_ASSIGN:
    case TOKEN_MINUS_ASSIGN:
    case TOKEN_TIMES_ASSIGN:
    case TOKEN_DIVIDE_ASSIGN:
    case TOKEN_REMAINDER_ASSIGN:
    case TOKEN_COALESCE_ASSIGN:
        return true;
    default:
        return false;
    }
}

/* expression [assignment-operator expression] */
static Node *expression_or_assignment(Parser *parser) {
    Node *left = parser_expression(parser);
    const Token *token = parser_token(parser);
    if (!is_assignment(token->kind) || parser->panicking)
        return left;
    if (left->kind != NODE_NAME && left->kind != NODE_MEMBER &&
        left->kind != NODE_INDEX)
        parser_error(parser, left->place, "this cannot be assigned to");
    Node *node = parser_new(parser, NODE_ASSIGN, token->place);
    node->operator= parser_take(parser)->kind;
    node->left = left;
    size_t assigned = parser->assigned.count;
    node->right = parser_expression(parser);
    node->assigned = parser_assigned_since(parser, assigned);
    if (left->kind == NODE_NAME || left->kind == NODE_MEMBER)
        *ARENA_PUSH(&parser->compile->arena, &parser->assigned) = left->name;
    return node;
}

static Node *one_statement(Parser *parser) {
    switch ((int)parser_token(parser)->kind) {
    case TOKEN_LET:
    case TOKEN_VAR:
        return let_statement(parser);
    case TOKEN_WHILE:
        return while_statement(parser);
    case TOKEN_FOR:
        return for_statement(parser);
    case TOKEN_TRY:
        return try_statement(parser);
    default:
        return expression_or_assignment(parser);
    }
}

static bool statement_may_end(const Parser *parser) {
    return parser_at_line_end(parser) || parser_is(parser, TOKEN_COMMA) ||
           parser_is(parser, TOKEN_CLOSE_PAREN) ||
           parser_is(parser, TOKEN_CLOSE_BRACKET);
}

Node *parser_statement(Parser *parser) {
    Node *node;
    if (!parser_enter(parser)) {
        node = parser_new(parser, NODE_BAD, parser_token(parser)->place);
    } else if (parser_is(parser, TOKEN_FUN) || parser_is(parser, TOKEN_CLASS) ||
               parser_is(parser, TOKEN_ENUM) ||
               parser_is(parser, TOKEN_INTERFACE)) {
        parser_error(parser, parser_token(parser)->place,
                     "functions and classes are declared outside functions");
        node = parser_new(parser, NODE_BAD, parser_take(parser)->place);
    } else {
        node = one_statement(parser);
        if (!parser->panicking && !statement_may_end(parser))
            parser_error(parser, parser_token(parser)->place,
                         "expected a new line or \";\" before %s",
                         lexer_kind_text(parser_token(parser)->kind));
    }
    parser_leave(parser);
    return node;
}

Node *parser_statements(Parser *parser, Place place) {
    Node *block = parser_new(parser, NODE_BLOCK, place);
    Node **end = &block->items;
    while (!parser_is(parser, TOKEN_CLOSE_BRACE) &&
           !parser_is(parser, TOKEN_END)) {
        size_t before = parser->at;
        if (parser_accept(parser, TOKEN_SEMICOLON))
            continue;
        parser_append(&end, parser_statement(parser));
        if (parser->panicking)
            parser_recover(parser);
        if (parser->at == before) {
            source_error(parser->compile, parser_token(parser)->place,
                         "expected a statement");
            parser_take(parser);
        }
    }
    return block;
}

Node *parser_block(Parser *parser) {
    unsigned brackets = parser->brackets;
    bool no_braces = parser->no_braces;
    Place place = parser_token(parser)->place;
    Node *block = parser_new(parser, NODE_BLOCK, place);
    parser->brackets = 0;
    parser->no_braces = false;
    if (!parser_enter(parser)) {
        parser_leave(parser);
        return block;
    }
    if (parser_expect(parser, TOKEN_OPEN_BRACE, "before the block")) {
        block = parser_statements(parser, place);
        parser_expect(parser, TOKEN_CLOSE_BRACE, "after the block");
    }
    parser_leave(parser);
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    return block;
}
