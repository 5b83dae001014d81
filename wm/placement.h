/* placement.h: where a window goes that asks for no place. */
#ifndef WM_PLACEMENT_H
#define WM_PLACEMENT_H

#include "wm/window_object.h"

/* A little further than the last one, and smaller than it would like to be
 * where the screen is too small for it. Fills in place and size. */
void placement_choose(WindowObject *object);

#endif
