/* warning.h: a card above the tray that says what is not safe, and stays.
 *
 * It is the system's, takes no input but its own two buttons, and does not
 * persist: who put it up puts it up again after a restart. Hidden by a person
 * it leaves a triangle in the tray, in place of the dot, which brings it back.
 */
#ifndef WM_WARNING_H
#define WM_WARNING_H

#include "wm/wm_state.h"

typedef struct WmWarning {
    const char *title; /* what is, in a few words */
    const char *text;  /* why, and what that means, in a sentence or two */
} WmWarning;

/* Puts the warning up, open, or takes it away with NULL. The caller's until
 * then; the same one again changes nothing but what it says now. */
void warning_show(const WmWarning *warning);
bool warning_is_there(void);

/* Its texts are others now. */
void warning_changed(void);

/* By its button in the tray: opens or hides it. */
void warning_toggle(void);

/* The open card, and the button that hides it; empty when there is none. */
Rect warning_card(void);
Rect warning_button(void);

void warning_draw(Canvas *canvas);

#endif
