/* The lexer: a file's text to an array of tokens that ends in TOKEN_END. */
#ifndef COMPILER_LEXER_H
#define COMPILER_LEXER_H

#include "vm/compiler/source.h"

typedef enum TokenKind {
#define TOKEN(name, text) TOKEN_##name,
#define KEYWORD(name, text) TOKEN_##name,
#define SIGN(name, text) TOKEN_##name,
#include "vm/compiler/token.def"
#undef TOKEN
#undef KEYWORD
#undef SIGN
    TOKEN_KINDS
} TokenKind;

typedef struct Token {
    TokenKind kind;
    bool on_new_line; /* the first token of its line */
    Place place;
    union {
        Name name;       /* NAME, STRING, TEXT_*, FORMAT: the text */
        uint64_t number; /* INT: the magnitude; CHAR: the code point */
        double real;     /* DOUBLE */
    };
    Name doc; /* the /// lines before it, or NULL */
} Token;

#define TOKEN_BLOCK 512

/* In blocks, so that no step is as long as the text. */
typedef struct Tokens {
    struct {
        Token **items;
        size_t count, capacity;
    } blocks;
    size_t count;
} Tokens;

static inline Token *lexer_token(const Tokens *tokens, size_t at) {
    return &tokens->blocks.items[at / TOKEN_BLOCK][at % TOKEN_BLOCK];
}

Tokens lexer_run(Compile *compile, uint32_t file);

/* How messages call a kind, in quotes where it is a spelling. */
const char *lexer_kind_text(TokenKind kind);

/* ---- Among lexer.c and lexer_literal.c ---- */

#define LEXER_DEPTH 16 /* strings inside interpolations inside strings */

typedef struct DocLine {
    const char *text;
    size_t length; /* bytes */
    struct DocLine *next;
} DocLine;

typedef struct Lexer {
    Compile *compile;
    const char *start, *at, *end; /* a zero stands at `end` */
    uint32_t line, file;
    bool on_new_line;
    DocLine *doc, *doc_last; /* since the last token */
    Tokens tokens;
    unsigned depth;             /* open interpolations */
    int opened[LEXER_DEPTH];    /* brackets open in each */
    bool is_block[LEXER_DEPTH]; /* its string is in three quotes */
} Lexer;

bool lexer_is_digit(char c);
Place lexer_place(const Lexer *lexer, const char *from, const char *to);

/* Adds a token from `from` to where the lexer is. */
Token *lexer_add(Lexer *lexer, TokenKind kind, const char *from);

/* Each starts at the first character of its literal. */
void lexer_number(Lexer *lexer);
void lexer_string(Lexer *lexer);
void lexer_character(Lexer *lexer);

/* At the } or : that ends an interpolation: goes on with the string. */
void lexer_interpolation_end(Lexer *lexer);

#endif
