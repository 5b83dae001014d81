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

typedef struct Tokens {
    Token *items;
    size_t count, capacity;
} Tokens;

Tokens lexer_run(Compile *compile, uint32_t file);

/* How messages call a kind, in quotes where it is a spelling. */
const char *lexer_kind_text(TokenKind kind);

#endif
