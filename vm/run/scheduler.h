/* scheduler.h: the part of vm_run() that the start of the VM needs, and the
 * proof of what holds between two of them.
 *
 * Numbered invariants; scheduler_check() proves those that can be seen, the
 * others are CHECKs where they could break:
 *   S1  the running thread is the head of its domain's run queue, from the
 *       beginning of its slice to the end (CHECK)
 *   S2  a thread that can run has no more fuel than a slice
 *   S3  next_turn is a place of the root's table, or one more
 *   S4  who runs belongs to a domain that is neither stopped nor held (CHECK)
 *   S5  whose time has come no longer sleeps, unless its domain waits for room
 *       or more wake than one vm_run() wakes
 *   S6  the memory's level is the system's again
 *   S7  a domain that runs and has a thread that can run, a sleeper, or not
 *       begun in this start will be looked at (slots.h): a turn takes a time
 *       that grows with those that have something to do, not with all */
#ifndef VM_RUN_SCHEDULER_H
#define VM_RUN_SCHEDULER_H

/* At create and restore: nothing waits, and the clock of this world goes on
 * from where it stood. */
void scheduler_start(void);

/* NULL, or the sentence of the invariant that does not hold. After vm_run(),
 * before anything else wakes, holds or stops. */
const char *scheduler_check(void);

#endif
