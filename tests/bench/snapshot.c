/* Pauses of barriers, on the hosted machine with a disk file.
 *
 * usage: snapshot-bench DISK [long]; prints one JSON object a line.
 *   snapshot/pause-p50, pause-p99  the barrier's time with 10,000 dirty pages
 *   snapshot/step-p50              the writer's longest step of a generation:
 *       so long the programs wait between two of their slices
 *   snapshot/pause-slope-heap      what a GB of heap adds to the median, by a
 *       line through heaps of 64 MB to 1 GB, or to 16 GB with `long`; all pages
 *       were written once, of heaps over 1 GB as many as that, evenly spread
 *
 * All is timed here, around what a main loop calls, not by its own clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"

enum {
    ROUNDS = 200,
    PAGES = 10000,
    SLOPE_ROUNDS = 60,
    SLOPE_PAGES = 1000,
    STEP_PAGES = 256, /* as kernel/system/saver.c */
    LEAST_MB = 64,
    WHOLE_MB = 1024, /* the largest heap with all its pages in RAM */
    LONG_MB = 16384,
    WRONG_USE = 2,
};

static uint64_t pauses[ROUNDS], steps[ROUNDS]; /* ns, one for each round */
static uint64_t longest_step;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "snapshot-bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The value that `percent` of them do not exceed, in us. */
static double part(uint64_t *values, size_t count, size_t percent) {
    qsort(values, count, sizeof *values, by_size);
    return (double)values[count * percent / 100] / 1000;
}

static void show(const char *name, double value, const char *unit) {
    printf("{\"name\": \"snapshot/%s\", \"machine\": \"host\", "
           "\"value\": %.2f, \"unit\": \"%s\"}\n",
           name, value, unit);
    fflush(stdout);
}

static void open_all(const char *path, uint64_t heap_mb) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = 2ull << 30,
                             .regions = (uint32_t)(heap_mb / 64)};
    unlink(path);
    if (!host_disk_open(path, 3ull << 30) ||
        store_open(0, &options.store, &opening) != STATUS_OK ||
        memory_open(&options) != STATUS_OK)
        fail("the disk cannot be opened");
}

static void close_all(const char *path) {
    memory_close();
    host_disk_close();
    unlink(path);
}

static void write_page(uint64_t page, uint64_t value) {
    uint64_t address = page_address(page);
    if (memory_write(address, sizeof value) != STATUS_OK)
        fail("a page cannot be written");
    memcpy((void *)address, &value, sizeof value);
}

/* One step of the writer; true while it goes on. */
static bool step(void) {
    uint64_t before = platform_now_ns();
    Status status = snapshot_step(STEP_PAGES);
    uint64_t step_ns = platform_now_ns() - before;
    if (step_ns > longest_step)
        longest_step = step_ns;
    if (status != STATUS_OK && status != STATUS_BUSY)
        fail("a generation did not become durable");
    if (status == STATUS_BUSY && snapshot_waits())
        platform_disk_poll(true);
    return status == STATUS_BUSY;
}

/* The barrier's time; the generation is durable afterwards. */
static uint64_t take_snapshot(void) {
    uint64_t before = platform_now_ns();
    snapshot_barrier();
    uint64_t pause = platform_now_ns() - before;
    while (step())
        continue;
    return pause;
}

/* Every page that the heap is to have is written once, and durable. */
static void fill(uint64_t pages, uint64_t apart) {
    for (uint64_t i = 0; i < pages; i++) {
        write_page(i * apart, 1);
        if (i % PAGES == 0)
            take_snapshot();
    }
    take_snapshot();
}

/* Rounds of `dirty` changed pages over a heap, into `pauses`. */
static void run(const char *path, uint64_t heap_mb, uint64_t dirty,
                uint64_t rounds) {
    uint64_t whole = heap_mb < WHOLE_MB ? heap_mb : WHOLE_MB;
    uint64_t pages = whole << 8, apart = heap_mb / whole;
    open_all(path, heap_mb);
    fill(pages, apart);
    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t i = 0; i < dirty; i++)
            write_page(i * pages / dirty * apart, round + 2);
        longest_step = 0;
        pauses[round] = take_snapshot();
        steps[round] = longest_step;
    }
    close_all(path);
}

/* What a GB adds, by least squares. */
static double slope(const char *path, uint64_t most_mb) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (uint64_t mb = LEAST_MB; mb <= most_mb; mb *= 4) {
        run(path, mb, SLOPE_PAGES, SLOPE_ROUNDS);
        double gb = (double)mb / 1024, us = part(pauses, SLOPE_ROUNDS, 50);
        fprintf(stderr, "snapshot-bench: %lu MB: p50 %.2f us, most %.2f us\n",
                mb, us, part(pauses, SLOPE_ROUNDS, 99));
        n += 1, x += gb, y += us, xx += gb * gb, xy += gb * us;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

int main(int count, char **words) {
    if (count != 2 && count != 3)
        return WRONG_USE;
    host_start();
    log_set_sink(NULL);
    host_range_open();
    run(words[1], 256, PAGES, ROUNDS);
    show("pause-p50", part(pauses, ROUNDS, 50), "us");
    show("pause-p99", part(pauses, ROUNDS, 99), "us");
    show("step-p50", part(steps, ROUNDS, 50), "us");
    show("pause-slope-heap", slope(words[1], count == 3 ? LONG_MB : WHOLE_MB),
         "us/GB");
    return EXIT_SUCCESS;
}
