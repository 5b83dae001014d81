/* Disks that fail for a while, and small ones: there is room to go on. */
#include "tests/store/world.h"

#include <string.h>

enum { DISK_BLOCKS = 1400, ATTEMPTS = 150, USUAL_PAGES = 64 };

static void begin(uint64_t blocks) {
    sim_seed(blocks);
    world_new(blocks);
    world_open();
}

static void say_nothing(const char *sentence) {
    (void)sentence;
}

static StoreReport verified(void) {
    StoreReport report = {.say = say_nothing};
    WORLD_EXPECT(store_verify(world.store, &report) == STATUS_OK);
    WORLD_EXPECT(report.bad == 0);
    return report;
}

static void expect_no_leak(void) {
    world_close();
    if (world_open() != STATUS_OK)
        return;
    world_check_pages();
    StoreReport report = verified();
    WORLD_EXPECT(report.unmarked + report.leaked == 0);
}

static void commit(void) {
    world_write_some(20);
    WORLD_EXPECT(world_commit() == STATUS_OK);
}

/* ---- Outages ---- */

static void fail_writes(void) {
    sim_disk_faults((SimDiskFaults){.fail_after = sim_random() % 6,
                                    .fail_count = UINT64_MAX});
}

static void fail_first_flush(void) {
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = 1});
}

/* Only the flush behind the superblocks: they may be on the disk. Before it are
 * that of the data, and those of the mark or of a superblock that goes. */
static void fail_second_flush(void) {
    uint64_t before = world.doomed ? 2 : world.durable == 0 ? 3 : 1;
    sim_disk_faults(
        (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = before + 1});
}

static void fail_anyhow(void) {
    uint64_t kind = sim_random() % 4;
    if (kind == 0)
        fail_writes();
    else
        sim_disk_faults(
            (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = kind});
}

static const struct {
    const char *name;
    void (*fail)(void);
} kinds[] = {
    {"writes", fail_writes},
    {"first flushes", fail_first_flush},
    {"second flushes", fail_second_flush},
    {"anything", fail_anyhow},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static bool super_is_at(uint64_t block, uint64_t generation) {
    FormatSuper super;
    memcpy(&super, sim_disk_bytes() + block * PLATFORM_BLOCK_BYTES,
           sizeof super);
    return super.magic == FORMAT_MAGIC && super.generation == generation;
}

/* What comes back if all that was tried is for nothing. */
static bool super_is_there(uint64_t generation) {
    uint64_t slot = generation % FORMAT_RING;
    uint64_t rear = platform_disk_blocks() - FORMAT_RING + slot;
    return super_is_at(slot, generation) && super_is_at(rear, generation);
}

/* Most attempts fail. A page changes again and again, so that the
 * pages of an attempt are those of the one before and perhaps more. */
static void have_outage(void (*fail)(void)) {
    unsigned failures = 0;
    uint64_t older = world.durable - 1;
    for (unsigned i = 0; i < ATTEMPTS && !world_failed(); i++) {
        world_write(i % 40);
        world_write(WORLD_PAGES - 1 - i % 20);
        fail();
        uint64_t before = world.durable;
        Status status = world_commit();
        WORLD_EXPECT(status != STATUS_NO_SPACE);
        WORLD_EXPECT(super_is_there(world.durable));
        WORLD_EXPECT(super_is_there(before == world.durable ? older : before));
        older = before == world.durable ? older : before;
        failures += status == STATUS_IO_ERROR;
    }
    WORLD_EXPECT(failures > ATTEMPTS / 2);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
}

TEST("a disk that failed for a while has room for what comes then") {
    for (unsigned kind = 0; kind < KINDS; kind++) {
        world_case("%s fail", kinds[kind].name);
        begin(DISK_BLOCKS);
        for (unsigned i = 0; i < 6; i++)
            commit();
        world_reopen();
        store_start_begins(world.store); /* its flush is behind */
        have_outage(kinds[kind].fail);
        WORLD_EXPECT(world_commit() == STATUS_OK);
        world_check_pages();
        expect_no_leak();
        world_close();
    }
}

/* After an attempt, and after one that wrote over what that had written. */
TEST("between failed attempts what is durable can be looked after") {
    StoreRetention least = {.last = STORE_LAST_LEAST};
    world_case("here");
    begin(FORMAT_MIN_BLOCKS);
    for (unsigned i = 0; i < 6; i++)
        commit();
    store_set_retention(world.store, &least);
    for (unsigned i = 0; i < 40; i++) {
        world_write(i);
        if (i % 2)
            fail_first_flush();
        else
            sim_disk_faults(
                (SimDiskFaults){.fail_after = 2, .fail_count = UINT64_MAX});
        WORLD_EXPECT(world_commit() == STATUS_IO_ERROR);
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        verified();
    }
    world_close();
}

/* So many attempts that their superblocks come round to that of the mark. */
static void fail_at_first(void (*fail)(void), unsigned attempts) {
    begin(DISK_BLOCKS + attempts);
    for (unsigned i = 0; i < attempts && !world.durable; i++) {
        world_write(i % 40);
        fail();
        world_commit();
    }
    sim_disk_cut();
    world_close();
    Status status = world_open();
    WORLD_EXPECT(status == STATUS_OK);
    if (status == STATUS_OK)
        world_check_pages();
    world_close();
}

TEST("a new disk that failed is not taken for a foreign one") {
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (unsigned attempts = 60; attempts < 80; attempts++) {
            world_case("%s fail, %u times", kinds[kind].name, attempts);
            fail_at_first(kinds[kind].fail, attempts);
        }
    }
}

/* ---- Moments ---- */

/* A disk on which the next commit has to read the map, deadlists and a branch
 * that nobody wants. */
static void leave_a_branch(void) {
    begin(DISK_BLOCKS);
    for (unsigned i = 0; i < 8; i++)
        commit();
    world_back(4);
    commit();
    world_unpin(8);
    world_close();
    sim_disk_mark();
}

/* Both copies of what is read from request `k` on cannot be read; writes that
 * are under way take a part of these requests. */
static void have_moment(uint64_t k) {
    StoreRetention least = {.last = STORE_LAST_LEAST};
    sim_seed(k);
    if (world_open() != STATUS_OK)
        return;
    store_set_retention(world.store, &least);
    world_write_some(10);
    sim_disk_faults(
        (SimDiskFaults){.fail_after = k, .fail_count = 6 * DEVICE_READ_TRIES});
    world_commit();
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    for (unsigned i = 0; i < 5; i++)
        commit();
}

TEST("a disk that failed for a moment loses no space") {
    world_case("before any");
    leave_a_branch();
    World start = world;
    for (uint64_t k = 0; k < 120 && !world_failed(); k++) {
        world_case("requests %lu and the next", k);
        world = start;
        have_moment(k);
        expect_no_leak();
        world_close();
        sim_disk_back();
    }
}

/* ---- Blocks of the generation under way ---- */

static Status put(uint32_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    Status status;
    world_page_bytes(content, bytes);
    while ((status = store_put_page(world.store, 5, bytes)) == STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}

/* Two writes of one block could end in any order, so a page that is put again
 * and again uses the disk up; all of it is free when the generation ended. */
TEST("a block is given out once in a generation") {
    Status status = STATUS_OK;
    world_case("here");
    begin(FORMAT_MIN_BLOCKS);
    world_write_some(20);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    uint64_t available = store_available(world.store), puts = 0;
    store_begin(world.store, 0, 1);
    while (status == STATUS_OK && puts <= available)
        status = put((uint32_t)++puts);
    EXPECT_EQUAL(status, STATUS_NO_SPACE);
    store_doom(world.store, status);
    EXPECT_EQUAL(store_available(world.store), available - 1);
    store_begin(world.store, 0, 1);
    EXPECT_EQUAL(put(1), STATUS_OK);
    EXPECT_EQUAL(store_available(world.store), available - 1);
    world_close();
}

/* ---- Small disks ---- */

/* As many generations as the disk holds are wanted; yet each time there is room
 * for the next. */
TEST("on a small disk old generations make room for a usual one") {
    StoreRetention all = {.last = 1000};
    for (uint64_t blocks = FORMAT_MIN_BLOCKS; blocks <= 8192; blocks += 512) {
        world_case("%lu blocks", blocks);
        begin(blocks);
        store_set_retention(world.store, &all);
        for (unsigned i = 0; i < 200 && !world_failed(); i++) {
            WORLD_EXPECT(store_has_room(world.store, USUAL_PAGES, 1));
            for (unsigned n = 0; n < USUAL_PAGES; n++)
                world_write((i * 7 + n) % (WORLD_PAGES / 2));
            WORLD_EXPECT(world_commit() == STATUS_OK);
        }
        world_close();
    }
}
