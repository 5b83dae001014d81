/* shadow.h: the soft shadow of a rounded rectangle. */
#ifndef GUI_SHADOW_H
#define GUI_SHADOW_H

#include "gui/canvas.h"
#include "gui/shape.h"

/* What a shadow looks like. The blur has CSS's meaning: the transition is
 * about twice as wide; the standard deviation is half of it. */
typedef struct Shadow {
    int32_t down;   /* pixels that the shadow is lower */
    int32_t blur;   /* 0 to SHADOW_MAX_BLUR */
    int32_t radius; /* of the corners, 0 to SHAPE_MAX_RADIUS */
    Colour colour;
} Shadow;

#define SHADOW_MAX_BLUR 32

/* Pixels from each edge that its coverage changes in. */
#define SHADOW_MAX_SIDE (3 * SHADOW_MAX_BLUR + SHAPE_MAX_RADIUS)

/* Units of work (vm/run/worker.h) to make ready what draws it. */
uint64_t shadow_work(Shadow shadow);

/* How far the shadow reaches beyond the rectangle that throws it. */
Rect shadow_extent(Rect rect, Shadow shadow);

/* The shadow that an opaque rectangle throws, except where the rectangle
 * itself (with its corners) will be drawn over it. */
void shadow_draw(Canvas *canvas, Rect rect, Shadow shadow);

#endif
