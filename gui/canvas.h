/* canvas.h: drawing into a bitmap, through a clip and an origin.
 *
 * Every drawing function of gui takes a canvas, places its coordinates
 * relative to the origin, and touches no pixel outside the clip. Any
 * coordinates are allowed. Colours are not premultiplied (bitmap.h); what is
 * not opaque is laid over what is there. */
#ifndef GUI_CANVAS_H
#define GUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gui/bitmap.h"
#include "gui/rect.h"

#define CANVAS_DEPTH 24 /* clips within clips */

typedef struct CanvasState {
    Rect clip;    /* in pixels of the bitmap, always inside it */
    int32_t x, y; /* the origin, in pixels of the bitmap */
} CanvasState;

typedef struct Canvas {
    Bitmap bitmap;
    CanvasState now;
    CanvasState pushed[CANVAS_DEPTH];
    uint32_t depth; /* states pushed */
} Canvas;

/* A canvas on the whole bitmap, its origin in the corner. */
void canvas_begin(Canvas *canvas, Bitmap bitmap);

/* Keeps clip and origin; canvas_pop brings them back. Push: false, and
 * nothing, when CANVAS_DEPTH are kept. Pop: false when none is. */
bool canvas_push(Canvas *canvas);
bool canvas_pop(Canvas *canvas);

/* Draws from now on only where it also is inside `rect`. */
void canvas_clip(Canvas *canvas, Rect rect);

/* Moves the origin. */
void canvas_move(Canvas *canvas, int32_t dx, int32_t dy);

/* The rectangle in pixels of the bitmap, cut to the clip. */
Rect canvas_visible(const Canvas *canvas, Rect rect);

/* True when something of the rectangle would be seen. */
bool canvas_sees(const Canvas *canvas, Rect rect);

void canvas_fill(Canvas *canvas, Rect rect, Colour colour);

/* From `top` in the first row to `bottom` in the last. */
void canvas_gradient(Canvas *canvas, Rect rect, Colour top, Colour bottom);

/* A frame of `width` pixels inside the rectangle. */
void canvas_frame(Canvas *canvas, Rect rect, int32_t width, Colour colour);

/* The pixels of one row from (x, y) on made as thick as `coverage` says; the
 * base of everything with soft edges. */
void canvas_tint(Canvas *canvas, int32_t x, int32_t y, const uint8_t *coverage,
                 int32_t count, Colour colour);

typedef enum CanvasFilter {
    CANVAS_NEAREST,  /* whole pixels repeated or left out */
    CANVAS_BILINEAR, /* between the four neighbours, 1/256 pixel */
} CanvasFilter;

/* The part `source` of a picture, stretched to fill `to`. What lies outside the
 * picture is left out by shrinking `source` first; an empty one draws
 * nothing. */
void canvas_stretch(Canvas *canvas, const Bitmap *from, Rect source, Rect to,
                    CanvasFilter filter);

#endif
