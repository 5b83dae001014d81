/* seat.h: attached windows: what the window manager sees of each, and its
 * object.
 *
 * Seats are transient and made again from the window objects after a restart.
 * Nothing that stands in an object is believed: whatever a program writes there
 * makes a window. */
#ifndef WM_SEAT_H
#define WM_SEAT_H

#include "wm/window_object.h"
#include "wm/wm.h"

typedef struct Painting Painting;

/* An attached window: what the window manager sees, and its object. */
typedef struct Seat {
    WmWindow window; /* window.owner is this */
    WindowObject *object;
    Domain *domain;
    Painting *painting;    /* a picture half drawn, or NULL */
    struct RingLate *late; /* ring.c: events behind its ring, or NULL; */
    uint64_t close_ns;     /* when a person wanted it closed, 0: not so; */
    uint64_t moved_ns;     /* when its program last took one or waited */
    ListLink by_late;      /* ring.c: in its lists of those with late events, */
    ListLink by_closing;   /* of those that are to be closed, */
    ListLink by_busy;      /* of those that may be at work, */
    ListLink by_unheard;   /* and of those that have not taken all */
    size_t slot;           /* of its domain in the root's table */
    /* Whole sizes, as read last: others ask, and a page of it may be lost. */
    uint64_t title_bytes, surface_bytes;
    struct Seat *next, *before; /* of all, and of its domain */
    struct Seat *next_own, *before_own;
    struct Seat *next_like; /* of those that the index keeps together */
} Seat;

/* The seat of an attached window, or NULL; takes no walk. */
Seat *seat_of(const WindowObject *object);

/* All of them, by `next`; and how many. */
Seat *seat_first(void);
uint32_t seat_count(void);
/* Those of a domain, by `next_own`; and how many. */
Seat *seat_first_of(const Domain *domain);
uint32_t seat_count_of(const Domain *domain);

/* A seat for a window that comes. All is read before anything is taken, since a
 * page of it may be lost. NULL: no memory. */
Seat *seat_add(WindowObject *object, Domain *domain);
/* Takes it out and gives it back; nobody knows its window any more. */
void seat_remove(Seat *seat);

/* Reads everything from the object again; or what a program changes while it is
 * shown, which lies in its memory and may have gone since: title, surface and
 * cursor, each time before it is used. */
void seat_read(Seat *seat);
void seat_refresh(Seat *seat);

/* The surface in the object's array, or NULL. */
Surface *seat_surface(const WindowObject *object);

/* What the window manager sees of an object but for its texts and pixels, when
 * it comes: later it is the window manager that knows. */
void seat_read_window(const WindowObject *from, WmWindow *to);

/* The bytes of the surfaces of an app's windows but for `except`'s (or NULL).
 */
uint64_t seat_surface_bytes(const Domain *domain, const Seat *except);

/* 1 to the longest side that a surface has. */
int32_t seat_side(int64_t length);

#endif
