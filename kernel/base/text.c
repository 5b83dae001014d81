/* Text building and the one formatter of the system. */
#include "kernel/base/text.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/utf8.h"

Text text_on(char *buffer, size_t capacity) {
    CHECK(capacity > 0);
    buffer[0] = 0;
    return (Text){.bytes = buffer, .capacity = capacity};
}

void text_add_bytes(Text *text, const char *bytes, size_t count) {
    size_t room = text->capacity - 1 - text->length;
    if (count > room) {
        text->cut = true;
        count = utf8_whole(bytes, room);
    }
    bytes_copy(text->bytes + text->length, bytes, count);
    text->length += count;
}

void text_add(Text *text, const char *zero_terminated) {
    text_add_bytes(text, zero_terminated, text_length(zero_terminated));
}

void text_add_char(Text *text, char c) {
    text_add_bytes(text, &c, 1);
}

char *text_end(Text *text) {
    text->bytes[text->length] = 0;
    return text->bytes;
}

/* What stands between % and the conversion letter. */
typedef struct Conversion {
    bool left, zeros;
    size_t width;
    size_t precision; /* SIZE_MAX: none given */
    int longs;        /* 0 int, 1 long, 2 long long; z counts as 1 */
} Conversion;

static void add_padded(Text *text, const Conversion *how, const char *bytes,
                       size_t count) {
    size_t padding = how->width > count ? how->width - count : 0;
    bool minus = how->zeros && count > 0 && bytes[0] == '-';
    if (minus)
        text_add_char(text, '-');
    for (size_t i = 0; !how->left && i < padding; i++)
        text_add_char(text, how->zeros ? '0' : ' ');
    text_add_bytes(text, bytes + minus, count - minus);
    for (size_t i = 0; how->left && i < padding; i++)
        text_add_char(text, ' ');
}

static void add_number(Text *text, const Conversion *how, uint64_t magnitude,
                       unsigned base, bool negative) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[magnitude % base];
        magnitude /= base;
    } while (magnitude);
    if (negative)
        digits[--at] = '-';
    add_padded(text, how, digits + at, sizeof digits - at);
}

static const char *read_flags(const char *at, Conversion *how) {
    for (; *at == '-' || *at == '0'; at++) {
        if (*at == '-')
            how->left = true;
        else
            how->zeros = true;
    }
    for (; *at >= '0' && *at <= '9'; at++)
        how->width = how->width * 10 + (size_t)(*at - '0');
    return at;
}

static const char *read_lengths(const char *at, Conversion *how) {
    for (; *at == 'l' || *at == 'z' || *at == 'h'; at++)
        how->longs += *at == 'h' ? 0 : 1;
    return at;
}

static void add_text(Text *text, const Conversion *how, const char *from) {
    size_t count = 0;
    while (count < how->precision && from[count])
        count++;
    if (count == how->precision)
        count = utf8_whole(from, count);
    add_padded(text, how, from, count);
}

void text_add_arguments(Text *text, const char *format, va_list arguments) {
    for (const char *at = format; *at; at++) {
        if (*at != '%') {
            text_add_char(text, *at);
            continue;
        }
        Conversion how = {.precision = SIZE_MAX};
        at = read_flags(at + 1, &how);
        if (at[0] == '.' && at[1] == '*') {
            how.precision = (size_t)va_arg(arguments, int);
            at += 2;
        }
        at = read_lengths(at, &how);
        switch (*at) {
        case 's':
            add_text(text, &how, va_arg(arguments, const char *));
            break;
        case 'c':
            text_add_char(text, (char)va_arg(arguments, int));
            break;
        case 'd': {
            int64_t value =
                how.longs ? va_arg(arguments, int64_t) : va_arg(arguments, int);
            uint64_t magnitude =
                value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
            add_number(text, &how, magnitude, 10, value < 0);
            break;
        }
        case 'u':
        case 'x': {
            uint64_t value = how.longs ? va_arg(arguments, uint64_t)
                                       : va_arg(arguments, unsigned);
            add_number(text, &how, value, *at == 'x' ? 16 : 10, false);
            break;
        }
        case '%':
            text_add_char(text, '%');
            break;
        default:
            CHECK(!"text: unknown format");
        }
    }
    text_end(text);
}

void text_add_format(Text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(text, format, arguments);
    va_end(arguments);
}

size_t text_length(const char *zero_terminated) {
    return __builtin_strlen(zero_terminated);
}

bool text_equal(const char *a, const char *b) {
    return __builtin_strcmp(a, b) == 0;
}

bool text_starts_with(const char *text, const char *prefix) {
    return __builtin_strncmp(text, prefix, text_length(prefix)) == 0;
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

bool text_to_u64(const char *text, uint64_t *value_out) {
    bool hexadecimal = text_starts_with(text, "0x");
    uint64_t base = hexadecimal ? 16 : 10;
    const char *at = text + (hexadecimal ? 2 : 0);
    uint64_t value = 0;
    if (!*at)
        return false;
    for (; *at; at++) {
        uint64_t digit = (uint64_t)digit_value(*at);
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *value_out = value;
    return true;
}

bool text_to_size(const char *text, uint64_t *bytes_out) {
    static const char units[] = "KMG";
    char digits[24];
    size_t length = text_length(text);
    unsigned shift = 0;
    uint64_t count;
    for (unsigned i = 0; i < 3 && length > 0; i++)
        if (text[length - 1] == units[i])
            shift = 10 * (i + 1);
    Text number = text_on(digits, sizeof digits);
    text_add_bytes(&number, text, length - (shift > 0));
    if (number.cut || !text_to_u64(text_end(&number), &count) ||
        count > UINT64_MAX >> shift)
        return false;
    *bytes_out = count << shift;
    return true;
}
