/* safety.h: what is not safe is told on the screen, by a warning that stays.
 *
 * There is no disk, or none that this machine drives; the disk takes nothing
 * for some seconds, and why; programs wait for room; an older state came back,
 * since newer ones could not be read; the list of older generations was
 * damaged. The worst of these that holds is told; the warning goes with its
 * cause, but the last one stays until a person hides it. */
#ifndef KERNEL_SYSTEM_NOTICES_SAFETY_H
#define KERNEL_SYSTEM_NOTICES_SAFETY_H

#include <stdbool.h>
#include <stdint.h>

#include "persist/store/store.h"

/* At the start, when the desktop is there: whether there is a disk, how many
 * newer generations than this one could not be read, and how the list of older
 * ones was found. */
void safety_begin(bool disk, uint32_t passed_over, uint64_t generation,
                  StoreHistory history);

/* In each turn of the main loop. `failing_ns`: since when no snapshot becomes
 * durable, 0: the last one did; `why`: of the last failure. When to look again.
 */
uint64_t safety_step(uint64_t failing_ns, Status why);

/* Programs wait for room and a person knows it, so no notice is up:
 * STATUS_NO_SPACE on the disk, STATUS_NO_MEMORY in memory, STATUS_OK: none. */
void safety_full(Status why);

#endif
