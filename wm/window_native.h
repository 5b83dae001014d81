/* window_native.h: the objects of module "ui" that C reads and writes.
 *
 * apps/lib/ui declares these fields first and in this order; a word each, as
 * vm/heap/object.h says. Append only behind the last field of each. */
#ifndef WM_WINDOW_NATIVE_H
#define WM_WINDOW_NATIVE_H

#include "vm/heap/object.h"
#include "wm/wm.h"

enum { /* the ring of events */
       WINDOW_EVENT_WORDS =
           8, /* kind, usage, flags, modifiers, text, x, y, wheel */
       WINDOW_EVENTS = 64,
       WINDOW_EVENT_DOWN = 1,
       WINDOW_EVENT_REPEAT = 2,
};

enum { /* WindowObject.flags */
       WINDOW_FIXED = 1,
       WINDOW_WAS_MAXIMISED = 2,
};

/* The seat of the system domain is an array of the desk's words and the
 * clipboard. The words: */
enum {
    DESK_WORDS = 8,
    DESK_X = 0,
    DESK_Y = 1,
    DESK_POINTED = 2,  /* the pointer was somewhere */
    DESK_WINDOWS = 3,  /* numbers given out */
    DESK_LAUNCHER = 4, /* it is open */
    DESK_DARK = 5,     /* the theme */
};

struct WidgetObject;

typedef struct WindowObject {
    Object head;
    struct WindowObject *next; /* of the same domain, from Domain.seat on */
    String *title;
    Array *surface; /* words; the Surface begins at its first whole page */
    Array *events;  /* words */
    struct WidgetObject *root;
    int64_t number, x, y, width, height;
    int64_t state, stacking, focus;
    int64_t event_first, event_count;
    int64_t flags, cursor, least_width, least_height;
} WindowObject;

enum { /* WidgetObject.flags */
       WIDGET_HIDDEN = 1,
       WIDGET_DISABLED = 2,
       WIDGET_FOCUSED = 4,
       WIDGET_MOVES = 8, /* its pixels change by themselves */
};

typedef struct WidgetObject {
    Object head;
    struct WidgetObject *parent, *first_child, *next_sibling;
    String *role, *name, *text;
    int64_t x, y, width, height; /* relative to the parent */
    int64_t flags;
} WidgetObject;

typedef struct Painting Painting;

/* An attached window: what the window manager sees, and its object. */
typedef struct Seat {
    WmWindow window; /* window.owner is this */
    WindowObject *object;
    Domain *domain;
    Painting *painting; /* a picture half drawn, or NULL */
    struct Seat *next;
} Seat;

/* The seat of an attached window, or NULL. */
Seat *desktop_seat(const WindowObject *object);

const Seat *desktop_first_seat(void);

/* The surface in the object's array, or NULL. */
Surface *desktop_surface(const WindowObject *object);

/* script_native.c: a search in a tree of widgets. */
typedef struct ScriptSearch {
    const char *role, *name; /* or, with role NULL, the text `name` */
    uint32_t left;           /* steps, of those that one window may take */
    bool found;
    uint64_t x, y; /* the middle, from the window's content, modulo 2^64 */
} ScriptSearch;

/* Looks for the first visible widget that matches; ends whatever the links and
 * numbers of the tree are. */
void script_search(const WidgetObject *root, ScriptSearch *search);

/* What the window manager sees of an object but for its texts and pixels;
 * whatever is written there makes a window. */
void desktop_read_window(const WindowObject *from, WmWindow *to);

/* past_native.c: the native that draws the desktop of an older generation. */
void desktop_past_register(void);

/* paint_native.c. A window that goes stops painting. */
void desktop_paint_register(void);
void desktop_stop_painting(Seat *seat);

#endif
