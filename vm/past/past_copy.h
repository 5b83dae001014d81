/* past_copy.h: an object of an older generation, and all that it refers to, as
 * new objects of an app of the present.
 *
 * The copy is made in steps. How far it is lies in an array of the app's own,
 * so that it goes on after a restart; what is half done nobody can reach.
 * Classes are found by name among the modules that the app uses, and must have
 * the same fields. Threads, gates and what else is more than a value refuse the
 * whole copy, and so does what makes no sense. */
#ifndef VM_PAST_PAST_COPY_H
#define VM_PAST_PAST_COPY_H

#include "kernel/base/text.h"
#include "vm/past/past.h"

typedef struct PastCopy {
    Past *past;
    Domain *domain; /* that gets it */
    Array *state;   /* NULL before past_copy_begin */
    Status blocked; /* not OK: the present cannot take it now; try again */
    Text *why;      /* a sentence, when the copy is refused */
} PastCopy;

/* Makes the state, with the copy of the object at `address` begun. What is not
 * OK is in `blocked`, or the copy is refused; see past.h for the others. */
Status past_copy_begin(PastCopy *copy, uint64_t address);

/* Goes on with so many objects and elements. BUSY: call it again. OK: it is
 * whole. */
Status past_copy_step(PastCopy *copy, unsigned objects);

/* The copy, when it is whole. */
Object *past_copy_result(const PastCopy *copy);

#endif
