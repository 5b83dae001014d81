/* Text to tokens: blanks, comments, names, signs. Numbers and strings are in
 * lexer_literal.c. */
#include "vm/compiler/lexer.h"

#include "kernel/base/bytes.h"
#include "kernel/base/utf8.h"

static const char *const kind_texts[TOKEN_KINDS] = {
#define TOKEN(name, text) text,
#define KEYWORD(name, text) "\"" text "\"",
#define SIGN(name, text) "\"" text "\"",
#include "vm/compiler/token.def"
#undef TOKEN
#undef KEYWORD
#undef SIGN
};

const char *lexer_kind_text(TokenKind kind) {
    return kind_texts[kind];
}

typedef struct Spelling {
    const char *text;
    TokenKind kind;
} Spelling;

static const Spelling keywords[] = {
#define TOKEN(name, text)
#define KEYWORD(name, text) {text, TOKEN_##name},
#define SIGN(name, text)
#include "vm/compiler/token.def"
#undef KEYWORD
#undef SIGN
};

static const Spelling signs[] = {
#define KEYWORD(name, text)
#define SIGN(name, text) {text, TOKEN_##name},
#include "vm/compiler/token.def"
#undef TOKEN
#undef KEYWORD
#undef SIGN
};

static bool lexer_is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (uint8_t)c >= 0x80;
}

bool lexer_is_digit(char c) {
    return c >= '0' && c <= '9';
}

Place lexer_place(const Lexer *lexer, const char *from, const char *to) {
    return (Place){
        .offset = (uint32_t)(from - lexer->start),
        .line = lexer->line,
        .length = (uint32_t)(to - from),
        .file = lexer->file,
    };
}

#define TOKEN_UNITS 40 /* of work.h, for each */

static Token *new_token(Lexer *lexer) {
    Arena *arena = &lexer->compile->arena;
    Tokens *tokens = &lexer->tokens;
    if (tokens->count % TOKEN_BLOCK == 0)
        *ARENA_PUSH(arena, &tokens->blocks) =
            arena_take(arena, TOKEN_BLOCK * sizeof(Token));
    return lexer_token(tokens, tokens->count++);
}

/* The lines of documentation as one text; NULL: there are none. */
static Name take_doc(Lexer *lexer) {
    size_t bytes = 0;
    if (!lexer->doc)
        return NULL;
    for (const DocLine *line = lexer->doc; line; line = NEXT(line))
        bytes += line->length + 1;
    char *text = arena_take(&lexer->compile->arena, bytes);
    char *to = text;
    for (const DocLine *line = lexer->doc; line; line = NEXT(line)) {
        bytes_copy(to, line->text, line->length);
        to += line->length;
        *to++ = '\n';
    }
    lexer->doc = lexer->doc_last = NULL;
    return name_of_bytes(&lexer->compile->names, text, bytes - 1);
}

Token *lexer_add(Lexer *lexer, TokenKind kind, const char *from) {
    Token *token = new_token(lexer);
    work_add(TOKEN_UNITS + (size_t)(lexer->at - from));
    *token = (Token){
        .kind = kind,
        .on_new_line = lexer->on_new_line,
        .place = lexer_place(lexer, from, lexer->at),
        .doc = take_doc(lexer),
    };
    lexer->on_new_line = false;
    return token;
}

static void line_comment(Lexer *lexer) {
    const char *from = lexer->at;
    while (lexer->at < lexer->end && *lexer->at != '\n')
        lexer->at++;
    work_add((size_t)(lexer->at - from));
    bool is_doc = lexer->at - from >= 3 && from[2] == '/';
    if (!is_doc)
        return;
    from += 3;
    if (from < lexer->at && *from == ' ')
        from++;
    DocLine *line = ARENA_NEW(&lexer->compile->arena, DocLine);
    *line = (DocLine){.text = from, .length = (size_t)(lexer->at - from)};
    *(lexer->doc ? &lexer->doc_last->next : &lexer->doc) = line;
    lexer->doc_last = line;
}

static void block_comment(Lexer *lexer) {
    Place place = lexer_place(lexer, lexer->at, lexer->at + 2);
    unsigned depth = 0;
    while (lexer->at < lexer->end) {
        if (lexer->at[0] == '/' && lexer->at[1] == '*') {
            depth++;
            lexer->at += 2;
        } else if (lexer->at[0] == '*' && lexer->at[1] == '/') {
            lexer->at += 2;
            if (--depth == 0)
                return;
        } else {
            lexer->line += *lexer->at == '\n';
            lexer->at++;
            work_add(1);
        }
    }
    source_error(lexer->compile, place, "this comment is never closed");
}

static void skip_blanks(Lexer *lexer) {
    for (; lexer->at < lexer->end; work_add(1)) {
        char c = *lexer->at;
        if (c == '\n') {
            lexer->line++;
            lexer->on_new_line = true;
            lexer->at++;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            lexer->at++;
        } else if (c == '/' && lexer->at[1] == '/') {
            line_comment(lexer);
        } else if (c == '/' && lexer->at[1] == '*') {
            block_comment(lexer);
        } else {
            return;
        }
    }
}

/* Joined with its class and module it must fit MODULE_NAME_BYTES_MAX. */
#define NAME_BYTES_MAX 80

static void name_or_keyword(Lexer *lexer) {
    const char *from = lexer->at;
    while (lexer_is_letter(*lexer->at) || lexer_is_digit(*lexer->at))
        lexer->at++;
    size_t length = (size_t)(lexer->at - from);
    TokenKind kind = TOKEN_NAME;
    if (length > NAME_BYTES_MAX)
        source_error(lexer->compile, lexer_place(lexer, from, lexer->at),
                     "a name has at most %d letters", NAME_BYTES_MAX);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (text_length(keywords[i].text) == length &&
            bytes_equal(keywords[i].text, from, length))
            kind = keywords[i].kind;
    Name name = name_of_bytes(&lexer->compile->names, from, length);
    lexer_add(lexer, kind, from)->name = name;
}

static void unreadable(Lexer *lexer) {
    const char *from = lexer->at;
    do
        lexer->at++;
    while (lexer->at < lexer->end && ((uint8_t)*lexer->at & 0xC0) == 0x80);
    source_error(lexer->compile, lexer_place(lexer, from, lexer->at),
                 "this character has no meaning here");
}

/* Counts brackets inside an interpolation: the brace that closes it is the
 * first one that nothing inside opened. */
static void count_brackets(Lexer *lexer, TokenKind kind) {
    if (lexer->depth == 0)
        return;
    if (kind == TOKEN_OPEN_BRACE || kind == TOKEN_OPEN_PAREN ||
        kind == TOKEN_OPEN_BRACKET)
        lexer->opened[lexer->depth - 1]++;
    else if (kind == TOKEN_CLOSE_BRACE || kind == TOKEN_CLOSE_PAREN ||
             kind == TOKEN_CLOSE_BRACKET)
        lexer->opened[lexer->depth - 1]--;
}

static void sign(Lexer *lexer) {
    const char *from = lexer->at;
    size_t rest = (size_t)(lexer->end - from);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = text_length(signs[i].text);
        if (length > rest || !bytes_equal(signs[i].text, from, length))
            continue;
        lexer->at += length;
        count_brackets(lexer, signs[i].kind);
        lexer_add(lexer, signs[i].kind, from);
        return;
    }
    unreadable(lexer);
}

static bool at_interpolation_end(const Lexer *lexer) {
    return lexer->depth > 0 && lexer->opened[lexer->depth - 1] == 0 &&
           (*lexer->at == '}' || *lexer->at == ':');
}

static void next(Lexer *lexer) {
    char c = *lexer->at;
    if (at_interpolation_end(lexer))
        lexer_interpolation_end(lexer);
    else if (lexer_is_letter(c))
        name_or_keyword(lexer);
    else if (lexer_is_digit(c))
        lexer_number(lexer);
    else if (c == '"')
        lexer_string(lexer);
    else if (c == '\'')
        lexer_character(lexer);
    else
        sign(lexer);
}

/* Everything after this may rely on whole, valid characters. */
static bool check_text(Lexer *lexer) {
    const char *at = lexer->start;
    if (utf8_valid(at, (size_t)(lexer->end - at)))
        return true;
    for (; at < lexer->end; at += utf8_length(*at)) {
        size_t rest = (size_t)(lexer->end - at);
        if (!utf8_valid(at, bytes_min(utf8_length(*at), rest)))
            break;
        lexer->line += *at == '\n';
    }
    source_error(lexer->compile, lexer_place(lexer, at, at + 1),
                 "this is not valid UTF-8");
    lexer->at = lexer->end;
    return false;
}

Tokens lexer_run(Compile *compile, uint32_t file) {
    const SourceFile *source = &compile->files.items[file];
    Lexer lexer = {
        .compile = compile,
        .start = source->text,
        .at = source->text,
        .end = source->text + source->length,
        .line = 1,
        .file = file,
        .on_new_line = true,
    };
    if (check_text(&lexer))
        for (skip_blanks(&lexer); lexer.at < lexer.end; skip_blanks(&lexer))
            next(&lexer);
    lexer.on_new_line = true;
    lexer_add(&lexer, TOKEN_END, lexer.at);
    return lexer.tokens;
}
