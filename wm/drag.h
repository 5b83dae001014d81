/* drag.h: what the pointer drags: the state of it in wm_state.h, and windows
 * that are moved and resized by it. */
#ifndef WM_DRAG_H
#define WM_DRAG_H

#include "wm/wm_state.h"

/* The pointer drags from here on, until this button is released. `window`: NULL
 * for the bar's. */
void drag_begin(WmDrag drag, WmWindow *window, DecorPart part, uint16_t button);
void drag_end(void);
/* What is dragged is let go: input is for the notice now. A window hears the
 * release of what went down in it all the same. */
void drag_notice_comes(void);

/* The window follows the pointer, by its title or by an edge. */
void drag_move(void);
void drag_resize(void);

#endif
