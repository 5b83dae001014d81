/* commit.h: the part of commit() that the start of the VM needs. */
#ifndef VM_RUN_COMMIT_H
#define VM_RUN_COMMIT_H

/* At create and restore, with the root as it is: calls so far are behind a
 * barrier. */
void commit_start(void);

/* A call that should have ended could not: it is tried with the next
 * generation. */
void commit_again(void);

#endif
