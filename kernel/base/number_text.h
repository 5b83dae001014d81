/* number_text.h: numbers as text, the same on every machine.
 *
 * Doubles exactly: the shortest digits that read back as the same double
 * (Steele and White 1990, with big whole numbers), or a given count of
 * decimals, rounded to nearest, ties to even. */
#ifndef KERNEL_BASE_NUMBER_TEXT_H
#define KERNEL_BASE_NUMBER_TEXT_H

#include "kernel/base/text.h"

/* Decimals that a format may ask for. */
#define NUMBER_TEXT_DIGITS_MAX 40u

/* "12", "-1.5", "1.0", "1.5e20", "NaN", "Infinity". */
void number_text_double(Text *text, double value);

/* With exactly `digits` decimals. */
void number_text_fixed(Text *text, double value, unsigned digits);

/* In base 2, 10 or 16, with a minus in front when negative. */
void number_text_int(Text *text, int64_t value, unsigned base);

/* [[fill]<^>][0][width][.digits][x|b] */
typedef struct NumberFormat {
    uint32_t fill; /* code point */
    char align;    /* '<', '^', '>' or 0: as usual for the value */
    bool zeros;    /* fill with 0 between sign and digits */
    uint32_t width;
    int32_t digits; /* -1: not given */
    uint8_t base;   /* 10, 16 or 2 */
} NumberFormat;

/* False when it is no such format; the width is at most 10,000. */
bool number_text_read(const char *format, size_t count, NumberFormat *out);

#endif
