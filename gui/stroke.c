/* Strokes by distance: a pixel is as covered as its centre is near to the
 * nearest of the lines. So joins and ends come out round, and lines that
 * overlap do not thicken each other. */
#include "gui/stroke.h"

#include "kernel/base/bytes.h"

static uint8_t row_coverage[BITMAP_MAX_SIDE];

static uint32_t square_root(uint64_t value) {
    uint64_t root = 0, bit = 1;
    while (bit * bit <= value && bit < (uint64_t)1 << 31)
        bit <<= 1;
    for (; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return (uint32_t)root;
}

/* A line made ready: the pen's reach and the line's length. */
typedef struct Pen {
    PathLine line;
    int64_t dx, dy, length_squared;
    int64_t length16;    /* 1/16 of 1/256 pixel */
    int32_t half, reach; /* half the width; what the soft edge adds */
    int32_t most;        /* coverage in the middle, 256 is full */
} Pen;

static Pen pen_for(PathLine line, int32_t width) {
    Pen pen = {.line = line, .half = width / 2};
    pen.dx = (int64_t)line.x1 - line.x0;
    pen.dy = (int64_t)line.y1 - line.y0;
    pen.length_squared = pen.dx * pen.dx + pen.dy * pen.dy;
    pen.length16 = square_root((uint64_t)pen.length_squared << 8);
    pen.reach = pen.half + PATH_UNIT / 2;
    pen.most = width < PATH_UNIT ? width : PATH_UNIT;
    return pen;
}

/* Distance from the point to the line, in 1/256 pixel; anything large when it
 * is out of reach. */
static int64_t distance(const Pen *pen, int64_t x, int64_t y) {
    int64_t px = x - pen->line.x0, py = y - pen->line.y0;
    int64_t along = px * pen->dx + py * pen->dy;
    if (along >= pen->length_squared) {
        px = x - pen->line.x1;
        py = y - pen->line.y1;
    } else if (along > 0) {
        int64_t cross = px * pen->dy - py * pen->dx;
        return (cross < 0 ? -cross : cross) * 16 / pen->length16;
    }
    int64_t squared = px * px + py * py;
    if (squared >= (int64_t)pen->reach * pen->reach)
        return pen->reach;
    return square_root((uint64_t)squared);
}

/* The pixels of the row with centre `y` that may be in reach, as x of first
 * and one past the last, in 1/256 pixel. False: none. */
static bool row_range(const Pen *pen, int64_t y, int64_t *from, int64_t *to) {
    PathLine line = pen->line;
    int64_t reach = pen->reach;
    int64_t top = pen->dy < 0 ? line.y1 : line.y0;
    int64_t bottom = pen->dy < 0 ? line.y0 : line.y1;
    if (y <= top - reach || y >= bottom + reach)
        return false;
    *from = (pen->dx < 0 ? line.x1 : line.x0) - reach;
    *to = (pen->dx < 0 ? line.x0 : line.x1) + reach;
    if (pen->dy == 0)
        return true;
    /* The band on both sides of the endless line. */
    int64_t dy = pen->dy < 0 ? -pen->dy : pen->dy;
    int64_t middle = line.x0 + (y - line.y0) * pen->dx / pen->dy;
    int64_t wide = reach * (pen->length16 / 16 + 1) / dy + PATH_UNIT;
    if (middle - wide > *from)
        *from = middle - wide;
    if (middle + wide < *to)
        *to = middle + wide;
    return true;
}

/* May the line touch pixels of the row with this centre? */
static bool is_near(PathLine line, int32_t width, int64_t y) {
    int64_t reach = width / 2 + PATH_UNIT / 2;
    int64_t top = line.y0 < line.y1 ? line.y0 : line.y1;
    int64_t bottom = line.y0 < line.y1 ? line.y1 : line.y0;
    return y > top - reach && y < bottom + reach;
}

static int32_t within_limits(int32_t width) {
    return width > STROKE_MAX_WIDTH ? STROKE_MAX_WIDTH : width;
}

/* Those of `count` pixels from `left` on whose distance is computed. */
static void near_pixels(int64_t from, int64_t to, int64_t left, int32_t count,
                        int64_t *first_out, int64_t *last_out) {
    int64_t first = (from >> 8) - left, last = (to >> 8) + 1 - left;
    *first_out = first < 0 ? 0 : first;
    *last_out = last > count ? count : last;
}

/* Raises the coverage of the row (first pixel `left`, centres at `y`). */
static void add_line(const Pen *pen, int64_t y, int64_t left, int32_t count) {
    int64_t from, to, first, last;
    if (!row_range(pen, y, &from, &to))
        return;
    near_pixels(from, to, left, count, &first, &last);
    for (int64_t i = first; i < last; i++) {
        int64_t x = (left + i) * PATH_UNIT + PATH_UNIT / 2;
        int64_t part = pen->reach - distance(pen, x, y);
        if (part > pen->most)
            part = pen->most;
        if (part > 0 && part * 255 / 256 > row_coverage[i])
            row_coverage[i] = (uint8_t)(part * 255 / 256);
    }
}

uint64_t stroke_row_work(const Path *path, int32_t width, int64_t left,
                         int64_t row, int32_t count) {
    enum { A_LINE = 8, PIXELS = 2 }; /* units; pixels for a unit */
    int64_t from, to, first, last, y = row * PATH_UNIT + PATH_UNIT / 2;
    uint64_t work = path->count;
    width = within_limits(width);
    for (uint32_t i = 0; width > 0 && i < path->count; i++) {
        if (!is_near(path->lines[i], width, y))
            continue;
        Pen pen = pen_for(path->lines[i], width);
        work += A_LINE;
        if (!row_range(&pen, y, &from, &to))
            continue;
        near_pixels(from, to, left, count, &first, &last);
        work += last > first ? (uint64_t)(last - first) / PIXELS : 0;
    }
    return work;
}

void stroke_draw(Canvas *canvas, const Path *path, int32_t width,
                 Colour colour) {
    if (width <= 0)
        return;
    width = within_limits(width);
    Rect seen = canvas_visible(canvas, path_extent(path, width));
    int64_t left = (int64_t)seen.x - canvas->now.x;
    for (int32_t row = 0; row < seen.height; row++) {
        int64_t y = (int64_t)seen.y + row - canvas->now.y;
        bytes_fill(row_coverage, 0, (size_t)seen.width);
        for (uint32_t i = 0; i < path->count; i++) {
            if (!is_near(path->lines[i], width, y * PATH_UNIT + PATH_UNIT / 2))
                continue;
            Pen pen = pen_for(path->lines[i], width);
            add_line(&pen, y * PATH_UNIT + PATH_UNIT / 2, left, seen.width);
        }
        canvas_tint(canvas, (int32_t)left, (int32_t)y, row_coverage, seen.width,
                    colour);
    }
}
