/* thread.h: threads as heap objects, and the queues of a domain.
 *
 * A thread is in one of these at a time: the run queue of its domain, the tree
 * of its sleepers, the tree of its waiters (thread_tree.h), or the list of the
 * joiners of another thread. The running thread stays at the head of its run
 * queue. All functions return a
 * Status; when it is not STATUS_OK nothing has changed and the same call can be
 * made again after a safepoint. thread_end() alone may have woken some of those
 * that joined, so that many of them need neither room nor time at once; called
 * again, it goes on with the others.
 *
 * Numbered invariants (heap_check proves them):
 *   T1  lists are whole, forwards and backwards, each of threads of one domain
 *   T2  a thread's state and wait say which list or tree it is in; a joiner's
 *       `waiting` is the thread whose list it is
 *   T3  trees are in the order of key and order, and no thread has a higher
 *       priority than the one above it
 *   T4  numbers are from 1 to threads_made; thread_count of them are in lists
 *       and trees, sleeper_count of those in the tree of sleepers */
#ifndef VM_RUN_THREAD_H
#define VM_RUN_THREAD_H

#include "vm/heap/object.h"

/* A new thread that will run `method` with `first` as its receiver or first R
 * argument; both may later be topped by stack_push(). NULL: *status_out. */
Thread *thread_new(Domain *domain, Method *method, Object *first,
                   Status *status_out);

/* Puts a new thread into the run queue. */
Status thread_start(Thread *thread);

/* The running thread leaves the run queue and waits. For WAIT_SLEEP its key and
 * for WAIT_COMMIT its order are set by the caller, for WAIT_NATIVE `waiting`;
 * for WAIT_JOIN `other` is given. */
Status thread_park(Thread *thread, ThreadWait wait, Thread *other);

/* A waiting thread becomes runnable, at the tail of its queue, or with `soon`
 * right after the running one. */
Status thread_wake(Thread *thread, bool soon);

/* Of the threads whose native waits for the object the one that came first, or
 * NULL. */
Thread *thread_waiter(const Domain *domain, const Object *object);

/* Ends the wait of a native: its call returns `result` (a reference or a
 * scalar, as declared) or throws `thrown`. */
Status thread_complete(Thread *thread, uint64_t result, bool soon);
Status thread_complete_throw(Thread *thread, Object *thrown);

/* Throws in a thread wherever it is; what it waits for or does in steps is
 * given up. Nothing when it has ended. */
Status thread_raise(Thread *thread, Object *thrown);

/* A thread that can run goes to the head of its queue; between slices. */
Status thread_to_front(Thread *thread);

/* The running thread goes to the tail of its queue. */
Status thread_rotate(Thread *thread);

/* The thread is over (THREAD_ENDED); those that joined it run again. When there
 * are many it is not yet: call it again in the thread's next slice. */
Status thread_end(Thread *thread);

/* Announces what ending a slice changes; at its start. */
Status thread_announce(Thread *thread);

#endif
