/* stroke.h: lines of any width along a path, with round joins and ends. */
#ifndef GUI_STROKE_H
#define GUI_STROKE_H

#include "gui/path.h"

#define STROKE_MAX_WIDTH (128 * PATH_UNIT)

/* Draws along all lines of the path; `width` in 1/256 pixel. */
void stroke_draw(Canvas *canvas, const Path *path, int32_t width,
                 Colour colour);

#endif
