/* Tests of UTF-8, fonts and lines of text. */
#include <stdio.h>
#include <string.h>

#include "gui/theme.h"
#include "gui/typeset.h"
#include "kernel/base/utf8.h"
#include "kernel/system/assets.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

TEST("every code point survives writing and reading") {
    for (uint32_t wanted = 0; wanted < 0x110000; wanted++) {
        char bytes[4];
        size_t offset = 0, size = utf8_put(wanted, bytes);
        uint32_t got = utf8_next(bytes, size, &offset);
        bool surrogate = wanted >= 0xd800 && wanted < 0xe000;
        if (got != (surrogate ? UTF8_DAMAGED : wanted) || offset != size)
            EXPECT_EQUAL(got, wanted);
    }
}

TEST("damaged bytes count one by one") {
    static const struct {
        const char *bytes;
        size_t size, count;
    } cases[] = {
        {"\xff", 1, 1},         {"\xc3", 1, 1},
        {"\xc0\x80", 2, 2},     {"\xe2\x82", 2, 2},
        {"\xed\xa0\x80", 3, 3}, {"\xf4\x90\x80\x80", 4, 4},
        {"\x80\x80", 2, 2},     {"a\xc3z", 3, 3},
        {"\xef\xbf\xbd", 3, 1}, {"\xe0\x80\x80", 3, 3},
        {"\xc3\xa4", 2, 1},     {"\xf0\x9f\x98\x80", 4, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t offset = 0, count = 0;
        while (offset < cases[i].size) {
            utf8_next(cases[i].bytes, cases[i].size, &offset);
            count++;
        }
        EXPECT_EQUAL(count, cases[i].count);
    }
}

TEST("a text that is cut has whole characters, as many as fit") {
    static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t most = 0; most < 13; most++) {
        EXPECT_EQUAL(utf8_cut(text, 11, most), wanted[most]);
        EXPECT_EQUAL(utf8_cut(text, 0, most), 0);
    }
    EXPECT_EQUAL(utf8_cut(text, 11, SIZE_MAX), 11);
}

static const char *const texts[] = {
    "",
    "A",
    "Go back to this moment",
    "AVATAR Tokyo, To, We, LT. \"Quoted\" 11:11",
    "\xc3\x84rger \xe2\x80\xa6 \xd0\x9f\xd1\x80\xd0\xb8 \xe2\x88\x80",
    "damaged \xff\xc3 bytes \xe2\x82",
    "tab\tand\nbreak",
};
#define TEXTS (sizeof texts / sizeof *texts)

static Font some_font(size_t i) {
    static const Font fonts[] = {{FONT_UI, 13},    {FONT_UI, 12},
                                 {FONT_MONO, 13},  {FONT_SEMIBOLD, 15},
                                 {FONT_TITLE, 20}, {FONT_UI, 26}};
    return fonts[i % 6];
}

static int64_t asked(Font font, const char *text, size_t size,
                     TypesetWanted wanted, int64_t value) {
    TypesetPen pen = {0};
    int64_t answer;
    typeset_piece(font, text, size, wanted, value, &pen, UINT64_MAX, &answer);
    return answer;
}

static int32_t x_of(Font font, const char *text, size_t size, size_t offset) {
    return (int32_t)asked(font, text, size, TYPESET_X, (int64_t)offset);
}

static size_t hit_at(Font font, const char *text, size_t size, int32_t x) {
    return (size_t)asked(font, text, size, TYPESET_HIT, x);
}

static size_t fitting(Font font, const char *text, size_t size, int32_t width) {
    return (size_t)asked(font, text, size, TYPESET_FIT, width);
}

TEST("carets move right through a text, and clicking on one finds it") {
    gui_fonts();
    for (size_t i = 0; i < TEXTS * 6; i++) {
        const char *text = texts[i % TEXTS];
        size_t size = strlen(text);
        Font font = some_font(i / TEXTS);
        int32_t before = 0;
        for (size_t offset = 0; offset < size;) {
            int32_t x = x_of(font, text, size, offset);
            EXPECT(x >= before);
            before = x;
            size_t next = offset;
            utf8_next(text, size, &next);
            int32_t after = x_of(font, text, size, next);
            size_t hit = hit_at(font, text, size, x);
            if (after > x + 1) /* wide enough to be clicked on */
                EXPECT_EQUAL(x_of(font, text, size, hit), x);
            offset = next;
        }
        EXPECT(typeset_width(font, text, size) >= before);
        EXPECT_EQUAL(hit_at(font, text, size, 1 << 20), size);
        EXPECT_EQUAL(hit_at(font, text, size, -5), 0);
    }
}

/* The answer in pieces of at most so much work. */
static int64_t in_pieces(Font font, const char *text, size_t size,
                         TypesetWanted wanted, int64_t value, uint64_t most) {
    TypesetPen pen = {0};
    int64_t answer = TYPESET_NOT_YET;
    for (size_t i = 0; i < 2 * size + 2 && answer == TYPESET_NOT_YET; i++)
        typeset_piece(font, text, size, wanted, value, &pen, most, &answer);
    return answer;
}

TEST("a text measured in pieces is what it is as a whole") {
    gui_fonts();
    for (size_t i = 0; i < TEXTS * 6; i++) {
        const char *text = texts[i % TEXTS];
        size_t size = strlen(text);
        Font font = some_font(i / TEXTS);
        for (uint64_t most = 1; most < 12; most += 5) {
            EXPECT_EQUAL(in_pieces(font, text, size, TYPESET_WIDTH, 0, most),
                         typeset_width(font, text, size));
            for (int64_t at = 0; at <= (int64_t)size; at++)
                EXPECT_EQUAL(in_pieces(font, text, size, TYPESET_X, at, most),
                             x_of(font, text, size, (size_t)at));
            for (int32_t x = -3; x < 200; x += 7) {
                EXPECT_EQUAL(in_pieces(font, text, size, TYPESET_HIT, x, most),
                             (int64_t)hit_at(font, text, size, x));
                EXPECT_EQUAL(in_pieces(font, text, size, TYPESET_FIT, x, most),
                             (int64_t)fitting(font, text, size, x));
            }
        }
    }
}

TEST("a label drawn in pieces is what it is as a whole") {
    enum { WIDTH = 130, HEIGHT = 40 };
    gui_fonts();
    for (size_t i = 0; i < TEXTS * 12; i++) {
        const char *text = texts[i % TEXTS];
        size_t size = strlen(text), pieces = 0;
        Font font = some_font(i / TEXTS);
        Rect rect = {3, 2, i < TEXTS * 6 ? 120 : 40, 30};
        TypesetAlign align = (TypesetAlign)(i % 3);
        Bitmap whole = gui_guarded(WIDTH, HEIGHT, i, true);
        Bitmap parts = gui_guarded(WIDTH, HEIGHT, i, true);
        Canvas canvas;
        canvas_begin(&canvas, whole);
        typeset_label(&canvas, font, rect, align, text, size, 0xff203040);
        canvas_begin(&canvas, parts);
        TypesetLabel label = {0};
        for (; label.state != TYPESET_DONE && pieces < 1000; pieces++)
            typeset_label_piece(&canvas, font, rect, align, text, size,
                                0xff203040, &label, 1);
        EXPECT(size < 2 || pieces > 2);
        for (int32_t y = 0; y < HEIGHT; y++)
            EXPECT(memcmp(bitmap_at(&whole, 0, y), bitmap_at(&parts, 0, y),
                          WIDTH * 4) == 0);
        gui_guarded_free(&whole);
        gui_guarded_free(&parts);
    }
}

TEST("drawing ends where measuring says, on any canvas") {
    gui_fonts();
    Bitmap bitmap = gui_guarded(40, 30, 1, true);
    Canvas canvas;
    canvas_begin(&canvas, bitmap);
    for (size_t i = 0; i < TEXTS * 6; i++) {
        const char *text = texts[i % TEXTS];
        Font font = some_font(i / TEXTS);
        int32_t width = typeset_width(font, text, strlen(text));
        EXPECT(typeset_draw(&canvas, font, 7, 20, text, strlen(text),
                            0xff000000) == 7 + width);
    }
    gui_guarded_free(&bitmap);
}

TEST("a line is the same wherever the origin is") {
    enum { WIDTH = 200, HEIGHT = 30, X = 5 };
    static const int32_t moves[] = {-100000, -1000, 1000, 100000};
    gui_fonts();
    for (size_t i = 0; i < TEXTS * 4; i++) {
        const char *text = texts[i % TEXTS];
        int32_t by = moves[i / TEXTS];
        Bitmap still = gui_guarded(WIDTH, HEIGHT, 1, true);
        Bitmap moved = gui_guarded(WIDTH, HEIGHT, 1, true);
        Canvas canvas;
        canvas_begin(&canvas, still);
        typeset_draw(&canvas, THEME_FONT, X, 20, text, strlen(text),
                     0xff203040);
        canvas_begin(&canvas, moved);
        canvas_move(&canvas, by, 0);
        typeset_draw(&canvas, THEME_FONT, X - by, 20, text, strlen(text),
                     0xff203040);
        for (int32_t y = 0; y < HEIGHT; y++)
            EXPECT(memcmp(bitmap_at(&still, 0, y), bitmap_at(&moved, 0, y),
                          WIDTH * 4) == 0);
        gui_guarded_free(&still);
        gui_guarded_free(&moved);
    }
}

TEST("a text fits where it is exactly as wide as the room, and is whole") {
    gui_fonts();
    unsigned exact = 0;
    for (uint8_t size = 6; size <= 40; size++) {
        Font font = {3, size};
        for (size_t count = 1; count <= 64; count++) {
            char text[64];
            memset(text, 'm', sizeof text);
            int32_t width = typeset_width(font, text, count);
            EXPECT_EQUAL(fitting(font, text, count, width), count);
            exact +=
                count > 1 && fitting(font, text, count, width - 1) == count - 1;
        }
    }
    EXPECT(exact > 0);
}

/* The rightmost column in which anything was drawn; -1: none. */
static int32_t last_column(const Bitmap *bitmap, uint32_t ground) {
    for (int32_t x = bitmap->width - 1; x >= 0; x--)
        for (int32_t y = 0; y < bitmap->height; y++)
            if (*bitmap_at(bitmap, x, y) != ground)
                return x;
    return -1;
}

TEST("a label that is cut ends with its dots within its room") {
    enum { LEFT = 10 };
    gui_fonts();
    Bitmap bitmap = gui_guarded(200, 30, 1, true);
    for (int32_t room = 20; room < 150; room++) {
        static const char text[] = "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";
        Canvas canvas;
        canvas_begin(&canvas, bitmap);
        canvas_fill(&canvas, bitmap_rect(&bitmap), 0xffffffff);
        typeset_label(&canvas, THEME_FONT, (Rect){LEFT, 0, room, 30},
                      TYPESET_START, text, sizeof text - 1, 0xff000000);
        int32_t last = last_column(&bitmap, 0xffffffff);
        EXPECT(last < LEFT + room);
        EXPECT(last > LEFT + room - 16); /* no more is cut than has to be */
        uint32_t low = 0;                /* dots are at the baseline only */
        for (int32_t y = 0; y < 15; y++)
            low |= *bitmap_at(&bitmap, last, y) != 0xffffffff;
        EXPECT_EQUAL(low, 0);
    }
    gui_guarded_free(&bitmap);
}

/* The first column that is not of this colour, or the width. */
static int32_t first_column(const Bitmap *bitmap, uint32_t ground) {
    for (int32_t x = 0; x < bitmap->width; x++)
        for (int32_t y = 0; y < bitmap->height; y++)
            if (*bitmap_at(bitmap, x, y) != ground)
                return x;
    return bitmap->width;
}

TEST("a label lies at its side of the room, cut or whole, with its dots") {
    static const TypesetAlign aligns[] = {TYPESET_START, TYPESET_MIDDLE,
                                          TYPESET_END};
    enum { LEFT = 40, SLACK = 4 };
    gui_fonts();
    Bitmap bitmap = gui_guarded(240, 30, 1, true);
    for (size_t i = 0; i < 3; i++) {
        for (int32_t room = 20; room < 150; room++) {
            static const char text[] = "mmmmmmmmmmmm";
            Canvas canvas;
            canvas_begin(&canvas, bitmap);
            canvas_fill(&canvas, bitmap_rect(&bitmap), 0xffffffff);
            typeset_label(&canvas, THEME_FONT, (Rect){LEFT, 0, room, 30},
                          aligns[i], text, sizeof text - 1, 0xff000000);
            int32_t before = first_column(&bitmap, 0xffffffff) - LEFT;
            int32_t behind = LEFT + room - 1 - last_column(&bitmap, 0xffffffff);
            EXPECT(before >= 0 && behind >= 0);
            EXPECT(i != 0 || before <= SLACK);
            EXPECT(i != 2 || behind <= SLACK);
            EXPECT(i != 1 ||
                   (before - behind <= SLACK && behind - before <= SLACK));
        }
    }
    gui_guarded_free(&bitmap);
}

TEST("what fits is not wider than the room, and one more would be") {
    gui_fonts();
    for (size_t i = 0; i < TEXTS * 6; i++) {
        const char *text = texts[i % TEXTS];
        size_t size = strlen(text);
        Font font = some_font(i / TEXTS);
        for (int32_t room = 0; room < 300; room += 7) {
            size_t fits = fitting(font, text, size, room);
            EXPECT(typeset_width(font, text, fits) <= room);
            size_t more = fits;
            if (fits < size) {
                utf8_next(text, size, &more);
                EXPECT(typeset_width(font, text, more) > room);
            }
            EXPECT(fitting(font, text, size, room) <= fits);
        }
    }
}

TEST("lines break after spaces, at line breaks, and inside long words") {
    gui_fonts();
    Font font = {FONT_MONO, 13}; /* 8 pixels a character */
    static const struct {
        const char *text;
        int32_t columns;
        size_t next, shown;
    } cases[] = {
        {"one two three", 7, 8, 7},
        {"one two three", 8, 8, 7},
        {"one  two", 4, 5, 3},
        {"one\ntwo", 20, 4, 3},
        {"abcdefgh", 3, 3, 3},
        {"abcdefgh", 0, 1, 1},
        {"", 5, 0, 0},
        {"ab cdefgh", 5, 3, 2},
        {"\n", 5, 1, 0},
        {"ab ", 2, 3, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t shown, size = strlen(cases[i].text);
        size_t next = typeset_break(font, cases[i].text, size,
                                    cases[i].columns * 8, &shown);
        EXPECT_EQUAL(next, cases[i].next);
        EXPECT_EQUAL(shown, cases[i].shown);
    }
}

TEST("breaking any text into lines ends and loses nothing") {
    gui_fonts();
    uint64_t state = 8;
    for (int round = 0; round < 500; round++) {
        char text[40];
        size_t size = test_random(&state) % sizeof text;
        for (size_t i = 0; i < size; i++)
            text[i] = "ab \n\xc3\xa4\xff"[test_random(&state) % 7];
        int32_t width = gui_between(&state, -5, 60);
        size_t done = 0, lines = 0;
        while (done < size && lines++ < 100) {
            size_t shown;
            size_t next = typeset_break(THEME_FONT, text + done, size - done,
                                        width, &shown);
            EXPECT(next > 0 && shown <= next);
            done += next;
        }
        EXPECT_EQUAL(done, size);
    }
}

TEST("every character of the mono font is one column wide") {
    gui_fonts();
    Font font = {FONT_MONO, 13};
    int32_t column = typeset_width(font, "m", 1);
    EXPECT_EQUAL(column, 8);
    for (char c = 32; c < 127; c++)
        EXPECT_EQUAL(typeset_width(font, &c, 1), column);
    EXPECT_EQUAL(typeset_width(font, "fun add() {}", 12), column * 12);
}

TEST("an empty cache draws the same text") {
    gui_fonts();
    Bitmap bitmaps[2];
    for (int i = 0; i < 2; i++) {
        bitmaps[i] = gui_guarded(200, 60, 1, true);
        Canvas canvas;
        canvas_begin(&canvas, bitmaps[i]);
        for (size_t k = 0; k < TEXTS; k++)
            typeset_draw(&canvas, some_font(k), 3, 10 + (int32_t)k * 8,
                         texts[k], strlen(texts[k]), 0xff203040);
        fonts_forget();
    }
    for (int32_t y = 0; y < 60; y++)
        EXPECT(memcmp(bitmap_at(&bitmaps[0], 0, y),
                      bitmap_at(&bitmaps[1], 0, y), 200 * 4) == 0);
    gui_guarded_free(&bitmaps[0]);
    gui_guarded_free(&bitmaps[1]);
}

TEST("a cache that overflows goes on drawing") {
    gui_fonts();
    Bitmap bitmap = gui_guarded(64, 64, 1, true);
    Canvas canvas;
    canvas_begin(&canvas, bitmap);
    for (uint32_t i = 0; i < 400; i++) {
        char bytes[4];
        size_t size = utf8_put(0x400 + i % 200, bytes);
        typeset_draw(&canvas, (Font){FONT_UI, (uint8_t)(60 + i % 60)}, 0, 50,
                     bytes, size, 0xff000000);
    }
    EXPECT(gui_guards_hold(&bitmap));
    gui_guarded_free(&bitmap);
    fonts_forget();
}

TEST("measures are sensible at every size") {
    gui_fonts();
    for (int size = FONTS_MIN_SIZE; size <= FONTS_MAX_SIZE; size++)
        for (uint8_t role = 0; role < FONT_ROLES; role++) {
            FontMeasures at = fonts_measures((Font){role, (uint8_t)size});
            EXPECT(at.ascent > 0 && at.descent > 0);
            EXPECT(at.x_height > 0 && at.x_height <= at.cap_height);
            EXPECT(at.cap_height <= at.ascent);
            EXPECT(at.line_height <= at.ascent + at.descent);
        }
}

TEST("labels of different fonts in one row share a baseline") {
    gui_fonts();
    for (int32_t height = 20; height <= 48; height += 2) {
        int32_t baseline = typeset_baseline((Font){FONT_UI, 13}, 10, height);
        for (uint8_t role = FONT_UI; role <= FONT_MONO; role++)
            for (uint8_t size = 12; size <= 13; size++)
                EXPECT_EQUAL(typeset_baseline((Font){role, size}, 10, height),
                             baseline);
    }
}

TEST("fonts that find no memory open later, for every allocation") {
    gui_fonts(); /* the assets are there */
    fonts_close();
    Status status = STATUS_NO_MEMORY;
    uint64_t k = 1;
    for (; status != STATUS_OK && k < 5000; k++) {
        sim_alloc_fail(k, true);
        status = fonts_open(assets_find);
        sim_alloc_fail(0, false);
    }
    EXPECT_EQUAL(status, STATUS_OK);
    EXPECT(k > 10);
}

TEST("text without memory has gaps, and is whole when there is some again") {
    gui_fonts();
    Bitmap bitmaps[2];
    for (int i = 0; i < 2; i++) {
        fonts_forget();
        Canvas canvas;
        for (uint64_t k = 1; i == 0 && k < 60; k += 3) {
            bitmaps[0] = gui_guarded(200, 30, 1, true);
            canvas_begin(&canvas, bitmaps[0]);
            fonts_forget();
            sim_alloc_fail(k, true);
            typeset_draw(&canvas, (Font){FONT_UI, 13}, 3, 20, texts[3],
                         strlen(texts[3]), 0xff000000);
            sim_alloc_fail(0, false);
            EXPECT(gui_guards_hold(&bitmaps[0]));
            gui_guarded_free(&bitmaps[0]);
        }
        bitmaps[i] = gui_guarded(200, 30, 1, true);
        canvas_begin(&canvas, bitmaps[i]);
        typeset_draw(&canvas, (Font){FONT_UI, 13}, 3, 20, texts[3],
                     strlen(texts[3]), 0xff000000);
    }
    for (int32_t y = 0; y < 30; y++)
        EXPECT(memcmp(bitmap_at(&bitmaps[0], 0, y),
                      bitmap_at(&bitmaps[1], 0, y), 200 * 4) == 0);
    gui_guarded_free(&bitmaps[0]);
    gui_guarded_free(&bitmaps[1]);
}
