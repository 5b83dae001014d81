/* The parser's handling of tokens and errors, and its entry. */
#include "vm/compiler/parser.h"

#include "kernel/base/bytes.h"

const Token *parser_token(const Parser *parser) {
    return lexer_token(&parser->tokens, parser->at);
}

const Token *parser_ahead(const Parser *parser, size_t count) {
    size_t at = parser->at;
    for (; count && lexer_token(&parser->tokens, at)->kind != TOKEN_END;
         count--)
        at++;
    return lexer_token(&parser->tokens, at);
}

bool parser_is(const Parser *parser, TokenKind kind) {
    return parser_token(parser)->kind == kind;
}

bool parser_is_word(const Parser *parser, const char *word) {
    return parser_is(parser, TOKEN_NAME) &&
           text_equal(parser_token(parser)->name->bytes, word);
}

const Token *parser_take(Parser *parser) {
    const Token *token = parser_token(parser);
    work_add(1);
    if (token->kind != TOKEN_END)
        parser->at++;
    return token;
}

bool parser_accept(Parser *parser, TokenKind kind) {
    if (!parser_is(parser, kind))
        return false;
    parser_take(parser);
    return true;
}

/* What cannot be read makes the rest of its line hard to read: one error. */
static bool line_has_error(const Parser *parser, Place place) {
    const Diagnostics *list = &parser->compile->diagnostics;
    uint32_t before = parser_previous_place(parser).line;
    for (size_t i = 0; i < parser->lexer_errors && i < list->count; i++)
        if (list->items[i].line == place.line || list->items[i].line == before)
            return true;
    return false;
}

void parser_error(Parser *parser, Place place, const char *format, ...) {
    char buffer[400];
    Text text = text_on(buffer, sizeof buffer);
    va_list arguments;
    if (parser->panicking)
        return;
    parser->panicking = true;
    if (line_has_error(parser, place))
        return;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    source_error(parser->compile, place, "%s", text.bytes);
}

static const char *found(const Parser *parser) {
    const Token *token = parser_token(parser);
    if (token->kind == TOKEN_NAME)
        return name_join(&parser->compile->names,
                         name_of(&parser->compile->names, ""), "\"",
                         name_join(&parser->compile->names, token->name, "\"",
                                   name_of(&parser->compile->names, "")))
            ->bytes;
    return lexer_kind_text(token->kind);
}

/* Where something is missing: behind the last token when that was on an
 * earlier line, else at the token that stands there instead. */
static Place missing_place(const Parser *parser) {
    const Token *token = parser_token(parser);
    if (!token->on_new_line || parser->at == 0)
        return token->place;
    Place place = parser_previous_place(parser);
    place.offset += place.length;
    place.length = 1;
    return place;
}

bool parser_expect(Parser *parser, TokenKind kind, const char *where) {
    if (parser_accept(parser, kind))
        return true;
    parser_error(parser, missing_place(parser), "expected %s %s, found %s",
                 lexer_kind_text(kind), where, found(parser));
    return false;
}

Name parser_expect_name(Parser *parser, const char *what) {
    const Token *token = parser_token(parser);
    if (token->kind == TOKEN_NAME)
        return parser_take(parser)->name;
    parser_error(parser, missing_place(parser), "expected %s, found %s", what,
                 found(parser));
    return name_of(&parser->compile->names, "?");
}

Place parser_previous_place(const Parser *parser) {
    return lexer_token(&parser->tokens, parser->at ? parser->at - 1 : 0)->place;
}

bool parser_at_line_end(const Parser *parser) {
    const Token *token = parser_token(parser);
    return token->kind == TOKEN_END || token->kind == TOKEN_SEMICOLON ||
           token->kind == TOKEN_CLOSE_BRACE ||
           (token->on_new_line && parser->brackets == 0);
}

bool parser_enter(Parser *parser) {
    if (parser->depth++ < PARSER_DEPTH)
        return true;
    parser_error(parser, parser_token(parser)->place,
                 "this is nested too deeply");
    return false;
}

void parser_leave(Parser *parser) {
    parser->depth--;
}

static bool starts_statement(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_CLASS:
    case TOKEN_INTERFACE:
    case TOKEN_ENUM:
    case TOKEN_FUN:
    case TOKEN_LET:
    case TOKEN_VAR:
    case TOKEN_IMPORT:
    case TOKEN_IF:
    case TOKEN_WHILE:
    case TOKEN_FOR:
    case TOKEN_MATCH:
    case TOKEN_TRY:
    case TOKEN_THROW:
    case TOKEN_RETURN:
        return true;
    default:
        return false;
    }
}

void parser_recover(Parser *parser) {
    unsigned open = 0;
    parser->panicking = false;
    parser->brackets = 0;
    while (!parser_is(parser, TOKEN_END)) {
        const Token *token = parser_token(parser);
        if (open == 0 && (token->kind == TOKEN_CLOSE_BRACE ||
                          token->kind == TOKEN_SEMICOLON))
            return;
        if (open == 0 && token->on_new_line &&
            (starts_statement(token->kind) || token->kind == TOKEN_NAME))
            return;
        if (token->kind == TOKEN_OPEN_BRACE)
            open++;
        else if (token->kind == TOKEN_CLOSE_BRACE)
            open--;
        parser_take(parser);
    }
}

bool parser_list_goes_on(Parser *parser, TokenKind close) {
    if (parser_accept(parser, TOKEN_COMMA))
        return !parser_is(parser, close) && !parser_is(parser, TOKEN_END);
    return false;
}

AssignedNames parser_assigned_since(Parser *parser, size_t start) {
    const NameList *list = &parser->assigned;
    if (list->count == start)
        return (AssignedNames){0};
    return (AssignedNames){list->items + start, list->count - start};
}

Node *parser_new(Parser *parser, NodeKind kind, Place place) {
    Node *node = ARENA_NEW(&parser->compile->arena, Node);
    node->kind = kind;
    node->place = place;
    return node;
}

void parser_append(Node ***end, Node *node) {
    **end = node;
    *end = &node->next;
}

/* ---- Entry ---- */

static void skip_to_declaration(Parser *parser) {
    do
        parser_take(parser);
    while (
        !parser_is(parser, TOKEN_END) &&
        !(parser_token(parser)->on_new_line && parser_at_declaration(parser)));
}

static void top_level(Parser *parser, bool as_line, Node ***line_end) {
    size_t before = parser->at;
    if (parser_accept(parser, TOKEN_SEMICOLON))
        return;
    bool variable =
        parser_is(parser, TOKEN_LET) || parser_is(parser, TOKEN_VAR);
    if (parser_at_declaration(parser) && !(as_line && variable)) {
        parser_declaration(parser);
    } else if (as_line) {
        Node *node = parser_statement(parser);
        parser_append(line_end, node);
    } else if (!parser_is(parser, TOKEN_CLOSE_BRACE)) {
        parser_error(parser, parser_token(parser)->place,
                     "only declarations stand outside functions");
        skip_to_declaration(parser);
    }
    if (parser->panicking)
        parser_recover(parser);
    if (parser->at == before) {
        if (parser_is(parser, TOKEN_CLOSE_BRACE))
            source_error(parser->compile, parser_token(parser)->place,
                         "nothing is open that \"}\" could close");
        parser_take(parser);
    }
}

void parser_file(Compile *compile, Module *module, uint32_t file,
                 bool as_line) {
    Parser parser = {
        .compile = compile,
        .module = module,
        .tokens = lexer_run(compile, file),
        .is_interface = compile->files.items[file].is_interface,
    };
    parser.lexer_errors = compile->diagnostics.count;
    Node *line = NULL;
    Node **line_end = &line;
    while (!parser_is(&parser, TOKEN_END))
        top_level(&parser, as_line, &line_end);
    if (as_line) {
        module->line = parser_new(&parser, NODE_BLOCK,
                                  lexer_token(&parser.tokens, 0)->place);
        module->line->items = line;
    }
}

TypeNode *parser_type(Compile *compile, uint32_t file) {
    Parser parser = {.compile = compile, .tokens = lexer_run(compile, file)};
    TypeNode *node = parser_type_node(&parser);
    if (!parser_is(&parser, TOKEN_END) || parser.panicking)
        return NULL;
    return node;
}
