/* clipboard.h: the one text that every app can read and write. */
#ifndef WM_CLIPBOARD_H
#define WM_CLIPBOARD_H

/* Makes its natives known; before vm_create and vm_restore. */
void clipboard_register(void);

#endif
