/* desktop.h: the desktop that lives in the heap: between window objects and the
 * window manager. */
#ifndef WM_DESKTOP_H
#define WM_DESKTOP_H

#include "wm/seat.h"

/* After wm_start: makes the windows of all domains again from their objects
 * (of a fresh heap: none). NO_MEMORY, or why the desk cannot be written. */
Status desktop_restore(void);

/* The hooks for wm_start but launch, app_name and clock. */
void desktop_hooks(WmHooks *hooks_in_out);

/* Between slices: delivers what could not be delivered, keeps the desk. */
void desktop_step(void);

/* A person opened the app, which may be an old one: until the next press,
 * wherever, it may come to the front. */
void desktop_expect(const Domain *domain);
/* A new window of the app gets the focus: no other app has it, or the app was
 * opened or made since the last press. */
bool desktop_may_lead(const Domain *domain);

/* A window of the app has the focus. */
bool desktop_leads(const Domain *domain);
/* One of its windows wants to be looked at: its item in the bar calls. */
void desktop_call(const Domain *domain);

/* The app is over: its windows go. Before domain_kill. */
void desktop_forget(const Domain *domain);

/* The app has a window. */
bool desktop_has(const Domain *domain);

/* This one goes. */
void desktop_remove(Seat *seat);

/* An app came back by itself: so do its windows, the first of them to the
 * front. NO_MEMORY. */
Status desktop_bring(Domain *domain);

/* No event waits, and every window's thread waits for one; but for windows that
 * have not answered for some seconds. And nothing is left to be told. */
bool desktop_waits(void);
/* Every window has taken its events, or not answered for some seconds. */
bool desktop_has_heard(void);
/* As desktop_waits(), and no other thread of their apps runs. */
bool desktop_quiet(void);
uint32_t desktop_window_count(void);
uint64_t desktop_focused_number(void); /* 0: none */

#endif
