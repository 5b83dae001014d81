/* Literals, names, closures, and the expressions with blocks inside. */
#include "vm/compiler/parser.h"

static Node *literal(Parser *parser, NodeKind kind) {
    const Token *token = parser_take(parser);
    Node *node = parser_new(parser, kind, token->place);
    if (kind == NODE_STRING || kind == NODE_NAME)
        node->name = token->name;
    else if (kind == NODE_DOUBLE)
        node->real = token->real;
    else if (kind == NODE_INT || kind == NODE_CHAR)
        node->number = token->number;
    else if (kind == NODE_BOOL)
        node->number = token->kind == TOKEN_TRUE;
    return node;
}

static void text_string(Parser *parser, Node ***end) {
    const Token *token = parser_take(parser);
    if (token->name->length == 0)
        return;
    Node *part = parser_new(parser, NODE_STRING, token->place);
    part->name = token->name;
    parser_append(end, part);
}

/* TEXT_OPEN expression [FORMAT] {TEXT_MIDDLE expression [FORMAT]} TEXT_CLOSE */
static Node *text(Parser *parser) {
    Node *node = parser_new(parser, NODE_TEXT, parser_token(parser)->place);
    Node **end = &node->items;
    bool no_braces = parser->no_braces;
    unsigned brackets = parser->brackets++;
    parser->no_braces = false;
    do {
        text_string(parser, &end);
        Node *part = parser_expression(parser);
        if (parser_is(parser, TOKEN_FORMAT))
            part->label = parser_take(parser)->name;
        part->in_parens = true;
        parser_append(&end, part);
    } while (parser_is(parser, TOKEN_TEXT_MIDDLE) && !parser->panicking);
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    if (parser_is(parser, TOKEN_TEXT_CLOSE))
        text_string(parser, &end);
    else
        parser_error(parser, parser_token(parser)->place,
                     "expected \"}\" after the value in the string");
    return node;
}

/* "[" "]", "[" ":" "]", "[" a "," b "]", "[" k ":" v "," … "]" */
static Node *list_or_map(Parser *parser) {
    Node *node = parser_new(parser, NODE_LIST, parser_take(parser)->place);
    Node **end = &node->items;
    bool no_braces = parser->no_braces;
    unsigned brackets = parser->brackets++;
    parser->no_braces = false;
    if (parser_accept(parser, TOKEN_COLON)) {
        node->kind = NODE_MAP;
    } else if (!parser_is(parser, TOKEN_CLOSE_BRACKET)) {
        do {
            parser_append(&end, parser_expression(parser));
            if (node->kind == NODE_MAP ||
                (end == &node->items->next && parser_is(parser, TOKEN_COLON))) {
                node->kind = NODE_MAP;
                parser_expect(parser, TOKEN_COLON, "after the key");
                parser_append(&end, parser_expression(parser));
            }
        } while (!parser->panicking &&
                 parser_list_goes_on(parser, TOKEN_CLOSE_BRACKET));
    }
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    parser_expect(parser, TOKEN_CLOSE_BRACKET, "after the items");
    node->place = source_span(node->place, parser_previous_place(parser));
    return node;
}

static Node *in_parentheses(Parser *parser) {
    bool no_braces = parser->no_braces;
    unsigned brackets = parser->brackets++;
    Place place = parser_take(parser)->place;
    parser->no_braces = false;
    Node *node = parser_expression(parser);
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    parser_expect(parser, TOKEN_CLOSE_PAREN, "after the expression");
    node->in_parens = true;
    node->place = source_span(place, parser_previous_place(parser));
    return node;
}

/* ---- Closures ---- */

static Variable *closure_parameter(Parser *parser) {
    Variable *variable = ARENA_NEW(&parser->compile->arena, Variable);
    variable->kind = VARIABLE_PARAMETER;
    variable->is_let = true;
    variable->place = parser_token(parser)->place;
    variable->name = parser_expect_name(parser, "a parameter");
    if (parser_accept(parser, TOKEN_COLON))
        variable->type_node = parser_type_node(parser);
    return variable;
}

static Variable *closure_parameters(Parser *parser, TokenKind close) {
    Variable *first = NULL;
    Variable **end = &first;
    do {
        *end = closure_parameter(parser);
        end = NEXT_PLACE(end);
    } while (!parser->panicking && parser_list_goes_on(parser, close));
    return first;
}

/* Whether the closure begins with names before an arrow. */
static bool at_closure_parameters(const Parser *parser) {
    if (parser_is(parser, TOKEN_ARROW))
        return true;
    TokenKind after = parser_ahead(parser, 1)->kind;
    if (parser_is(parser, TOKEN_NAME))
        return after == TOKEN_ARROW || after == TOKEN_COMMA ||
               after == TOKEN_COLON;
    if (!parser_is(parser, TOKEN_OPEN_PAREN) || after != TOKEN_NAME)
        return false;
    for (size_t ahead = 1;; ahead += 2) {
        TokenKind name = parser_ahead(parser, ahead)->kind;
        TokenKind then = parser_ahead(parser, ahead + 1)->kind;
        if (name != TOKEN_NAME)
            return false;
        if (then == TOKEN_CLOSE_PAREN)
            return parser_ahead(parser, ahead + 2)->kind == TOKEN_ARROW;
        if (then != TOKEN_COMMA)
            return false;
    }
}

/* (a, b) => … takes one value apart: a hidden parameter and a `let`. */
static Node *tuple_parameter(Parser *parser, Function *closure) {
    Place place = parser_take(parser)->place;
    Node *let = parser_new(parser, NODE_LET, place);
    let->variables = closure_parameters(parser, TOKEN_CLOSE_PAREN);
    for (Variable *v = let->variables; v; v = NEXT(v))
        v->kind = VARIABLE_LOCAL;
    parser_expect(parser, TOKEN_CLOSE_PAREN, "after the names");
    Variable *hidden = ARENA_NEW(&parser->compile->arena, Variable);
    hidden->kind = VARIABLE_PARAMETER;
    hidden->is_let = true;
    hidden->place = place;
    hidden->name = name_of(&parser->compile->names, "(tuple)");
    closure->parameters = hidden;
    let->is_let = true;
    let->left = parser_new(parser, NODE_NAME, place);
    let->left->name = hidden->name;
    return let;
}

static Node *closure_head(Parser *parser, Function *closure) {
    Node *let = NULL;
    if (!at_closure_parameters(parser)) {
        closure->no_parameter_list = true;
        return NULL;
    }
    if (parser_is(parser, TOKEN_OPEN_PAREN))
        let = tuple_parameter(parser, closure);
    else if (!parser_is(parser, TOKEN_ARROW))
        closure->parameters = closure_parameters(parser, TOKEN_ARROW);
    parser_expect(parser, TOKEN_ARROW, "after the parameters");
    return let;
}

Node *parser_closure(Parser *parser) {
    Place place = parser_take(parser)->place;
    Node *node = parser_new(parser, NODE_CLOSURE, place);
    Function *closure = ARENA_NEW(&parser->compile->arena, Function);
    size_t assigned = parser->assigned.count;
    unsigned brackets = parser->brackets;
    bool no_braces = parser->no_braces;
    parser->brackets = 0;
    parser->no_braces = false;
    closure->kind = FUNCTION_CLOSURE;
    closure->place = place;
    closure->name = name_of(&parser->compile->names, "closure");
    node->closure = closure;
    Node *let = closure_head(parser, closure);
    closure->body = parser_statements(parser, place);
    if (let) {
        let->next = closure->body->items;
        closure->body->items = let;
    }
    parser_expect(parser, TOKEN_CLOSE_BRACE, "after the closure");
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    node->assigned = parser_assigned_since(parser, assigned);
    return node;
}

/* ---- if and match ---- */

/* "if" condition block ["else" (if | block)] */
static Node *parser_if(Parser *parser) {
    Node *node = parser_new(parser, NODE_IF, parser_take(parser)->place);
    if (!parser_enter(parser)) {
        parser_leave(parser);
        return node;
    }
    node->left = parser_condition(parser);
    node->right = parser_block(parser);
    if (!parser->panicking && parser_accept(parser, TOKEN_ELSE))
        node->third = parser_is(parser, TOKEN_IF) ? parser_if(parser)
                                                  : parser_block(parser);
    parser_leave(parser);
    return node;
}

static Pattern *new_pattern(Parser *parser, PatternKind kind) {
    Pattern *pattern = ARENA_NEW(&parser->compile->arena, Pattern);
    pattern->kind = kind;
    pattern->place = parser_token(parser)->place;
    return pattern;
}

static Pattern *pattern(Parser *parser, bool in_case);

static Pattern *case_items(Parser *parser) {
    Pattern *first = NULL;
    Pattern **end = &first;
    parser_take(parser);
    if (!parser_is(parser, TOKEN_CLOSE_PAREN)) {
        do {
            *end = pattern(parser, true);
            end = NEXT_PLACE(end);
        } while (!parser->panicking &&
                 parser_list_goes_on(parser, TOKEN_CLOSE_PAREN));
    }
    parser_expect(parser, TOKEN_CLOSE_PAREN, "after the case's values");
    return first;
}

/* A name alone, or name(patterns): a case, or in a case a new variable. */
static Pattern *named_pattern(Parser *parser, bool in_case) {
    Pattern *result = new_pattern(parser, PATTERN_CASE);
    result->name = parser_take(parser)->name;
    if (parser_is(parser, TOKEN_OPEN_PAREN)) {
        result->has_items = true;
        result->items = case_items(parser);
    } else if (in_case) {
        result->kind = PATTERN_BIND;
    }
    return result;
}

static bool at_named_pattern(const Parser *parser) {
    if (!parser_is(parser, TOKEN_NAME))
        return false;
    const Token *after = parser_ahead(parser, 1);
    return after->kind == TOKEN_ARROW || after->kind == TOKEN_COMMA ||
           after->kind == TOKEN_IF || after->kind == TOKEN_CLOSE_PAREN ||
           after->kind == TOKEN_OPEN_PAREN;
}

static Pattern *pattern(Parser *parser, bool in_case) {
    Pattern *result;
    if (!parser_enter(parser)) {
        parser_leave(parser);
        return new_pattern(parser, PATTERN_ANY);
    }
    if (parser_is(parser, TOKEN_ELSE) || parser_is_word(parser, "_")) {
        result = new_pattern(parser, PATTERN_ANY);
        parser_take(parser);
    } else if (parser_is(parser, TOKEN_IS)) {
        result = new_pattern(parser, PATTERN_IS);
        parser_take(parser);
        result->type_node = parser_type_node(parser);
    } else if (at_named_pattern(parser)) {
        result = named_pattern(parser, in_case);
    } else {
        result = new_pattern(parser, PATTERN_VALUE);
        result->value = parser_condition(parser);
    }
    parser_leave(parser);
    return result;
}

/* pattern {"," pattern} ["if" guard] "=>" (block | statement) */
static MatchArm *match_arm(Parser *parser) {
    MatchArm *arm = ARENA_NEW(&parser->compile->arena, MatchArm);
    Pattern **end = &arm->patterns;
    arm->place = parser_token(parser)->place;
    do {
        *end = pattern(parser, false);
        end = NEXT_PLACE(end);
    } while (!parser->panicking && parser_accept(parser, TOKEN_COMMA));
    size_t assigned = parser->assigned.count;
    if (parser_accept(parser, TOKEN_IF))
        arm->guard = parser_condition(parser);
    arm->assigned = parser_assigned_since(parser, assigned);
    parser_expect(parser, TOKEN_ARROW, "after the pattern");
    arm->body = parser_is(parser, TOKEN_OPEN_BRACE) ? parser_block(parser)
                                                    : parser_statement(parser);
    return arm;
}

static void match_arms(Parser *parser, Node *node) {
    MatchArm **end = &node->arms;
    while (!parser_is(parser, TOKEN_CLOSE_BRACE) &&
           !parser_is(parser, TOKEN_END)) {
        size_t before = parser->at;
        *end = match_arm(parser);
        end = NEXT_PLACE(end);
        while (parser_accept(parser, TOKEN_COMMA) ||
               parser_accept(parser, TOKEN_SEMICOLON))
            ;
        if (parser->panicking)
            parser_recover(parser);
        if (parser->at == before)
            parser_take(parser);
    }
}

/* "match" subject "{" arms "}" */
static Node *parser_match(Parser *parser) {
    Node *node = parser_new(parser, NODE_MATCH, parser_take(parser)->place);
    unsigned brackets = parser->brackets;
    bool no_braces = parser->no_braces;
    node->left = parser_condition(parser);
    parser->brackets = 0;
    parser->no_braces = false;
    if (parser_enter(parser) &&
        parser_expect(parser, TOKEN_OPEN_BRACE, "before the cases")) {
        match_arms(parser, node);
        parser_expect(parser, TOKEN_CLOSE_BRACE, "after the cases");
    }
    parser_leave(parser);
    parser->brackets = brackets;
    parser->no_braces = no_braces;
    return node;
}

/* ---- return, throw, break, continue: expressions that never have a value */

static Node *jump(Parser *parser, NodeKind kind) {
    Node *node = parser_new(parser, kind, parser_take(parser)->place);
    bool wants_value = kind == NODE_RETURN || kind == NODE_THROW;
    TokenKind next = parser_token(parser)->kind;
    bool ends = parser_at_line_end(parser) || next == TOKEN_CLOSE_PAREN ||
                next == TOKEN_CLOSE_BRACKET || next == TOKEN_COMMA;
    if (wants_value && !ends)
        node->left = parser_expression(parser);
    if (kind == NODE_THROW && !node->left)
        parser_error(parser, node->place, "\"throw\" needs an exception");
    return node;
}

Node *parser_primary(Parser *parser) {
    const Token *token = parser_token(parser);
    switch ((int)token->kind) {
    case TOKEN_INT:
        return literal(parser, NODE_INT);
    case TOKEN_DOUBLE:
        return literal(parser, NODE_DOUBLE);
    case TOKEN_CHAR:
        return literal(parser, NODE_CHAR);
    case TOKEN_STRING:
        return literal(parser, NODE_STRING);
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        return literal(parser, NODE_BOOL);
    case TOKEN_NULL:
        return literal(parser, NODE_NULL);
    case TOKEN_NAME:
        return literal(parser, NODE_NAME);
    case TOKEN_THIS:
        return literal(parser, NODE_THIS);
    case TOKEN_SUPER:
        return literal(parser, NODE_SUPER);
    case TOKEN_TEXT_OPEN:
        return text(parser);
    case TOKEN_OPEN_BRACKET:
        return list_or_map(parser);
    case TOKEN_OPEN_PAREN:
        return in_parentheses(parser);
    case TOKEN_OPEN_BRACE:
        return parser_closure(parser);
    case TOKEN_IF:
        return parser_if(parser);
    case TOKEN_MATCH:
        return parser_match(parser);
    case TOKEN_RETURN:
        return jump(parser, NODE_RETURN);
    case TOKEN_THROW:
        return jump(parser, NODE_THROW);
    case TOKEN_BREAK:
        return jump(parser, NODE_BREAK);
    case TOKEN_CONTINUE:
        return jump(parser, NODE_CONTINUE);
    default:
        parser_error(parser, token->place, "expected a value, found %s",
                     lexer_kind_text(token->kind));
        return parser_new(parser, NODE_BAD, token->place);
    }
}
