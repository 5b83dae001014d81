/* Tests of looking after the disk (persist/store/scrub.c): damage of every kind
 * is found in one round, and mended where good bytes are left anywhere; of the
 * map of free blocks made anew; of pages that are not only on the disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/bytes.h"
#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum { BLOCKS = 3000, PAGES = 300, GENERATIONS = 5, SAMPLES = 60 };

static Store *store;
static uint64_t contents[PAGES]; /* of the newest generation */
static uint8_t before[BLOCKS * PLATFORM_BLOCK_BYTES];

static uint64_t page_number(unsigned i) {
    return i < PAGES / 2 ? i : 1000000ull + i * 40ull;
}

static void page_bytes(uint64_t content, uint64_t *words) {
    for (unsigned i = 0; i < PLATFORM_BLOCK_BYTES / sizeof *words; i++)
        words[i] = content * 1000 + i;
}

static void open_store(void) {
    StoreOpening opening;
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
}

static void begin(void) {
    static int64_t wall_us;
    store_begin(store, wall_us += 1000000, 1);
}

static void put(unsigned i) {
    static uint64_t words[PLATFORM_BLOCK_BYTES / sizeof(uint64_t)];
    Status status;
    contents[i] = sim_random() % 1000000 + 1;
    page_bytes(contents[i], words);
    while ((status = store_put_page(store, page_number(i), words)) ==
           STATUS_BUSY)
        platform_disk_poll(true);
    EXPECT_EQUAL(status, STATUS_OK);
}

static void finish(void) {
    Status status;
    while ((status = store_finish(store, 50)) == STATUS_BUSY)
        platform_disk_poll(true);
    EXPECT_EQUAL(status, STATUS_OK);
}

static void commit(void) {
    begin();
    for (unsigned i = 0; i < PAGES; i++)
        if (!contents[i] || sim_random() % 3 == 0)
            put(i);
    finish();
}

/* A disk with a few generations, closed; what it holds is in `before`. */
static void make_disk(uint64_t seed) {
    sim_seed(seed);
    sim_disk_new(BLOCKS);
    memset(contents, 0, sizeof contents);
    open_store();
    for (int i = 0; i < GENERATIONS; i++)
        commit();
    EXPECT_EQUAL(store_pin(store, 2, FORMAT_OWNER_PERSON, "second"), STATUS_OK);
    store_close(store);
    memcpy(before, sim_disk_bytes(), sizeof before);
}

static bool second(uint64_t page, void *bytes) {
    for (unsigned i = 0; i < PAGES; i++) {
        if (page_number(i) != page)
            continue;
        page_bytes(contents[i], bytes);
        return true;
    }
    return false;
}

static StoreRound whole_round(StoreSecond *from) {
    StoreRound round;
    while (store_scrub(store, STORE_SCRUB_LEAST, from, &round) == STATUS_BUSY)
        continue;
    return round;
}

static StoreReport verified(void) {
    return store_support_verified(store);
}

static uint64_t used_block(void) {
    for (;;) {
        uint64_t block = sim_random() % BLOCKS;
        if (!bytes_all_zero(before + block * PLATFORM_BLOCK_BYTES,
                            PLATFORM_BLOCK_BYTES))
            return block;
    }
}

/* Until the blocks of the first pages have been used for others. */
TEST("what the root block names is not looked at in the tree") {
    StoreRetention least = {.last = STORE_LAST_LEAST};
    sim_seed(1);
    sim_disk_new(FORMAT_MIN_BLOCKS);
    memset(contents, 0, sizeof contents);
    open_store();
    store_set_retention(store, &least);
    commit();
    for (unsigned i = 0; i < 400 && !test_failed(); i++) {
        begin();
        for (unsigned j = 0; j < 3; j++)
            put(j);
        finish();
        StoreRound round = whole_round(store_support_no_second);
        EXPECT_EQUAL(round.lost, 0);
        EXPECT_EQUAL(round.mended, 0);
    }
    store_close(store);
}

TEST("a round reads all that is reachable, and finds nothing on a good disk") {
    make_disk(1);
    open_store();
    StoreRound round = whole_round(store_support_no_second);
    EXPECT_EQUAL(round.mended, 0);
    EXPECT_EQUAL(round.lost, 0);
    StoreReport report = verified();
    /* Nodes and pages of all generations, and metadata besides. */
    EXPECT(round.blocks > report.pages + 2 * report.nodes);
    EXPECT(memcmp(before, sim_disk_bytes(), sizeof before) == 0);
    store_close(store);
}

/* What a bit that flips in a block leads to. */
typedef struct Outcomes {
    unsigned mended, lost, untouched;
} Outcomes;

/* Nothing else than the block may be written, nor by a second round. */
static void flip(uint64_t block, StoreSecond *from, Outcomes *outcomes) {
    sim_disk_load(BLOCKS, before);
    open_store();
    sim_disk_flip(block, (unsigned)(sim_random() % 32768));
    bool matters = verified().bad == 1;
    StoreRound round = whole_round(from);
    EXPECT(round.mended + round.lost <= 1);
    EXPECT_EQUAL(verified().bad, round.lost);
    bool edge = block < FORMAT_EDGE || block >= BLOCKS - FORMAT_EDGE;
    EXPECT(edge || matters == (round.mended + round.lost == 1));
    bool marks = edge && block >= FORMAT_RING && block < BLOCKS - FORMAT_RING;
    if (round.mended && !marks) /* those are written to the other half */
        EXPECT(memcmp(before, sim_disk_bytes(), sizeof before) == 0);
    outcomes->mended += round.mended > 0;
    outcomes->lost += round.lost > 0;
    outcomes->untouched += round.mended + round.lost == 0;
    EXPECT_EQUAL(whole_round(from).lost, round.lost);
    store_close(store);
}

CAMPAIGN("a flipped bit is mended in one round where a good copy is left") {
    Outcomes with = {0}, without = {0};
    make_disk(2);
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t block = used_block();
        flip(block, second, &with);
        flip(block, store_support_no_second, &without);
    }
    EXPECT(with.mended > without.mended);
    EXPECT(without.lost > with.lost);
    EXPECT(with.lost > 0); /* pages of older generations */
    EXPECT(without.mended > 0);
}

TEST("the newest superblock and the marks get their bad copies back") {
    make_disk(3);
    static const uint64_t edges[] = {GENERATIONS,
                                     BLOCKS - FORMAT_RING + GENERATIONS};
    for (int i = 0; i < 2; i++) {
        sim_disk_load(BLOCKS, before);
        open_store();
        sim_disk_flip(edges[i], 300);
        EXPECT_EQUAL(whole_round(store_support_no_second).mended, 1);
        EXPECT(memcmp(before, sim_disk_bytes(), sizeof before) == 0);
        store_close(store);
    }
    sim_disk_load(BLOCKS, before);
    open_store();
    uint64_t half = FORMAT_RING + store->marks_sequence % 2 * FORMAT_MARKS_HALF;
    sim_disk_flip(half, 3);
    EXPECT_EQUAL(whole_round(store_support_no_second).mended, 1);
    EXPECT_EQUAL(whole_round(store_support_no_second).mended, 0);
    store_close(store);
    open_store();
    EXPECT_TEXT(store_pin_name(store, 2), "second");
    store_close(store);
}

TEST("generations come and go in the middle of a round") {
    StoreRound round;
    make_disk(4);
    open_store();
    store_set_retention(store, &(StoreRetention){.last = STORE_LAST_LEAST});
    for (int i = 0; i < 40; i++) {
        Status status = store_scrub(store, STORE_SCRUB_LEAST,
                                    store_support_no_second, &round);
        EXPECT(status == STATUS_OK || status == STATUS_BUSY);
        EXPECT_EQUAL(round.lost + round.mended, 0);
        if (i % 3 == 0)
            commit();
    }
    EXPECT_EQUAL(verified().bad, 0);
    store_close(store);
}

TEST("a disk that does not read or write is no reason to give up") {
    make_disk(5);
    open_store();
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    EXPECT(whole_round(store_support_no_second).lost > 0);
    sim_disk_faults((SimDiskFaults){0});
    EXPECT_EQUAL(whole_round(store_support_no_second).lost, 0);
    EXPECT(memcmp(before, sim_disk_bytes(), sizeof before) == 0);
    store_close(store);
}

/* ---- The space map made anew ---- */

static void lose_both(const FormatEntry *entry) {
    sim_disk_flip(entry_block(entry), 5);
    sim_disk_flip(format_partner(&store->super.layout, entry_block(entry)), 5);
}

TEST("a space map without a good copy is made anew from what is reachable") {
    FormatEntry entry;
    make_disk(6);
    open_store();
    uint64_t free_blocks = space_free_blocks(store->space);
    radix_get(store->meta, FORMAT_SPACE_FIRST, &entry);
    lose_both(&entry);
    store_close(store);
    open_store();
    StoreReport report = verified();
    EXPECT_EQUAL(report.map_lost, 1);
    EXPECT_EQUAL(report.unread, 0);
    EXPECT_EQUAL(store_rebuild_map(store), STATUS_OK);
    EXPECT_EQUAL(space_free_blocks(store->space), free_blocks);
    EXPECT(!space_check(store->space));
    commit();
    report = verified();
    EXPECT_EQUAL(report.bad + report.unmarked + report.leaked, 0);
    store_close(store);
}

TEST("without all nodes no space map is made") {
    make_disk(7);
    open_store();
    FormatRecord oldest = store_record(store, 0);
    lose_both(&oldest.heap);
    EXPECT(verified().unread > 0);
    EXPECT_EQUAL(store_rebuild_map(store), STATUS_CORRUPT);
    store_close(store);
}

/* ---- Pages that are somewhere else, too ---- */

static bool wrong_second(uint64_t page, void *bytes) {
    bool good = second(page, bytes);
    ((uint8_t *)bytes)[page % PLATFORM_BLOCK_BYTES] ^= 4;
    return good;
}

static uint64_t requests_for_all_pages(StoreSecond *from) {
    static uint64_t wanted[PLATFORM_BLOCK_BYTES / sizeof(uint64_t)];
    static uint64_t got[PLATFORM_BLOCK_BYTES / sizeof(uint64_t)];
    store_set_second(store, from);
    uint64_t before_all = sim_disk_requests();
    for (unsigned i = 0; i < PAGES; i++) {
        page_bytes(contents[i], wanted);
        EXPECT_EQUAL(store_read_page(store, page_number(i), got), STATUS_OK);
        EXPECT(memcmp(wanted, got, sizeof got) == 0);
    }
    return sim_disk_requests() - before_all;
}

TEST(
    "a page that is still in RAM is not read from the disk, if it is the one") {
    make_disk(8);
    open_store();
    requests_for_all_pages(NULL); /* the nodes are in memory */
    EXPECT_EQUAL(requests_for_all_pages(second), 0);
    EXPECT_EQUAL(store_second_pages(store), PAGES);
    EXPECT_EQUAL(requests_for_all_pages(wrong_second), PAGES);
    EXPECT_EQUAL(store_second_pages(store), PAGES);
    store_close(store);
}
