/* Paths: building, and filling by exact areas.
 *
 * Filling goes row by row. Each line that crosses the row adds to two sums per
 * pixel: how much of the pixel's height it spans (cover), and how much of the
 * pixel lies to its right (area). Summed from left to right they give the
 * covered part of every pixel, exact to 1/65536. */
#include "gui/path.h"

#include "kernel/base/bytes.h"

static int32_t cut(int64_t value) {
    return value < -PATH_FAR  ? -PATH_FAR
           : value > PATH_FAR ? PATH_FAR
                              : (int32_t)value;
}

void path_begin(Path *path) {
    path->count = 0;
    path->start_x = path->start_y = path->x = path->y = 0;
    path->full = false;
}

void path_line(Path *path, int32_t x, int32_t y) {
    x = cut(x);
    y = cut(y);
    if (path->count == PATH_MAX_LINES) {
        path->full = true;
        return;
    }
    path->lines[path->count++] = (PathLine){path->x, path->y, x, y};
    path->x = x;
    path->y = y;
}

void path_close(Path *path) {
    if (path->x != path->start_x || path->y != path->start_y)
        path_line(path, path->start_x, path->start_y);
}

void path_move(Path *path, int32_t x, int32_t y) {
    path->start_x = path->x = cut(x);
    path->start_y = path->y = cut(y);
}

static int64_t distance(int64_t a, int64_t b) {
    return a < b ? b - a : a - b;
}

/* Enough pieces that none strays from the curve by more than some 1/16 pixel:
 * the error falls with the square of their number. */
static int32_t pieces_for(int64_t bend) {
    int32_t pieces = 1;
    while (pieces < 32 && (int64_t)pieces * pieces * 128 < bend)
        pieces++;
    return pieces;
}

void path_quad(Path *path, int32_t x1, int32_t y1, int32_t x, int32_t y) {
    int64_t x0 = path->x, y0 = path->y;
    int64_t bend =
        distance(x0 + x, 2 * (int64_t)x1) + distance(y0 + y, 2 * (int64_t)y1);
    int64_t n = pieces_for(bend);
    for (int64_t i = 1; i <= n; i++) {
        int64_t j = n - i, whole = n * n;
        path_line(path, cut((j * j * x0 + 2 * i * j * x1 + i * i * x) / whole),
                  cut((j * j * y0 + 2 * i * j * y1 + i * i * y) / whole));
    }
}

void path_cubic(Path *path, int32_t x1, int32_t y1, int32_t x2, int32_t y2,
                int32_t x, int32_t y) {
    int64_t x0 = path->x, y0 = path->y;
    int64_t bend = distance(x0 + x2, 2 * (int64_t)x1) +
                   distance(y0 + y2, 2 * (int64_t)y1) +
                   distance((int64_t)x1 + x, 2 * (int64_t)x2) +
                   distance((int64_t)y1 + y, 2 * (int64_t)y2);
    int64_t n = pieces_for(bend * 3);
    for (int64_t i = 1; i <= n; i++) {
        int64_t j = n - i, whole = n * n * n;
        int64_t a = j * j * j, b = 3 * i * j * j, c = 3 * i * i * j;
        path_line(path, cut((a * x0 + b * x1 + c * x2 + i * i * i * x) / whole),
                  cut((a * y0 + b * y1 + c * y2 + i * i * i * y) / whole));
    }
}

void path_circle(Path *path, int32_t x, int32_t y, int32_t radius) {
    /* 0.5523 of the radius makes four cubics the closest to a circle. */
    int32_t k = (int32_t)((int64_t)radius * 36195 / 65536);
    path_move(path, x + radius, y);
    path_cubic(path, x + radius, y + k, x + k, y + radius, x, y + radius);
    path_cubic(path, x - k, y + radius, x - radius, y + k, x - radius, y);
    path_cubic(path, x - radius, y - k, x - k, y - radius, x, y - radius);
    path_cubic(path, x + k, y - radius, x + radius, y - k, x + radius, y);
}

static int32_t smaller(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b) {
    return a > b ? a : b;
}

Rect path_extent(const Path *path, int32_t width) {
    if (path->count == 0)
        return (Rect){0};
    int32_t left = PATH_FAR, top = PATH_FAR, right = -PATH_FAR;
    int32_t bottom = -PATH_FAR;
    for (uint32_t i = 0; i < path->count; i++) {
        PathLine line = path->lines[i];
        left = smaller(left, smaller(line.x0, line.x1));
        right = larger(right, larger(line.x0, line.x1));
        top = smaller(top, smaller(line.y0, line.y1));
        bottom = larger(bottom, larger(line.y0, line.y1));
    }
    int32_t around = width > 0 ? cut(width) / 2 + PATH_UNIT : 0;
    return rect_between((left - around) >> 8, (top - around) >> 8,
                        ((right + around) >> 8) + 1,
                        ((bottom + around) >> 8) + 1);
}

/* ---- Filling ---- */

/* Sums of one row, one more pixel on each side than a bitmap is wide. */
static int32_t row_cover[BITMAP_MAX_SIDE + 2];
static int32_t row_area[BITMAP_MAX_SIDE + 2];
static uint8_t row_coverage[BITMAP_MAX_SIDE];

/* Adds a piece of line within one pixel: from (x0, y0) to (x1, y1), all in
 * 1/256 of this pixel. */
static void add_cell(int32_t index, int32_t x0, int32_t y0, int32_t x1,
                     int32_t y1) {
    row_cover[index] += y1 - y0;
    row_area[index] += (y1 - y0) * (x0 + x1);
}

/* The x of a line at a height, in 1/256 pixel. */
static int32_t x_at(PathLine line, int32_t y) {
    int64_t part = (int64_t)(line.x1 - line.x0) * (y - line.y0);
    return line.x0 + (int32_t)(part / (line.y1 - line.y0));
}

/* Adds the piece from (x0, y0) to (x1, y1), both within the row: y is 0 to 256
 * in it, x in 1/256 pixel from the row's first. Cut into one piece a pixel. */
static void add_piece(int32_t x0, int32_t y0, int32_t x1, int32_t y1,
                      int32_t count) {
    int32_t end = count * PATH_UNIT;
    if ((x0 <= 0 && x1 <= 0) || (x0 >= end && x1 >= end)) {
        if (x0 <= 0)
            add_cell(0, 0, y0, 0, y1);
        return;
    }
    int32_t step = x1 > x0 ? 1 : -1, x = x0, y = y0;
    while (x != x1 || y != y1) {
        int32_t cell = step > 0 ? x >> 8 : (x - 1) >> 8;
        int32_t border = step > 0 ? (cell + 1) * PATH_UNIT : cell * PATH_UNIT;
        bool last = x0 == x1 || (step > 0 ? border >= x1 : border <= x1);
        if (x0 == x1)
            cell = x >> 8;
        int32_t next_x = last ? x1 : border;
        int32_t next_y = last ? y1
                              : y0 + (int32_t)((int64_t)(y1 - y0) *
                                               (border - x0) / (x1 - x0));
        int32_t base = cell * PATH_UNIT;
        if (cell < 0)
            add_cell(0, 0, y, 0, next_y);
        else if (cell < count)
            add_cell(cell, x - base, y, next_x - base, next_y);
        x = next_x;
        y = next_y;
    }
}

/* Adds the part of a line that lies in the row with this top. */
static void add_line(PathLine line, int32_t top, int32_t left, int32_t count) {
    bool down = line.y1 > line.y0;
    int32_t first = down ? line.y0 : line.y1, last = down ? line.y1 : line.y0;
    int32_t from = larger(first, top), to = smaller(last, top + PATH_UNIT);
    if (from >= to)
        return;
    int32_t from_x = x_at(line, from) - left, to_x = x_at(line, to) - left;
    if (down)
        add_piece(from_x, from - top, to_x, to - top, count);
    else
        add_piece(to_x, to - top, from_x, from - top, count);
}

static void coverage_of_row(int32_t count) {
    int32_t sum = 0;
    for (int32_t i = 0; i < count; i++) {
        /* What lines further left span, less what lies left of this line. */
        int64_t whole = (int64_t)(sum + row_cover[i]) * 2 * PATH_UNIT;
        int64_t covered = whole - row_area[i];
        sum += row_cover[i];
        covered = covered < 0 ? -covered : covered;
        covered = (covered * 255 + PATH_UNIT * PATH_UNIT) /
                  (2 * PATH_UNIT * PATH_UNIT);
        row_coverage[i] = (uint8_t)(covered > 255 ? 255 : covered);
    }
}

/* Adds the straight line that closes each figure, and all its lines. */
static void add_lines(const Path *path, int32_t top, int32_t left,
                      int32_t count) {
    int32_t start_x = 0, start_y = 0, x = 0, y = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        PathLine line = path->lines[i];
        if (i == 0 || line.x0 != x || line.y0 != y) {
            add_line((PathLine){x, y, start_x, start_y}, top, left, count);
            start_x = line.x0;
            start_y = line.y0;
        }
        add_line(line, top, left, count);
        x = line.x1;
        y = line.y1;
    }
    add_line((PathLine){x, y, start_x, start_y}, top, left, count);
}

void path_fill(Canvas *canvas, const Path *path, Colour colour) {
    Rect seen = canvas_visible(canvas, path_extent(path, 0));
    /* Back to the path's coordinates: pixels from its origin. */
    int64_t left = (int64_t)seen.x - canvas->now.x;
    for (int32_t row = 0; row < seen.height; row++) {
        int64_t y = (int64_t)seen.y + row - canvas->now.y;
        size_t bytes = (size_t)(seen.width + 1) * sizeof *row_cover;
        bytes_fill(row_cover, 0, bytes);
        bytes_fill(row_area, 0, bytes);
        add_lines(path, (int32_t)y * PATH_UNIT, (int32_t)left * PATH_UNIT,
                  seen.width);
        coverage_of_row(seen.width);
        canvas_tint(canvas, (int32_t)left, (int32_t)y, row_coverage, seen.width,
                    colour);
    }
}
