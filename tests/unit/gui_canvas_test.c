/* Tests of gui/canvas.c, rect.h and bitmap.c. */
#include "gui/canvas.h"

#include "gui/theme.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

TEST("rectangles at the ends of the numbers neither overflow nor turn over") {
    Rect huge = {INT32_MAX - 5, INT32_MIN, INT32_MAX, INT32_MAX};
    Rect all = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
    EXPECT(!rect_empty(rect_inset(huge, -100)));
    EXPECT(rect_empty(rect_common(huge, all)));
    EXPECT(rect_around(huge, all).width == INT32_MAX);
    EXPECT(rect_moved(huge, INT32_MAX, INT32_MIN).x == INT32_MAX);
    EXPECT(rect_empty(rect_inset((Rect){0, 0, 10, 10}, 5)));
}

TEST("what two rectangles have in common is what points say") {
    uint64_t state = 3;
    for (int round = 0; round < 300; round++) {
        Rect a = {gui_between(&state, -6, 6), gui_between(&state, -6, 6),
                  gui_between(&state, 0, 8), gui_between(&state, 0, 8)};
        Rect b = {gui_between(&state, -6, 6), gui_between(&state, -6, 6),
                  gui_between(&state, 0, 8), gui_between(&state, 0, 8)};
        Rect common = rect_common(a, b), around = rect_around(a, b);
        for (int32_t y = -8; y < 16; y++)
            for (int32_t x = -8; x < 16; x++) {
                bool both = rect_has(a, x, y) && rect_has(b, x, y);
                bool any = rect_has(a, x, y) || rect_has(b, x, y);
                if (rect_has(common, x, y) != both ||
                    (any && !rect_has(around, x, y)))
                    EXPECT(false);
            }
    }
}

TEST("filling and framing set exactly the pixels that are asked for") {
    uint64_t state = 5;
    for (int round = 0; round < 200; round++) {
        Bitmap bitmap = gui_guarded(30, 20, 1, true);
        Bitmap before = gui_guarded(30, 20, 1, true);
        Canvas canvas;
        canvas_begin(&canvas, bitmap);
        Rect rect = {gui_between(&state, -9, 30), gui_between(&state, -9, 20),
                     gui_between(&state, 0, 40), gui_between(&state, 0, 30)};
        int32_t width = gui_between(&state, 1, 8);
        bool frame = round & 1;
        if (frame)
            canvas_frame(&canvas, rect, width, 0xff123456);
        else
            canvas_fill(&canvas, rect, 0xff123456);
        for (int32_t y = 0; y < 20; y++)
            for (int32_t x = 0; x < 30; x++) {
                bool set = rect_has(rect, x, y) &&
                           !(frame && rect_has(rect_inset(rect, width), x, y));
                uint32_t wanted = set ? 0xff123456 : *bitmap_at(&before, x, y);
                if (*bitmap_at(&bitmap, x, y) != wanted)
                    EXPECT(false);
            }
        gui_guarded_free(&bitmap);
        gui_guarded_free(&before);
    }
}

TEST("a colour is laid over what is there by its alpha, whichever it is") {
    static const uint32_t under = 0xff40c080;
    for (uint32_t alpha = 0; alpha < 256; alpha++) {
        uint32_t pixels[9];
        Canvas canvas;
        for (int i = 0; i < 9; i++)
            pixels[i] = under;
        canvas_begin(&canvas, (Bitmap){pixels, 9, 1, 9});
        canvas_fill(&canvas, (Rect){0, 0, 9, 1}, alpha << 24 | 0xff00ff);
        for (uint32_t shift = 0; shift < 32; shift += 8) {
            uint32_t over = (0xffff00ffu >> shift & 255) * alpha;
            int32_t exact =
                (int32_t)(over + (under >> shift & 255) * (255 - alpha));
            int32_t off = exact - (int32_t)(pixels[8] >> shift & 255) * 255;
            EXPECT(off <= 255 && off >= -255);
        }
        if (alpha == 254) /* what lies below still shines through */
            EXPECT_EQUAL(pixels[8] >> 8 & 255, 1);
    }
}

TEST("a gradient begins and ends with its colours and goes one way") {
    Bitmap bitmap = gui_guarded(3, 40, 1, true);
    Canvas canvas;
    canvas_begin(&canvas, bitmap);
    canvas_gradient(&canvas, (Rect){0, 0, 3, 40}, 0xffdce3ea, 0xff101317);
    EXPECT_EQUAL(*bitmap_at(&bitmap, 1, 0), 0xffdce3ea);
    EXPECT_EQUAL(*bitmap_at(&bitmap, 1, 39), 0xff101317);
    for (int32_t y = 1; y < 40; y++)
        EXPECT((*bitmap_at(&bitmap, 0, y) & 255) <=
               (*bitmap_at(&bitmap, 0, y - 1) & 255));
    gui_guarded_free(&bitmap);
}

/* Whether each channel goes one way only, from the first row to the last. */
static bool goes_one_way(const Bitmap *bitmap) {
    int32_t last = bitmap->height - 1;
    for (uint32_t shift = 0; shift < 32; shift += 8) {
        int32_t top = *bitmap_at(bitmap, 0, 0) >> shift & 255;
        int32_t bottom = *bitmap_at(bitmap, 0, last) >> shift & 255;
        for (int32_t y = 1; y <= last; y++) {
            int32_t before = *bitmap_at(bitmap, 0, y - 1) >> shift & 255;
            int32_t now = *bitmap_at(bitmap, 0, y) >> shift & 255;
            if ((now - before) * (bottom - top) < 0 ||
                (now != before && bottom == top))
                return false;
        }
    }
    return true;
}

TEST("the desktop goes one way from top to bottom, in both themes") {
    const Theme *const themes[] = {&theme_light, &theme_dark};
    for (int32_t height = 2; height < 1100; height += 61)
        for (int i = 0; i < 2; i++) {
            Bitmap bitmap = gui_guarded(1, height, 1, true);
            Canvas canvas;
            canvas_begin(&canvas, bitmap);
            canvas_gradient(&canvas, (Rect){0, 0, 1, height},
                            themes[i]->desktop_top, themes[i]->desktop_bottom);
            EXPECT(goes_one_way(&bitmap));
            gui_guarded_free(&bitmap);
        }
}

TEST("a mixed colour is the nearest to what lies between") {
    unsigned wrong = 0;
    for (uint32_t from = 0; from < 256; from += 5)
        for (uint32_t to = 0; to < 256; to += 3)
            for (uint32_t part = 0; part < 256; part++) {
                uint32_t mixed = bitmap_mix(from << 16, to << 16, part) >> 16;
                int32_t off = (int32_t)(from * (255 - part) + to * part) -
                              (int32_t)(mixed * 255);
                wrong += off > 127 || off < -127;
            }
    EXPECT_EQUAL(wrong, 0);
}

TEST("stretching to the same size is copying, with both filters") {
    Bitmap from = gui_guarded(17, 13, 2, true);
    for (int filter = 0; filter < 2; filter++) {
        Bitmap to = gui_guarded(17, 13, 3, true);
        Canvas canvas;
        canvas_begin(&canvas, to);
        canvas_stretch(&canvas, &from, bitmap_rect(&from), bitmap_rect(&to),
                       (CanvasFilter)filter);
        for (int32_t y = 0; y < 13; y++)
            for (int32_t x = 0; x < 17; x++)
                if (*bitmap_at(&to, x, y) != *bitmap_at(&from, x, y))
                    EXPECT(false);
        gui_guarded_free(&to);
    }
    gui_guarded_free(&from);
}

TEST("doubling without a filter repeats every pixel four times") {
    Bitmap from = gui_guarded(9, 7, 2, true), to = gui_guarded(18, 14, 3, true);
    Canvas canvas;
    canvas_begin(&canvas, to);
    canvas_stretch(&canvas, &from, bitmap_rect(&from), bitmap_rect(&to),
                   CANVAS_NEAREST);
    for (int32_t y = 0; y < 14; y++)
        for (int32_t x = 0; x < 18; x++)
            if (*bitmap_at(&to, x, y) != *bitmap_at(&from, x / 2, y / 2))
                EXPECT(false);
    gui_guarded_free(&from);
    gui_guarded_free(&to);
}

TEST("clips within clips end, and too many pushes are refused") {
    Bitmap bitmap = gui_guarded(8, 8, 1, true);
    Canvas canvas;
    canvas_begin(&canvas, bitmap);
    for (int i = 0; i < CANVAS_DEPTH; i++)
        EXPECT(canvas_push(&canvas));
    EXPECT(!canvas_push(&canvas));
    canvas_clip(&canvas, (Rect){2, 2, 2, 2});
    for (int i = 0; i < CANVAS_DEPTH; i++)
        EXPECT(canvas_pop(&canvas));
    EXPECT(!canvas_pop(&canvas));
    EXPECT(rect_equal(canvas.now.clip, (Rect){0, 0, 8, 8}));
    gui_guarded_free(&bitmap);
}

TEST("bitmaps of impossible sizes are refused") {
    Bitmap bitmap;
    EXPECT_EQUAL(bitmap_make(0, 5, &bitmap), STATUS_LIMIT);
    EXPECT_EQUAL(bitmap_make(5, BITMAP_MAX_SIDE + 1, &bitmap), STATUS_LIMIT);
    EXPECT_EQUAL(bitmap_make(5, 6, &bitmap), STATUS_OK);
    EXPECT_EQUAL(*bitmap_at(&bitmap, 4, 5), 0);
    bitmap_free(&bitmap);
}
