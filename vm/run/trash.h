/* trash.h: apps that a person ended, or an exception, until room is needed.
 *
 * Such an app keeps all that it has, its threads where they were, and does not
 * run; the app that is brought back goes on from there. If the machine was
 * started anew in between, it goes on as after any start: its `restarted`
 * handlers come first. */
#ifndef VM_RUN_TRASH_H
#define VM_RUN_TRASH_H

#include "persist/memory/memory.h"
#include "vm/heap/object.h"

/* None is on its way back. */
void trash_start(void);

/* Ends the app, which is logged with the reason; false: nothing can be written
 * now. */
bool trash_put(Domain *domain, const char *reason);

bool trash_holds(const Domain *domain);

/* The one that was ended first, and last, or NULL. */
Domain *trash_oldest(void);
Domain *trash_newest(void);

/* It is over for good, which is logged with the reason; false: nothing can be
 * written now. */
bool trash_drop(Domain *domain, const char *reason);

/* It is to run again, between slices: a thread of it that paints finds its
 * window. BUSY: too many wait for that. */
Status trash_take(Domain *domain);

/* The next of those runs again, before any thread does; its windows are to be
 * brought. False: there is none, or nothing can be written now. */
bool trash_next_taken(Domain **domain_out);

#endif
