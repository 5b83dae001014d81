/* Declarations outside classes, functions, parameters and modifiers. */
#include "kernel/base/bytes.h"
#include "vm/compiler/parser.h"

/* ---- Modifiers ---- */

static bool *modifier_flag(Parser *parser, Modifiers *modifiers) {
    static const struct {
        const char *word;
        size_t offset;
    } words[] = {
        {"private", offsetof(Modifiers, is_private)},
        {"static", offsetof(Modifiers, is_static)},
        {"native", offsetof(Modifiers, is_native)},
        {"abstract", offsetof(Modifiers, is_abstract)},
        {"transient", offsetof(Modifiers, is_transient)},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (parser_is_word(parser, words[i].word))
            return (bool *)((char *)modifiers + words[i].offset);
    return NULL;
}

/* A modifier is one only before a declaration: all are ordinary names too. */
static bool modifier_applies(const Parser *parser) {
    const Token *next = parser_ahead(parser, 1);
    switch ((int)next->kind) {
    case TOKEN_CLASS:
    case TOKEN_INTERFACE:
    case TOKEN_ENUM:
    case TOKEN_FUN:
    case TOKEN_LET:
    case TOKEN_VAR:
    case TOKEN_AT:
    case TOKEN_NAME:
        return !next->on_new_line;
    default:
        return false;
    }
}

static int64_t range_bound(Parser *parser) {
    bool negative = parser_accept(parser, TOKEN_MINUS);
    const Token *token = parser_token(parser);
    if (!parser_expect(parser, TOKEN_INT, "in @range"))
        return 0;
    return (int64_t)(negative ? 0 - token->number : token->number);
}

/* "@" name ["(" low "," high ")"] */
static void attribute(Parser *parser, Modifiers *modifiers) {
    parser_take(parser);
    Place place = parser_token(parser)->place;
    Name name = parser_expect_name(parser, "an attribute");
    if (text_equal(name->bytes, "default")) {
        modifiers->is_default = true;
    } else if (text_equal(name->bytes, "readonly")) {
        modifiers->is_readonly = true;
    } else if (text_equal(name->bytes, "range")) {
        modifiers->has_range = true;
        parser_expect(parser, TOKEN_OPEN_PAREN, "after @range");
        modifiers->range_low = range_bound(parser);
        parser_expect(parser, TOKEN_COMMA, "between the bounds");
        modifiers->range_high = range_bound(parser);
        parser_expect(parser, TOKEN_CLOSE_PAREN, "after the bounds");
    } else {
        parser_error(parser, place, "there is no attribute \"%s\"",
                     name->bytes);
    }
}

Modifiers parser_modifiers(Parser *parser) {
    Modifiers modifiers = {.doc = parser_token(parser)->doc};
    for (;;) {
        bool *flag = modifier_flag(parser, &modifiers);
        if (parser_is(parser, TOKEN_AT)) {
            attribute(parser, &modifiers);
        } else if (flag && modifier_applies(parser)) {
            *flag = true;
            parser_take(parser);
        } else {
            return modifiers;
        }
        if (parser->panicking)
            return modifiers;
    }
}

/* ---- Variables and parameters ---- */

/* ("let" | "var") name [":" type] ["=" expression] */
Variable *parser_variable(Parser *parser, Modifiers modifiers,
                          VariableKind kind) {
    Variable *variable = ARENA_NEW(&parser->compile->arena, Variable);
    variable->kind = kind;
    variable->doc = modifiers.doc;
    variable->is_let = parser_take(parser)->kind == TOKEN_LET;
    variable->place = parser_token(parser)->place;
    variable->name = parser_expect_name(parser, "a variable's name");
    variable->is_private = modifiers.is_private;
    variable->is_transient = modifiers.is_transient;
    variable->is_static = modifiers.is_static;
    variable->is_readonly = modifiers.is_readonly;
    if (parser_accept(parser, TOKEN_COLON))
        variable->type_node = parser_type_node(parser);
    if (parser_accept(parser, TOKEN_ASSIGN))
        variable->initial = parser_expression(parser);
    return variable;
}

static void parameter_default(Parser *parser, Variable *variable) {
    if (!parser_accept(parser, TOKEN_ASSIGN))
        return;
    variable->has_default = true;
    if (parser->is_interface && parser_is_word(parser, "_"))
        parser_take(parser);
    else
        variable->initial = parser_expression(parser);
}

/* {attribute} ["let" | "var"] name ":" type ["=" default] */
static Variable *parameter(Parser *parser, bool of_class) {
    Modifiers modifiers = parser_modifiers(parser);
    Variable *variable = ARENA_NEW(&parser->compile->arena, Variable);
    variable->kind = VARIABLE_PARAMETER;
    variable->is_let = true;
    variable->doc = modifiers.doc;
    variable->is_private = modifiers.is_private;
    variable->is_transient = modifiers.is_transient;
    variable->has_range = modifiers.has_range;
    variable->range_low = modifiers.range_low;
    variable->range_high = modifiers.range_high;
    if (of_class &&
        (parser_is(parser, TOKEN_LET) || parser_is(parser, TOKEN_VAR))) {
        variable->makes_field = true;
        variable->is_let = parser_take(parser)->kind == TOKEN_LET;
    }
    variable->place = parser_token(parser)->place;
    variable->name = parser_expect_name(parser, "a parameter's name");
    if (parser_expect(parser, TOKEN_COLON, "and the parameter's type"))
        variable->type_node = parser_type_node(parser);
    parameter_default(parser, variable);
    return variable;
}

/* "(" [parameter {"," parameter}] ")" */
Variable *parser_parameters(Parser *parser, bool of_class) {
    Variable *first = NULL;
    Variable **end = &first;
    unsigned brackets = parser->brackets++;
    parser_expect(parser, TOKEN_OPEN_PAREN, "before the parameters");
    if (!parser_is(parser, TOKEN_CLOSE_PAREN)) {
        do {
            *end = parameter(parser, of_class);
            end = NEXT_PLACE(end);
        } while (!parser->panicking &&
                 parser_list_goes_on(parser, TOKEN_CLOSE_PAREN));
    }
    parser->brackets = brackets;
    parser_expect(parser, TOKEN_CLOSE_PAREN, "after the parameters");
    return first;
}

/* ---- Functions ---- */

/* [":" type] [block | "=>" expression] */
static void function_rest(Parser *parser, Function *function) {
    if (parser_accept(parser, TOKEN_COLON))
        function->result_node = parser_type_node(parser);
    if (parser_accept(parser, TOKEN_ARROW)) {
        function->is_expression = true;
        function->body = parser_expression(parser);
    } else if (parser_is(parser, TOKEN_OPEN_BRACE)) {
        function->body = parser_block(parser);
    }
}

static FunctionKind accessor_kind(Parser *parser) {
    bool is_set = text_equal(parser_take(parser)->name->bytes, "set");
    return is_set ? FUNCTION_SETTER : FUNCTION_GETTER;
}

/* ("fun" | "get" | "set") name [type parameters] [parameters] rest */
Function *parser_function(Parser *parser, Modifiers modifiers) {
    Function *function = ARENA_NEW(&parser->compile->arena, Function);
    if (!parser_accept(parser, TOKEN_FUN))
        function->kind = accessor_kind(parser);
    function->doc = modifiers.doc;
    function->place = parser_token(parser)->place;
    function->name = parser_expect_name(parser, "a function's name");
    function->is_private = modifiers.is_private;
    function->is_static = modifiers.is_static;
    function->is_native = modifiers.is_native;
    function->is_abstract = modifiers.is_abstract;
    function->is_default = modifiers.is_default;
    function->type_parameters = parser_type_parameters(parser);
    if (function->kind != FUNCTION_GETTER ||
        parser_is(parser, TOKEN_OPEN_PAREN))
        function->parameters = parser_parameters(parser, false);
    function_rest(parser, function);
    return function;
}

/* ---- The top level ---- */

static bool starts_declaration(TokenKind kind) {
    return kind == TOKEN_CLASS || kind == TOKEN_INTERFACE ||
           kind == TOKEN_ENUM || kind == TOKEN_FUN || kind == TOKEN_LET ||
           kind == TOKEN_VAR || kind == TOKEN_IMPORT || kind == TOKEN_AT;
}

static bool at_test(const Parser *parser) {
    return parser_is_word(parser, "test") &&
           parser_ahead(parser, 1)->kind == TOKEN_STRING;
}

bool parser_at_declaration(const Parser *parser) {
    static const char *const words[] = {"private", "static", "native",
                                        "abstract", "transient"};
    if (starts_declaration(parser_token(parser)->kind) || at_test(parser))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (parser_is_word(parser, words[i]) && modifier_applies(parser))
            return true;
    return false;
}

static void import(Parser *parser) {
    Import *import = ARENA_NEW(&parser->compile->arena, Import);
    parser_take(parser);
    import->place = parser_token(parser)->place;
    import->name = parser_expect_name(parser, "a module's name");
    Import **end = &parser->module->imports;
    while (*end)
        end = NEXT_PLACE(end);
    *end = import;
}

#define SENTENCE_BYTES_MAX 240 /* it is the test's name in the module */

static void test(Parser *parser) {
    Function *function = ARENA_NEW(&parser->compile->arena, Function);
    function->place = parser_take(parser)->place;
    function->kind = FUNCTION_TEST;
    function->is_static = true;
    if (parser_token(parser)->name->length > SENTENCE_BYTES_MAX)
        parser_error(parser, parser_token(parser)->place,
                     "this sentence is too long");
    function->doc = parser_take(parser)->name;
    function->name = function->doc;
    function->body = parser_block(parser);
    Function **end = &parser->module->tests;
    while (*end)
        end = NEXT_PLACE(end);
    *end = function;
}

static void add_class(Parser *parser, Class *class) {
    Class **end = &parser->module->classes;
    while (*end)
        end = NEXT_PLACE(end);
    *end = class;
}

static void add_function(Parser *parser, Function *function) {
    Function **end = &parser->module->functions;
    while (*end)
        end = NEXT_PLACE(end);
    function->is_static = true;
    if (!function->body && !function->is_native && !parser->is_interface)
        parser_error(parser, function->place, "this function needs a body");
    *end = function;
}

static void add_variable(Parser *parser, Variable *variable) {
    Variable **end = &parser->module->variables;
    while (*end)
        end = NEXT_PLACE(end);
    *end = variable;
}

void parser_declaration(Parser *parser) {
    if (at_test(parser)) {
        test(parser);
        return;
    }
    Modifiers modifiers = parser_modifiers(parser);
    switch ((int)parser_token(parser)->kind) {
    case TOKEN_IMPORT:
        import(parser);
        break;
    case TOKEN_CLASS:
    case TOKEN_INTERFACE:
        add_class(parser, parser_class(parser, modifiers));
        break;
    case TOKEN_ENUM:
        add_class(parser, parser_enum(parser, modifiers));
        break;
    case TOKEN_FUN:
        add_function(parser, parser_function(parser, modifiers));
        break;
    case TOKEN_LET:
    case TOKEN_VAR:
        add_variable(parser,
                     parser_variable(parser, modifiers, VARIABLE_MODULE));
        break;
    default:
        parser_error(parser, parser_token(parser)->place,
                     "expected a declaration, found %s",
                     lexer_kind_text(parser_token(parser)->kind));
    }
}
