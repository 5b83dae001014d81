/* Tests of the first heap (kernel/system/first.h). */
#include <stdlib.h>
#include <string.h>

#include "kernel/system/apps.h"
#include "kernel/system/assets.h"
#include "kernel/system/first.h"
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store_parts.h"
#include "persist/tools/export.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/code/symbols.h"
#include "vm/heap/heap_check.h"
#include "vm/run/vm.h"

enum { BLOCKS = 16384, STREAM_MOST = 4 << 20 };

static char why[300];

static Status open_memory(uint64_t blocks) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = 64u << 20, .audit = true};
    sim_disk_new(blocks);
    Status status = store_open(0, &options.store, &opening);
    if (status != STATUS_OK && status != STATUS_NO_DISK)
        return status;
    return memory_open(&options);
}

static Status clone(void) {
    Text text = text_on(why, sizeof why);
    Status status = first_clone(&text);
    text_end(&text);
    return status;
}

typedef struct Room {
    uint8_t *bytes;
    size_t used;
} Room;

static Status put(void *context, const void *bytes, size_t count) {
    Room *room = context;
    if (count > STREAM_MOST - room->used)
        return STATUS_NO_SPACE;
    memcpy(room->bytes + room->used, bytes, count);
    room->used += count;
    return STATUS_OK;
}

/* The first generation of a fresh disk, made with this seed at this time, as a
 * stream; and the disk's lineage. */
static size_t first_generation(uint64_t seed, uint8_t *stream,
                               uint8_t *lineage) {
    Room room = {stream, 0};
    ExportHeader header;
    sim_seed(seed);
    sim_time_set_ns(seed * 1000000007);
    EXPECT_EQUAL(open_memory(BLOCKS), STATUS_OK);
    EXPECT_EQUAL(clone(), STATUS_OK);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    apps_update();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    Store *store = memory_store();
    memcpy(lineage, store->super.lineage, 16);
    EXPECT_EQUAL(export_describe(store, &header), STATUS_OK);
    header.wall_us = 0;
    EXPECT_EQUAL(export_write(store, &header, (ExportSink){put, &room}),
                 STATUS_OK);
    memory_close();
    return room.used;
}

TEST("blank disks begin with the same pages and each a lineage of its own") {
    uint8_t lineages[2][16];
    uint8_t *first = malloc(STREAM_MOST), *second = malloc(STREAM_MOST);
    size_t count = first_generation(5, first, lineages[0]);
    EXPECT_EQUAL(first_generation(6, second, lineages[1]), count);
    EXPECT(memcmp(first, second, count) == 0);
    EXPECT(memcmp(lineages[0], lineages[1], 16) != 0);
    free(first);
    free(second);
}

TEST("the cloned heap is right and nothing in it ran") {
    Text text = text_on(why, sizeof why);
    sim_log_clear();
    EXPECT_EQUAL(open_memory(BLOCKS), STATUS_OK);
    EXPECT_EQUAL(clone(), STATUS_OK);
    EXPECT_EQUAL(ROOT->boot, 1);
    EXPECT_EQUAL(ROOT->experienced_ns, 0);
    EXPECT_EQUAL(ROOT->next_domain, 2);
    EXPECT_EQUAL(ROOT->domains[0]->thread_count, 0);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    EXPECT_EQUAL(ROOT->boot, 2);
    EXPECT(heap_check(&text));
    memory_close();
}

TEST("the cloned heap holds this build's modules already") {
    sim_log_clear();
    EXPECT_EQUAL(open_memory(BLOCKS), STATUS_OK);
    EXPECT_EQUAL(clone(), STATUS_OK);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    uint64_t modules = ROOT->next_module;
    uint64_t dirty = memory_dirty_pages();
    apps_update();
    EXPECT_EQUAL(ROOT->next_module, modules);
    EXPECT_EQUAL(memory_dirty_pages(), dirty);
    EXPECT(symbols_module(ROOT->domains[0], "ui", 2) &&
           symbols_module(ROOT->domains[0], "editor", 6));
    EXPECT(!sim_log_find("apps:"));
    memory_close();
}

TEST("without a disk the first heap is there as well") {
    EXPECT_EQUAL(open_memory(0), STATUS_OK);
    EXPECT_EQUAL(clone(), STATUS_OK);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    memory_close();
}

TEST("the smallest disk takes the first heap") {
    EXPECT_EQUAL(open_memory(FORMAT_MIN_BLOCKS), STATUS_OK);
    EXPECT_EQUAL(clone(), STATUS_OK);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    memory_close();
}
