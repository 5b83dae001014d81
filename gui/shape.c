/* Rounded rectangles. A corner is a square of coverage, made once for each
 * radius: every row of pixels is cut into 16 thin rows, and each of these
 * covers from where the circle begins, exact to 1/256 pixel. */
#include "gui/shape.h"

#include "gui/pixels.h"
#include "kernel/base/check.h"

enum { THIN_ROWS = 16, UNIT = 256 };

/* The corners of all radii one after the other: 1 + 4 + 9 + ... bytes. */
#define CORNERS_BYTES                                                          \
    (SHAPE_MAX_RADIUS * (SHAPE_MAX_RADIUS + 1) * (2 * SHAPE_MAX_RADIUS + 1) / 6)

static uint8_t corners[CORNERS_BYTES];
static bool corner_made[SHAPE_MAX_RADIUS + 1];

/* The largest whole number whose square is at most `value`. */
static uint32_t square_root(uint64_t value) {
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 20; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return (uint32_t)root;
}

static void make_row(uint8_t *row_out, int32_t radius, int32_t row) {
    uint32_t sums[SHAPE_MAX_RADIUS] = {0};
    int64_t r = (int64_t)radius * UNIT;
    for (int32_t thin = 0; thin < THIN_ROWS; thin++) {
        int64_t up = r - row * UNIT - (2 * thin + 1) * UNIT / (2 * THIN_ROWS);
        int64_t start = r - square_root((uint64_t)(r * r - up * up));
        for (int32_t x = (int32_t)(start / UNIT); x < radius; x++) {
            int64_t inside = (int64_t)(x + 1) * UNIT - start;
            sums[x] += (uint32_t)(inside < UNIT ? inside : UNIT);
        }
    }
    for (int32_t x = 0; x < radius; x++)
        row_out[x] = (uint8_t)((sums[x] * 255 + THIN_ROWS * UNIT / 2) /
                               (THIN_ROWS * UNIT));
}

const uint8_t *shape_corner(int32_t radius, int32_t row) {
    CHECK(radius >= 1 && radius <= SHAPE_MAX_RADIUS && row >= 0 &&
          row < radius);
    uint8_t *corner = corners + (radius - 1) * radius * (2 * radius - 1) / 6;
    if (!corner_made[radius]) {
        for (int32_t i = 0; i < radius; i++)
            make_row(corner + i * radius, radius, i);
        corner_made[radius] = true;
    }
    return corner + row * radius;
}

static int32_t fitting_radius(Rect rect, int32_t radius) {
    int32_t side = rect.width < rect.height ? rect.width : rect.height;
    if (radius > side / 2)
        radius = side / 2;
    return radius > SHAPE_MAX_RADIUS ? SHAPE_MAX_RADIUS : radius;
}

/* One row with soft ends of `radius` pixels at (x, y), mirrored at the right.
 */
static void soft_row(Canvas *canvas, Rect rect, int32_t y,
                     const uint8_t *corner, int32_t radius, Colour colour) {
    uint8_t mirrored[SHAPE_MAX_RADIUS];
    for (int32_t i = 0; i < radius; i++)
        mirrored[i] = corner[radius - 1 - i];
    canvas_tint(canvas, rect.x, y, corner, radius, colour);
    canvas_fill(canvas, (Rect){rect.x + radius, y, rect.width - 2 * radius, 1},
                colour);
    canvas_tint(canvas, rect.x + rect.width - radius, y, mirrored, radius,
                colour);
}

/* Sizes over this are cut, so that sums of coordinates stay in range; no
 * bitmap is that large. */
static Rect within_reason(Rect rect) {
    const int32_t far = 1 << 28;
    return rect_common(rect, (Rect){-far, -far, 2 * far, 2 * far});
}

static void fill_corners(Canvas *canvas, Rect rect, int32_t radius,
                         bool bottom_too, Colour colour) {
    rect = within_reason(rect);
    if (!canvas_sees(canvas, rect))
        return;
    radius = fitting_radius(rect, radius);
    for (int32_t row = 0; row < radius; row++) {
        const uint8_t *corner = shape_corner(radius, row);
        soft_row(canvas, rect, rect.y + row, corner, radius, colour);
        if (bottom_too)
            soft_row(canvas, rect, rect.y + rect.height - 1 - row, corner,
                     radius, colour);
    }
    int32_t below = bottom_too ? radius : 0;
    canvas_fill(canvas,
                (Rect){rect.x, rect.y + radius, rect.width,
                       rect.height - radius - below},
                colour);
}

void shape_fill(Canvas *canvas, Rect rect, int32_t radius, Colour colour) {
    fill_corners(canvas, rect, radius < 0 ? 0 : radius, true, colour);
}

/* ---- Lines along the edge ---- */

/* Row `row` of the corner of a line: the outer corner without the inner. */
static void ring_row(uint8_t *coverage_out, int32_t radius, int32_t width,
                     int32_t row) {
    const uint8_t *outer = shape_corner(radius, row);
    int32_t inner_radius = radius - width;
    for (int32_t i = 0; i < radius; i++)
        coverage_out[i] = outer[i];
    if (row < width || inner_radius < 1)
        return;
    const uint8_t *inner = shape_corner(inner_radius, row - width);
    for (int32_t i = width; i < radius; i++) {
        uint8_t taken = inner[i - width];
        coverage_out[i] -= taken < coverage_out[i] ? taken : coverage_out[i];
    }
}

static void stroke_corners(Canvas *canvas, Rect rect, int32_t radius,
                           int32_t width, Colour colour) {
    for (int32_t row = 0; row < radius; row++) {
        uint8_t left[SHAPE_MAX_RADIUS], right[SHAPE_MAX_RADIUS];
        ring_row(left, radius, width, row);
        for (int32_t i = 0; i < radius; i++)
            right[i] = left[radius - 1 - i];
        int32_t last = rect.x + rect.width - radius;
        int32_t rows[2] = {rect.y + row, rect.y + rect.height - 1 - row};
        for (int i = 0; i < 2; i++) {
            canvas_tint(canvas, rect.x, rows[i], left, radius, colour);
            canvas_tint(canvas, last, rows[i], right, radius, colour);
        }
    }
}

void shape_stroke(Canvas *canvas, Rect rect, int32_t radius, int32_t width,
                  Colour colour) {
    rect = within_reason(rect);
    if (width <= 0 || !canvas_sees(canvas, rect))
        return;
    radius = fitting_radius(rect, radius < 0 ? 0 : radius);
    if (rect_empty(rect_inset(rect, width))) {
        shape_fill(canvas, rect, radius, colour);
        return;
    }
    if (radius < width) {
        canvas_frame(canvas, rect, width, colour);
        return;
    }
    stroke_corners(canvas, rect, radius, width, colour);
    int32_t across = rect.width - 2 * radius, along = rect.height - 2 * radius;
    int32_t right = rect.x + rect.width, bottom = rect.y + rect.height;
    canvas_fill(canvas, (Rect){rect.x + radius, rect.y, across, width}, colour);
    canvas_fill(canvas, (Rect){rect.x + radius, bottom - width, across, width},
                colour);
    canvas_fill(canvas, (Rect){rect.x, rect.y + radius, width, along}, colour);
    canvas_fill(canvas, (Rect){right - width, rect.y + radius, width, along},
                colour);
}
