/* ahead.h: how many pages to read when one is missing.
 *
 * A walk meets absent pages one behind the other. A few walks are remembered:
 * the page that each would miss next, with what is in RAM passed over. The
 * longer one goes on the more is read for it at once. Nothing is evicted for
 * what is only expected, and none of it that cannot be read is anybody's error.
 */
#ifndef PERSIST_MEMORY_AHEAD_H
#define PERSIST_MEMORY_AHEAD_H

#include <stdint.h>

enum { AHEAD_MOST = 32 }; /* a run of data on the disk */

/* No walk is known. */
void ahead_open(void);

/* How many pages from this absent one on are worth reading, 1 to AHEAD_MOST: it
 * and absent ones behind it, within the room that RAM has. Call it once for
 * each page that is missed, then ahead_came with what came of it. */
uint32_t ahead_wanted(uint64_t page);
void ahead_came(uint64_t page, uint32_t count);

#endif
