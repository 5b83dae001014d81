/* utf8.h: UTF-8 as the Unicode Standard's table 3-7 has it: no surrogates, no
 * overlong forms, nothing above 10FFFF. */
#ifndef VM_UTF8_H
#define VM_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *bytes, size_t count);

/* Bytes of the character that begins with this byte of a valid text. */
static inline unsigned utf8_length(char first) {
    uint8_t byte = (uint8_t)first;
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/* The character at `at` of a valid text. */
uint32_t utf8_get(const char *at);

/* Writes a code point (a Unicode scalar value) as 1 to 4 bytes; returns how
 * many. */
unsigned utf8_put(char *to, uint32_t code_point);

#endif
