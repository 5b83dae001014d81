/* wm.h: the window manager: input goes to windows, windows go to the screen.
 *
 * Knows nothing of programs: whoever makes windows (wm/seat.h, wm/ring.h) gets
 * their events by hooks. Everything here is volatile and made again from the
 * window objects after a restart. */
#ifndef WM_WM_H
#define WM_WM_H

#include "kernel/platform.h"
#include "wm/windows.h"

/* What a window is told; numbers are in programs, 0 to 15 are InputKind. */
typedef enum WmEventKind {
    WM_EVENT_SIZE = 16,  /* x, y: new content size */
    WM_EVENT_CLOSE = 17, /* the person wants it closed */
    WM_EVENT_FOCUS = 18, /* down: got it, else lost it */
    WM_EVENT_PAINT = 19, /* the app itself wants to paint */
    WM_EVENT_THEME = 20, /* its picture is for another theme: paint anew */
} WmEventKind;

typedef struct WmHooks {
    /* An event for a window; x and y are relative to its content. A pointer
     * at -1, -1 went elsewhere. */
    void (*deliver)(WmWindow *window, const InputEvent *event);
    /* A key or a button goes down, whoever hears of it; before that. */
    void (*press)(void);
    /* The person wants the app of this window ended. */
    void (*end)(WmWindow *window);
    /* Fields with a persistent twin changed (WmWindow.changed); sets it again
     * when they cannot be kept now. */
    void (*changed)(WmWindow *window);
    /* Reads what a program may have changed: title, surface, cursor. Before any
     * of it is used; NULL: nothing changes by itself. */
    void (*refresh)(WmWindow *window);
    /* The person chose an app in the launcher, by its place. */
    void (*launch)(uint32_t app);
    /* The name of the app at a place, or NULL behind the last. */
    const char *(*app_name)(uint32_t app);
    /* The clock's text for the bar. */
    const char *(*clock)(void);
} WmHooks;

/* What persists besides the windows: all else follows from it. */
typedef struct WmDesk {
    int32_t x, y; /* of the pointer */
    bool launcher_open;
    bool dark; /* the theme */
} WmDesk;

/* Starts on a screen, with a desk of no matter which one. NO_MEMORY. */
Status wm_start(Screen screen, const WmHooks *hooks, const WmDesk *desk);

WmDesk wm_desk(void);

const Theme *wm_theme(void);
/* What pictures are drawn for now; Surface.stamp says what one was drawn for.
 * Never 0. */
uint64_t wm_stamp(void);

/* The windows that were there before the restart have come: what is under the
 * pointer looks so again. */
void wm_restored(void);

/* A window came (already in windows_add), changed its title, or goes (before
 * windows_remove). */
void wm_window_came(WmWindow *window);
void wm_window_retitled(WmWindow *window);
void wm_window_goes(WmWindow *window);

/* Pixels of its surface changed, within the content. */
void wm_surface_changed(WmWindow *window, Rect part);

/* WmHooks.refresh. */
void wm_refresh(WmWindow *window);

void wm_input(const InputEvent *event);

/* Tells windows what became of them (size, focus), and the hooks what changed;
 * between slices of programs, after anything above. Some at once: */
void wm_settle(void);
/* there are no others, unless something changed since. */
bool wm_is_settled(void);

/* The newest generation has everything that is on the screen, or not. */
void wm_show_durable(bool durable);
/* The clock's text may have changed. */
void wm_tick(void);

void wm_damage(Rect rect);
/* Draws what is damaged and shows it; true when there was something. */
bool wm_compose(void);
/* The first picture of a start, whole, but for windows so many and so large
 * that it would take too long: these follow. */
void wm_compose_first(void);

/* 32 bits of a hash of the composed frame without the pointer. */
uint32_t wm_crc(void);
uint64_t wm_frames(void);

/* The pointer as it was shown last, and the clock in the bar. */
Rect wm_pointer_rect(void);
Rect wm_clock_rect(void);

/* For scripts: the middle of what is named, "window", "button" or "item". */
bool wm_find(const char *role, const char *name, Rect *rect_out);

#endif
