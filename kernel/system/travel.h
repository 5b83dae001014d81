/* travel.h: what programs ask of the whole machine (vm/past/past_native.h):
 * going back in time. Done between slices, when all is at a safepoint. */
#ifndef KERNEL_SYSTEM_TRAVEL_H
#define KERNEL_SYSTEM_TRAVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/status.h"

/* Between slices of programs; may not return. */
void travel_step(void);
/* The next step has something to do. */
bool travel_waits(void);

/* Goes back to a kept generation: returns only when that cannot be, and nothing
 * has changed then. */
Status travel_to(uint64_t generation);

/* Takes an app back to the newest generation that has all of it; no snapshot
 * may be under way. False: none has, or it cannot be now; the log says why. */
bool travel_app_to_newest(uint64_t number);

#endif
