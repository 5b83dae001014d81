/* stats.h: counters of the whole system by name, for people and scripts.
 *
 * Reading them changes nothing. Names are appended, never changed. */
#ifndef KERNEL_SYSTEM_STATS_H
#define KERNEL_SYSTEM_STATS_H

#include <stddef.h>
#include <stdint.h>

/* The name of counter number `place` and its value now; NULL behind the last.
 */
const char *stats_at(uint32_t place, uint64_t *value_out);

#endif
