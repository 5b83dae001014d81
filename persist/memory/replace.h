/* replace.h: whole regions become what they were in a kept generation, beside
 * programs that go on in other regions.
 *
 * What differs is gathered in transient memory first, then announced, then
 * exchanged with what is there, all between two safepoints: so any generation
 * has all of it or nothing, and exchanging once more undoes it. The kept
 * generation itself is only read. */
#ifndef PERSIST_MEMORY_REPLACE_H
#define PERSIST_MEMORY_REPLACE_H

#include "persist/store/store.h"

typedef struct Replace Replace;

/* Gathers the pages of these regions that differ; while no snapshot is under
 * way. LIMIT: more than may change before a snapshot. NO_SPACE: more than the
 * disk has room for. NO_MEMORY, IO_ERROR, CORRUPT. */
Status replace_open(StoreView *view, const uint32_t *regions, uint32_t count,
                    Replace **replace_out);
/* NULL is allowed. */
void replace_close(Replace *replace);

/* Announces them all; what is not OK has changed nothing. */
Status replace_announce(Replace *replace);

/* Exchanges what was gathered and what is there. Only with no safepoint since
 * replace_announce. */
void replace_exchange(Replace *replace);

#endif
