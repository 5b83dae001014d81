/* Numbers read and written at their edges; the C library is the twin. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/decimal.h"
#include "kernel/base/number_text.h"
#include "tests/test.h"

static void expect_read(const char *text) {
    double got = decimal_to_double(text, strlen(text));
    bool same = got == strtod(text, NULL);
    if (!same)
        printf("  %.40s is read as %.17g\n", text, got);
    EXPECT(same);
}

static const char *shown(double value) {
    static char buffer[64];
    Text text = text_on(buffer, sizeof buffer);
    number_text_double(&text, value);
    return text_end(&text);
}

TEST("a number half-way between two doubles is the even one") {
    expect_read("9007199254740993");
    expect_read("9007199254740995");
    expect_read("2363e18");
    expect_read("2365e18");
    expect_read("2.4703282292062327e-324");
    expect_read("2.4703282292062328e-324");
    expect_read("7.4109846876186982e-324");
    expect_read("4503599627370496.5");
    expect_read("4503599627370497.5");
}

TEST("a product of roundings is not taken for the number") {
    static const char *const texts[] = {
        "583e24",
        "15456e30",
        "1650169190702e30",
        "1e22",
        "7e-24",
        "1e-23",
        "985599199206125846e-17",
        "123e22",
        "1e-22",
        "3e-22",
        "689073368144794300e-2",
        "999999999999999e22",
        "1e23",
        "891244036e-23",
        "642721887700177873e-12",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_read(texts[i]);
}

TEST("what is too large is infinite, what is too small 0") {
    static const char *const texts[] = {
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "1.8e308",
        "2e308",
        "9e308",
        "1e309",
        "1e400",
        "1e99999",
        "1e-323",
        "1e-324",
        "1e-400",
        "1e-99999",
        "0e99999",
        "2.2250738585072011e-308",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_read(texts[i]);
}

TEST("digits count wherever they stand, and however many") {
    static char text[2000];
    for (size_t zeros = 690; zeros < 730; zeros++) {
        snprintf(text, sizeof text, "1%0*de-%zu", (int)zeros, 0, zeros);
        expect_read(text);
        snprintf(text, sizeof text, "0.%0*d12e%zu", (int)zeros, 0, zeros);
        expect_read(text);
        snprintf(text, sizeof text, "%0*d25", (int)zeros, 0);
        expect_read(text);
    }
    expect_read("1e+5");
    EXPECT(decimal_to_double("1_000.5_0e1_0", 13) == 1000.5e10);
}

TEST("powers of two are shown with no digit too many or too few") {
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double value = ldexp(1, exponent);
        char wanted[40];
        int digits = 0;
        do
            snprintf(wanted, sizeof wanted, "%.*e", digits++, value);
        while (strtod(wanted, NULL) != value);
        const char *text = shown(value);
        EXPECT(strtod(text, NULL) == value);
        if (strchr(text, 'e')) {
            size_t have = strcspn(text, "e") - 1;
            have -= have == 2 && text[2] == '0';
            EXPECT(have <= (size_t)digits);
        }
    }
}

TEST("a short number half-way is shown for the even neighbour only") {
    EXPECT_TEXT(shown(2365e18), "2.365e21");
    EXPECT_TEXT(shown(nextafter(2365e18, INFINITY)), "2.3650000000000003e21");
    EXPECT_TEXT(shown(2363e18), "2.363e21");
    EXPECT_TEXT(shown(nextafter(2363e18, 0)), "2.3629999999999997e21");
    EXPECT_TEXT(shown(1e23), "1.0e23");
}

TEST("plain and scientific digits meet at their edges") {
    EXPECT_TEXT(shown(9999999999999998), "9999999999999998.0");
    EXPECT_TEXT(shown(1e15), "1000000000000000.0");
    EXPECT_TEXT(shown(1e16), "1.0e16");
    EXPECT_TEXT(shown(1e-5), "0.00001");
    EXPECT_TEXT(shown(9.5e-6), "9.5e-6");
    EXPECT_TEXT(shown(-1e-5), "-0.00001");
}

static const char *in_base(int64_t value, unsigned base) {
    static char buffer[72];
    Text text = text_on(buffer, sizeof buffer);
    number_text_int(&text, value, base);
    return text_end(&text);
}

TEST("the largest and the smallest Int are shown in each base") {
    static char ones[66] = "-1";
    memset(ones + 2, '0', 63);
    EXPECT_TEXT(in_base(INT64_MIN, 10), "-9223372036854775808");
    EXPECT_TEXT(in_base(INT64_MIN, 16), "-8000000000000000");
    EXPECT_TEXT(in_base(INT64_MIN, 2), ones);
    EXPECT_TEXT(in_base(INT64_MAX, 16), "7fffffffffffffff");
    EXPECT_EQUAL(strlen(in_base(INT64_MAX, 2)), 63);
    EXPECT_TEXT(in_base(0, 2), "0");
    EXPECT_TEXT(in_base(-1, 16), "-1");
}

static bool is_format(const char *text, NumberFormat *out) {
    return number_text_read(text, strlen(text), out);
}

TEST("a format is taken whole or not at all") {
    static const char *const bad[] = {".",   "5.",    "x5", "5xx", "10001",
                                      ".41", "5.2.1", "-5", " ",   "5 "};
    NumberFormat format;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EXPECT(!is_format(bad[i], &format));
    EXPECT(is_format("10000", &format));
    EXPECT_EQUAL(format.width, 10000);
    EXPECT(is_format(".40", &format));
    EXPECT_EQUAL(format.digits, 40);
    EXPECT(is_format("", &format));
    EXPECT(format.width == 0 && format.digits == -1 && format.base == 10);
    EXPECT(is_format("<<5", &format));
    EXPECT(format.fill == '<' && format.align == '<' && format.width == 5);
    EXPECT(is_format("\xC3\xA9^07.3x", &format));
    EXPECT(format.fill == 0xE9 && format.align == '^' && format.zeros);
    EXPECT(format.width == 7 && format.digits == 3 && format.base == 16);
}
