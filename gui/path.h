/* path.h: outlines of lines and curves, filled with soft edges (stroke.h draws
 * along them).
 *
 * Coordinates are in 1/256 pixel of the canvas (PATH_UNIT). Curves become
 * lines as they are added. A path holds at most PATH_MAX_LINES lines; what does
 * not fit is left out and `full` says so. Coordinates beyond PATH_FAR are cut
 * to it. */
#ifndef GUI_PATH_H
#define GUI_PATH_H

#include "gui/canvas.h"

#define PATH_UNIT 256
#define PATH_MAX_LINES 512
#define PATH_FAR (16384 * PATH_UNIT)

typedef struct PathLine {
    int32_t x0, y0, x1, y1;
} PathLine;

typedef struct Path {
    PathLine lines[PATH_MAX_LINES];
    uint32_t count;
    int32_t start_x, start_y; /* of the figure being drawn */
    int32_t x, y;             /* the pen */
    bool full;
} Path;

void path_begin(Path *path);
void path_move(Path *path, int32_t x, int32_t y);
void path_line(Path *path, int32_t x, int32_t y);
/* One and two control points. */
void path_quad(Path *path, int32_t x1, int32_t y1, int32_t x, int32_t y);
void path_cubic(Path *path, int32_t x1, int32_t y1, int32_t x2, int32_t y2,
                int32_t x, int32_t y);
/* Back to where the figure began. */
void path_close(Path *path);
/* A whole circle, its own figure. */
void path_circle(Path *path, int32_t x, int32_t y, int32_t radius);

/* The pixels that a stroke of `width` (1/256 pixel; 0 for a fill) touches. */
Rect path_extent(const Path *path, int32_t width);

/* Fills the figures, each closed with a straight line; where they wind around
 * a pixel an equal number of times to both sides, it is outside. */
void path_fill(Canvas *canvas, const Path *path, Colour colour);

#endif
