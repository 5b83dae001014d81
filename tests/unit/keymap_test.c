/* Tests of kernel/base/keymap.c. */
#include "kernel/base/keymap.h"
#include "tests/test.h"

TEST("each typed character is found on the key that types it") {
    for (uint32_t c = 1; c < 128; c++) {
        uint16_t usage;
        bool shift;
        bool found = keymap_find(c, &usage, &shift);
        EXPECT_EQUAL(found, c >= 32 ? c != 127 : c == '\n' || c == '\t');
        if (found)
            EXPECT_EQUAL(keymap_text(usage, shift, false), c);
    }
}

TEST("known keys have the usages of the HID tables") {
    EXPECT_EQUAL(keymap_text(0x1E, true, false), '!');
    EXPECT_EQUAL(keymap_text(0x2D, false, false), '-');
    EXPECT_EQUAL(keymap_text(0x33, false, false), ';');
    EXPECT_EQUAL(keymap_text(0x38, true, false), '?');
    EXPECT_EQUAL(keymap_text(KEY_ESCAPE, false, false), 0);
    EXPECT_EQUAL(keymap_text(KEY_A, true, true), 'a');
    EXPECT_EQUAL(keymap_named("f12"), KEY_F12);
    EXPECT_EQUAL(keymap_named("nonsense"), 0);
}
