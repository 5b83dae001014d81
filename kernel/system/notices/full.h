/* full.h: the disk or the memory is full, and a person is asked what may go.
 *
 * When programs wait for room and snapshots make none, a notice says so and
 * offers what frees space: to stop an app for good, to let go of a pinned
 * generation, or to wait. It goes away by itself when there is room again. All
 * of it is the system's own work, for which room is kept (memory.h). */
#ifndef KERNEL_SYSTEM_NOTICES_FULL_H
#define KERNEL_SYSTEM_NOTICES_FULL_H

#include <stdbool.h>

/* In each turn of the main loop, guarded. `starved`: something waits for room
 * and snapshots have made none for a while. */
void full_step(bool starved);

#endif
