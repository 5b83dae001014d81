/* double_click.h: two presses of the left button on one title, in one place and
 * soon after each other. Those in a content are for its program
 * (apps/lib/ui/window.rev). */
#ifndef WM_DOUBLE_CLICK_H
#define WM_DOUBLE_CLICK_H

#include "wm/wm_state.h"

/* True when this press is the second of a pair on a title. Every press comes
 * here: one of another button, or elsewhere (NULL), parts the two. */
bool double_click_press(WmWindow *title, const InputEvent *event);

#endif
