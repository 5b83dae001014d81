/* ending.h: ending an app that a person does not want any more: asked by
 * Super+Escape for the app with the focus, and by the system when a window that
 * a person closes does not answer. */
#ifndef KERNEL_SYSTEM_NOTICES_ENDING_H
#define KERNEL_SYSTEM_NOTICES_ENDING_H

#include "wm/wm.h"

/* WmHooks.end: asks whether the app of this window is to be ended. */
void ending_ask(WmWindow *window);

/* Every turn. When to look again. */
uint64_t ending_step(void);

#endif
