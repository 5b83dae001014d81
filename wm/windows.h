/* windows.h: the windows there are: stacking, focus, places.
 *
 * A WmWindow mirrors a window object of an app; wm/seat.c makes it, and
 * wm/desktop.c writes back what `changed` says. The wanted place is the
 * person's and kept for ever; the shown one follows from it and from the
 * screen.
 *
 * Invariants (windows_check):
 *  1. The focus is on one visible window, or on none when none is visible.
 *  2. Stacking is a strict order.
 *  3. At least 32 pixels of each visible title bar are on the screen, or all of
 *     a narrower one.
 *  4. No window has a number for stacking or focus above the highest that was
 *     given out, so the next one is in front of all.
 *  5. Three lists have each window at its place: by stacking, by number, and
 *     the visible ones by focus. So finding one takes no walk.
 *  6. A window of which something may have to be told or kept is unsettled. */
#ifndef WM_WINDOWS_H
#define WM_WINDOWS_H

#include "gui/decor.h"
#include "kernel/base/list.h"
#include "wm/surface.h"

typedef enum WmState { /* numbers are in images */
                       WM_NORMAL,
                       WM_MINIMISED,
                       WM_MAXIMISED,
} WmState;

typedef struct WmWindow {
    ListLink link;       /* from the rear to the front */
    ListLink by_number;  /* as the bar shows them */
    ListLink by_focus;   /* of a visible one: who had the focus last is last */
    ListLink by_turn;    /* of the settled or of the unsettled ones */
    uint64_t settled_in; /* the round; of another: it is unsettled */
    void *owner;         /* of whoever made it */
    uint64_t number;     /* never reused */
    Rect wanted;         /* of the content in the normal state */
    WmState state;
    bool was_maximised; /* before it was minimised */
    bool fixed;         /* its size cannot be changed */
    bool calls;         /* it came behind, and had not the focus since */
    uint64_t stacking;  /* greater is further in front */
    uint64_t focus;     /* greater had the focus later */
    int32_t least_width, least_height;
    const char *title; /* UTF-8, the owner's */
    size_t title_bytes;
    const char *app; /* the name of its app, the owner's */
    size_t app_bytes;
    const Surface *surface; /* NULL: nothing painted yet */
    uint32_t cursor;        /* CursorShape over the content */
    bool changed; /* place, state, stacking or focus: windows_changed() */
    uint64_t told_stamp; /* of what it was told to paint for, 0: nothing */
    int32_t told_width, told_height; /* content size the owner knows */
} WmWindow;

/* The screen, less the bar at its lower edge, is where windows are shown. */
void windows_area(int32_t width, int32_t height);
Rect windows_work_area(void);

void windows_add(WmWindow *window); /* by its stacking number */
void windows_remove(WmWindow *window);

/* After a restart: when a program wrote numbers into its windows that would
 * break the order now or later, all get new ones, in the order they have. */
void windows_mend(void);

/* Rear to front: LIST_EACH over this, LIST_ELEMENT(link, WmWindow, link). */
const List *windows_list(void);
/* In the order of their numbers, by `by_number`; those are in objects of
 * programs, two may be the same. */
const List *windows_by_number(void);
uint32_t windows_count(void);

/* Grows with each change of what is where. */
uint64_t windows_changes(void);

/* A program, or what follows from one, changed it. */
void windows_unsettle(WmWindow *window);
/* Of all windows something may have to be told. */
void windows_unsettle_all(void);
/* A person changed it, so it is the first of the unsettled ones; what is seen
 * of it is to be kept. */
void windows_changed(WmWindow *window);
/* The first of the unsettled ones or NULL; nothing of it is left to be told. */
WmWindow *windows_first_unsettled(void);
void windows_settle(WmWindow *window);
bool windows_is_settled(const WmWindow *window);

bool windows_visible(const WmWindow *window);
/* The frame as shown. */
Rect windows_frame(const WmWindow *window);
Rect windows_content(const WmWindow *window);

/* The visible window that had the focus last, or NULL. */
WmWindow *windows_focused(void);
/* To the front and focused. */
void windows_raise(WmWindow *window);
void windows_minimise(WmWindow *window);
void windows_restore(WmWindow *window); /* from minimised, and raises */
void windows_toggle_maximised(WmWindow *window);

/* The frontmost visible window whose frame or edge is at the point, and which
 * part; NULL: none. */
WmWindow *windows_at(int32_t x, int32_t y, DecorPart *part_out);

/* How a window is drawn; hover and pressed are left to the caller. */
DecorWindow windows_decor(const WmWindow *window);

/* The highest stacking or focus number given out; restored by windows_add. */
uint64_t windows_next_stamp(void);

/* NULL, or the sentence of the invariant that does not hold. */
const char *windows_check(void);

#endif
