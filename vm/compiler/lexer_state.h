/* What the two files of the lexer share. */
#ifndef COMPILER_LEXER_STATE_H
#define COMPILER_LEXER_STATE_H

#include "vm/compiler/lexer.h"

#define LEXER_DEPTH 16 /* strings inside interpolations inside strings */

typedef struct Lexer {
    Compile *compile;
    const char *start, *at, *end; /* a zero stands at `end` */
    uint32_t line, file;
    bool on_new_line;
    Name doc;
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
