/* router.h: where input goes, and what the pointer is doing.
 *
 * An event changes the state in wm_state.h, then router_settle() tells windows
 * what became of them. A drag begins with the press of a button and ends with
 * the release of the same one, with its window, or with a notice.
 *
 * What windows are to be told of themselves is told to some at once, those that
 * a person changed first, the others with the next turns: no number of windows
 * keeps input waiting.
 *
 * Invariants, after each router_settle() (router_check; those that take no walk
 * are looked at in every build):
 *  R1. A drag of a window has a window that is in the list; no other drag, and
 *      no drag, has one.
 *  R2. What the pointer is over is a visible window in the list and a part of
 *      it, or neither.
 *  R3. While a notice is shown nothing is dragged, but that a button may be
 *      held that went down in a content: its window hears the release.
 *  R4. Who was told last that it has the focus has it.
 *  R5. The first click of a pair was on a window that is in the list.
 *  R6. Every visible window was told its size, or is unsettled. */
#ifndef WM_ROUTER_H
#define WM_ROUTER_H

#include "wm/windows.h"

/* Finds what is under the pointer and lights it up; no window is told. */
void router_look(void);
/* The window goes: nothing here knows it any more. */
void router_forget(const WmWindow *window);
/* Tells windows about sizes that changed, and hooks about changes. */
void router_settle(void);

/* NULL, or the sentence of the invariant that does not hold. */
const char *router_check(void);

#endif
