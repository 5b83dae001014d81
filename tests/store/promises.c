/* Single promises of the store that a campaign meets too rarely. */
#include "tests/store/world.h"

#include <stdlib.h>
#include <string.h>

enum { DISK_BLOCKS = 1400, PLACES = FORMAT_RECORDS };

static void begin(uint64_t blocks) {
    world_case("here");
    sim_seed(blocks);
    world_new(blocks);
    world_open();
}

static void commit(void) {
    world_write_some(20);
    WORLD_EXPECT(world_commit() == STATUS_OK);
}

/* The flush number `flush` of the next generation fails, which dooms it. */
static void doom(uint64_t flush) {
    world_write_some(20);
    sim_disk_faults(
        (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = flush});
    WORLD_EXPECT(world_commit() == STATUS_IO_ERROR);
}

static void cut(void) {
    sim_disk_cut();
    world_close();
}

static void reopen(void) {
    world_close();
    world_open();
}

static void say_nothing(const char *sentence) {
    (void)sentence;
}

static uint64_t leaked(void) {
    StoreReport report = {.say = say_nothing};
    WORLD_EXPECT(store_verify(world.store, &report) == STATUS_OK);
    WORLD_EXPECT(report.bad == 0 && report.unmarked == 0);
    return report.leaked;
}

static void ruin(uint64_t block) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    memset(bytes, 0x55, sizeof bytes);
    sim_disk_put(block, bytes);
}

static void ruin_super(uint64_t generation, bool rear) {
    uint64_t slot = generation % FORMAT_RING;
    ruin(rear ? DISK_BLOCKS - FORMAT_RING + slot : slot);
}

/* ---- Superblocks ---- */

/* A flush failed, and the machine starts again without a power cut: it reads
 * what no flush made safe, and must not build on that. */
TEST("what a start has only read is made safe before it goes on") {
    for (uint64_t seed = 1; seed <= 40; seed++) {
        begin(DISK_BLOCKS);
        sim_seed(seed);
        world_case("seed %lu", seed);
        for (unsigned i = 0; i < 12; i++)
            commit();
        uint64_t durable = world.durable;
        doom(2);
        reopen();
        world_write_some(20);
        sim_disk_freeze_after(sim_random() % 10);
        world_commit();
        cut();
        world.durable = durable;
        if (world_open() != STATUS_OK)
            return;
        world_check_pages();
        world_verify();
        world_close();
    }
}

TEST("a superblock that is in one ring only is in both after a start") {
    for (int rear = 0; rear < 2; rear++) {
        begin(DISK_BLOCKS);
        commit();
        commit();
        cut();
        ruin_super(world.durable, rear);
        world_open();
        EXPECT_EQUAL(store_start_begins(world.store), 0);
        cut();
        ruin_super(world.durable, !rear);
        world_open();
        world_check_pages();
        world_close();
    }
}

TEST("a disk whose generations are all bad is refused and left alone") {
    begin(DISK_BLOCKS);
    commit();
    world_close();
    for (uint64_t b = FORMAT_EDGE; b < DISK_BLOCKS - FORMAT_EDGE; b++)
        ruin(b);
    StoreOpening opening;
    uint64_t writes = sim_disk_writes();
    EXPECT_EQUAL(store_open(0, &world.store, &opening), STATUS_CORRUPT);
    EXPECT(opening.message[0]);
    EXPECT_EQUAL(sim_disk_writes(), writes);
}

/* Also while the next one is being written: its blocks are nobody's. */
TEST("the last two durable generations are whole at any time") {
    for (unsigned commits = 2; commits < 40; commits++) {
        begin(DISK_BLOCKS);
        for (unsigned i = 0; i < commits; i++)
            commit();
        uint64_t newest = world.durable;
        doom(1);
        cut();
        ruin_super(newest, false);
        ruin_super(newest, true);
        world.durable = newest - 1;
        if (world_open() != STATUS_OK)
            return;
        EXPECT_EQUAL(world.durable, newest - 1);
        world_check_pages();
        world_verify();
        world_close();
    }
}

/* ---- Doomed generations ---- */

TEST("a doomed generation leaks no space") {
    for (uint64_t flush = 1; flush <= 2; flush++) {
        begin(4 * DISK_BLOCKS);
        for (unsigned i = 0; i < 14; i++) {
            commit();
            doom(flush);
            doom(flush);
        }
        commit();
        reopen();
        EXPECT_EQUAL(leaked(), 0);
        world_close();
    }
}

/* With a directory of two pages: the second one grows, and nothing but the pin
 * changes the first. */
TEST("a directory page of a doomed generation is written by the next") {
    StoreRetention all = {.last = 3 * PLACES};
    begin(4 * DISK_BLOCKS);
    store_set_retention(world.store, &all);
    for (unsigned i = 0; i < PLACES + 4; i++)
        commit();
    for (uint64_t g = 1; g <= 10; g++) {
        WORLD_EXPECT(store_pin(world.store, g, FORMAT_OWNER_PERSON, "a") ==
                     STATUS_OK);
        doom(1);
        commit();
        cut();
        if (world_open() != STATUS_OK)
            return;
        EXPECT_EQUAL(leaked(), 0);
        store_set_retention(world.store, &all);
    }
    world_close();
}

TEST("marks whose flush failed cost no older ones") {
    for (uint64_t seed = 1; seed <= 400; seed++) {
        begin(2 * DISK_BLOCKS);
        sim_seed(seed);
        world_case("seed %lu", seed);
        for (unsigned i = 0; i < 10; i++)
            commit();
        for (uint64_t g = 1; g <= 8; g++)
            WORLD_EXPECT(store_pin(world.store, g, FORMAT_OWNER_PERSON, "a") ==
                         STATUS_OK);
        sim_disk_faults(
            (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = 1});
        WORLD_EXPECT(store_pin(world.store, 9, FORMAT_OWNER_PERSON, "b") ==
                     STATUS_IO_ERROR);
        sim_disk_freeze_after(sim_random() % 3);
        store_pin(world.store, 10, FORMAT_OWNER_PERSON, "c");
        cut();
        world_open();
        for (uint64_t g = 1; g <= 8; g++)
            WORLD_EXPECT(store_pin_name(world.store, g));
        world_close();
    }
}

TEST("pins outlive the loss of all marks") {
    begin(DISK_BLOCKS);
    commit();
    EXPECT_EQUAL(store_pin(world.store, 1, FORMAT_OWNER_PERSON, "a"),
                 STATUS_OK);
    commit();
    cut();
    for (uint64_t i = FORMAT_RING; i < FORMAT_EDGE; i++) {
        ruin(i);
        ruin(DISK_BLOCKS - FORMAT_EDGE + i - FORMAT_RING);
    }
    for (unsigned i = 0; i < 3; i++) {
        world_open();
        EXPECT(store_record(world.store, 0).flags & FORMAT_PINNED);
        EXPECT_EQUAL(store_start_begins(world.store), i);
        cut();
    }
}

/* A pin that was refused is none, and one that was there stays. */
TEST("a pin that cannot be written changes nothing") {
    begin(DISK_BLOCKS);
    commit();
    commit();
    EXPECT_EQUAL(store_pin(world.store, 1, FORMAT_OWNER_PERSON, "old"),
                 STATUS_OK);
    sim_disk_faults((SimDiskFaults){.fail_after = 0, .fail_count = UINT64_MAX});
    EXPECT_EQUAL(store_pin(world.store, 1, FORMAT_OWNER_PERSON, "new"),
                 STATUS_IO_ERROR);
    EXPECT_TEXT(store_pin_name(world.store, 1), "old");
    EXPECT_EQUAL(store_unpin(world.store, 1), STATUS_IO_ERROR);
    EXPECT_TEXT(store_pin_name(world.store, 1), "old");
    EXPECT_EQUAL(store_pin(world.store, 2, FORMAT_OWNER_PERSON, "b"),
                 STATUS_IO_ERROR);
    EXPECT(store_pin_name(world.store, 2) == NULL);
    EXPECT(!(store_record(world.store, 1).flags & FORMAT_PINNED));
    cut();
    world_open();
    EXPECT(store_record(world.store, 0).flags & FORMAT_PINNED);
    EXPECT_TEXT(store_pin_name(world.store, 1), "old");
    world_close();
}

/* ---- Branches ---- */

TEST("a store that was doomed goes back only after a durable generation") {
    begin(DISK_BLOCKS);
    commit();
    commit();
    world_write(0);
    doom(1);
    EXPECT_EQUAL(store_go_back(world.store, 1), STATUS_BUSY);
    commit();
    EXPECT_EQUAL(store_go_back(world.store, 1), STATUS_OK);
    world_close();
}

/* The end of the branch is larger than what one commit gives back, and its
 * parent is free to go while it does. */
TEST("a branch that is given back slowly leaks nothing") {
    StoreRetention least = {.last = STORE_LAST_LEAST};
    begin(16 * DISK_BLOCKS);
    commit();
    commit(); /* 2: the parent of the end */
    store_begin(world.store, 0, 1);
    for (uint64_t i = 0; i < 600; i++) {
        uint8_t bytes[PLATFORM_BLOCK_BYTES];
        world_page_bytes((uint32_t)i + 1, bytes);
        while (store_put_page(world.store, 50000000 + i * 5003, bytes) ==
               STATUS_BUSY)
            platform_disk_poll(true);
    }
    while (store_finish(world.store, 50) == STATUS_BUSY)
        platform_disk_poll(true);
    EXPECT_EQUAL(store_durable_generation(world.store), 3);
    EXPECT_EQUAL(store_pin(world.store, 2, FORMAT_OWNER_PERSON, "fork"),
                 STATUS_OK);
    EXPECT_EQUAL(store_go_back(world.store, 1), STATUS_OK);
    EXPECT_EQUAL(store_unpin(world.store, 3), STATUS_OK);
    store_set_retention(world.store, &least);
    world.durable = 3;
    commit(); /* 3 is dying now */
    EXPECT_EQUAL(leaked(), 0);
    EXPECT_EQUAL(store_unpin(world.store, 2), STATUS_OK);
    for (unsigned i = 0; i < 12; i++) {
        commit();
        EXPECT_EQUAL(leaked(), 0);
    }
    EXPECT_EQUAL(store_record_count(world.store), 2);
    world_close();
}

/* ---- Growth ---- */

TEST("a disk that grew loses no block") {
    uint64_t blocks = DISK_BLOCKS;
    begin(blocks);
    commit();
    for (unsigned i = 0; i < 4; i++) {
        uint64_t before = store_available(world.store);
        uint8_t *bytes = calloc(blocks + 500, PLATFORM_BLOCK_BYTES);
        world_close();
        memcpy(bytes, sim_disk_bytes(), blocks * PLATFORM_BLOCK_BYTES);
        sim_disk_load(blocks += 500, bytes);
        free(bytes);
        world_open();
        commit();
        reopen();
        EXPECT_EQUAL(leaked(), 0);
        EXPECT(store_available(world.store) > before + 400);
    }
    world_close();
}
