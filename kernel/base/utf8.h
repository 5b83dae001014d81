/* utf8.h: reading UTF-8 that may be damaged. Every byte that is not part of a
 * well-formed character (Unicode 15, table 3-7) counts as one U+FFFD, so any
 * byte string can be shown and stepped through. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_DAMAGED 0xfffdu

/* True when the whole text is well formed. */
bool utf8_valid(const char *text, size_t size_bytes);

/* Bytes of the character that begins with this byte of a well-formed text. */
static inline unsigned utf8_length(char first) {
    uint8_t byte = (uint8_t)first;
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/* The character at `at` of a well-formed text. */
uint32_t utf8_get(const char *at);

/* The character at `*offset` (less than `size_bytes`); moves the offset behind
 * it. */
uint32_t utf8_next(const char *text, size_t size_bytes, size_t *offset);

/* How much of a well-formed text is at most so many bytes and whole characters.
 */
size_t utf8_cut(const char *text, size_t size_bytes, size_t most);

/* How much of the first bytes of a well-formed text is whole characters. */
size_t utf8_whole(const char *bytes, size_t count);

/* Writes a character of up to 4 bytes and returns how many; U+FFFD for what is
 * no character. */
size_t utf8_put(uint32_t code_point, char out[4]);

#endif
