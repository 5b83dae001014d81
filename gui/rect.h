/* rect.h: rectangles of pixels. Coordinates may be any int32_t; what is
 * computed here neither overflows nor gives a negative size. */
#ifndef GUI_RECT_H
#define GUI_RECT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Rect {
    int32_t x, y, width, height; /* empty when a size is 0 or less */
} Rect;

static inline bool rect_empty(Rect rect) {
    return rect.width <= 0 || rect.height <= 0;
}

/* One past the last pixel; 64 bits, since x + width may not fit. */
static inline int64_t rect_right(Rect rect) {
    return (int64_t)rect.x + rect.width;
}

static inline int64_t rect_bottom(Rect rect) {
    return (int64_t)rect.y + rect.height;
}

static inline int32_t rect_clamp(int64_t value) {
    return value < INT32_MIN   ? INT32_MIN
           : value > INT32_MAX ? INT32_MAX
                               : (int32_t)value;
}

/* The rectangle between two corners; empty when they are in the wrong order. */
static inline Rect rect_between(int64_t left, int64_t top, int64_t right,
                                int64_t bottom) {
    Rect rect = {rect_clamp(left), rect_clamp(top), 0, 0};
    if (right > left)
        rect.width = rect_clamp(right - left);
    if (bottom > top)
        rect.height = rect_clamp(bottom - top);
    return rect;
}

/* What both have in common; possibly empty. */
static inline Rect rect_common(Rect a, Rect b) {
    if (rect_empty(a) || rect_empty(b))
        return (Rect){a.x, a.y, 0, 0};
    int64_t right = rect_right(a), bottom = rect_bottom(a);
    if (rect_right(b) < right)
        right = rect_right(b);
    if (rect_bottom(b) < bottom)
        bottom = rect_bottom(b);
    return rect_between(a.x > b.x ? a.x : b.x, a.y > b.y ? a.y : b.y, right,
                        bottom);
}

/* The smallest rectangle around both; an empty one counts for nothing. */
static inline Rect rect_around(Rect a, Rect b) {
    if (rect_empty(a))
        return b;
    if (rect_empty(b))
        return a;
    int64_t right = rect_right(a), bottom = rect_bottom(a);
    if (rect_right(b) > right)
        right = rect_right(b);
    if (rect_bottom(b) > bottom)
        bottom = rect_bottom(b);
    return rect_between(a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, right,
                        bottom);
}

static inline Rect rect_moved(Rect rect, int32_t dx, int32_t dy) {
    rect.x = rect_clamp((int64_t)rect.x + dx);
    rect.y = rect_clamp((int64_t)rect.y + dy);
    return rect;
}

/* Smaller by `by` on each side; larger when it is negative. */
static inline Rect rect_inset(Rect rect, int32_t by) {
    return rect_between((int64_t)rect.x + by, (int64_t)rect.y + by,
                        rect_right(rect) - by, rect_bottom(rect) - by);
}

static inline bool rect_has(Rect rect, int32_t x, int32_t y) {
    return x >= rect.x && y >= rect.y && x < rect_right(rect) &&
           y < rect_bottom(rect);
}

static inline bool rect_equal(Rect a, Rect b) {
    return a.x == b.x && a.y == b.y && a.width == b.width &&
           a.height == b.height;
}

static inline int64_t rect_pixels(Rect rect) {
    return (int64_t)rect.width * rect.height;
}

#endif
