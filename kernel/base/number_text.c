/* Numbers as text. */
#include "kernel/base/number_text.h"

#include "kernel/base/bytes.h"
#include "kernel/base/utf8.h"

/* ---- Big whole numbers ---- */

#define WORDS 44 /* 1,408 bits: above 2^1026 times 10^40, and 10^345 */

typedef struct Big {
    uint32_t words[WORDS]; /* least significant first */
} Big;

static Big big_of(uint64_t value) {
    Big big = {{(uint32_t)value, (uint32_t)(value >> 32)}};
    return big;
}

static void big_multiply(Big *big, uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void big_power_of_ten(Big *big, unsigned exponent) {
    for (; exponent >= 9; exponent -= 9)
        big_multiply(big, 1000000000);
    for (; exponent > 0; exponent--)
        big_multiply(big, 10);
}

static void big_shift(Big *big, unsigned bits) {
    unsigned whole = bits / 32, rest = bits % 32;
    for (int i = WORDS - 1; i >= 0; i--) {
        int from = i - (int)whole;
        uint64_t high = from >= 0 ? big->words[from] : 0;
        uint64_t low = from >= 1 ? big->words[from - 1] : 0;
        big->words[i] = (uint32_t)((high << 32 | low) << rest >> 32);
    }
}

static int big_compare(const Big *a, const Big *b) {
    for (int i = WORDS - 1; i >= 0; i--)
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    return 0;
}

static void big_add(Big *a, const Big *b) {
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)a->words[i] + b->words[i];
        a->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void big_subtract(Big *a, const Big *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < WORDS; i++) {
        uint64_t take = (uint64_t)b->words[i] + borrow;
        borrow = a->words[i] < take;
        a->words[i] = (uint32_t)(a->words[i] - take);
    }
}

/* a / b, which is below 10; a keeps the rest. */
static char big_digit(Big *a, const Big *b) {
    char digit = '0';
    for (; big_compare(a, b) >= 0; digit++)
        big_subtract(a, b);
    return digit;
}

/* Divides by a small number and returns the rest. */
static uint32_t big_divide(Big *big, uint32_t by) {
    uint64_t rest = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
        rest = rest << 32 | big->words[i];
        big->words[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    return (uint32_t)rest;
}

static bool big_is_zero(const Big *big) {
    return bytes_all_zero(big->words, sizeof big->words);
}

/* ---- A double taken apart ---- */

typedef struct Parts {
    bool negative, special; /* special: infinite or no number */
    uint64_t mantissa;      /* value = mantissa * 2^exponent */
    int exponent;
} Parts;

static Parts parts_of(double value) {
    uint64_t bits;
    bytes_copy(&bits, &value, sizeof bits);
    unsigned field = bits >> 52 & 0x7FF;
    uint64_t fraction = bits & 0xFFFFFFFFFFFFFull;
    return (Parts){.negative = bits >> 63,
                   .special = field == 0x7FF,
                   .mantissa = field ? fraction | 1ull << 52 : fraction,
                   .exponent = field ? (int)field - 1075 : -1074};
}

/* True when it was infinite or no number, and is written. */
static bool add_special(Text *text, const Parts *parts) {
    if (!parts->special)
        return false;
    if (parts->mantissa != 1ull << 52)
        text_add(text, "NaN");
    else
        text_add(text, parts->negative ? "-Infinity" : "Infinity");
    return true;
}

/* ---- Shortest digits ---- */

/* value = numerator / denominator; half the distances to the neighbouring
 * doubles are above / denominator and below / denominator. */
typedef struct Shortest {
    Big numerator, denominator, above, below;
    bool even; /* the neighbours' middles read back as this double, too */
    int point; /* the value is 0.DIGITS times 10^point */
} Shortest;

static Shortest shortest_begin(const Parts *parts) {
    bool narrow = parts->mantissa == 1ull << 52 && parts->exponent > -1074;
    unsigned up = parts->exponent > 0 ? (unsigned)parts->exponent : 0;
    unsigned down = parts->exponent < 0 ? (unsigned)-parts->exponent : 0;
    Shortest s = {.numerator = big_of(parts->mantissa),
                  .denominator = big_of(1),
                  .above = big_of(1),
                  .below = big_of(1),
                  .even = parts->mantissa % 2 == 0};
    big_shift(&s.numerator, up + 1 + narrow);
    big_shift(&s.denominator, down + 1 + narrow);
    big_shift(&s.above, up + narrow);
    big_shift(&s.below, up);
    return s;
}

/* True when numerator + above reaches the denominator. */
static bool reaches(const Shortest *s) {
    Big high = s->numerator;
    big_add(&high, &s->above);
    int order = big_compare(&high, &s->denominator);
    return s->even ? order >= 0 : order > 0;
}

/* Scales until 0.1 <= value < 1, as it will be written. */
static void shortest_scale(Shortest *s) {
    while (reaches(s)) {
        big_multiply(&s->denominator, 10);
        s->point++;
    }
    for (;;) {
        Shortest larger = *s;
        big_multiply(&larger.numerator, 10);
        big_multiply(&larger.above, 10);
        big_multiply(&larger.below, 10);
        if (reaches(&larger))
            return;
        larger.point--;
        *s = larger;
    }
}

/* Up to 17 digits into `digits`; returns how many. */
static unsigned shortest_digits(Shortest *s, char *digits) {
    for (unsigned count = 0;;) {
        big_multiply(&s->numerator, 10);
        big_multiply(&s->above, 10);
        big_multiply(&s->below, 10);
        digits[count] = big_digit(&s->numerator, &s->denominator);
        int order = big_compare(&s->numerator, &s->below);
        bool low = s->even ? order <= 0 : order < 0;
        bool high = reaches(s);
        if (!low && !high) {
            count++;
            continue;
        }
        Big twice = s->numerator;
        big_add(&twice, &s->numerator);
        int half = big_compare(&twice, &s->denominator);
        if (high && (!low || half > 0 || (half == 0 && digits[count] % 2)))
            digits[count]++;
        return count + 1;
    }
}

static void add_scientific(Text *text, const char *digits, unsigned count,
                           int point) {
    text_add_char(text, digits[0]);
    text_add_char(text, '.');
    text_add_bytes(text, count > 1 ? digits + 1 : "0",
                   count > 1 ? count - 1 : 1);
    text_add_format(text, "e%d", point - 1);
}

/* Digits with the point where it belongs and at least one on each side. */
static void add_plain(Text *text, const char *digits, unsigned count,
                      int point) {
    int last = (int)count > point + 1 ? (int)count : point + 1;
    if (point <= 0)
        text_add(text, "0.");
    for (int i = point < 0 ? point : 0; i < last; i++) {
        if (i == point && point > 0)
            text_add_char(text, '.');
        text_add_char(text, i >= 0 && i < (int)count ? digits[i] : '0');
    }
}

void number_text_double(Text *text, double value) {
    Parts parts = parts_of(value);
    char digits[20];
    if (add_special(text, &parts))
        return;
    if (parts.negative)
        text_add_char(text, '-');
    if (parts.mantissa == 0) {
        text_add(text, "0.0");
        return;
    }
    Shortest s = shortest_begin(&parts);
    shortest_scale(&s);
    unsigned count = shortest_digits(&s, digits);
    if (s.point > 16 || s.point < -4)
        add_scientific(text, digits, count, s.point);
    else
        add_plain(text, digits, count, s.point);
}

/* ---- A given count of decimals ---- */

/* big / 2^bits, to nearest, ties to even. */
static void big_round_down(Big *big, unsigned bits) {
    Big half = big_of(1), unit = big_of(1);
    if (bits >= WORDS * 32 - 1) {
        *big = big_of(0);
        return;
    }
    big_shift(&half, bits - 1);
    big_shift(&unit, bits);
    Big low = *big, one = big_of(1);
    for (unsigned i = 0; i < WORDS; i++) {
        unsigned first = i * 32;
        if (first >= bits)
            low.words[i] = 0;
        else if (first + 32 > bits)
            low.words[i] &= (1u << (bits - first)) - 1;
    }
    int order = big_compare(&low, &half);
    unsigned whole = bits / 32, rest = bits % 32;
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t here = i + whole < WORDS ? big->words[i + whole] : 0;
        uint64_t next = i + whole + 1 < WORDS ? big->words[i + whole + 1] : 0;
        big->words[i] = (uint32_t)((next << 32 | here) >> rest);
    }
    if (order > 0 || (order == 0 && big->words[0] % 2))
        big_add(big, &one);
}

void number_text_fixed(Text *text, double value, unsigned digits) {
    Parts parts = parts_of(value);
    char out[460];
    size_t at = sizeof out, written = 0;
    if (add_special(text, &parts))
        return;
    Big big = big_of(parts.mantissa);
    big_power_of_ten(&big, digits);
    if (parts.exponent >= 0)
        big_shift(&big, (unsigned)parts.exponent);
    else
        big_round_down(&big, (unsigned)-parts.exponent);
    while (!big_is_zero(&big) || written < digits + 1u) {
        if (written == digits && digits)
            out[--at] = '.';
        out[--at] = (char)('0' + big_divide(&big, 10));
        written++;
    }
    if (parts.negative)
        text_add_char(text, '-');
    text_add_bytes(text, out + at, sizeof out - at);
}

void number_text_int(Text *text, int64_t value, unsigned base) {
    char digits[66];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = "0123456789abcdef"[rest % base];
        rest /= base;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    text_add_bytes(text, digits + at, sizeof digits - at);
}

/* ---- Formats ---- */

static bool is_align(char c) {
    return c == '<' || c == '^' || c == '>';
}

static const char *read_align(const char *at, const char *end,
                              NumberFormat *out) {
    unsigned length = at < end ? utf8_length(*at) : 0;
    if (length && at + length < end && is_align(at[length])) {
        out->fill = utf8_get(at);
        out->align = at[length];
        return at + length + 1;
    }
    if (at < end && is_align(*at))
        out->align = *at++;
    return at;
}

static const char *read_number(const char *at, const char *end,
                               uint32_t *value_out) {
    uint32_t value = 0;
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        value = value > 100000 ? value : value * 10 + (uint32_t)(*at - '0');
    *value_out = value;
    return at;
}

bool number_text_read(const char *format, size_t count, NumberFormat *out) {
    const char *at = format, *end = format + count;
    *out = (NumberFormat){.fill = ' ', .digits = -1, .base = 10};
    at = read_align(at, end, out);
    if (at < end && *at == '0') {
        out->zeros = true;
        at++;
    }
    at = read_number(at, end, &out->width);
    if (at < end && *at == '.') {
        uint32_t digits;
        const char *from = at + 1;
        at = read_number(from, end, &digits);
        if (at == from || digits > NUMBER_TEXT_DIGITS_MAX)
            return false;
        out->digits = (int32_t)digits;
    }
    if (at < end && (*at == 'x' || *at == 'b'))
        out->base = *at++ == 'x' ? 16 : 2;
    return at == end && out->width <= 10000;
}
