/* ring.h: the ring of events of each window, in its object.
 *
 * An event is in the ring and its thread runs, or neither. Motion and sizes say
 * where things are now, so a newer one takes the place of one that was not
 * taken yet. What cannot be written now waits here, and while anything waits
 * all input does (ring_behind).
 *
 * Invariants, after each ring_flush() (ring_check; E1 in every build):
 *  E1. A ring is good until its program writes into it.
 *  E2. What waits is for windows that are attached.
 *  E3. What waits first was refused: its ring is full, or the heap could not be
 *      written.
 *  E4. A thread waits for the events of a window only while there are none. */
#ifndef WM_RING_H
#define WM_RING_H

#include "wm/seat.h"

/* WmHooks.deliver. */
void ring_deliver(WmWindow *window, const InputEvent *event);

/* Between slices: delivers what could not be delivered. One event after the
 * other: any of them may leave (vm_unless_lost). */
void ring_flush(void);
/* Windows have not taken the events so far: more input can wait. */
bool ring_behind(void);
/* What waits for this window goes with it. */
void ring_forget(const Seat *seat);

/* What a program wrote there is a ring. */
bool ring_is_good(const WindowObject *object);
/* The words of the event at a place, the oldest first, of a good ring. */
uint64_t *ring_event(const WindowObject *object, uint64_t place);
/* The oldest one is taken; the object is announced. */
void ring_drop(WindowObject *object);

/* NULL, or the sentence of the invariant that does not hold. */
const char *ring_check(void);

/* The thread that waits for the window's events, or NULL. */
Thread *ring_waiter(const Seat *seat);

#endif
