/* What a thousand kept generations take, on the hosted machine with a disk
 * file.
 *
 * usage: generations-bench DISK; prints one JSON object a line.
 *   store/thousand-generations  used blocks with 1,000 generations of a desktop
 *       day kept, more than with the last ones only, as a share of the latter
 *   store/generation-blocks     blocks that each of them takes
 *
 * The day is what tests/bench/day.py records on the hosted machine, which says
 * how: of ten generations six are from typing at the end of three paragraphs in
 * the editor, five characters a second (20 pages), two from crossing a window
 * with the pointer and dragging it (7 pages), two from pointing about (8
 * pages). A desktop at rest makes none. To record it anew, run that script and
 * take for each kind a generation of the median size that is printed; its pages
 * follow below in that order. The world is one of 256 MB: the system's own
 * pages are 2 MB of that, the rest is what a person has and does not change
 * meanwhile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "persist/store/store_parts.h"

enum {
    WORLD_PAGES = 65536,
    WORLD_FIRST = 3 << 16, /* behind the system's own pages */
    GENERATIONS = 1000,
    SETTLE = 4, /* generations until what was freed can be used again */
    WRONG_USE = 2,
};

/* The pages of one generation: `count` from `first` on; with `window` they move
 * on by `step` each turn within so many pages, as tiles of a line of text do.
 * New objects move on until 8 MB of them make a collection. */
typedef struct Change {
    uint32_t first, count, step, window;
} Change;

enum { COLLECTED = (8 << 20) / PLATFORM_PAGE_BYTES };

static const Change typing[] = {
    {0, 1, 0, 0},     {16388, 1, 0, 0},        {16433, 1, 0, 0},
    {16707, 1, 0, 0}, {19968, 4, 0, 0},        {20259, 1, 1, 8},
    {20271, 1, 1, 8}, {20324, 2, 0, 0},        {20336, 2, 0, 0},
    {20483, 1, 0, 0}, {20695, 5, 5, COLLECTED}};
static const Change dragging[] = {{0, 1, 0, 0},
                                  {3770, 1, 0, 0},
                                  {16434, 1, 0, 0},
                                  {19968, 2, 0, 0},
                                  {20750, 2, 1, COLLECTED}};
static const Change pointing[] = {{0, 1, 0, 0},     {3770, 1, 0, 0},
                                  {16434, 1, 0, 0}, {19968, 2, 0, 0},
                                  {19971, 1, 0, 0}, {20771, 2, 1, COLLECTED}};

static uint64_t content;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "generations-bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static void put(Store *store, uint64_t page) {
    static uint64_t words[PLATFORM_BLOCK_BYTES / sizeof(uint64_t)];
    Status status;
    words[0] = ++content;
    while ((status = store_put_page(store, page, words)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (status != STATUS_OK)
        fail("a page could not be put");
}

static void begin(Store *store) {
    store_begin(store, (int64_t)(content + 1) * 1000000, 16);
}

static void finish(Store *store) {
    Status status;
    while ((status = store_finish(store, UINT32_MAX)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (status != STATUS_OK)
        fail("a generation did not become durable");
}

static void change(Store *store, const Change *changes, size_t count,
                   uint32_t turn) {
    begin(store);
    for (size_t i = 0; i < count; i++) {
        uint32_t on =
            changes[i].window ? turn * changes[i].step % changes[i].window : 0;
        for (uint32_t k = 0; k < changes[i].count; k++)
            put(store, changes[i].first + on + k);
    }
    finish(store);
}

static void live(Store *store, uint32_t turns) {
    for (uint32_t turn = 0; turn < turns; turn++) {
        if (turn % 10 < 6)
            change(store, typing, sizeof typing / sizeof typing[0], turn);
        else if (turn % 10 < 8)
            change(store, dragging, sizeof dragging / sizeof dragging[0], turn);
        else
            change(store, pointing, sizeof pointing / sizeof pointing[0], turn);
    }
}

static void make_world(Store *store) {
    begin(store);
    for (uint64_t page = 0; page < WORLD_PAGES; page++)
        put(store, WORLD_FIRST + page);
    finish(store);
}

static double used_blocks(const Store *store) {
    return (double)(device_blocks(store->device) -
                    space_free_blocks(store->space));
}

static void show(const char *name, double value, const char *unit,
                 const char *peer) {
    printf("{\"name\": \"store/%s\", \"machine\": \"host\", \"value\": %.3f, "
           "\"unit\": \"%s\"%s%s%s}\n",
           name, value, unit, peer ? ", \"peer\": \"" : "", peer ? peer : "",
           peer ? "\"" : "");
}

int main(int count, char **words) {
    Store *store;
    StoreOpening opening;
    if (count != 2)
        return WRONG_USE;
    host_start();
    log_set_sink(NULL);
    unlink(words[1]);
    if (!host_disk_open(words[1], 2ull << 30) ||
        store_open(0, &store, &opening) != STATUS_OK)
        fail("the disk cannot be opened");
    store_set_retention(store, &(StoreRetention){.last = STORE_LAST_LEAST});
    make_world(store);
    live(store, 20 + SETTLE);
    double one = used_blocks(store);
    store_set_retention(store, &(StoreRetention){.last = GENERATIONS});
    live(store, GENERATIONS);
    if (store_record_count(store) != GENERATIONS)
        fail("another number of generations is kept");
    double more = used_blocks(store) - one;
    show("thousand-generations", more / one, "share",
         "the last generations only, 256 MB");
    show("generation-blocks", more / GENERATIONS, "blocks", NULL);
    store_close(store);
    host_disk_close();
    unlink(words[1]);
    return EXIT_SUCCESS;
}
