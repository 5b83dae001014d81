/* clipboard.h: the one text that apps hand to each other, by a person's act.
 *
 * An app that was not given the right to use it at any time
 *   - reads it once for each press of the paste key (Ctrl+V) in a window of its
 *     own, and only the text that was there then;
 *   - writes it while the last press of a key or button was in a window of its
 *     own.
 * Anything else is a RightError. What a press gives is counted where presses
 * are delivered: no event that an app makes by itself gives any. */
#ifndef WM_CLIPBOARD_H
#define WM_CLIPBOARD_H

#include "kernel/platform.h"
#include "vm/heap/object.h"

/* Makes its natives known; before vm_create and vm_restore. */
void clipboard_register(void);

/* A person's event goes to a window of the app. Where that cannot be written,
 * the press gives nothing. */
void clipboard_press(Domain *domain, const InputEvent *event);

/* The app is over for good: a text of it that did not come whole comes no more,
 * and what its texts took of the system's memory is to come back. */
void clipboard_forget(const Domain *domain);

#endif
