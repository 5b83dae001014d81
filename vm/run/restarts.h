/* restarts.h: the `restarted` handlers of an app, run after each start.
 *
 * The list (Domain.restarted) has addresses of objects and keeps none alive: a
 * collection drops the dead. When the app runs for the first time in a start,
 * and not while it is held, one thread of it (Domain.handling) calls them in
 * turn, at most once a start; Domain.restarted_place says how far it is. The
 * other threads go on after that, or when it has used a second.
 *
 * A start needs nothing of an app: its thread may use memory above the app's
 * limit (heap.h), and where even that is used up the handlers are left out.
 *
 * Numbered invariants (heap_check, scheduler_check):
 *   N1  each entry is the start of an object of the domain
 *   N2  restarted_place is at most restarted_count */
#ifndef VM_RUN_RESTARTS_H
#define VM_RUN_RESTARTS_H

#include "kernel/base/status.h"
#include "vm/heap/object.h"

/* The object's handler is called after each restart, behind those there are. */
Status restarts_add(Domain *domain, const Object *object);

/* At create and restore: no app has run in this start yet. */
void restarts_start(void);
/* This one was made in this start: it hears of none. */
void restarts_made(size_t slot);
/* This one came back from an older generation: nor has it. */
void restarts_forget(const Domain *domain);

/* The app at this place of the root's table has not run yet. */
bool restarts_wait(size_t slot);

/* It begins to. Nothing of an app without handlers is written. Only a lack of
 * room to write anything is an error; then nothing has changed. */
Status restarts_begin(size_t slot);

/* The object whose handler is next, which then counts as called; NULL: there is
 * none. The domain is announced. */
Object *restarts_next(Domain *domain);

/* An object's handler, or NULL. */
Method *restarts_method(const Object *object);

/* The app's other threads wait for this one. */
bool restarts_first(const Domain *domain, const Thread *thread);

#endif
