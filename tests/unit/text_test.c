/* Tests of kernel/base/text.c. */
#include "kernel/base/text.h"
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

TEST("numbers are read whole or not at all") {
    uint64_t value = 5;
    EXPECT(text_to_u64("0x1F", &value));
    EXPECT_EQUAL(value, 31);
    EXPECT(!text_to_u64("12a", &value));
    EXPECT(!text_to_u64("", &value));
    EXPECT(!text_to_u64("18446744073709551616", &value));
    EXPECT_EQUAL(value, 31);
}
