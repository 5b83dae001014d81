/* snapshot.h: generations beside the running programs.
 *
 *   snapshot_barrier     at a safepoint: the epoch ends. Microseconds, the same
 *                        for any amount of memory: no copying, no I/O.
 *   snapshot_step        again and again: copies, hashes and writes the closed
 *                        epoch's pages, then commits
 *
 * A generation that does not become durable costs nothing: its pages join the
 * epoch that is open, and the next one writes them. */
#ifndef PERSIST_MEMORY_SNAPSHOT_H
#define PERSIST_MEMORY_SNAPSHOT_H

#include "persist/memory/memory.h"
#include "persist/store/store.h"

/* False: there is no disk, nothing ever becomes durable. */
bool snapshot_possible(void);

/* Ends the epoch; no snapshot may be under way. The number of the generation
 * that will hold it; 0 when there is no disk. */
uint64_t snapshot_barrier(void);

bool snapshot_under_way(void);

/* Goes on for about `budget` pages. BUSY: more is to do, at best after the disk
 * finished something. OK: durable, or nothing was under way. Another status:
 * that generation was given up. */
Status snapshot_step(uint32_t budget);

/* After BUSY: true when only the disk has something to do, false when the
 * budget was used up. */
bool snapshot_waits(void);

/* A look at each closing page before anything of its generation is written.
 * False: the page is damaged, and the generation is given up with
 * STATUS_CORRUPT. It may read the range. NULL: no look. */
void snapshot_set_check(bool (*check)(uint64_t page));

/* While the check runs: the 4,096 bytes of a page as they were at the barrier;
 * NULL: they are not in RAM, or were changed since and nobody kept them. */
const void *snapshot_frozen(uint64_t page);

/* Barrier and steps until durable or given up, for shutting down. */
Status snapshot_now(void);

/* The newest durable generation, 0: none. What must not be seen before it is
 * durable (a "saved" mark, the return of commit()) compares with this. */
uint64_t snapshot_durable(void);

/* Since the start: generations that became durable or were given up, and what
 * the former wrote. */
typedef struct SnapshotFigures {
    uint64_t durable, given_up;
    uint64_t pages, bytes;
} SnapshotFigures;
SnapshotFigures snapshot_figures(void);

#endif
