/* Two queues of clean pages. */
#include "persist/memory/eviction.h"

#include "persist/memory/memory_parts.h"

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
} clock;

static bool reserve(void) {
    if (clock.next)
        return true; /* tables stay reserved for ever */
    clock.before = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    clock.went = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    clock.hot = platform_table_reserve(MEMORY_RANGE_PAGES);
    clock.next = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    return clock.before && clock.went && clock.hot && clock.next;
}

Status clock_open(uint64_t limit_pages) {
    for (int i = 0; i < 2; i++)
        clock.queues[i] = (Queue){CLOCK_NONE, CLOCK_NONE, 0};
    clock.gone = 1;
    clock.limit_pages = limit_pages;
    return reserve() ? STATUS_OK : STATUS_NO_MEMORY;
}

Status clock_attach(uint32_t region) {
    MemoryTable tables[] = {
        {clock.next, 4}, {clock.before, 4}, {clock.went, 4}, {clock.hot, 1}};
    return memory_commit_tables(tables, sizeof tables / sizeof tables[0],
                                region);
}

static void append(Queue *queue, uint32_t page) {
    clock.next[page] = CLOCK_NONE;
    clock.before[page] = queue->last;
    if (queue->last == CLOCK_NONE)
        queue->first = page;
    else
        clock.next[queue->last] = page;
    queue->last = page;
    queue->count++;
}

static void take_out(Queue *queue, uint32_t page) {
    uint32_t next = clock.next[page], before = clock.before[page];
    if (before == CLOCK_NONE)
        queue->first = next;
    else
        clock.next[before] = next;
    if (next == CLOCK_NONE)
        queue->last = before;
    else
        clock.before[next] = before;
    queue->count--;
}

void clock_came(uint64_t page) {
    uint32_t since = clock.gone - clock.went[page];
    clock.hot[page] = clock.went[page] && since <= clock.limit_pages;
    append(&clock.queues[clock.hot[page]], (uint32_t)page);
}

void clock_cleaned(uint64_t page) {
    append(&clock.queues[clock.hot[page]], (uint32_t)page);
}

void clock_left(uint64_t page) {
    take_out(&clock.queues[clock.hot[page]], (uint32_t)page);
}

/* The oldest hot page gets cold; when it is in use, it will be back soon. */
static void cool(void) {
    uint32_t page = clock.queues[1].first;
    take_out(&clock.queues[1], page);
    clock.hot[page] = 0;
    append(&clock.queues[0], page);
}

uint32_t clock_evict(void) {
    Queue *cold = &clock.queues[0], *hot = &clock.queues[1];
    uint64_t all = cold->count + hot->count;
    if (hot->count &&
        (cold->count == 0 || hot->count * 4 > all * HOT_SHARE_OF_4))
        cool();
    uint32_t page = cold->first;
    if (page == CLOCK_NONE)
        return page;
    take_out(cold, page);
    clock.went[page] = clock.gone++;
    if (clock.gone == 0)
        clock.gone = 1;
    return page;
}

uint64_t clock_count(void) {
    return clock.queues[0].count + clock.queues[1].count;
}
