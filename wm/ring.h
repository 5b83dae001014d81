/* ring.h: the events of each window: the ring in its object and, behind that,
 * what came while the ring was full or could not be written.
 *
 * An event is in the ring and its thread runs, or neither. No window's events
 * wait for another's. Events that say how something is now (motion, size,
 * theme, paint) take the place of one that was not taken yet. While the program
 * of a window takes none for two seconds it does not answer: a press that finds
 * the ring full then is refused, as is one that finds so many waiting that the
 * app's limit (LIMIT_EVENTS) leaves room for releases only; a release is kept
 * always, so that who heard a press hears the end of it.
 *
 * Invariants, after each ring_flush() (ring_check; E1 in every build):
 *  E1. A ring is good until its program writes into it.
 *  E2. What is behind a ring was refused: the ring is full, or the heap could
 *      not be written.
 *  E3. Behind a ring is never more than the app's limit, unless that was
 *      lowered meanwhile, and never more than its largest.
 *  E4. A thread waits for the events of a window only while there are none.
 *  E5. Windows behind whose ring something waits are in a list, and no others:
 *      no turn looks at windows that have nothing to do. */
#ifndef WM_RING_H
#define WM_RING_H

#include "wm/seat.h"

enum { RING_RELEASES = 512 }; /* of a limit of events, for no presses */
#define RING_PATIENCE_NS 2000000000ull /* then a window does not answer */

/* WmHooks.deliver. */
void ring_deliver(WmWindow *window, const InputEvent *event);

/* Between slices: into each ring what waits behind it. One event after the
 * other: any of them may leave (vm_unless_lost). */
void ring_flush(void);
/* The window came: its program is at work. It waits for an event. */
void ring_came(Seat *seat);
void ring_waits(Seat *seat);

/* Lists of seats, by `by_busy` and `by_unheard`: all that may be at work, and
 * all that may not have taken all events. Who finds that one does not belong
 * there takes it out; what it does next puts it back. */
List *ring_busy(void);
List *ring_unheard(void);

/* Of those that a person wanted closed and that have not waited for events
 * since, the first, or NULL; a person is asked about this one. */
Seat *ring_first_closing(void);
void ring_asked(Seat *seat);

/* Something waits behind its ring. */
bool ring_behind(const Seat *seat);
uint64_t ring_late(const Seat *seat); /* how many events */
/* What waits for this window goes with it. */
void ring_forget(Seat *seat);

/* For how long its program has taken no event though there are some, or has not
 * come to wait for any. */
uint64_t ring_silent_ns(const Seat *seat);

/* What a program wrote there is a ring. */
bool ring_is_good(const WindowObject *object);
/* The words of the event at a place, the oldest first, of a good ring. */
uint64_t *ring_event(const WindowObject *object, uint64_t place);
/* The oldest one is taken by its program; the object is announced. */
void ring_drop(WindowObject *object);

/* NULL, or the sentence of the invariant that does not hold. */
const char *ring_check(void);

/* The thread that waits for the window's events, or NULL. */
Thread *ring_waiter(const Seat *seat);

#endif
