/* What every drawing function promises: nothing outside the clip, and inside it
 * exactly what would be there without the clip, with either form of loops. */
#include <stdio.h>
#include <string.h>

#include "gui/cursor.h"
#include "gui/decor.h"
#include "gui/icons.h"
#include "gui/path.h"
#include "gui/pixels.h"
#include "gui/shadow.h"
#include "gui/shape.h"
#include "gui/stroke.h"
#include "gui/typeset.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

enum { WIDTH = 90, HEIGHT = 70 };

static Rect random_rect(uint64_t *state) {
    if (test_random(state) % 20 == 0) { /* far away and huge */
        return (Rect){gui_between(state, INT32_MIN, INT32_MAX),
                      gui_between(state, INT32_MIN, INT32_MAX),
                      gui_between(state, -5, INT32_MAX),
                      gui_between(state, -5, INT32_MAX)};
    }
    return (Rect){gui_between(state, -40, WIDTH),
                  gui_between(state, -40, HEIGHT), gui_between(state, -3, 120),
                  gui_between(state, -3, 100)};
}

static void any_fill(Canvas *canvas, uint64_t *state) {
    canvas_fill(canvas, random_rect(state), gui_colour(state));
}

static void any_gradient(Canvas *canvas, uint64_t *state) {
    canvas_gradient(canvas, random_rect(state), gui_colour(state),
                    gui_colour(state));
}

static void any_frame(Canvas *canvas, uint64_t *state) {
    canvas_frame(canvas, random_rect(state), gui_between(state, -1, 30),
                 gui_colour(state));
}

static void any_shape(Canvas *canvas, uint64_t *state) {
    int32_t radius = gui_between(state, -2, 80);
    shape_fill(canvas, random_rect(state), radius, gui_colour(state));
    shape_stroke(canvas, random_rect(state), radius, gui_between(state, 0, 9),
                 gui_colour(state));
}

static void any_shadow(Canvas *canvas, uint64_t *state) {
    Shadow shadow = {gui_between(state, -9, 9), gui_between(state, -2, 40),
                     gui_between(state, -2, 12), gui_colour(state)};
    Rect rect = random_rect(state);
    rect.width %= 2000; /* a huge one would only take long */
    rect.height %= 2000;
    shadow_draw(canvas, rect, shadow);
}

static void any_path(Canvas *canvas, uint64_t *state) {
    static Path path;
    path_begin(&path);
    int32_t far = test_random(state) % 30 == 0 ? INT32_MAX : 130 * PATH_UNIT;
    int32_t p[6];
    for (int i = 0; i < 12; i++) {
        for (int k = 0; k < 6; k++)
            p[k] = gui_between(state, -far, far);
        switch (test_random(state) % 5) {
        case 0:
            path_move(&path, p[0], p[1]);
            break;
        case 1:
            path_line(&path, p[0], p[1]);
            break;
        case 2:
            path_quad(&path, p[0], p[1], p[2], p[3]);
            break;
        case 3:
            path_cubic(&path, p[0], p[1], p[2], p[3], p[4], p[5]);
            break;
        default:
            path_close(&path);
        }
    }
    path_fill(canvas, &path, gui_colour(state));
    stroke_draw(canvas, &path, gui_between(state, -10, 3000),
                gui_colour(state));
}

static void any_bitmap(Canvas *canvas, uint64_t *state) {
    Bitmap from =
        gui_guarded(gui_between(state, 1, 40), gui_between(state, 1, 40),
                    test_random(state), test_random(state) & 1);
    canvas_stretch(canvas, &from, random_rect(state), random_rect(state),
                   test_random(state) & 1 ? CANVAS_BILINEAR : CANVAS_NEAREST);
    EXPECT(gui_guards_hold(&from));
    gui_guarded_free(&from);
}

static void any_icon(Canvas *canvas, uint64_t *state) {
    Rect at = random_rect(state);
    icons_draw(canvas, (uint32_t)gui_between(state, 0, ICON_COUNT + 1), at.x,
               at.y, gui_between(state, -1, 64), gui_colour(state));
    at = random_rect(state);
    cursor_draw(canvas, (uint32_t)gui_between(state, 0, CURSOR_SHAPES), at.x,
                at.y, gui_between(state, 0, 5));
}

static void any_text(Canvas *canvas, uint64_t *state) {
    char text[24];
    size_t count = test_random(state) % sizeof text;
    bool letters = test_random(state) & 1;
    for (size_t i = 0; i < count; i++)
        text[i] = letters ? (char)gui_between(state, 32, 126)
                          : (char)test_random(state);
    Font font = {(uint8_t)gui_between(state, 0, 6),
                 (uint8_t)gui_between(state, 0, 40)};
    Rect rect = random_rect(state);
    typeset_draw(canvas, font, rect.x, rect.y, text, count, gui_colour(state));
    typeset_label(canvas, font, random_rect(state),
                  (TypesetAlign)gui_between(state, 0, 2), text, count,
                  gui_colour(state));
}

static DecorItem any_item(uint64_t *state) {
    return (DecorItem){.rect = {gui_between(state, -40, WIDTH),
                                gui_between(state, -40, HEIGHT),
                                gui_between(state, 0, 120),
                                gui_between(state, 0, 50)},
                       .icon = (uint32_t)gui_between(state, 0, ICON_COUNT - 1),
                       .text = "Some words",
                       .text_bytes = 10,
                       .note = test_random(state) & 1 ? "note" : NULL,
                       .note_bytes = 4,
                       .active = test_random(state) & 1,
                       .open = test_random(state) & 1,
                       .hover = test_random(state) & 1};
}

static void any_panel(Canvas *canvas, uint64_t *state) {
    DecorItem item = any_item(state);
    decor_panel(canvas, any_item(state).rect, &theme_light);
    decor_bar(canvas, any_item(state).rect, &theme_dark);
    decor_menu_line(canvas, any_item(state).rect, &theme_light);
    decor_durable(canvas, any_item(state).rect, test_random(state) & 1,
                  &theme_light);
    decor_bar_item(canvas, &item, &theme_light);
    item = any_item(state);
    decor_menu_item(canvas, &item, &theme_dark);
}

static void any_window(Canvas *canvas, uint64_t *state) {
    uint32_t row[WIDTH];
    DecorWindow window = {.frame = any_item(state).rect,
                          .title = "Some words",
                          .title_bytes = 10,
                          .active = test_random(state) & 1,
                          .maximised = test_random(state) & 1};
    window.frame.height += THEME_TITLE_HEIGHT;
    decor_window(canvas, &window, &theme_light);
    for (int i = 0; i < WIDTH; i++)
        row[i] = bitmap_pixel(gui_colour(state));
    for (int32_t at = -3; at < 60; at++) /* also outside of the content */
        decor_content_row(canvas, &window, at, gui_between(state, -9, 50), row,
                          WIDTH);
}

static void any_lines(Canvas *canvas, uint64_t *state) {
    static const char text[] = "Some words that need more than one line.";
    typeset_lines(canvas, THEME_FONT, any_item(state).rect, 20, 3, text,
                  sizeof text - 1, gui_colour(state));
}

static const struct {
    const char *name;
    void (*draw)(Canvas *canvas, uint64_t *state);
} functions[] = {
    {"fill", any_fill},     {"gradient", any_gradient}, {"frame", any_frame},
    {"shape", any_shape},   {"shadow", any_shadow},     {"path", any_path},
    {"bitmap", any_bitmap}, {"icon", any_icon},         {"text", any_text},
    {"panel", any_panel},   {"window", any_window},     {"lines", any_lines},
};

/* True when `clipped` is `whole` inside the clip and `before` outside. */
static bool is_part(const Bitmap *before, const Bitmap *whole,
                    const Bitmap *clipped, Rect clip) {
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const Bitmap *expected = rect_has(clip, x, y) ? whole : before;
            if (*bitmap_at(clipped, x, y) != *bitmap_at(expected, x, y))
                return false;
        }
    return true;
}

static bool one_round(size_t which, uint64_t seed) {
    uint64_t state = seed;
    uint64_t background = test_random(&state);
    Bitmap before = gui_guarded(WIDTH, HEIGHT, background, true);
    Bitmap whole = gui_guarded(WIDTH, HEIGHT, background, true);
    Bitmap clipped = gui_guarded(WIDTH, HEIGHT, background, true);
    int32_t dx = gui_between(&state, -30, 30);
    int32_t dy = gui_between(&state, -30, 30);
    Rect clip = {gui_between(&state, -10, WIDTH),
                 gui_between(&state, -10, HEIGHT), gui_between(&state, -1, 60),
                 gui_between(&state, -1, 60)};
    uint64_t drawing = test_random(&state), again = drawing;
    Canvas canvas;
    pixels_loops = pixels_plain;
    canvas_begin(&canvas, whole);
    canvas_move(&canvas, dx, dy);
    functions[which].draw(&canvas, &drawing);
    pixels_loops = pixels_sse2;
    canvas_begin(&canvas, clipped);
    canvas_clip(&canvas, clip);
    canvas_move(&canvas, dx, dy);
    functions[which].draw(&canvas, &again);
    pixels_loops = pixels_plain;
    bool good = is_part(&before, &whole, &clipped, clip) &&
                gui_guards_hold(&whole) && gui_guards_hold(&clipped);
    gui_guarded_free(&before);
    gui_guarded_free(&whole);
    gui_guarded_free(&clipped);
    return good;
}

TEST("a clip changes nothing inside and lets nothing out, for every function") {
    gui_fonts();
    for (size_t which = 0; which < sizeof functions / sizeof *functions;
         which++)
        for (uint64_t seed = 1; seed <= 150; seed++)
            if (!one_round(which, seed)) {
                printf("  %s with seed %lu\n", functions[which].name,
                       (unsigned long)seed);
                EXPECT(false);
                break;
            }
}
