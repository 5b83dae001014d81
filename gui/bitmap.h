/* bitmap.h: pixels in memory, and the two forms of a colour.
 *
 * A pixel is 0xAARRGGBB with the colours already multiplied by alpha
 * (premultiplied): 0xFFrrggbb is opaque, 0 is nothing. No colour byte may be
 * larger than alpha. The screen ignores the alpha byte, so an opaque bitmap can
 * be shown as it is.
 *
 * A Colour, as callers write it, is 0xAARRGGBB not multiplied. */
#ifndef GUI_BITMAP_H
#define GUI_BITMAP_H

#include <stddef.h>
#include <stdint.h>

#include "gui/rect.h"
#include "kernel/base/status.h"

#define BITMAP_MAX_SIDE 8192 /* pixels; drawing code relies on it */

typedef uint32_t Colour;

typedef struct Bitmap {
    uint32_t *pixels;
    int32_t width, height; /* pixels, 0 to BITMAP_MAX_SIDE */
    size_t stride;         /* pixels from row to row, at least width */
} Bitmap;

/* A new transparent bitmap in transient memory. LIMIT: a side is larger than
 * BITMAP_MAX_SIDE or less than 1. NO_MEMORY. */
Status bitmap_make(int32_t width, int32_t height, Bitmap *bitmap_out);
void bitmap_free(Bitmap *bitmap);

static inline Rect bitmap_rect(const Bitmap *bitmap) {
    return (Rect){0, 0, bitmap->width, bitmap->height};
}

static inline uint32_t *bitmap_at(const Bitmap *bitmap, int32_t x, int32_t y) {
    return bitmap->pixels + (size_t)y * bitmap->stride + (size_t)x;
}

/* value * part / 255, rounded to the nearest, for 0 to 255 each. All drawing
 * is made of this. */
static inline uint32_t bitmap_part(uint32_t value, uint32_t part) {
    uint32_t product = value * part + 128;
    return (product + (product >> 8)) >> 8;
}

/* The pixel of a colour. */
static inline uint32_t bitmap_pixel(Colour colour) {
    uint32_t alpha = colour >> 24;
    return alpha << 24 | bitmap_part(colour >> 16 & 255, alpha) << 16 |
           bitmap_part(colour >> 8 & 255, alpha) << 8 |
           bitmap_part(colour & 255, alpha);
}

/* The same colour with its alpha multiplied by `part` / 255. */
static inline Colour bitmap_faded(Colour colour, uint32_t part) {
    return (colour & 0xffffff) | bitmap_part(colour >> 24, part) << 24;
}

/* The colour `part` / 255 of the way from `a` to `b`. */
Colour bitmap_mix(Colour a, Colour b, uint32_t part);

#endif
