/* Tests of gui/decor.c: what is drawn and what is hit is the same. */
#include "gui/decor.h"

#include <stdio.h>
#include <string.h>

#include "gui/cursor.h"
#include "gui/typeset.h"
#include "tests/gallery/sheets.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

static DecorWindow a_window(void) {
    return (DecorWindow){.frame = {50, 40, 300, 200},
                         .title = "Counter",
                         .title_bytes = 7,
                         .active = true};
}

TEST("content and frame are each other's inverse") {
    for (int maximised = 0; maximised < 2; maximised++) {
        Rect frame = {50, 40, 300, 200};
        Rect content = decor_content(frame, maximised);
        EXPECT(rect_equal(decor_frame(content, maximised), frame));
        EXPECT(rect_empty(decor_content((Rect){0, 0, 20, 10}, maximised)));
    }
}

TEST("every part of a frame is found where it is") {
    DecorWindow window = a_window();
    EXPECT_EQUAL(decor_part(&window, 200, 56), DECOR_TITLE);
    EXPECT_EQUAL(decor_part(&window, 200, 150), DECOR_CONTENT);
    EXPECT_EQUAL(decor_part(&window, 330, 56), DECOR_CLOSE);
    EXPECT_EQUAL(decor_part(&window, 305, 56), DECOR_MAXIMISE);
    EXPECT_EQUAL(decor_part(&window, 275, 56), DECOR_MINIMISE);
    EXPECT_EQUAL(decor_part(&window, 48, 150), DECOR_LEFT);
    EXPECT_EQUAL(decor_part(&window, 351, 150), DECOR_RIGHT);
    EXPECT_EQUAL(decor_part(&window, 200, 38), DECOR_TOP);
    EXPECT_EQUAL(decor_part(&window, 200, 242), DECOR_BOTTOM);
    EXPECT_EQUAL(decor_part(&window, 48, 38), DECOR_TOP_LEFT);
    EXPECT_EQUAL(decor_part(&window, 352, 242), DECOR_BOTTOM_RIGHT);
    EXPECT_EQUAL(decor_part(&window, 352, 38), DECOR_TOP_RIGHT);
    EXPECT_EQUAL(decor_part(&window, 47, 241), DECOR_BOTTOM_LEFT);
    EXPECT_EQUAL(decor_part(&window, 30, 30), DECOR_NOTHING);
    EXPECT_EQUAL(decor_cursor(DECOR_LEFT), CURSOR_RESIZE_ACROSS);
    EXPECT_EQUAL(decor_cursor(DECOR_TITLE), CURSOR_ARROW);
}

TEST("a window that is fixed or maximised has no edges") {
    DecorWindow window = a_window();
    window.fixed = true;
    EXPECT_EQUAL(decor_part(&window, 48, 150), DECOR_NOTHING);
    EXPECT_EQUAL(decor_part(&window, 305, 56), DECOR_MINIMISE);
    EXPECT(rect_empty(decor_button(&window, DECOR_MAXIMISE)));
    window.fixed = false;
    window.maximised = true;
    EXPECT_EQUAL(decor_part(&window, 50, 150), DECOR_CONTENT);
}

TEST("the buttons of a narrow window are within its frame") {
    for (int32_t width = 1; width < 120; width++) {
        DecorWindow window = a_window();
        window.frame.width = width;
        for (DecorPart part = DECOR_MINIMISE; part <= DECOR_CLOSE; part++) {
            Rect rect = decor_button(&window, part);
            EXPECT(rect_equal(rect_common(rect, window.frame), rect));
        }
        EXPECT(rect_empty(decor_button(&window, DECOR_CLOSE)) == (width < 32));
    }
}

TEST("drawing a window stays within its extent") {
    gui_fonts();
    for (int i = 0; i < 8; i++) {
        DecorWindow window = a_window();
        window.active = i & 1;
        window.maximised = i & 2;
        if (i & 4)
            window.frame.width = 40;
        Rect extent = decor_extent(&window, &theme_light);
        Bitmap before = gui_guarded(400, 300, 3, true);
        Bitmap after = gui_guarded(400, 300, 3, true);
        Canvas canvas;
        canvas_begin(&canvas, after);
        decor_window(&canvas, &window, &theme_light);
        for (int32_t y = 0; y < 300; y++)
            for (int32_t x = 0; x < 400; x++)
                if (!rect_has(extent, x, y) &&
                    *bitmap_at(&after, x, y) != *bitmap_at(&before, x, y))
                    EXPECT(false);
        gui_guarded_free(&before);
        gui_guarded_free(&after);
    }
}

/* A window on a white ground. */
static Bitmap drawn(const DecorWindow *window) {
    Bitmap bitmap = gui_guarded(400, 300, 3, true);
    Canvas canvas;
    canvas_begin(&canvas, bitmap);
    canvas_fill(&canvas, bitmap_rect(&bitmap), 0xffffffff);
    decor_window(&canvas, window, &theme_dark);
    return bitmap;
}

TEST("title, line and edges have their colours") {
    gui_fonts();
    for (int active = 0; active < 2; active++) {
        DecorWindow window = a_window();
        window.active = active;
        Bitmap bitmap = drawn(&window);
        EXPECT_EQUAL(*bitmap_at(&bitmap, 70, 60),
                     active ? theme_dark.title : theme_dark.title_inactive);
        EXPECT_EQUAL(*bitmap_at(&bitmap, 70, 40 + THEME_TITLE_HEIGHT - 1),
                     theme_dark.line);
        EXPECT_EQUAL(*bitmap_at(&bitmap, 50, 120), theme_dark.window_line);
        EXPECT_EQUAL(*bitmap_at(&bitmap, 349, 120), theme_dark.window_line);
        EXPECT_EQUAL(*bitmap_at(&bitmap, 200, 239), theme_dark.window_line);
        gui_guarded_free(&bitmap);
    }
}

TEST("a long title stays away from the buttons") {
    gui_fonts();
    DecorWindow window = a_window();
    window.title_bytes = 0;
    Bitmap without = drawn(&window);
    window.title = "A title that is much too long for the frame that it has";
    window.title_bytes = strlen(window.title);
    Bitmap with = drawn(&window);
    int32_t buttons = decor_button(&window, DECOR_MINIMISE).x;
    unsigned other = 0;
    for (int32_t y = 0; y < 300; y++)
        for (int32_t x = 0; x < 400; x++) {
            bool same = *bitmap_at(&with, x, y) == *bitmap_at(&without, x, y);
            other += !same;
            if (!same &&
                (x >= buttons || y < 40 || y >= 40 + THEME_TITLE_HEIGHT))
                EXPECT(false);
        }
    EXPECT(other > 0);
    gui_guarded_free(&without);
    gui_guarded_free(&with);
}

enum { NOTED_WIDTH = 160, NOTED_HEIGHT = 28, NOTED_PADDING = 10 };

/* An item of a menu with a note behind its text, on a canvas of its own. */
static void draw_noted(uint32_t *pixels, const char *text) {
    const Rect rect = {0, 0, NOTED_WIDTH, NOTED_HEIGHT};
    const DecorItem item = {.rect = rect,
                            .text = text,
                            .text_bytes = strlen(text),
                            .note = "Ctrl+W",
                            .note_bytes = 6};
    Canvas canvas;
    canvas_begin(&canvas,
                 (Bitmap){pixels, NOTED_WIDTH, NOTED_HEIGHT, NOTED_WIDTH});
    canvas_fill(&canvas, rect, theme_light.window);
    decor_menu_item(&canvas, &item, &theme_light);
}

TEST("a long text of a menu ends before the note behind it") {
    static uint32_t with[NOTED_WIDTH * NOTED_HEIGHT],
        without[NOTED_WIDTH * NOTED_HEIGHT];
    gui_fonts();
    draw_noted(with, "a text that is longer than all of its item");
    draw_noted(without, "");
    int32_t note = typeset_width(THEME_FONT_SMALL, "Ctrl+W", 6);
    int32_t from = NOTED_WIDTH - NOTED_PADDING - note - 2;
    for (int32_t y = 0; y < NOTED_HEIGHT; y++)
        for (int32_t x = 0; x < NOTED_WIDTH; x++)
            if (x >= from)
                EXPECT_EQUAL(with[y * NOTED_WIDTH + x],
                             without[y * NOTED_WIDTH + x]);
    EXPECT(memcmp(with, without, sizeof with) != 0);
}

TEST("content drawn in pieces is the content drawn at once") {
    DecorWindow window = a_window();
    Rect content = decor_content(window.frame, false);
    Bitmap inside = gui_guarded(content.width, content.height, 9, true);
    Bitmap whole = gui_guarded(400, 300, 3, true);
    Bitmap pieces = gui_guarded(400, 300, 3, true);
    Canvas canvas;
    for (int32_t row = 0; row < content.height; row++) {
        const uint32_t *from = bitmap_at(&inside, 0, row);
        canvas_begin(&canvas, whole);
        decor_content_row(&canvas, &window, row, 0, from, content.width);
        canvas_begin(&canvas, pieces);
        for (int32_t x = 0; x < content.width; x += 64) {
            int32_t left = content.width - x;
            decor_content_row(&canvas, &window, row, x, from + x,
                              left < 64 ? left : 64);
        }
    }
    for (int32_t y = 0; y < 300; y++)
        EXPECT(memcmp(bitmap_at(&whole, 0, y), bitmap_at(&pieces, 0, y),
                      400 * 4) == 0);
    /* The corner pixel is left to what is below. */
    Bitmap before = gui_guarded(400, 300, 3, true);
    int32_t bottom = content.y + content.height - 1;
    EXPECT_EQUAL(*bitmap_at(&whole, content.x, bottom),
                 *bitmap_at(&before, content.x, bottom));
    EXPECT_EQUAL(*bitmap_at(&whole, content.x, content.y),
                 *bitmap_at(&inside, 0, 0));
    gui_guarded_free(&before);
    gui_guarded_free(&inside);
    gui_guarded_free(&whole);
    gui_guarded_free(&pieces);
}

TEST("a row of content stays in the content, however long it is") {
    uint32_t row[400];
    DecorWindow window = a_window();
    Rect content = decor_content(window.frame, false);
    Bitmap before = gui_guarded(400, 300, 3, true);
    Bitmap after = gui_guarded(400, 300, 3, true);
    Canvas canvas;
    canvas_begin(&canvas, after);
    for (int i = 0; i < 400; i++)
        row[i] = 0xff123456;
    for (int32_t at = -5; at < content.height + 5; at++)
        decor_content_row(&canvas, &window, at, -20, row, 400);
    for (int32_t y = 0; y < 300; y++)
        for (int32_t x = 0; x < 400; x++)
            if (!rect_has(content, x, y) &&
                *bitmap_at(&after, x, y) != *bitmap_at(&before, x, y))
                EXPECT(false);
    EXPECT_EQUAL(*bitmap_at(&after, content.x, content.y), 0xff123456);
    gui_guarded_free(&before);
    gui_guarded_free(&after);
}

TEST("the sheets of the gallery are the same twice, light and dark") {
    gui_fonts();
    for (const Sheet *sheet = sheets; sheet->name; sheet++) {
        Bitmap bitmaps[2];
        const Theme *theme = sheet->width & 1 ? &theme_light : &theme_dark;
        for (int i = 0; i < 2; i++) {
            Canvas canvas;
            bitmaps[i] = gui_guarded(sheet->width, sheet->height, 4, true);
            canvas_begin(&canvas, bitmaps[i]);
            sheet->draw(&canvas, theme);
            fonts_forget();
        }
        for (int32_t y = 0; y < sheet->height; y++)
            if (memcmp(bitmap_at(&bitmaps[0], 0, y),
                       bitmap_at(&bitmaps[1], 0, y),
                       (size_t)sheet->width * 4) != 0)
                EXPECT(false);
        EXPECT(gui_guards_hold(&bitmaps[0]) && gui_guards_hold(&bitmaps[1]));
        gui_guarded_free(&bitmaps[0]);
        gui_guarded_free(&bitmaps[1]);
    }
}
