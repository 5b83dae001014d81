/* Cursors: outlines on a grid of 24, and the point that points. */
#include "gui/cursor.h"

#include "gui/icons.h"
#include "gui/path.h"

enum { GRID = 24 };

typedef struct Outline {
    int32_t hot_x, hot_y; /* units of the grid */
    int32_t stroke;       /* of the black lines, 1/256 unit; 0: only filled */
    const char *words;    /* as in icons.def */
} Outline;

#define LINE 448 /* 1.75 */

static const Outline outlines[CURSOR_SHAPES] = {
    [CURSOR_ARROW] = {3, 3, 0,
                      "M 3 3 L 3 18.2 L 6.7 14.7 L 9.1 20.2 L 11.8 19 "
                      "L 9.5 13.6 L 14.4 13.4 Z"},
    [CURSOR_TEXT] = {12, 12, 384,
                     "M 9 4.5 Q 12.25 4.5 12.25 7 L 12.25 17.5 "
                     "Q 12.25 20 9 20 M 15.5 4.5 Q 12.25 4.5 12.25 7 "
                     "M 12.25 17.5 Q 12.25 20 15.5 20"},
    [CURSOR_HAND] = {10, 3, 0,
                     "M 8.6 5 Q 8.6 3.2 10.1 3.2 Q 11.6 3.2 11.6 5 L 11.6 9.6 "
                     "Q 12.2 8.9 13.2 9.1 Q 14.3 9.3 14.5 10.4 "
                     "Q 15.3 9.8 16.3 10.2 Q 17.2 10.6 17.2 11.6 "
                     "Q 18 11.2 18.8 11.7 Q 19.6 12.2 19.6 13.2 L 19.6 15.6 "
                     "Q 19.6 20.8 14.6 20.8 L 13.6 20.8 Q 10.6 20.8 9.2 18.6 "
                     "L 5.6 13.8 Q 4.8 12.4 5.9 11.6 Q 7 11 8.6 12.9 Z"},
    [CURSOR_RESIZE_ACROSS] = {12, 12, LINE,
                              "M 4.5 12 L 19.5 12 M 8 8 L 4 12 L 8 16 "
                              "M 16 8 L 20 12 L 16 16"},
    [CURSOR_RESIZE_ALONG] = {12, 12, LINE,
                             "M 12 4.5 L 12 19.5 M 8 8 L 12 4 L 16 8 "
                             "M 8 16 L 12 20 L 16 16"},
    [CURSOR_RESIZE_FALLING] = {12, 12, LINE,
                               "M 6.5 6.5 L 17.5 17.5 M 6 11.5 L 6 6 L 11.5 6 "
                               "M 18 12.5 L 18 18 L 12.5 18"},
    [CURSOR_RESIZE_RISING] = {12, 12, LINE,
                              "M 17.5 6.5 L 6.5 17.5 M 12.5 6 L 18 6 L 18 11.5 "
                              "M 11.5 18 L 6 18 L 6 12.5"},
    [CURSOR_MOVE] = {12, 12, LINE,
                     "M 3.5 12 L 20.5 12 M 12 3.5 L 12 20.5 "
                     "M 6 9.5 L 3.5 12 L 6 14.5 M 18 9.5 L 20.5 12 L 18 14.5 "
                     "M 9.5 6 L 12 3.5 L 14.5 6 M 9.5 18 L 12 20.5 L 14.5 18"},
    [CURSOR_CROSS] = {12, 12, LINE, "M 12 4 L 12 20 M 4 12 L 20 12"},
};

static int32_t proper_scale(int32_t scale) {
    return scale < 1 ? 1 : scale > CURSOR_MAX_SCALE ? CURSOR_MAX_SCALE : scale;
}

static const Outline *outline_of(uint32_t shape) {
    return &outlines[shape < CURSOR_SHAPES ? shape : CURSOR_ARROW];
}

Rect cursor_rect(uint32_t shape, int32_t x, int32_t y, int32_t scale) {
    const Outline *outline = outline_of(shape);
    scale = proper_scale(scale);
    return rect_between((int64_t)x - outline->hot_x * scale,
                        (int64_t)y - outline->hot_y * scale,
                        (int64_t)x + (GRID - outline->hot_x) * scale,
                        (int64_t)y + (GRID - outline->hot_y) * scale);
}

void cursor_draw(Canvas *canvas, uint32_t shape, int32_t x, int32_t y,
                 int32_t scale) {
    const Outline *outline = outline_of(shape);
    scale = proper_scale(scale);
    Rect rect = cursor_rect(shape, x, y, scale);
    if (!canvas_sees(canvas, rect) || !canvas_push(canvas))
        return;
    canvas_clip(canvas, rect);
    /* The edge is one unit of white on each side of the black. */
    icons_draw_words(canvas, outline->words, GRID, rect.x, rect.y, rect.width,
                     (outline->stroke + 2 * PATH_UNIT) * scale, 0xffffffff);
    if (outline->stroke > 0)
        icons_draw_words(canvas, outline->words, GRID, rect.x, rect.y,
                         rect.width, outline->stroke * scale, 0xff000000);
    else
        icons_fill_words(canvas, outline->words, GRID, rect.x, rect.y,
                         rect.width, 0xff000000);
    canvas_pop(canvas);
}
