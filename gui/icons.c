/* Icons: reads the words of icons.def and draws them. */
#include "gui/icons.h"

#include "gui/path.h"
#include "gui/stroke.h"

static const char *const icon_words[ICON_COUNT] = {
#define ICON(name, words) words,
#include "gui/icons.def"
#undef ICON
};

/* Where the reader is, and what it draws to. */
typedef struct Drawing {
    Canvas *canvas;
    const char *at;
    int32_t grid, size; /* units of the grid become pixels */
    int32_t stroke;     /* 1/256 pixel */
    Colour colour;
    bool filling;
    Path *path;
} Drawing;

static Path shared_path; /* drawing happens on one thread */

static void skip_spaces(Drawing *drawing) {
    while (*drawing->at == ' ')
        drawing->at++;
}

/* Reads a number such as 4 or 11.75, in 1/1024 of a unit. */
static bool read_number(Drawing *drawing, int32_t *value_out) {
    skip_spaces(drawing);
    const char *at = drawing->at;
    int32_t value = 0, tenths = 1024;
    if (*at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9' && value < 1 << 18; at++)
        value = value * 10 + (*at - '0') * 1024;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++) {
            tenths /= 10;
            value += (*at - '0') * tenths;
        }
    drawing->at = at;
    *value_out = value;
    return true;
}

/* Reads `count` numbers as lengths in 1/256 pixel. */
static bool read_lengths(Drawing *drawing, int32_t *lengths_out, int count) {
    for (int i = 0; i < count; i++) {
        int32_t value;
        if (!read_number(drawing, &value))
            return false;
        int64_t scaled = (int64_t)value * drawing->size * PATH_UNIT;
        int64_t unit = (int64_t)drawing->grid * 1024;
        lengths_out[i] = (int32_t)((scaled + unit / 2) / unit);
    }
    return true;
}

static bool read_points(Drawing *drawing, int32_t *points_out, int count) {
    return read_lengths(drawing, points_out, 2 * count);
}

/* Draws the figures so far and begins anew. */
static void finish(Drawing *drawing) {
    if (drawing->filling)
        path_fill(drawing->canvas, drawing->path, drawing->colour);
    else
        stroke_draw(drawing->canvas, drawing->path, drawing->stroke,
                    drawing->colour);
    path_begin(drawing->path);
}

static bool read_circle(Drawing *drawing) {
    int32_t centre[2], radius;
    if (!read_points(drawing, centre, 1) || !read_lengths(drawing, &radius, 1))
        return false;
    path_circle(drawing->path, centre[0], centre[1], radius);
    return true;
}

static bool read_word(Drawing *drawing, char word) {
    int32_t p[6];
    switch (word) {
    case 'F':
    case 'S':
        finish(drawing);
        drawing->filling = word == 'F';
        return true;
    case 'M':
        if (!read_points(drawing, p, 1))
            return false;
        path_move(drawing->path, p[0], p[1]);
        return true;
    case 'L':
        if (!read_points(drawing, p, 1))
            return false;
        path_line(drawing->path, p[0], p[1]);
        return true;
    case 'Q':
        if (!read_points(drawing, p, 2))
            return false;
        path_quad(drawing->path, p[0], p[1], p[2], p[3]);
        return true;
    case 'C':
        if (!read_points(drawing, p, 3))
            return false;
        path_cubic(drawing->path, p[0], p[1], p[2], p[3], p[4], p[5]);
        return true;
    case 'Z':
        path_close(drawing->path);
        return true;
    case 'O':
        return read_circle(drawing);
    default:
        return false;
    }
}

static bool draw_words(Drawing *drawing, int32_t x, int32_t y) {
    if (drawing->size < 1 || drawing->size > 1024 || drawing->grid < 1)
        return true;
    if (!canvas_push(drawing->canvas))
        return true;
    /* The path is made at the origin: x and y may be far away. */
    canvas_move(drawing->canvas, x, y);
    path_begin(drawing->path);
    bool good = true;
    for (skip_spaces(drawing); good && *drawing->at; skip_spaces(drawing))
        good = read_word(drawing, *drawing->at++);
    finish(drawing);
    canvas_pop(drawing->canvas);
    return good;
}

bool icons_draw_words(Canvas *canvas, const char *words, int32_t grid,
                      int32_t x, int32_t y, int32_t size, int32_t stroke,
                      Colour colour) {
    Drawing drawing = {canvas, words,  grid,  size,
                       stroke, colour, false, &shared_path};
    return draw_words(&drawing, x, y);
}

bool icons_fill_words(Canvas *canvas, const char *words, int32_t grid,
                      int32_t x, int32_t y, int32_t size, Colour colour) {
    Drawing drawing = {canvas, words,  grid, size,
                       0,      colour, true, &shared_path};
    return draw_words(&drawing, x, y);
}

void icons_draw(Canvas *canvas, uint32_t icon, int32_t x, int32_t y,
                int32_t size, Colour colour) {
    Rect rect = {x, y, size, size};
    if (icon >= ICON_COUNT || !canvas_sees(canvas, rect) ||
        !canvas_push(canvas))
        return;
    canvas_clip(canvas, rect); /* a stroke may be wider than a tiny icon */
    int32_t stroke = 3 * PATH_UNIT / 2;
    if (size > 24)
        stroke = stroke * size / 24;
    icons_draw_words(canvas, icon_words[icon], 16, x, y, size, stroke, colour);
    canvas_pop(canvas);
}

void icons_draw_in(Canvas *canvas, uint32_t icon, Rect rect, int32_t size,
                   Colour colour) {
    icons_draw(canvas, icon, rect.x + (rect.width - size) / 2,
               rect.y + (rect.height - size) / 2, size, colour);
}
