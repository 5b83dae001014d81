/* The parser: tokens to declarations and nodes. Errors are diagnosed and
 * passed over, so one run reports several. Others call the first two functions;
 * the rest is among parser_*.c. */
#ifndef COMPILER_PARSER_H
#define COMPILER_PARSER_H

#include "vm/compiler/ast.h"
#include "vm/compiler/lexer.h"

/* Adds what the file declares to the module. `as_line`: the file is a shell's
 * line, statements may stand outside functions. */
void parser_file(Compile *compile, Module *module, uint32_t file, bool as_line);

/* A type from text, e.g. of a shell's variable; NULL when it is not one. */
TypeNode *parser_type(Compile *compile, uint32_t file);

/* ---- Among the files of this part ---- */

/* Nested deeper than this is an error; the checker and the generator recurse
 * as deep as the parser did. */
#define PARSER_DEPTH 250

typedef struct NameList {
    Name *items;
    size_t count, capacity;
} NameList;

typedef struct Parser {
    Compile *compile;
    Module *module;
    Tokens tokens;
    size_t at;
    unsigned depth;
    unsigned brackets;   /* open ( and [: newlines are blanks inside */
    bool no_braces;      /* `{` starts a block: in conditions */
    bool panicking;      /* an error was said; silent until recovery */
    size_t lexer_errors; /* diagnostics there were before parsing */
    bool is_interface;   /* declarations without bodies */
    NameList assigned;   /* every name assigned to so far, in order */
} Parser;

/* ---- Tokens (parser.c) ---- */

const Token *parser_token(const Parser *parser);
const Token *parser_ahead(const Parser *parser, size_t count);
bool parser_is(const Parser *parser, TokenKind kind);
bool parser_is_word(const Parser *parser, const char *word);
const Token *parser_take(Parser *parser);
bool parser_accept(Parser *parser, TokenKind kind);

/* Takes a token of this kind or says that it is missing. */
bool parser_expect(Parser *parser, TokenKind kind, const char *where);
Name parser_expect_name(Parser *parser, const char *what);
void parser_error(Parser *parser, Place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The token before this one: for places that end here. */
Place parser_previous_place(const Parser *parser);

/* True when a statement ends before this token. */
bool parser_at_line_end(const Parser *parser);

/* Enters one level; false, after an error, when it is one too many. The
 * caller leaves in both cases. */
bool parser_enter(Parser *parser);
void parser_leave(Parser *parser);

/* Skips to where the next statement or declaration may begin. */
void parser_recover(Parser *parser);

/* True, and takes the comma, when a list goes on; newlines separate too where
 * the caller allows. */
bool parser_list_goes_on(Parser *parser, TokenKind close);

AssignedNames parser_assigned_since(Parser *parser, size_t start);

Node *parser_new(Parser *parser, NodeKind kind, Place place);
void parser_append(Node ***end, Node *node);

/* ---- Types (parser_type.c) ---- */

TypeNode *parser_type_node(Parser *parser);
TypeNode *parser_type_arguments(Parser *parser);
TypeParameter *parser_type_parameters(Parser *parser);

/* True when `<` here opens type arguments of a call: decided by looking ahead
 * to the closing `>` and what follows it. */
bool parser_at_type_arguments(const Parser *parser);

/* ---- Expressions (parser_expression.c, parser_primary.c) ---- */

Node *parser_expression(Parser *parser);

/* An expression before a block: `{` does not start a closure in it. */
Node *parser_condition(Parser *parser);
Node *parser_primary(Parser *parser);
Node *parser_closure(Parser *parser);
Node *parser_arguments(Parser *parser);

/* ---- Statements (parser_statement.c) ---- */

Node *parser_block(Parser *parser);
Node *parser_statement(Parser *parser);

/* Statements up to the closing brace, which stays. */
Node *parser_statements(Parser *parser, Place place);

/* ---- Declarations (parser_declaration.c, parser_class.c) ---- */

typedef struct Modifiers {
    bool is_private, is_static, is_native, is_abstract, is_transient;
    bool is_default, is_readonly, has_range;
    int64_t range_low, range_high;
    Name doc;
} Modifiers;

Modifiers parser_modifiers(Parser *parser);
bool parser_at_declaration(const Parser *parser);
void parser_declaration(Parser *parser);
Function *parser_function(Parser *parser, Modifiers modifiers);
Variable *parser_variable(Parser *parser, Modifiers modifiers,
                          VariableKind kind);
Variable *parser_parameters(Parser *parser, bool of_class);
Class *parser_class(Parser *parser, Modifiers modifiers);
Class *parser_enum(Parser *parser, Modifiers modifiers);

#endif
