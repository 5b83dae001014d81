/* Text: builds a zero-terminated text in a buffer that the caller owns.
 *
 * A text that does not fit is cut, never overrun, and `cut` says so. What is
 * cut, also by a precision, ends with a whole character (UTF-8). Formats
 * are a subset of printf's, the same on every machine: %s %.*s %c %d %u %x
 * with h, l, ll and z, a width, 0 and - flags, and %%. No floating point. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Text {
    char *bytes;
    size_t length;   /* bytes used, without the final zero */
    size_t capacity; /* bytes of the buffer, at least 1 */
    bool cut;        /* something did not fit */
} Text;

/* An empty text on `buffer`, which must have at least one byte. */
Text text_on(char *buffer, size_t capacity);

void text_add_bytes(Text *text, const char *bytes, size_t count);
void text_add(Text *text, const char *zero_terminated);
void text_add_char(Text *text, char c);
void text_add_format(Text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_add_arguments(Text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Puts the final zero; the text can still grow afterwards. */
char *text_end(Text *text);

size_t text_length(const char *zero_terminated);
bool text_equal(const char *a, const char *b);
bool text_starts_with(const char *text, const char *prefix);

/* Reads decimal digits (or hexadecimal after 0x) up to the end of the text.
 * False, and *value_out untouched, when anything else is there or the value
 * does not fit. */
bool text_to_u64(const char *text, uint64_t *value_out);

/* The same for a size in bytes, which may end in K, M or G: "256M". */
bool text_to_size(const char *text, uint64_t *bytes_out);

#endif
