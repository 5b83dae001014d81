/* Classes, interfaces and enums. */
#include "vm/compiler/parser.h"

/* A member before it is known what it is: where lists are appended to. */
typedef struct Members {
    Class *class;
    Variable **fields;
    Function **functions;
    Node **init_blocks;
} Members;

static bool at_accessor(const Parser *parser) {
    const Token *next = parser_ahead(parser, 1);
    return (parser_is_word(parser, "get") || parser_is_word(parser, "set")) &&
           next->kind == TOKEN_NAME && !next->on_new_line;
}

static bool at_block_word(const Parser *parser, const char *word) {
    return parser_is_word(parser, word) &&
           parser_ahead(parser, 1)->kind == TOKEN_OPEN_BRACE;
}

static void add_member_function(Parser *parser, Members *members,
                                Function *function) {
    bool may_lack_body = function->is_native || function->is_abstract ||
                         parser->is_interface ||
                         members->class->kind == CLASS_INTERFACE;
    if (!function->body && !may_lack_body)
        parser_error(parser, function->place, "this function needs a body");
    if (members->class->kind == CLASS_INTERFACE && !function->body &&
        !function->is_default)
        function->is_abstract = true;
    *members->functions = function;
    members->functions = &function->next;
}

static void restarted_block(Parser *parser, Members *members) {
    Function *function = ARENA_NEW(&parser->compile->arena, Function);
    function->kind = FUNCTION_RESTARTED;
    function->place = parser_token(parser)->place;
    function->name = parser_take(parser)->name;
    function->body = parser_block(parser);
    *members->functions = function;
    members->functions = &function->next;
}

static void member(Parser *parser, Members *members) {
    if (at_block_word(parser, "restarted")) {
        restarted_block(parser, members);
        return;
    }
    if (at_block_word(parser, "init")) {
        parser_take(parser);
        parser_append(&members->init_blocks, parser_block(parser));
        return;
    }
    Modifiers modifiers = parser_modifiers(parser);
    if (parser_is(parser, TOKEN_LET) || parser_is(parser, TOKEN_VAR)) {
        Variable *field = parser_variable(parser, modifiers,
                                          modifiers.is_static ? VARIABLE_MODULE
                                                              : VARIABLE_FIELD);
        *members->fields = field;
        members->fields = &field->next;
    } else if (parser_is(parser, TOKEN_FUN) || at_accessor(parser)) {
        add_member_function(parser, members,
                            parser_function(parser, modifiers));
    } else {
        parser_error(parser, parser_token(parser)->place,
                     "expected \"fun\", \"let\" or \"var\" in a class, found "
                     "%s",
                     lexer_kind_text(parser_token(parser)->kind));
    }
}

static void member_end(Parser *parser) {
    bool at_end = parser_at_line_end(parser);
    if (!parser->panicking && !at_end)
        parser_error(parser, parser_token(parser)->place,
                     "expected a new line or \";\" before %s",
                     lexer_kind_text(parser_token(parser)->kind));
}

static void members(Parser *parser, Members *members) {
    unsigned brackets = parser->brackets;
    parser->brackets = 0;
    while (!parser_is(parser, TOKEN_CLOSE_BRACE) &&
           !parser_is(parser, TOKEN_END)) {
        size_t before = parser->at;
        if (parser_accept(parser, TOKEN_SEMICOLON))
            continue;
        member(parser, members);
        member_end(parser);
        if (parser->panicking)
            parser_recover(parser);
        if (parser->at == before)
            parser_take(parser);
    }
    parser->brackets = brackets;
}

/* ":" super [arguments] {"," interface} */
static SuperNode *supers(Parser *parser) {
    SuperNode *first = NULL;
    SuperNode **end = &first;
    if (!parser_accept(parser, TOKEN_COLON))
        return NULL;
    do {
        SuperNode *super = ARENA_NEW(&parser->compile->arena, SuperNode);
        super->type = parser_type_node(parser);
        if (parser_is(parser, TOKEN_OPEN_PAREN)) {
            super->has_arguments = true;
            super->arguments = parser_arguments(parser);
        }
        *end = super;
        end = &super->next;
    } while (!parser->panicking && parser_accept(parser, TOKEN_COMMA));
    return first;
}

static Class *new_class(Parser *parser, ClassKind kind, Modifiers modifiers) {
    Class *class = ARENA_NEW(&parser->compile->arena, Class);
    class->kind = kind;
    class->doc = modifiers.doc;
    class->is_private = modifiers.is_private;
    class->is_abstract = modifiers.is_abstract;
    class->is_native = modifiers.is_native;
    class->place = parser_token(parser)->place;
    class->name = parser_expect_name(parser, "a class's name");
    return class;
}

static Members members_of(Class *class) {
    return (Members){class, &class->fields, &class->functions,
                     &class->init_blocks};
}

/* ("class" | "interface") name [type parameters] [parameters] [supers]
 * ["{" members "}"] */
Class *parser_class(Parser *parser, Modifiers modifiers) {
    ClassKind kind = parser_take(parser)->kind == TOKEN_INTERFACE
                         ? CLASS_INTERFACE
                         : CLASS_CLASS;
    Class *class = new_class(parser, kind, modifiers);
    Members list = members_of(class);
    class->type_parameters = parser_type_parameters(parser);
    if (parser_is(parser, TOKEN_OPEN_PAREN) && kind == CLASS_CLASS)
        class->parameters = parser_parameters(parser, true);
    class->supers = supers(parser);
    if (parser->panicking || !parser_is(parser, TOKEN_OPEN_BRACE))
        return class;
    parser_take(parser);
    members(parser, &list);
    parser_expect(parser, TOKEN_CLOSE_BRACE, "after the class");
    return class;
}

/* ---- Enums ---- */

/* name ["(" parameters ")"] */
static Class *enum_case(Parser *parser, Class *owner, uint32_t tag) {
    Modifiers modifiers = {.doc = parser_token(parser)->doc};
    Class *class = new_class(parser, CLASS_CASE, modifiers);
    class->enum_class = owner;
    class->tag = tag;
    if (parser_is(parser, TOKEN_OPEN_PAREN))
        class->parameters = parser_parameters(parser, true);
    for (Variable *v = class->parameters; v; v = NEXT(v))
        v->makes_field = true;
    return class;
}

static bool at_case(const Parser *parser) {
    if (!parser_is(parser, TOKEN_NAME) || at_accessor(parser) ||
        at_block_word(parser, "init"))
        return false;
    TokenKind after = parser_ahead(parser, 1)->kind;
    return after == TOKEN_OPEN_PAREN || after == TOKEN_COMMA ||
           after == TOKEN_CLOSE_BRACE || after == TOKEN_SEMICOLON ||
           parser_ahead(parser, 1)->on_new_line;
}

static void cases(Parser *parser, Class *class) {
    Class **end = &class->cases;
    uint32_t tag = 0;
    while (!parser->panicking && at_case(parser)) {
        *end = enum_case(parser, class, tag++);
        end = NEXT_PLACE(end);
        parser_accept(parser, TOKEN_COMMA);
    }
    if (!class->cases)
        parser_error(parser, class->place, "an enum needs at least one case");
}

/* "enum" name [type parameters] [supers] "{" case {"," case} members "}" */
Class *parser_enum(Parser *parser, Modifiers modifiers) {
    parser_take(parser);
    Class *class = new_class(parser, CLASS_ENUM, modifiers);
    Members list = members_of(class);
    unsigned brackets = parser->brackets;
    class->type_parameters = parser_type_parameters(parser);
    class->supers = supers(parser);
    if (!parser_expect(parser, TOKEN_OPEN_BRACE, "before the cases"))
        return class;
    parser->brackets = 0;
    cases(parser, class);
    if (!parser->panicking)
        members(parser, &list);
    parser->brackets = brackets;
    parser_expect(parser, TOKEN_CLOSE_BRACE, "after the enum");
    return class;
}
