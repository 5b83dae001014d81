/* commit.h: the part of commit() that the start of the VM needs. */
#ifndef VM_RUN_COMMIT_H
#define VM_RUN_COMMIT_H

#include <stdbool.h>

/* At create and restore, with the root as it is: calls so far are in a durable
 * generation, and return. */
void commit_start(void);

/* There may be more calls that are to return: an app came back. */
void commit_again(void);

/* Lets calls return whose generation is durable, some at a time; true: there
 * may be more. */
bool commit_step(void);

#endif
