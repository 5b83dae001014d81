/* The canvas: clips, origins, and what is filled in whole rows. */
#include "gui/canvas.h"

#include "gui/pixels.h"

void canvas_begin(Canvas *canvas, Bitmap bitmap) {
    canvas->bitmap = bitmap;
    canvas->now = (CanvasState){bitmap_rect(&bitmap), 0, 0};
    canvas->depth = 0;
}

bool canvas_push(Canvas *canvas) {
    if (canvas->depth == CANVAS_DEPTH)
        return false;
    canvas->pushed[canvas->depth++] = canvas->now;
    return true;
}

bool canvas_pop(Canvas *canvas) {
    if (canvas->depth == 0)
        return false;
    canvas->now = canvas->pushed[--canvas->depth];
    return true;
}

void canvas_clip(Canvas *canvas, Rect rect) {
    canvas->now.clip = canvas_visible(canvas, rect);
}

void canvas_move(Canvas *canvas, int32_t dx, int32_t dy) {
    canvas->now.x = rect_clamp((int64_t)canvas->now.x + dx);
    canvas->now.y = rect_clamp((int64_t)canvas->now.y + dy);
}

Rect canvas_visible(const Canvas *canvas, Rect rect) {
    int64_t x = (int64_t)rect.x + canvas->now.x;
    int64_t y = (int64_t)rect.y + canvas->now.y;
    Rect moved = rect_between(x, y, x + rect.width, y + rect.height);
    return rect_common(canvas->now.clip, moved);
}

bool canvas_sees(const Canvas *canvas, Rect rect) {
    return !rect_empty(canvas_visible(canvas, rect));
}

/* Lays one pixel over a row. */
static void lay(uint32_t *to, int32_t count, uint32_t pixel) {
    if (pixel >> 24 == 255)
        pixels_loops.fill(to, (size_t)count, pixel);
    else if (pixel != 0)
        pixels_loops.cover(to, (size_t)count, pixel);
}

void canvas_fill(Canvas *canvas, Rect rect, Colour colour) {
    Rect seen = canvas_visible(canvas, rect);
    uint32_t pixel = bitmap_pixel(colour);
    for (int32_t row = 0; row < seen.height; row++)
        lay(bitmap_at(&canvas->bitmap, seen.x, seen.y + row), seen.width,
            pixel);
}

void canvas_gradient(Canvas *canvas, Rect rect, Colour top, Colour bottom) {
    Rect seen = canvas_visible(canvas, rect);
    int64_t first = (int64_t)rect.y + canvas->now.y;
    int64_t last = rect.height > 1 ? rect.height - 1 : 1;
    for (int32_t row = 0; row < seen.height; row++) {
        int64_t part = ((seen.y + row - first) * 510 + last) / (last * 2);
        Colour colour = bitmap_mix(top, bottom, (uint32_t)part);
        lay(bitmap_at(&canvas->bitmap, seen.x, seen.y + row), seen.width,
            bitmap_pixel(colour));
    }
}

void canvas_frame(Canvas *canvas, Rect rect, int32_t width, Colour colour) {
    if (width <= 0 || rect_empty(rect))
        return;
    Rect hole = rect_inset(rect, width);
    if (rect_empty(hole)) {
        canvas_fill(canvas, rect, colour);
        return;
    }
    int64_t right = rect_right(rect), bottom = rect_bottom(rect);
    canvas_fill(canvas, (Rect){rect.x, rect.y, rect.width, width}, colour);
    canvas_fill(canvas, rect_between(rect.x, bottom - width, right, bottom),
                colour);
    canvas_fill(canvas, (Rect){rect.x, hole.y, width, hole.height}, colour);
    canvas_fill(canvas,
                rect_between(right - width, hole.y, right, rect_bottom(hole)),
                colour);
}

void canvas_tint(Canvas *canvas, int32_t x, int32_t y, const uint8_t *coverage,
                 int32_t count, Colour colour) {
    Rect seen = canvas_visible(canvas, (Rect){x, y, count, 1});
    if (rect_empty(seen))
        return;
    int64_t skipped = seen.x - ((int64_t)x + canvas->now.x);
    pixels_loops.tint(bitmap_at(&canvas->bitmap, seen.x, seen.y),
                      coverage + skipped, (size_t)seen.width,
                      bitmap_pixel(colour));
}

/* ---- Pictures ---- */

/* One direction of stretching: for pixel `i` of `count`, where in `source`
 * pixels from `start` on, in 1/256 pixel and pixel centres on centres. */
static int64_t source_at(int64_t i, int64_t count, int64_t start,
                         int64_t source) {
    return start * 256 + ((2 * i + 1) * source * 128) / count - 128;
}

static int32_t within(int64_t at, int32_t first, int32_t count) {
    return at < first            ? first
           : at >= first + count ? first + count - 1
                                 : (int32_t)at;
}

/* Two bytes of a pixel at a time, in the low bytes of 16-bit lanes. */
#define LANES 0x00ff00ffu

static uint32_t between(uint32_t a, uint32_t b, uint32_t part256) {
    uint32_t rest = 256 - part256;
    uint32_t low = (a & LANES) * rest + (b & LANES) * part256 + 0x00800080u;
    uint32_t high =
        (a >> 8 & LANES) * rest + (b >> 8 & LANES) * part256 + 0x00800080u;
    return (low >> 8 & LANES) | (high & ~LANES);
}

static uint32_t bilinear(const Bitmap *from, Rect source, int64_t x256,
                         int64_t y256) {
    int32_t x0 = within(x256 >> 8, source.x, source.width);
    int32_t x1 = within((x256 >> 8) + 1, source.x, source.width);
    int32_t y0 = within(y256 >> 8, source.y, source.height);
    int32_t y1 = within((y256 >> 8) + 1, source.y, source.height);
    uint32_t part_x = (uint32_t)(x256 & 255), part_y = (uint32_t)(y256 & 255);
    uint32_t above =
        between(*bitmap_at(from, x0, y0), *bitmap_at(from, x1, y0), part_x);
    uint32_t below =
        between(*bitmap_at(from, x0, y1), *bitmap_at(from, x1, y1), part_x);
    return between(above, below, part_y);
}

static uint32_t nearest(const Bitmap *from, Rect source, int64_t x256,
                        int64_t y256) {
    return *bitmap_at(from, within((x256 + 128) >> 8, source.x, source.width),
                      within((y256 + 128) >> 8, source.y, source.height));
}

static int64_t columns[BITMAP_MAX_SIDE]; /* x in the source, 1/256 pixel */

void canvas_stretch(Canvas *canvas, const Bitmap *from, Rect source, Rect to,
                    CanvasFilter filter) {
    Rect seen = canvas_visible(canvas, to);
    int64_t left = (int64_t)to.x + canvas->now.x;
    int64_t top = (int64_t)to.y + canvas->now.y;
    source = rect_common(source, bitmap_rect(from));
    if (rect_empty(source))
        return;
    for (int32_t i = 0; i < seen.width; i++)
        columns[i] =
            source_at(seen.x + i - left, to.width, source.x, source.width);
    for (int32_t row = 0; row < seen.height; row++) {
        uint32_t *at = bitmap_at(&canvas->bitmap, seen.x, seen.y + row);
        int64_t y256 =
            source_at(seen.y + row - top, to.height, source.y, source.height);
        for (int32_t i = 0; i < seen.width; i++) {
            uint32_t pixel = filter == CANVAS_BILINEAR
                                 ? bilinear(from, source, columns[i], y256)
                                 : nearest(from, source, columns[i], y256);
            pixels_plain.blend(at + i, &pixel, 1);
        }
    }
}
