/* Bits that flip, writes that are lost or go elsewhere: each is detected before
 * it is used, and mended where there is a second copy. */
#include "tests/store/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/bytes.h"

enum { DISK_BLOCKS = 1400, FAULTS_PER_WORLD = 50, SINGLE = 1, DOUBLE = 2 };

static struct { unsigned harmless, mended, page_lost; } outcomes;

/* A world with a few generations, marked as what each fault starts from. */
static World start;

static void begin_world(uint64_t seed) {
    world_case("seed %lu", seed);
    sim_seed(seed);
    world_new(DISK_BLOCKS);
    world_open();
    for (int i = 0; i < 6; i++) {
        world_write_some(60);
        WORLD_EXPECT(world_commit() == STATUS_OK);
    }
    world_close();
    start = world;
    sim_disk_mark();
}

static uint64_t used_block(void) {
    for (;;) {
        uint64_t block = sim_random() % DISK_BLOCKS;
        const uint8_t *bytes = sim_disk_bytes() + block * PLATFORM_BLOCK_BYTES;
        if (!bytes_all_zero(bytes, PLATFORM_BLOCK_BYTES))
            return block;
    }
}

/* Opens, reads all, goes on, and reads all again: `most` pages may be lost, and
 * each is an error until it is written again. */
static void live_with_it(unsigned most) {
    if (world_open() != STATUS_OK)
        return;
    unsigned errors = world_count_errors();
    WORLD_EXPECT(errors <= most);
    outcomes.page_lost += errors > 0;
    world_write_some(10);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    WORLD_EXPECT(world_count_errors() <= errors);
    world_close();
}

/* What was read once is mended: nothing more to mend. */
static void live_after_mending(unsigned most) {
    bool mended = sim_log_find("recovery: metadata block") != NULL;
    sim_log_clear();
    if (world_open() != STATUS_OK)
        return;
    WORLD_EXPECT(world_count_errors() <= most);
    WORLD_EXPECT(!sim_log_find("recovery: metadata block"));
    outcomes.mended += mended;
    outcomes.harmless += !mended;
    world_close();
}

static void say_nothing(const char *sentence) {
    (void)sentence;
}

static void damage_is_confined(unsigned most) {
    StoreReport report = {.say = say_nothing};
    if (world_open() != STATUS_OK)
        return;
    WORLD_EXPECT(store_verify(world.store, &report) == STATUS_OK);
    WORLD_EXPECT(report.bad <= most);
    WORLD_EXPECT(report.unmarked == 0);
    world_close();
}

static void flip(void) {
    uint64_t block = used_block();
    unsigned bit = (unsigned)(sim_random() % (8 * PLATFORM_BLOCK_BYTES));
    sim_disk_flip(block, bit);
    live_with_it(SINGLE);
    live_after_mending(SINGLE);
    damage_is_confined(SINGLE);
}

/* A whole block becomes zeros, or what another block holds. */
static void replace(void) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES] = {0};
    if (sim_random() % 2)
        memcpy(bytes, sim_disk_bytes() + used_block() * PLATFORM_BLOCK_BYTES,
               sizeof bytes);
    sim_disk_put(used_block(), bytes);
    live_with_it(SINGLE);
    live_after_mending(SINGLE);
    damage_is_confined(SINGLE);
}

/* Both copies of one thing: that is more than a single fault. */
static bool is_pair(uint64_t a, uint64_t b) {
    uint64_t apart = a < b ? b - a : a - b;
    return apart == 0 || apart == (DISK_BLOCKS - 2 * FORMAT_EDGE) / 2 ||
           apart == DISK_BLOCKS - FORMAT_RING ||
           apart == DISK_BLOCKS - FORMAT_EDGE - FORMAT_RING;
}

/* A write of the next generation is lost, or lands in another block. */
static void stray(bool lost) {
    uint64_t to = lost ? UINT64_MAX : used_block(), from;
    unsigned most = lost ? SINGLE : DOUBLE;
    if (world_open() != STATUS_OK)
        return;
    sim_disk_stray(sim_random() % 60, to);
    world_write_some(30);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    world_close();
    bool happened = sim_disk_strayed(&from);
    sim_disk_cut();
    if (!happened || is_pair(from, to))
        return;
    live_with_it(most);
    live_after_mending(most);
    damage_is_confined(most);
}

static void one_fault(uint64_t seed, unsigned number) {
    sim_seed(seed * 1000 + number);
    world = start;
    unsigned kind = sim_random() % 8;
    static const char *const names[] = {"flip", "replace", "lost",
                                        "misdirected"};
    unsigned which = kind < 5 ? 0 : kind - 4;
    world_case("seed %lu, fault %u (%s)", seed, number, names[which]);
    sim_log_clear();
    if (which == 0)
        flip();
    else if (which == 1)
        replace();
    else
        stray(which == 2);
    sim_disk_back();
}

static void run_seed(uint64_t seed) {
    begin_world(seed);
    for (unsigned number = 0; number < FAULTS_PER_WORLD; number++)
        one_fault(seed, number);
}

TEST("a single fault of the disk is detected or mended") {
    uint64_t first, last;
    outcomes.mended = outcomes.page_lost = outcomes.harmless = 0;
    world_seeds(2000 / FAULTS_PER_WORLD, 20000 / FAULTS_PER_WORLD, &first,
                &last);
    for (uint64_t seed = first; seed <= last; seed++)
        run_seed(seed);
    printf("  %u mended, %u with a page lost, %u that no reader met\n",
           outcomes.mended, outcomes.page_lost, outcomes.harmless);
    EXPECT(outcomes.mended && outcomes.page_lost && outcomes.harmless);
}

/* ---- The rings ---- */

/* Ruins superblocks: `newest` only, or all of that ring. */
static void ruin_ring(uint64_t first, uint64_t newest, bool all, bool zero) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES] = {0};
    if (!zero)
        memset(bytes, 0x55, sizeof bytes);
    for (uint64_t slot = 0; slot < FORMAT_RING; slot++)
        if (all || slot == newest % FORMAT_RING)
            sim_disk_put(first + slot, bytes);
}

TEST("one of the rings may be ruined, in part or whole") {
    for (unsigned kind = 0; kind < 8; kind++) {
        begin_world(100 + kind);
        world_case("ring, kind %u", kind);
        uint64_t first = kind & 1 ? DISK_BLOCKS - FORMAT_RING : 0;
        uint64_t newest = world.durable;
        ruin_ring(first, newest, kind & 2, kind & 4);
        world_open();
        world_check_pages();
        WORLD_EXPECT(world.durable == newest);
        world_write_some(10);
        WORLD_EXPECT(world_commit() == STATUS_OK);
        world_close();
        damage_is_confined(0);
    }
}

TEST("without the newest superblock the generation before it comes back") {
    begin_world(200);
    world_case("both copies of the newest superblock");
    uint64_t newest = world.durable;
    ruin_ring(0, newest, false, true);
    ruin_ring(DISK_BLOCKS - FORMAT_RING, newest, false, true);
    world.durable = newest - 1;
    world_open();
    WORLD_EXPECT(world.durable == newest - 1);
    world_check_pages();
    world_write_some(10);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    world_close();
    damage_is_confined(0);
}
