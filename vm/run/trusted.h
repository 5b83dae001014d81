/* trusted.h: looks at frames and threads before they are run, thrown through or
 * written to. What is not as it must be costs the app (vm/heap/trust.h).
 *
 * A frame that was pushed since the start is whole; one that came back is
 * looked at once in each slice that reaches it, and so is its place in the
 * code, which must be the beginning of an instruction. */
#ifndef VM_RUN_TRUSTED_H
#define VM_RUN_TRUSTED_H

#include "vm/heap/object.h"

/* At a start: nothing was looked at. */
void trusted_start(void);

/* A thread of this domain with a stack; what its lists say is not looked at. */
void trusted_thread(const Domain *domain, const Thread *thread);

/* A frame of its stack. */
void trusted_frame(const Thread *thread, const uint64_t *frame);

/* The caller of a frame that was looked at, which is then, too; NULL: it is the
 * first. */
uint64_t *trusted_caller(const Thread *thread, uint64_t *frame);

#endif
