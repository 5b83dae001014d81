/* scrubber.h: looking after the disk while nothing else is to do.
 *
 * Some blocks are read several times a second until a round is over; the next
 * begins a day later. What else the machine has to do goes first. */
#ifndef KERNEL_SYSTEM_SCRUBBER_H
#define KERNEL_SYSTEM_SCRUBBER_H

#include <stdbool.h>
#include <stdint.h>

/* Reads the setting `scrub_minutes`, the time between two rounds. */
void scrubber_start(void);

/* Between two turns; `idle`: nothing else is to do. The platform time when to
 * look again. */
uint64_t scrubber_step(bool idle);

/* Since the start: blocks read, and written again. */
uint64_t scrubber_blocks(void);
uint64_t scrubber_mended(void);

#endif
