/* UTF-8. */
#include "kernel/base/utf8.h"

/* The length that a first byte announces, 0 for one that cannot be first. */
static size_t length_of(uint8_t first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* The character of `length` bytes; U+FFFD when it is not well formed. */
static uint32_t decode(const uint8_t *at, size_t length) {
    if (length == 1)
        return at[0];
    uint32_t code_point = at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return UTF8_DAMAGED;
        code_point = code_point << 6 | (at[i] & 0x3f);
    }
    if ((length == 3 && code_point < 0x800) ||
        (length == 4 && (code_point < 0x10000 || code_point > 0x10ffff)) ||
        (code_point >= 0xd800 && code_point <= 0xdfff))
        return UTF8_DAMAGED;
    return code_point;
}

uint32_t utf8_next(const char *text, size_t size_bytes, size_t *offset) {
    const uint8_t *at = (const uint8_t *)text + *offset;
    size_t length = length_of(at[0]);
    if (length == 0 || length > size_bytes - *offset) {
        *offset += 1;
        return UTF8_DAMAGED;
    }
    uint32_t code_point = decode(at, length);
    /* A real U+FFFD is EF BF BD. */
    if (code_point == UTF8_DAMAGED && at[0] != 0xef)
        length = 1;
    else if (code_point == UTF8_DAMAGED && (at[1] != 0xbf || at[2] != 0xbd))
        length = 1;
    *offset += length;
    return code_point;
}

bool utf8_valid(const char *text, size_t size_bytes) {
    for (size_t offset = 0; offset < size_bytes;) {
        size_t start = offset;
        if (utf8_next(text, size_bytes, &offset) == UTF8_DAMAGED &&
            offset - start == 1)
            return false;
    }
    return true;
}

uint32_t utf8_get(const char *at) {
    size_t offset = 0;
    return utf8_next(at, utf8_length(at[0]), &offset);
}

size_t utf8_cut(const char *text, size_t size_bytes, size_t most) {
    if (size_bytes <= most)
        return size_bytes;
    while (most > 0 && ((uint8_t)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

size_t utf8_whole(const char *bytes, size_t count) {
    size_t start = count;
    while (start > 0 && count - start < 4)
        if (((uint8_t)bytes[--start] & 0xc0) != 0x80)
            return start + utf8_length(bytes[start]) > count ? start : count;
    return count;
}

size_t utf8_put(uint32_t code_point, char out[4]) {
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
        code_point = UTF8_DAMAGED;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3f));
    out[0] = (char)(0xf00u >> length | code_point);
    return length;
}
