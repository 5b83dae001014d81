/* Tests of what a disk, its map or a caller must not say, said all the same:
 * each part of the store refuses it or goes on without it. */
#include <stdlib.h>
#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum { BLOCKS = 4000 };

static Store *store;
static StoreOpening opening;
static uint8_t bytes[PLATFORM_BLOCK_BYTES];

static void open_store(void) {
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
}

static Status commit_pages(uint64_t count, uint64_t apart, uint8_t content) {
    return store_support_commit(store, count, apart, content);
}

/* An open store with some generations. */
static void make_store(unsigned generations) {
    sim_seed(generations);
    sim_disk_new(BLOCKS);
    open_store();
    for (unsigned i = 0; i < generations; i++)
        EXPECT_EQUAL(commit_pages(3, 1, (uint8_t)(i + 1)), STATUS_OK);
}

static void open_again(void) {
    store_close(store);
    open_store();
}

/* ---- Commit ---- */

TEST("the first commit of a disk may lack memory anywhere") {
    for (uint64_t k = 1;; k++) {
        make_store(0);
        sim_alloc_fail(k, false);
        Status status = commit_pages(3, 1, 1);
        bool failed = sim_alloc_failed();
        sim_alloc_fail(0, false);
        EXPECT(status == STATUS_OK || status == STATUS_NO_MEMORY);
        EXPECT_EQUAL(commit_pages(3, 1, 2), STATUS_OK);
        EXPECT(!space_check(store->space));
        store_close(store);
        if (!failed)
            break;
    }
}

TEST("room is asked for in pairs and in blocks") {
    make_store(1);
    EXPECT(store_has_room(store, 100, 1));
    EXPECT(!store_has_room(store, BLOCKS, 0));
    EXPECT(!store_has_room(store, BLOCKS, BLOCKS));
    store_close(store);
}

TEST("a doom without a reason of its own says what the device reported") {
    make_store(1);
    store_begin(store, 0, 1);
    bytes[0] = 1; /* zeros need no block */
    EXPECT_EQUAL(store_put_page(store, 1, bytes), STATUS_OK);
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    sim_log_clear();
    store_doom(store, STATUS_OK);
    const char *line = sim_log_find("store: generation 2 did not become ");
    EXPECT(line && strstr(line, status_text(STATUS_IO_ERROR)));
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    store_close(store);
}

TEST("a generation that another disk had must fit to what is here") {
    make_store(2);
    FormatRecord record = {.generation = 2, .parent = 2, .branch = 1};
    EXPECT_EQUAL(store_begin_again(store, &record), STATUS_CORRUPT);
    record.generation = 3;
    record.parent = 77;
    EXPECT_EQUAL(store_begin_again(store, &record), STATUS_CORRUPT);
    record.parent = 0;
    EXPECT_EQUAL(store_begin_again(store, &record), STATUS_CORRUPT);
    record.parent = 1;
    sim_alloc_fail(1, true);
    EXPECT_EQUAL(store_begin_again(store, &record), STATUS_NO_MEMORY);
    sim_alloc_fail(0, false);
    EXPECT_EQUAL(store_durable_generation(store), 2);
    store_close(store);
}

/* ---- The map ---- */

enum { MAP_BLOCKS = 2 * FORMAT_SPACE_BITS, PART = 30001 };

static const FormatLayout two_parts = {
    .blocks = MAP_BLOCKS,
    .segment_count = 2,
    .segments = {{FORMAT_EDGE, PART},
                 {FORMAT_EDGE + PART, MAP_BLOCKS - 2 * FORMAT_EDGE - PART}}};

static Status read_first(void *context, uint64_t index, void *page) {
    (void)context;
    memset(page, 0, PLATFORM_BLOCK_BYTES);
    return index ? STATUS_IO_ERROR : STATUS_OK;
}

static uint64_t take_all(Space *space) {
    uint64_t block, count = 0;
    while (space_take_block(space, &block))
        count++;
    return count;
}

enum { OLD_BLOCKS = 2161, NEW_BLOCKS = 5000 }; /* an odd one is in no pair */

static void settle(Space *space) {
    for (int i = 0; i < 2; i++)
        space_durable(space);
    EXPECT(!space_check(space));
}

TEST("all blocks of a disk that grew are given out, given back, and again") {
    FormatLayout grown = {
        .blocks = OLD_BLOCKS,
        .segment_count = 1,
        .segments = {{FORMAT_EDGE, OLD_BLOCKS - 2 * FORMAT_EDGE},
                     {OLD_BLOCKS - FORMAT_EDGE, NEW_BLOCKS - OLD_BLOCKS}}};
    Space *space = space_open(&grown, true, 0, 0, read_first, NULL);
    grown.blocks = NEW_BLOCKS;
    grown.segment_count = 2;
    EXPECT_EQUAL(space_grow(space, &grown), STATUS_OK);
    settle(space);
    EXPECT_EQUAL(take_all(space), NEW_BLOCKS - 2 * FORMAT_EDGE);
    for (uint64_t i = FORMAT_EDGE; i < NEW_BLOCKS - FORMAT_EDGE; i++)
        space_give(space, i, false, SPACE_AFTER_TWO);
    EXPECT_EQUAL(take_all(space), 0);
    settle(space);
    EXPECT_EQUAL(take_all(space), NEW_BLOCKS - 2 * FORMAT_EDGE);
    space_close(space);
}

TEST("the count of free pairs follows what is taken and given back") {
    static const FormatLayout layout = {
        .blocks = NEW_BLOCKS,
        .segment_count = 1,
        .segments = {{FORMAT_EDGE, NEW_BLOCKS - 2 * FORMAT_EDGE}}};
    Space *space = space_open(&layout, true, 0, 0, read_first, NULL);
    uint64_t pairs = NEW_BLOCKS / 2 - FORMAT_EDGE, block, pair;
    EXPECT_EQUAL(space_free_pairs(space), pairs);
    EXPECT(space_take_pair(space, &pair));
    EXPECT_EQUAL(space_free_pairs(space), pairs - 1);
    EXPECT(space_take_block(space, &block));
    EXPECT_EQUAL(space_free_pairs(space), pairs - 2);
    EXPECT_EQUAL(space_pairs(space), pairs - 2);
    EXPECT(!space_check(space));
    space_give(space, pair, true, SPACE_AFTER_TWO);
    space_give(space, block, false, SPACE_AFTER_TWO);
    EXPECT_EQUAL(space_free_pairs(space), pairs); /* though held */
    EXPECT_EQUAL(space_pairs(space), pairs - 2);
    settle(space);
    EXPECT_EQUAL(space_pairs(space), pairs);
    EXPECT(take_all(space) > 0);
    EXPECT_EQUAL(space_free_pairs(space), 0);
    EXPECT(!space_check(space));
    space_close(space);
}

CAMPAIGN("a part of the map that cannot be read is not used") {
    Space *space = space_open(&two_parts, false, MAP_BLOCKS, MAP_BLOCKS / 2,
                              read_first, NULL);
    uint64_t block;
    for (unsigned i = 0; i < 50000 && space_take_block(space, &block); i++)
        EXPECT(block < FORMAT_SPACE_BITS);
    EXPECT_EQUAL(space_why(space), STATUS_IO_ERROR);
    EXPECT(space_used(space, FORMAT_SPACE_BITS));
    space_close(space);
}

TEST("a map is made anew, or there is no memory for it") {
    uint8_t *used = calloc(1, MAP_BLOCKS / 8);
    for (uint64_t k = 1; k <= 3; k++) {
        Space *space = space_open(&two_parts, false, 0, 0, read_first, NULL);
        sim_alloc_fail(k, false);
        Status status = space_rebuild(space, used);
        sim_alloc_fail(0, false);
        EXPECT_EQUAL(status, k < 3 ? STATUS_NO_MEMORY : STATUS_OK);
        EXPECT(k < 3 || !space_check(space));
        space_close(space);
    }
    free(used);
}

TEST("a page of the map that nothing names counts as full") {
    FormatEntry zero = {0}, old;
    make_store(2);
    open_again();
    EXPECT_EQUAL(radix_set(store->meta, FORMAT_SPACE_FIRST, &zero, &old),
                 STATUS_OK);
    sim_log_clear();
    EXPECT_EQUAL(commit_pages(1, 1, 9), STATUS_NO_SPACE);
    EXPECT(sim_log_find("recovery: space map page 0: "));
    store_close(store);
}

/* ---- Deadlists ---- */

/* Puts other bytes that verify where the deadlist of a generation is. */
static void put_deadlist(uint64_t generation, const FormatDeadlist *list) {
    FormatEntry *entry =
        &store->records[directory_find(store, generation)].deadlist;
    uint64_t block = entry_block(entry);
    EXPECT(entry_present(entry));
    sim_disk_put(block, list);
    sim_disk_put(format_partner(&store->super.layout, block), list);
    entry->hash = hash_of(list, sizeof *list);
}

TEST("a deadlist with impossible counts costs only space") {
    for (int links = 0; links < 2; links++) {
        FormatDeadlist list = {.links = links ? FORMAT_DEAD_LINKS + 1 : 0,
                               .dead = links ? 0 : FORMAT_DEAD_PER_BLOCK + 1};
        make_store(0);
        for (uint8_t i = 0; i < 4; i++)
            EXPECT_EQUAL(commit_pages(2 * FORMAT_ROOT_DEAD, 1, i + 1),
                         STATUS_OK);
        put_deadlist(3, &list);
        store_set_retention(store, &(StoreRetention){.last = 2});
        sim_log_clear();
        for (uint8_t i = 0; i < 3; i++)
            EXPECT_EQUAL(commit_pages(3, 1, i), STATUS_OK);
        EXPECT(sim_log_find("recovery: deadlist block "));
        EXPECT(!space_check(store->space));
        store_close(store);
    }
}

/* Pins every second one, so that each deletion has another heir. */
TEST("failed attempts do not open more deadlists than there is room for") {
    make_store(0);
    store_set_retention(store, &(StoreRetention){.last = STORE_KEEP_ALL});
    for (unsigned i = 0; i < 60; i++)
        EXPECT_EQUAL(commit_pages(3, 1, (uint8_t)i), STATUS_OK);
    for (uint64_t g = 1; g <= 60; g += 2)
        EXPECT_EQUAL(store_pin(store, g, FORMAT_OWNER_PERSON, "a"), STATUS_OK);
    store_set_retention(store, &(StoreRetention){.last = 2});
    for (int i = 0; i < 4; i++) {
        sim_disk_faults(
            (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = i ? 2 : 1});
        EXPECT(commit_pages(3, 1, 1) != STATUS_OK);
        EXPECT(store->heap_count <= STORE_HEAPS);
    }
    EXPECT(store->heap_count > STORE_HEAPS - 2);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    for (uint8_t i = 0; i < 8; i++)
        EXPECT_EQUAL(commit_pages(3, 1, i), STATUS_OK);
    EXPECT(!space_check(store->space));
    EXPECT_EQUAL(store->heap_count, 0);
    store_close(store);
}

TEST("the end of a branch is given back when there is memory again") {
    for (uint64_t k = 1;; k++) {
        make_store(4);
        EXPECT_EQUAL(store_go_back(store, 2), STATUS_OK);
        EXPECT_EQUAL(store_unpin(store, 4), STATUS_OK);
        sim_alloc_fail(k, false);
        commit_pages(1, 1, 9);
        bool failed = sim_alloc_failed();
        sim_alloc_fail(0, false);
        for (uint8_t i = 0; i < 4; i++)
            EXPECT_EQUAL(commit_pages(1, 1, i), STATUS_OK);
        EXPECT_EQUAL(directory_find(store, 4), UINT32_MAX);
        EXPECT(!space_check(store->space));
        store_close(store);
        if (!failed)
            break;
    }
}

/* ---- Marks ---- */

TEST("marks are not looked after where there are none, or is no memory") {
    StoreRound round = {0};
    make_store(1);
    marks_scrub(store, &round);
    EXPECT_EQUAL(round.blocks, 0);
    EXPECT_EQUAL(store_pin(store, 1, FORMAT_OWNER_PERSON, "a"), STATUS_OK);
    sim_alloc_fail(1, true);
    marks_scrub(store, &round);
    EXPECT_EQUAL(round.blocks, 0);
    sim_alloc_fail(0, false);
    marks_scrub(store, &round);
    EXPECT(round.blocks > 0 && round.mended == 0);
    store_close(store);
}

TEST("a pin whose mark is lost is a pin, and ends as one") {
    make_store(2);
    FormatMark other = {.kind = 99};
    store->records[directory_find(store, 1)].flags |= FORMAT_PINNED;
    store->records[directory_find(store, 2)].flags |= FORMAT_PINNED;
    EXPECT_EQUAL(store_unpin(store, 1), STATUS_OK);
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    EXPECT_EQUAL(store_unpin(store, 2), STATUS_IO_ERROR);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    while (marks_add(store, &other) == STATUS_OK)
        continue;
    store->marks_sequence = 0;
    sim_log_clear();
    marks_apply_pins(store);
    EXPECT(sim_log_find("store: generation 2 is pinned for this start only"));
    store_close(store);
}

/* ---- Trees and views ---- */

TEST("a view keeps few nodes, whatever is read of it") {
    StoreView *view;
    uint64_t page;
    enum { COUNT = 700 };
    make_store(0);
    EXPECT_EQUAL(commit_pages(COUNT, 128, 5), STATUS_OK);
    EXPECT_EQUAL(store_view_open(store, 1, &view), STATUS_OK);
    for (uint64_t i = 0; i < COUNT; i++) {
        EXPECT_EQUAL(store_view_read_page(view, i * 128, bytes), STATUS_OK);
        EXPECT_EQUAL(bytes[9], 5);
    }
    EXPECT_EQUAL(store_view_next_page(view, 1ull << 35, &page), STATUS_OK);
    EXPECT_EQUAL(page, UINT64_MAX);
    store_view_close(view);
    store_close(store);
}

/* ---- The device ---- */

TEST("the device refuses what is not on the disk") {
    make_store(1);
    Device *device = store->device;
    FormatEntry entry = entry_of(3, 1, (Hash){0});
    EXPECT_EQUAL(device_read(device, BLOCKS, 1, bytes), STATUS_IO_ERROR);
    EXPECT_EQUAL(device_read(device, BLOCKS - 1, 2, bytes), STATUS_IO_ERROR);
    EXPECT_EQUAL(device_write_now(device, BLOCKS, bytes), STATUS_IO_ERROR);
    DevicePair pair = device_read_pair(device, &entry, bytes, bytes, false);
    EXPECT_EQUAL(pair.first, STATUS_INVALID);
    EXPECT_EQUAL(device_read_meta(device, &entry, bytes), STATUS_CORRUPT);
    store_close(store);
}

TEST("who only looks reads the second copy and mends nothing") {
    make_store(2);
    uint64_t block = entry_block(&store->super.heap);
    store_close(store);
    sim_disk_flip(block, 5);
    uint64_t writes = sim_disk_writes();
    sim_log_clear();
    EXPECT_EQUAL(store_open(STORE_NEWEST_TO_LOOK, &store, &opening), STATUS_OK);
    EXPECT_EQUAL(store_read_page(store, 1, bytes), STATUS_OK);
    EXPECT(sim_log_find("recovery: metadata block "));
    EXPECT_EQUAL(sim_disk_writes(), writes);
    store_close(store);
}

/* ---- Verifying ---- */

static unsigned said;
static void count_said(const char *sentence) {
    (void)sentence;
    said++;
}

TEST("entries that lead to the edges are told and not followed") {
    static const uint64_t blocks[] = {3, BLOCKS - 3, BLOCKS + 9};
    for (unsigned i = 0; i < 3; i++) {
        StoreReport report = {.say = count_said};
        FormatEntry old, bad = entry_of(blocks[i], 1, (Hash){0});
        make_store(2);
        said = 0;
        EXPECT_EQUAL(pagemap_prepare(store->heap, 1), STATUS_OK);
        pagemap_set(store->heap, 1, &bad, &old);
        EXPECT_EQUAL(commit_pages(1, 1, 9), STATUS_OK);
        store->records[directory_find(store, 2)].deadlist = bad;
        EXPECT_EQUAL(store_verify(store, &report), STATUS_OK);
        EXPECT_EQUAL(report.unread, 1);
        EXPECT_EQUAL(report.bad, 2);
        EXPECT_EQUAL(said, 2);
        EXPECT_EQUAL(store_rebuild_map(store), STATUS_CORRUPT);
        store_close(store);
    }
}

TEST("what was mended does not count when it may not be safe") {
    for (int fails = 0; fails < 2; fails++) {
        StoreReport report = {.say = count_said, .mend = true};
        make_store(2);
        sim_disk_flip(entry_block(&store->super.heap), 5);
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX,
                                        .fail_flush = (uint64_t)fails});
        EXPECT_EQUAL(store_verify(store, &report), STATUS_OK);
        EXPECT_EQUAL(report.mended, !fails);
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        store_close(store);
    }
}
