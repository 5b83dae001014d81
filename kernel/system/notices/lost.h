/* lost.h: an app that was stopped because a page of it cannot be read any more
 * is offered to the person: as it was in the newest generation that has all of
 * it, or anew. */
#ifndef KERNEL_SYSTEM_NOTICES_LOST_H
#define KERNEL_SYSTEM_NOTICES_LOST_H

#include <stdbool.h>

/* Between slices of programs. */
void lost_step(void);
/* The next step has something to do. */
bool lost_waits(void);

#endif
