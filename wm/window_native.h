/* window_native.h: the natives of ui.Window. */
#ifndef WM_WINDOW_NATIVE_H
#define WM_WINDOW_NATIVE_H

/* Makes them known; before vm_create and vm_restore. */
void window_native_register(void);

#endif
