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
    uint64_t moved_ns;     /* when its program last took one or waited, */
    int64_t seen_first;    /* seen by its place in the ring */
    struct Seat *next;
} Seat;

/* The seat of an attached window, or NULL. */
Seat *seat_of(const WindowObject *object);

/* All of them, by `next`. */
Seat *seat_first(void);

/* A seat for a window that comes. All is read before anything is taken, since a
 * page of it may be lost. NULL: no memory. */
Seat *seat_add(WindowObject *object, Domain *domain);
/* Takes it out and gives it back; nobody knows its window any more. */
void seat_remove(Seat *seat);

/* Reads everything, or the title only, from the object again. */
void seat_read(Seat *seat);
void seat_read_title(Seat *seat);

/* The surface in the object's array, or NULL. */
Surface *seat_surface(const WindowObject *object);

/* What the window manager sees of an object but for its texts and pixels, when
 * it comes: later it is the window manager that knows. */
void seat_read_window(const WindowObject *from, WmWindow *to);

/* 1 to the longest side that a surface has. */
int32_t seat_side(int64_t length);

#endif
