/* What a durable generation costs, on the hosted machine with a disk file.
 *
 * usage: store-bench DISK CONTROL; prints one JSON object a line.
 *   store/commit    time of a commit of 100 scattered pages beside a control
 * that writes as many bytes to another file in requests of the same size,
 * flushes, writes two blocks, and flushes; medians of rounds that alternate
 *   store/metadata  bytes written for 1,000 clustered pages beside their bytes
 *   store/extra-blocks  blocks besides the pages when ten change */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "persist/store/store.h"

enum { ROUNDS = 200, PAGES = 100, WRONG_USE = 2, REQUEST_BLOCKS = 32 };

static uint8_t bytes[REQUEST_BLOCKS * PLATFORM_BLOCK_BYTES];
static uint64_t content;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "store-bench: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Commits `count` pages `apart` from each other; how long it took. */
static uint64_t commit(Store *store, uint64_t count, uint64_t apart) {
    uint64_t begun_ns = platform_now_ns();
    Status status;
    store_begin(store, platform_wall_us(), 4);
    for (uint64_t i = 0; i < count; i++) {
        memcpy(bytes, &(uint64_t){++content}, sizeof content);
        while ((status = store_put_page(store, i * apart, bytes)) ==
               STATUS_BUSY)
            platform_disk_poll(true);
        if (status != STATUS_OK)
            fail("a page could not be put");
    }
    while ((status = store_finish(store, UINT32_MAX)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (status != STATUS_OK)
        fail("a generation did not become durable");
    return platform_now_ns() - begun_ns;
}

static void write_blocks(int file, uint64_t blocks, off_t *at) {
    while (blocks > 0) {
        size_t count = blocks < REQUEST_BLOCKS ? blocks : REQUEST_BLOCKS;
        size_t size = count * PLATFORM_BLOCK_BYTES;
        if (pwrite(file, bytes, size, *at) != (ssize_t)size)
            fail("the control file cannot be written");
        *at += (off_t)size;
        blocks -= count;
    }
    if (fdatasync(file) != 0)
        fail("the control file cannot be flushed");
}

static uint64_t control(int file, uint64_t size_bytes) {
    static off_t at;
    uint64_t begun_ns = platform_now_ns();
    write_blocks(file, size_bytes / PLATFORM_BLOCK_BYTES - 2, &at);
    write_blocks(file, 2, &at);
    return platform_now_ns() - begun_ns;
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static double median(uint64_t *values) {
    qsort(values, ROUNDS, sizeof *values, by_size);
    return (double)values[ROUNDS / 2];
}

static void show(const char *name, double value, const char *unit,
                 const char *peer) {
    printf("{\"name\": \"store/%s\", \"machine\": \"host\", \"value\": %.3f, "
           "\"unit\": \"%s\"%s%s%s}\n",
           name, value, unit, peer ? ", \"peer\": \"" : "", peer ? peer : "",
           peer ? "\"" : "");
}

static Store *open_disk(const char *path) {
    Store *store;
    StoreOpening opening;
    host_start();
    log_set_sink(NULL);
    unlink(path);
    if (!host_disk_open(path, 256u << 20) ||
        store_open(0, &store, &opening) != STATUS_OK)
        fail("the disk cannot be opened");
    return store;
}

/* The control file is as large and as empty of holes as the disk will be. */
static int open_control(const char *path) {
    unlink(path);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, 256 << 20) != 0)
        fail("the control file cannot be made");
    return file;
}

int main(int count, char **words) {
    static uint64_t commits[ROUNDS], controls[ROUNDS];
    if (count != 3)
        return WRONG_USE;
    memset(bytes, 0x5A, sizeof bytes);
    Store *store = open_disk(words[1]);
    int file = open_control(words[2]);
    commit(store, 4000, 1);
    for (int round = 0; round < ROUNDS; round++) {
        commits[round] = commit(store, PAGES, 37);
        controls[round] = control(file, store_last_bytes(store));
    }
    show("commit", median(commits) / median(controls), "ratio",
         "the same bytes, flush, two blocks, flush");
    commit(store, 1000, 1);
    show("metadata",
         (double)store_last_bytes(store) /
             (double)(store_last_pages(store) * PLATFORM_BLOCK_BYTES),
         "ratio", "the pages' bytes");
    commit(store, 10, 1);
    show("extra-blocks",
         (double)(store_last_bytes(store) / PLATFORM_BLOCK_BYTES -
                  store_last_pages(store)),
         "blocks", NULL);
    store_close(store);
    host_disk_close();
    close(file);
    unlink(words[1]);
    unlink(words[2]);
    return EXIT_SUCCESS;
}
