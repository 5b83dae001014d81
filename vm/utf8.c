/* UTF-8: checking, reading and writing characters. */
#include "vm/utf8.h"

/* Bytes of the valid character at `at` with `left` bytes to the end; 0: none.
 */
static unsigned valid_length(const uint8_t *at, size_t left) {
    uint8_t first = at[0];
    uint8_t low = 0x80, high = 0xBF;
    unsigned length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4 || length > left)
        return 0;
    if (first == 0xE0)
        low = 0xA0;
    if (first == 0xED)
        high = 0x9F;
    if (first == 0xF0)
        low = 0x90;
    if (first == 0xF4)
        high = 0x8F;
    if (at[1] < low || at[1] > high)
        return 0;
    for (unsigned i = 2; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool utf8_valid(const char *bytes, size_t count) {
    const uint8_t *at = (const uint8_t *)bytes;
    while (count) {
        unsigned length = valid_length(at, count);
        if (!length)
            return false;
        at += length;
        count -= length;
    }
    return true;
}

uint32_t utf8_get(const char *bytes) {
    const uint8_t *at = (const uint8_t *)bytes;
    switch (utf8_length(bytes[0])) {
    case 1:
        return at[0];
    case 2:
        return (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
    case 3:
        return (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
    default:
        return (at[0] & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 |
               (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
    }
}

unsigned utf8_put(char *to, uint32_t code_point) {
    uint8_t *at = (uint8_t *)to;
    if (code_point < 0x80) {
        at[0] = (uint8_t)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        at[0] = (uint8_t)(0xC0 | code_point >> 6);
        at[1] = (uint8_t)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        at[0] = (uint8_t)(0xE0 | code_point >> 12);
        at[1] = (uint8_t)(0x80 | (code_point >> 6 & 0x3F));
        at[2] = (uint8_t)(0x80 | (code_point & 0x3F));
        return 3;
    }
    at[0] = (uint8_t)(0xF0 | code_point >> 18);
    at[1] = (uint8_t)(0x80 | (code_point >> 12 & 0x3F));
    at[2] = (uint8_t)(0x80 | (code_point >> 6 & 0x3F));
    at[3] = (uint8_t)(0x80 | (code_point & 0x3F));
    return 4;
}
