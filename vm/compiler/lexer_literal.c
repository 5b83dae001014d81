/* Numbers, characters and strings. */
#include "kernel/base/bytes.h"
#include "kernel/base/decimal.h"
#include "kernel/base/utf8.h"
#include "vm/compiler/lexer.h"

static int digit_of(char c) {
    if (lexer_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* ---- Numbers ---- */

static void whole_number(Lexer *lexer, const char *from, unsigned base) {
    uint64_t value = 0;
    bool too_large = false;
    const char *digits = lexer->at;
    for (; *lexer->at == '_' || digit_of(*lexer->at) < (int)base; lexer->at++) {
        if (*lexer->at == '_')
            continue;
        uint64_t digit = (uint64_t)digit_of(*lexer->at);
        too_large |= value > (UINT64_MAX - digit) / base;
        value = value * base + digit;
    }
    Place place = lexer_place(lexer, from, lexer->at);
    if (lexer->at == digits)
        source_error(lexer->compile, place, "this number has no digits");
    else if (too_large)
        source_error(lexer->compile, place,
                     "this number does not fit into 64 bits");
    lexer_add(lexer, TOKEN_INT, from)->number = value;
}

static bool starts_exponent(const char *at) {
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    if (*at == '+' || *at == '-')
        at++;
    return lexer_is_digit(*at);
}

static const char *skip_digits(const char *at) {
    while (lexer_is_digit(*at) || *at == '_')
        at++;
    return at;
}

static void real_number(Lexer *lexer, const char *from) {
    const char *at = skip_digits(from);
    if (*at == '.')
        at = skip_digits(at + 1);
    if (starts_exponent(at))
        at = skip_digits(at + 2);
    lexer->at = at;
    work_add(DECIMAL_UNITS);
    lexer_add(lexer, TOKEN_DOUBLE, from)->real =
        decimal_to_double(from, (size_t)(at - from));
}

/* 0r and 16 digits, base 16: a double by its bits, as interfaces write it. */
static void real_bits(Lexer *lexer, const char *from) {
    lexer->at += 2;
    whole_number(lexer, from, 16);
    Token *token = lexer_token(&lexer->tokens, lexer->tokens.count - 1);
    uint64_t bits = token->number;
    token->kind = TOKEN_DOUBLE;
    bytes_copy(&token->real, &bits, sizeof bits);
}

void lexer_number(Lexer *lexer) {
    const char *from = lexer->at;
    const char *after = skip_digits(from);
    if (from[0] == '0' && from[1] == 'r' &&
        lexer->compile->files.items[lexer->file].is_interface)
        real_bits(lexer, from);
    else if (from[0] == '0' && (from[1] == 'x' || from[1] == 'b')) {
        lexer->at += 2;
        whole_number(lexer, from, from[1] == 'x' ? 16 : 2);
    } else if ((after[0] == '.' && lexer_is_digit(after[1])) ||
               starts_exponent(after)) {
        real_number(lexer, from);
    } else {
        whole_number(lexer, from, 10);
    }
}

/* ---- Strings ---- */

/* Text as it is built: bytes in the arena. */
typedef struct Buffer {
    char *items;
    size_t count, capacity;
} Buffer;

static void add_byte(Lexer *lexer, Buffer *buffer, unsigned byte) {
    *ARENA_PUSH(&lexer->compile->arena, buffer) = (char)byte;
}

static void add_code_point(Lexer *lexer, Buffer *buffer, uint32_t point) {
    char bytes[4];
    size_t count = utf8_put(point, bytes);
    for (size_t i = 0; i < count; i++)
        add_byte(lexer, buffer, (uint8_t)bytes[i]);
}

static uint32_t unicode_escape(Lexer *lexer, const char *from) {
    uint32_t point = 0;
    unsigned digits = 0;
    if (*lexer->at == '{') {
        lexer->at++;
        for (; digit_of(*lexer->at) < 16 && digits < 7; digits++)
            point = point * 16 + (uint32_t)digit_of(*lexer->at++);
    }
    bool good = digits > 0 && *lexer->at == '}' && point <= 0x10FFFF &&
                (point < 0xD800 || point > 0xDFFF);
    if (*lexer->at == '}')
        lexer->at++;
    if (!good)
        source_error(lexer->compile, lexer_place(lexer, from, lexer->at),
                     "a code point is written \\u{1F600}");
    return good ? point : 0xFFFD;
}

/* At the backslash; returns the code point it stands for. */
static uint32_t escape(Lexer *lexer) {
    static const char letters[] = "nrt0\\\"'{}";
    static const char values[] = "\n\r\t\0\\\"'{}";
    const char *from = lexer->at++;
    char c = *lexer->at;
    for (size_t i = 0; c && i < sizeof letters - 1; i++) {
        if (letters[i] == c) {
            lexer->at++;
            return (uint8_t)values[i];
        }
    }
    if (c == 'u') {
        lexer->at++;
        return unicode_escape(lexer, from);
    }
    if (lexer->at < lexer->end && c != '\n')
        lexer->at++;
    source_error(lexer->compile, lexer_place(lexer, from, lexer->at),
                 "there is no such escape; a backslash is written \\\\");
    return 0xFFFD;
}

static void plain_character(Lexer *lexer, Buffer *buffer) {
    for (unsigned n = utf8_length(*lexer->at); n > 0; n--)
        add_byte(lexer, buffer, (uint8_t)*lexer->at++);
}

static bool at_string_end(const Lexer *lexer, bool is_block) {
    if (!is_block)
        return *lexer->at == '"';
    return lexer->at[0] == '"' && lexer->at[1] == '"' && lexer->at[2] == '"';
}

/* A block string begins on the line after its quotes, and its lines lose the
 * blanks that all of them begin with; done on the raw text. */
static void skip_block_indent(Lexer *lexer, unsigned indent) {
    for (; indent > 0 && (*lexer->at == ' ' || *lexer->at == '\t'); indent--)
        lexer->at++;
}

static unsigned block_indent(const Lexer *lexer) {
    const char *at = lexer->at;
    unsigned indent = 0;
    /* The closing quotes' column says how far the text is indented. */
    for (; at < lexer->end; at++) {
        if (*at == '\n')
            indent = 0;
        else if (at[0] == '"' && at[1] == '"' && at[2] == '"')
            return indent;
        else if (*at == ' ' || *at == '\t')
            indent++;
    }
    return 0;
}

static void add_text(Lexer *lexer, const char *from, TokenKind kind,
                     Buffer *buffer, Place place) {
    Name name =
        name_of_bytes(&lexer->compile->names,
                      buffer->items ? buffer->items : "", buffer->count);
    Token *token = lexer_add(lexer, kind, from);
    token->name = name;
    if (place.line != lexer->line)
        token->place = place;
}

static void open_interpolation(Lexer *lexer, bool is_block) {
    lexer->at++;
    if (lexer->depth == LEXER_DEPTH) {
        source_error(lexer->compile,
                     lexer_place(lexer, lexer->at - 1, lexer->at),
                     "strings are nested too deeply");
        lexer->at = lexer->end;
        return;
    }
    lexer->opened[lexer->depth] = 0;
    lexer->is_block[lexer->depth++] = is_block;
}

static void newline_in_block(Lexer *lexer, Buffer *buffer, unsigned indent) {
    lexer->at++;
    lexer->line++;
    skip_block_indent(lexer, indent);
    if (!at_string_end(lexer, true))
        add_byte(lexer, buffer, '\n');
}

/* From inside a string to its end or its next interpolation. */
static void string_rest(Lexer *lexer, const char *from, bool is_block,
                        bool is_first) {
    Buffer buffer = {0};
    Place place = lexer_place(lexer, from, lexer->at);
    unsigned indent = is_block ? block_indent(lexer) : 0;
    if (is_block && is_first && *lexer->at == '\n') {
        newline_in_block(lexer, &buffer, indent);
        buffer.count = 0;
    }
    for (; lexer->at < lexer->end; place.length++) {
        if (at_string_end(lexer, is_block)) {
            lexer->at += is_block ? 3 : 1;
            add_text(lexer, from, is_first ? TOKEN_STRING : TOKEN_TEXT_CLOSE,
                     &buffer, place);
            return;
        }
        if (*lexer->at == '{') {
            open_interpolation(lexer, is_block);
            add_text(lexer, from,
                     is_first ? TOKEN_TEXT_OPEN : TOKEN_TEXT_MIDDLE, &buffer,
                     place);
            return;
        }
        if (*lexer->at == '\n' && !is_block)
            break;
        if (*lexer->at == '\n')
            newline_in_block(lexer, &buffer, indent);
        else if (*lexer->at == '\\')
            add_code_point(lexer, &buffer, escape(lexer));
        else
            plain_character(lexer, &buffer);
    }
    source_error(lexer->compile, place, "this string is never closed");
    add_text(lexer, from, is_first ? TOKEN_STRING : TOKEN_TEXT_CLOSE, &buffer,
             place);
}

void lexer_string(Lexer *lexer) {
    const char *from = lexer->at;
    bool is_block = at_string_end(lexer, true);
    lexer->at += is_block ? 3 : 1;
    string_rest(lexer, from, is_block, true);
}

static void format_spec(Lexer *lexer) {
    const char *from = ++lexer->at;
    while (lexer->at < lexer->end && *lexer->at != '}' && *lexer->at != '\n' &&
           *lexer->at != '"')
        lexer->at++;
    Name spec =
        name_of_bytes(&lexer->compile->names, from, (size_t)(lexer->at - from));
    lexer_add(lexer, TOKEN_FORMAT, from)->name = spec;
}

void lexer_interpolation_end(Lexer *lexer) {
    if (*lexer->at == ':')
        format_spec(lexer);
    const char *from = lexer->at;
    if (*lexer->at == '}')
        lexer->at++;
    else
        source_error(lexer->compile, lexer_place(lexer, from, from + 1),
                     "a format ends with \"}\"");
    string_rest(lexer, from, lexer->is_block[--lexer->depth], false);
}

void lexer_character(Lexer *lexer) {
    const char *from = lexer->at++;
    Buffer buffer = {0};
    if (*lexer->at == '\\')
        add_code_point(lexer, &buffer, escape(lexer));
    else if (lexer->at < lexer->end && *lexer->at != '\n' && *lexer->at != '\'')
        plain_character(lexer, &buffer);
    bool good = buffer.count > 0 && *lexer->at == '\'';
    if (*lexer->at == '\'')
        lexer->at++;
    if (!good)
        source_error(lexer->compile, lexer_place(lexer, from, lexer->at),
                     "a character is one code point between ' and '");
    uint32_t point = buffer.count ? utf8_get(buffer.items) : 0xFFFD;
    lexer_add(lexer, TOKEN_CHAR, from)->number = point;
}
