/* Pauses of barriers, on the hosted machine with a disk file.
 *
 * usage: snapshot-bench DISK; prints one JSON object a line. Each round dirties
 * 1,000 pages, takes a barrier (timed here, without the log), and writes the
 * generation. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "persist/memory_parts.h"
#include "persist/snapshot.h"

enum { ROUNDS = 300, PAGES = 1000, WRONG_USE = 2 };

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool open_all(const char *path) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = 256u << 20};
    host_start();
    log_set_sink(NULL);
    host_range_open();
    unlink(path);
    return host_disk_open(path, 256u << 20) &&
           store_open(0, &options.store, &opening) == STATUS_OK &&
           memory_open(&options) == STATUS_OK;
}

static bool dirty_pages(uint64_t round) {
    for (uint64_t i = 0; i < PAGES; i++) {
        uint64_t address = page_address(i * 3 % 4096);
        if (memory_write(address, 8) != STATUS_OK)
            return false;
        *(uint64_t *)address = round + 1;
    }
    return true;
}

static void show(const char *name, uint64_t pause_ns) {
    printf("{\"name\": \"snapshot/%s\", \"machine\": \"host\", "
           "\"value\": %.2f, \"unit\": \"us\"}\n",
           name, (double)pause_ns / 1000);
}

int main(int count, char **words) {
    static uint64_t pauses[ROUNDS];
    if (count != 2)
        return WRONG_USE;
    if (!open_all(words[1]))
        return EXIT_FAILURE;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        if (!dirty_pages(round))
            return EXIT_FAILURE;
        uint64_t before = platform_now_ns();
        snapshot_barrier();
        pauses[round] = platform_now_ns() - before;
        while (snapshot_step(256) == STATUS_BUSY)
            platform_disk_poll(true);
    }
    qsort(pauses, ROUNDS, sizeof pauses[0], by_size);
    show("pause-p50", pauses[ROUNDS / 2]);
    show("pause-p99", pauses[ROUNDS * 99 / 100]);
    memory_close();
    host_disk_close();
    unlink(words[1]);
    return EXIT_SUCCESS;
}
