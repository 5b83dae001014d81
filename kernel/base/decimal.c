/* Exact conversion with whole numbers of any length: slow and simple.
 *
 * value = digits * 10^exponent is written as a fraction of two big numbers, and
 * the 54 leading bits of the quotient are found by shifting and comparing. Few
 * literals need it: short ones are exact in doubles already (Clinger 1990). */
#include "kernel/base/decimal.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/bytes.h"

#define WORDS 120      /* 3,840 bits: above 10^768 times 2^1100 */
#define DIGITS_MAX 700 /* more digits cannot change the result's rounding */
#define EXPONENT_MAX 400

typedef struct Big {
    uint32_t words[WORDS]; /* least significant first */
} Big;

static void big_multiply_add(Big *big, uint32_t factor, uint32_t add) {
    uint64_t carry = add;
    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static int big_compare(const Big *a, const Big *b) {
    for (int i = WORDS - 1; i >= 0; i--)
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    return 0;
}

static void big_subtract(Big *a, const Big *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < WORDS; i++) {
        uint64_t take = (uint64_t)b->words[i] + borrow;
        borrow = a->words[i] < take;
        a->words[i] = (uint32_t)(a->words[i] - take);
    }
}

#define POWER 9 /* of ten: the largest in 32 bits */

/* By 10 to the power of `exponent`. */
static void big_multiply_power(Big *big, int exponent) {
    for (; exponent >= POWER; exponent -= POWER)
        big_multiply_add(big, 1000000000, 0);
    for (; exponent > 0; exponent--)
        big_multiply_add(big, 10, 0);
}

static int big_bits(const Big *big) {
    for (int i = WORDS - 1; i >= 0; i--)
        if (big->words[i])
            return 32 * i + 32 - __builtin_clz(big->words[i]);
    return 0;
}

/* What is shifted out is lost. */
static void big_shift(Big *big, int bits) {
    int words = bits / 32;
    for (int i = WORDS - 1; i >= 0; i--) {
        uint64_t high = i >= words ? big->words[i - words] : 0;
        uint64_t low = i > words ? big->words[i - words - 1] : 0;
        big->words[i] = (uint32_t)((high << 32 | low) << bits % 32 >> 32);
    }
}

static double from_bits(uint64_t bits) {
    double value;
    bytes_copy(&value, &bits, sizeof value);
    return value;
}

/* numerator / denominator, both above 0, to the nearest double. */
static double divide(Big *numerator, Big *denominator) {
    int exponent = 0; /* the quotient is in [1, 2) times 2^exponent */
    int longer = big_bits(numerator) - big_bits(denominator);
    if (longer < 0) {
        exponent = longer < -1075 ? -1075 : longer;
        big_shift(numerator, -exponent);
    } else if (longer > 1) {
        exponent = longer - 1;
        big_shift(denominator, exponent);
    }
    while (big_compare(numerator, denominator) < 0 && exponent > -1075) {
        big_multiply_add(numerator, 2, 0);
        exponent--;
    }
    for (;; exponent++) {
        Big twice = *denominator;
        big_multiply_add(&twice, 2, 0);
        if (big_compare(numerator, &twice) < 0)
            break;
        *denominator = twice;
        if (exponent > 1024)
            return from_bits(0x7FFull << 52);
    }
    int bits = exponent < -1022 ? 53 - (-1022 - exponent) : 53;
    uint64_t mantissa = 0;
    for (int i = 0; i < bits; i++) {
        bool one = big_compare(numerator, denominator) >= 0;
        if (one)
            big_subtract(numerator, denominator);
        mantissa = mantissa << 1 | one;
        big_multiply_add(numerator, 2, 0);
    }
    /* The numerator is now twice the rest: compare with one half. */
    int half = big_compare(numerator, denominator);
    if (half > 0 || (half == 0 && (mantissa & 1)))
        mantissa++;
    if (bits < 53)
        return from_bits(mantissa);
    uint64_t biased = (uint64_t)(exponent + 1022);
    uint64_t result = (biased << 52) + mantissa;
    return from_bits(result >= 0x7FFull << 52 ? 0x7FFull << 52 : result);
}

typedef struct Decimal {
    Big digits;
    uint64_t small; /* the digits, while there are at most 15 */
    int count;      /* significant digits */
    int exponent;
} Decimal;

static void add_digit(Decimal *decimal, char c, bool after_point) {
    if (c == '0' && decimal->count == 0) {
        decimal->exponent -= after_point;
        return;
    }
    if (decimal->count >= DIGITS_MAX) {
        decimal->exponent += !after_point;
        return;
    }
    uint32_t digit = (uint32_t)(c - '0');
    big_multiply_add(&decimal->digits, 10, digit);
    decimal->small = decimal->small * 10 + digit;
    decimal->count++;
    decimal->exponent -= after_point;
}

static int read_exponent(const char *at, const char *end) {
    bool negative = at < end && *at == '-';
    int value = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (; at < end; at++)
        if (*at != '_' && value < 100000)
            value = value * 10 + (*at - '0');
    return negative ? -value : value;
}

static Decimal read(const char *text, size_t length) {
    Decimal decimal = {0};
    const char *end = text + length;
    bool after_point = false;
    for (const char *at = text; at < end; at++) {
        if (*at == 'e' || *at == 'E') {
            decimal.exponent += read_exponent(at + 1, end);
            break;
        }
        if (*at == '.')
            after_point = true;
        else if (*at != '_')
            add_digit(&decimal, *at, after_point);
    }
    return decimal;
}

static double power_of_ten(int exponent) { /* exact up to 22 */
    double power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

double decimal_to_double(const char *text, size_t length) {
    Decimal decimal = read(text, length);
    int size = decimal.count + decimal.exponent;
    if (decimal.count == 0 || size < -EXPONENT_MAX)
        return 0;
    if (size > EXPONENT_MAX)
        return from_bits(0x7FFull << 52);
    if (decimal.count <= 15 && decimal.exponent >= 0 && decimal.exponent <= 22)
        return (double)decimal.small * power_of_ten(decimal.exponent);
    if (decimal.count <= 15 && decimal.exponent < 0 && decimal.exponent >= -22)
        return (double)decimal.small / power_of_ten(-decimal.exponent);
    Big denominator = {.words = {1}};
    big_multiply_power(&decimal.digits, decimal.exponent);
    big_multiply_power(&denominator, -decimal.exponent);
    return divide(&decimal.digits, &denominator);
}
