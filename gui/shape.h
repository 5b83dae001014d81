/* shape.h: rounded rectangles, filled and stroked. */
#ifndef GUI_SHAPE_H
#define GUI_SHAPE_H

#include "gui/canvas.h"

#define SHAPE_MAX_RADIUS 64 /* pixels; larger ones are drawn with this */

/* A filled rectangle with round corners; a radius of more than half a side is
 * cut to that. */
void shape_fill(Canvas *canvas, Rect rect, int32_t radius, Colour colour);

/* A line of `width` pixels along the inside of the edge. */
void shape_stroke(Canvas *canvas, Rect rect, int32_t radius, int32_t width,
                  Colour colour);

/* The coverage of one row of a corner: `radius` bytes for the pixels of row
 * `row` (0 is the outermost) of a top left corner; the other corners are its
 * mirror images. The radius is 1 to SHAPE_MAX_RADIUS. */
const uint8_t *shape_corner(int32_t radius, int32_t row);

#endif
