/* Tests of kernel/base/text.c. */
#include "kernel/base/text.h"
#include "kernel/base/utf8.h"
#include "tests/test.h"

TEST("numbers are padded, signed and in both bases") {
    char buffer[64];
    Text text = text_on(buffer, sizeof buffer);
    text_add_format(&text, "%5d|%-4u|%04x|%d|%lu", -12, 7u, 0xabu, INT32_MIN,
                    UINT64_MAX);
    EXPECT_TEXT(buffer, "  -12|7   |00ab|-2147483648|18446744073709551615");
}

TEST("a text that does not fit is cut and says so") {
    char buffer[6];
    Text text = text_on(buffer, sizeof buffer);
    text_add(&text, "abcdefgh");
    EXPECT_TEXT(text_end(&text), "abcde");
    EXPECT(text.cut);
}

TEST("a precision limits a text") {
    char buffer[16];
    Text text = text_on(buffer, sizeof buffer);
    text_add_format(&text, "%.*s%c%%", 3, "abcdef", '!');
    EXPECT_TEXT(buffer, "abc!%");
}

TEST("what is cut ends with a whole character") {
    static const char characters[] = "a\u00e9\u2030\U0001f600";
    static const size_t wholes[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    for (size_t most = 0; most <= sizeof characters - 1; most++) {
        char buffer[16], small[16];
        Text text = text_on(buffer, sizeof buffer);
        text_add_format(&text, "%.*s", (int)most, characters);
        EXPECT_EQUAL(text.length, wholes[most]);
        EXPECT_EQUAL(utf8_whole(characters, most), wholes[most]);
        text = text_on(small, most + 1);
        text_add(&text, characters);
        EXPECT_EQUAL(text.length, wholes[most]);
        EXPECT_EQUAL(text.cut, most < sizeof characters - 1);
    }
    EXPECT_EQUAL(utf8_whole("\x80\x80\x80\x80\x80", 5), 5);
    EXPECT_EQUAL(utf8_whole("\x80\x80", 2), 2);
}

TEST("numbers are read whole or not at all") {
    uint64_t value = 5;
    EXPECT(text_to_u64("0x1F", &value));
    EXPECT_EQUAL(value, 31);
    EXPECT(!text_to_u64("12a", &value));
    EXPECT(!text_to_u64("", &value));
    EXPECT(!text_to_u64("18446744073709551616", &value));
    EXPECT_EQUAL(value, 31);
}

TEST("a size is a number with or without a unit") {
    uint64_t bytes = 5;
    EXPECT(text_to_size("64M", &bytes));
    EXPECT_EQUAL(bytes, 64 << 20);
    EXPECT(text_to_size("3K", &bytes));
    EXPECT_EQUAL(bytes, 3 << 10);
    EXPECT(text_to_size("16777215G", &bytes));
    EXPECT_EQUAL(bytes, 16777215ull << 30);
    EXPECT(text_to_size("1048576", &bytes));
    EXPECT_EQUAL(bytes, 1048576);
    static const char *const bad[] = {"",   "M",   "64Q", "64MM",
                                      "-1", "1 M", "M64", "17179869184G"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EXPECT(!text_to_size(bad[i], &bytes));
    EXPECT_EQUAL(bytes, 1048576);
}
