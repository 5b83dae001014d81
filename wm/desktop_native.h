/* desktop_native.h: windows of programs: the bridge between window objects and
 * the window manager. Registered before the VM starts. */
#ifndef WM_DESKTOP_NATIVE_H
#define WM_DESKTOP_NATIVE_H

#include "vm/heap/object.h"
#include "wm/wm.h"

/* Makes the natives of module "ui" known; before vm_create and vm_restore. */
void desktop_register(void);

/* After wm_start: makes the windows of all domains again from their objects
 * (of a fresh heap: none). NO_MEMORY, or why the desk cannot be written. */
Status desktop_restore(void);

/* The hooks for wm_start but launch, app_name and clock. */
void desktop_hooks(WmHooks *hooks_in_out);

/* The desk when the machine went off; false: there was none yet. */
bool desktop_desk(WmDesk *desk_out);

/* Between slices: delivers what could not be delivered, keeps the desk. */
void desktop_step(void);

/* The app is over: its windows go. Before domain_kill. */
void desktop_forget(const Domain *domain);

/* An app came back by itself: so do its windows, the first of them to the
 * front. NO_MEMORY. */
Status desktop_bring(Domain *domain);

/* Windows have not taken the events so far: more input can wait. */
bool desktop_behind(void);

/* No event waits, and every window's thread waits for one. */
bool desktop_waits(void);
/* The same, and no other thread of their apps runs. */
bool desktop_quiet(void);
uint32_t desktop_window_count(void);
uint64_t desktop_focused_number(void); /* 0: none */

/* For scripts: the middle of the visible widget (or part of a frame, or item of
 * the bar) with this role and name; and whether a visible widget or title has
 * this text. */
bool desktop_find(const char *role, const char *name, int32_t *x_out,
                  int32_t *y_out);
bool desktop_shows(const char *text);

/* For scripts: the parts of the screen that say nothing about the world: the
 * pointer, the clock (but in test mode), and widgets whose pixels move by
 * themselves. Their number; those that are too many are joined. */
uint32_t desktop_masks(Rect *rects_out, uint32_t capacity);

#endif
