/* cursor.h: the pointer's shapes, black with a white edge, drawn from outlines
 * at any whole scale. */
#ifndef GUI_CURSOR_H
#define GUI_CURSOR_H

#include "gui/canvas.h"

typedef enum CursorShape { /* append only: the numbers are in programs */
                           CURSOR_ARROW,
                           CURSOR_TEXT,
                           CURSOR_HAND,
                           CURSOR_RESIZE_ACROSS,  /* left and right edges */
                           CURSOR_RESIZE_ALONG,   /* top and bottom edges */
                           CURSOR_RESIZE_FALLING, /* top left, bottom right */
                           CURSOR_RESIZE_RISING,  /* top right, bottom left */
                           CURSOR_MOVE,
                           CURSOR_CROSS,
                           CURSOR_SHAPES
} CursorShape;

#define CURSOR_MAX_SCALE 4

/* The pixels that a cursor touches when it points at (x, y). */
Rect cursor_rect(uint32_t shape, int32_t x, int32_t y, int32_t scale);

/* Draws the cursor so that it points at (x, y). An unknown shape is the arrow;
 * the scale is 1 to CURSOR_MAX_SCALE. */
void cursor_draw(Canvas *canvas, uint32_t shape, int32_t x, int32_t y,
                 int32_t scale);

#endif
