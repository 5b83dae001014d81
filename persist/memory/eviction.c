/* Two queues of clean pages. */
#include "persist/memory/eviction.h"

#include "persist/memory/pages.h"

enum { HOT_SHARE_OF_4 = 3 }; /* quarters of the clean pages that may be hot */

typedef struct Queue {
    uint32_t first, last; /* the first goes first */
    uint64_t count;
} Queue;

static struct {
    uint32_t *next, *before; /* per page, within its queue */
    uint32_t *went;          /* per page: `gone` when it went; 0: never */
    uint8_t *hot;            /* per page: the queue that it is in, or was */
    Queue queues[2];         /* cold, hot */
    uint32_t gone;           /* pages that went so far, from 1, and around */
    uint64_t limit_pages;
} eviction;

static bool reserve(void) {
    if (eviction.next)
        return true; /* tables stay reserved for ever */
    eviction.before = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    eviction.went = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    eviction.hot = platform_table_reserve(MEMORY_RANGE_PAGES);
    eviction.next = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    return eviction.before && eviction.went && eviction.hot && eviction.next;
}

Status eviction_open(uint64_t limit_pages) {
    for (int i = 0; i < 2; i++)
        eviction.queues[i] = (Queue){EVICTION_NONE, EVICTION_NONE, 0};
    eviction.gone = 1;
    eviction.limit_pages = limit_pages;
    return reserve() ? STATUS_OK : STATUS_NO_MEMORY;
}

Status eviction_attach(uint32_t region) {
    MemoryTable tables[] = {{eviction.next, 4},
                            {eviction.before, 4},
                            {eviction.went, 4},
                            {eviction.hot, 1}};
    return pages_commit_tables(tables, sizeof tables / sizeof tables[0],
                               region);
}

static void append(Queue *queue, uint32_t page) {
    eviction.next[page] = EVICTION_NONE;
    eviction.before[page] = queue->last;
    if (queue->last == EVICTION_NONE)
        queue->first = page;
    else
        eviction.next[queue->last] = page;
    queue->last = page;
    queue->count++;
}

static void take_out(Queue *queue, uint32_t page) {
    uint32_t next = eviction.next[page], before = eviction.before[page];
    if (before == EVICTION_NONE)
        queue->first = next;
    else
        eviction.next[before] = next;
    if (next == EVICTION_NONE)
        queue->last = before;
    else
        eviction.before[next] = before;
    queue->count--;
}

void eviction_came(uint64_t page) {
    uint32_t since = eviction.gone - eviction.went[page];
    eviction.hot[page] = eviction.went[page] && since <= eviction.limit_pages;
    append(&eviction.queues[eviction.hot[page]], (uint32_t)page);
}

void eviction_cleaned(uint64_t page) {
    append(&eviction.queues[eviction.hot[page]], (uint32_t)page);
}

void eviction_left(uint64_t page) {
    take_out(&eviction.queues[eviction.hot[page]], (uint32_t)page);
}

/* The oldest hot page gets cold; when it is in use, it will be back soon. */
static void cool(void) {
    uint32_t page = eviction.queues[1].first;
    take_out(&eviction.queues[1], page);
    eviction.hot[page] = 0;
    append(&eviction.queues[0], page);
}

uint32_t eviction_next(void) {
    Queue *cold = &eviction.queues[0], *hot = &eviction.queues[1];
    uint64_t all = cold->count + hot->count;
    if (hot->count &&
        (cold->count == 0 || hot->count * 4 > all * HOT_SHARE_OF_4))
        cool();
    uint32_t page = cold->first;
    if (page == EVICTION_NONE)
        return page;
    take_out(cold, page);
    eviction.went[page] = eviction.gone++;
    if (eviction.gone == 0)
        eviction.gone = 1;
    return page;
}

uint64_t eviction_count(void) {
    return eviction.queues[0].count + eviction.queues[1].count;
}
