/* thread_tree.h: the threads of a domain that wait, in the order of their key,
 * then of their order: a treap in the Thread objects.
 *
 * Priorities are random numbers that no program sees, so whatever the keys are
 * that it chooses, adding, removing and finding take a time that grows with the
 * logarithm of the count, and write to a few threads. What may fail comes
 * before what changes: first announce, then add or remove. Nothing in a tree is
 * followed before it was looked at: a forged one costs its app (trust.h).
 *
 * Source: C. Aragon, R. Seidel, "Randomized Search Trees", 1989. */
#ifndef VM_RUN_THREAD_TREE_H
#define VM_RUN_THREAD_TREE_H

#include "vm/heap/object.h"

/* Announces what adding a thread changes, which has its key and order and is
 * announced itself, as is the root; and gives it its priority. */
Status thread_tree_announce_add(Thread *root, Thread *thread);
/* Directly after that; the thread is in no list. */
void thread_tree_add(Thread **root, Thread *thread);

/* The same for a thread that is in this tree. */
Status thread_tree_announce_remove(Thread *root, const Thread *thread);
void thread_tree_remove(Thread **root, Thread *thread);

/* The first thread in order, with at least this key; NULL: none. */
Thread *thread_tree_first(const Domain *domain, Thread *root, uint64_t key);

/* The one behind it, or NULL. */
Thread *thread_tree_next(const Domain *domain, Thread *root,
                         const Thread *thread);

#endif
