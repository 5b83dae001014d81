/* Tests of kerning: pairs of the shipped fonts, and tables made by hand. */
#include <stdlib.h>
#include <string.h>

#include "gui/kerning.h"
#include "gui/typeset.h"
#include "kernel/lib/face.h"
#include "kernel/system/assets.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

TEST("pairs are kerned: To is narrower than T and o") {
    gui_fonts();
    Font font = {FONT_UI, 64};
    int32_t both = typeset_width(font, "To", 2);
    EXPECT(both <
           typeset_width(font, "T", 1) + typeset_width(font, "o", 1) - 2);
}

/* A GPOS table of three lookups: the first has the subtables X and Y, the
 * second Y and X, the third X. X knows glyph 5 before 6, Y also 5 before 7. */
static const char words[] =
    "0001 0000 000a 001e 0030 "                          /* three lists */
    "0001 6c61 746e 0008 0004 0000 0000 ffff 0001 0000 " /* latn */
    "0001 6b65 726e 0008 0000 0003 0000 0001 0002 "      /* kern */
    "0003 0008 0012 001c "                               /* lookups */
    "0002 0000 0002 001c 0034 "
    "0002 0000 0002 002a 0012 "
    "0002 0000 0001 0008 "
    "0001 0012 0004 0000 0001 000c 0001 0006 ffec 0001 0001 0005 " /* X */
    "0001 0016 0004 0000 0001 000c 0002 0006 fed4 0007 fed4 "      /* Y */
    "0001 0001 0005 ";
enum { WORDS = sizeof words / 5, BY_X = -20, BY_Y = -300 };

TEST("characters of two faces are no pair, whatever their glyphs") {
    gui_fonts();
    const Font font = {FONT_UI, 32};
    FontChar left = fonts_char(font, 'T'), right = fonts_char(font, 'o');
    EXPECT(fonts_kern(font, left, right) < 0);
    right.face = FONT_FALLBACK;
    EXPECT_EQUAL(fonts_kern(font, left, right), 0);
}

TEST("of a lookup the first subtable that knows a pair kerns it alone") {
    uint8_t table[WORDS * 2];
    Kerning kerning;
    for (size_t i = 0; i < WORDS; i++) {
        unsigned long word = strtoul(words + i * 5, NULL, 16);
        table[i * 2] = (uint8_t)(word >> 8);
        table[i * 2 + 1] = (uint8_t)word;
    }
    kerning_open(&kerning, table, sizeof table);
    EXPECT_EQUAL(kerning.count, 5);
    EXPECT_EQUAL(kerning_between(&kerning, 5, 6), BY_X + BY_Y + BY_X);
    EXPECT_EQUAL(kerning_between(&kerning, 5, 7), BY_Y + BY_Y);
    EXPECT_EQUAL(kerning_between(&kerning, 5, 8), 0);
    EXPECT_EQUAL(kerning_between(&kerning, 6, 5), 0);
}

CAMPAIGN("a damaged kerning table is read without leaving it") {
    const uint8_t *data, *table;
    size_t data_bytes, size_bytes;
    Face *face;
    EXPECT(assets_find("font/ui", &data, &data_bytes));
    EXPECT_EQUAL(face_open(data, data_bytes, &face), STATUS_OK);
    table = face_table(face, "GPOS", &size_bytes);
    EXPECT(table && size_bytes > 1000);
    uint64_t state = 31;
    for (int round = 0; round < 400; round++) {
        size_t kept = round % 3 ? size_bytes : test_random(&state) % size_bytes;
        uint8_t *copy = malloc(kept ? kept : 1);
        memcpy(copy, table, kept);
        for (int i = 0; i < 30 && kept > 0; i++)
            copy[test_random(&state) % (i < 15 && kept > 400 ? 400 : kept)] =
                (uint8_t)test_random(&state);
        Kerning kerning;
        kerning_open(&kerning, copy, kept);
        for (int pair = 0; pair < 50; pair++)
            kerning_between(&kerning, (uint32_t)test_random(&state) % 3000,
                            (uint32_t)test_random(&state) % 3000);
        free(copy);
    }
    face_close(face);
}
