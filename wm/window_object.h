/* window_object.h: the objects of module "ui" that C reads and writes.
 *
 * apps/lib/ui declares these fields first and in this order; a word each, as
 * vm/heap/object.h says. Append only behind the last field of each. */
#ifndef WM_WINDOW_OBJECT_H
#define WM_WINDOW_OBJECT_H

#include "vm/heap/object.h"

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
       WINDOW_CALLS = 4, /* it came behind, and had not the focus since */
};

struct WidgetObject;

typedef struct WindowObject {
    Object head;
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

#endif
