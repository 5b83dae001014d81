/* stroke.h: lines of any width along a path, with round joins and ends. */
#ifndef GUI_STROKE_H
#define GUI_STROKE_H

#include "gui/path.h"

#define STROKE_MAX_WIDTH (128 * PATH_UNIT)

/* Draws along all lines of the path; `width` in 1/256 pixel. */
void stroke_draw(Canvas *canvas, const Path *path, int32_t width,
                 Colour colour);

/* Units of work (vm/run/worker.h) of `count` pixels of a row, in the path's
 * coordinates, beside those of each pixel; also of a fill, whose width is 0. */
uint64_t stroke_row_work(const Path *path, int32_t width, int64_t left,
                         int64_t row, int32_t count);

#endif
