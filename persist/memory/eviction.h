/* eviction.h: which clean page goes when RAM is short.
 *
 * Nobody tells when a page is read, so what is known is when it comes and goes.
 * Clean pages stand in two queues. A page that comes is cold and goes first;
 * one that comes back soon after it went (before as many others went as RAM
 * holds) is hot. Hot pages are turned cold, oldest first, only while they are
 * the larger part. So one walk over a heap of any size takes the room of the
 * cold pages, not that of the pages which are in use all the time. All steps
 * take the same time for any amount of memory. */
#ifndef PERSIST_MEMORY_EVICTION_H
#define PERSIST_MEMORY_EVICTION_H

#include <stdint.h>

#include "kernel/base/status.h"

#define EVICTION_NONE UINT32_MAX

/* Empties the queues, for RAM of so many pages. NO_MEMORY. */
Status eviction_open(uint64_t limit_pages);
/* Makes room for the pages of a region. */
Status eviction_attach(uint32_t region);

/* A page was brought in, and is clean. */
void eviction_came(uint64_t page);
/* A page that was there became clean. */
void eviction_cleaned(uint64_t page);
/* A clean page is announced, or forgotten. */
void eviction_left(uint64_t page);

/* The page that is to go now, out of the queues; EVICTION_NONE: none is clean.
 */
uint32_t eviction_next(void);

/* Pages in both queues, for memory_check. */
uint64_t eviction_count(void);

#endif
