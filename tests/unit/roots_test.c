/* Tests of root blocks that make no sense, of disks that do not read what is
 * walked through, and of what else stands in the way of a commit. */
#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum { BLOCKS = 4000, FREE_PAIR = 1900 /* that nothing uses */ };

static Store *store;
static StoreOpening opening;
static uint8_t bytes[PLATFORM_BLOCK_BYTES];

static Status commit_pages(uint64_t count, uint64_t apart, uint8_t content) {
    return store_support_commit(store, count, apart, content);
}

/* An open store. The leaf of the first generation is shared by two others, for
 * which an entry in it is out of date; the root blocks name one page. */
static void make_store(void) {
    sim_seed(1);
    sim_disk_new(BLOCKS);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    pagemap_recent_most = 1;
    for (uint8_t i = 0; i < 3; i++)
        EXPECT_EQUAL(commit_pages(i ? 1 : 5, 1, i + 1), STATUS_OK);
    pagemap_recent_most = FORMAT_RECENT;
}

static void open_again(void) {
    store_close(store);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
}

static void fail_reads_after(uint64_t requests) {
    sim_disk_faults(
        (SimDiskFaults){.fail_after = requests, .fail_count = UINT64_MAX});
}

static void heal(void) {
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
}

static StoreReport verified(void) {
    return store_support_verified(store);
}

/* ---- Root blocks ---- */

/* The bytes in a pair of blocks, and the entry that names it. */
static FormatEntry put_pair(const void *block) {
    sim_disk_put(FREE_PAIR, block);
    sim_disk_put(format_partner(&store->super.layout, FREE_PAIR), block);
    return entry_of(FREE_PAIR, 1, hash_of(block, PLATFORM_BLOCK_BYTES));
}

static void expect_refused(const FormatRoot *root) {
    FormatRoot read;
    make_store();
    FormatEntry entry = put_pair(root);
    EXPECT_EQUAL(pagemap_read_root(store->device, &entry, &read),
                 STATUS_CORRUPT);
    store->records[directory_find(store, 1)].heap = entry;
    EXPECT_EQUAL(verified().unread, 1);
    store_close(store);
}

TEST("a root block that makes no sense is not used") {
    static FormatRoot root;
    root.count = FORMAT_RECENT + 1;
    expect_refused(&root);
    root.count = 0;
    root.dead_count = FORMAT_ROOT_DEAD + 1;
    expect_refused(&root);
    root.dead_count = 0;
    root.count = 2;
    root.recent[1].page = 1ull << 35;
    expect_refused(&root);
    root.recent[0].page = root.recent[1].page = 9;
    expect_refused(&root);
}

static uint64_t unread_with_tree(FormatEntry tree) {
    static FormatRoot root;
    make_store();
    root.tree = tree;
    store->records[directory_find(store, 1)].heap = put_pair(&root);
    uint64_t unread = verified().unread;
    store_close(store);
    return unread;
}

TEST("a tree that is nowhere, or damaged, is told and not walked through") {
    EXPECT_EQUAL(unread_with_tree(entry_of(3, 1, (Hash){0})), 1);
    EXPECT_EQUAL(unread_with_tree(entry_of(BLOCKS + 5, 1, (Hash){0})), 1);
    EXPECT_EQUAL(unread_with_tree(entry_of(BLOCKS - 90, 1, (Hash){0})), 1);
    EXPECT_EQUAL(unread_with_tree(entry_of(1700, 1, (Hash){0})), 1);
    make_store();
    store->records[directory_find(store, 2)].deadlist =
        entry_of(1700, 1, (Hash){0});
    EXPECT_EQUAL(verified().unread, 1);
    store_close(store);
}

/* ---- Disks that do not read ---- */

/* Whoever shares a leaf comes first for whom it is out of date. */
static void turn_records(void) {
    FormatRecord first = store->records[0];
    store->records[0] = store->records[2];
    store->records[2] = first;
}

TEST("a disk may cease to be readable while it is verified") {
    uint64_t bad = 1;
    for (uint64_t k = 0; bad > 0 && k < 200; k++) {
        make_store();
        turn_records();
        fail_reads_after(k);
        bad = verified().bad;
        heal();
        EXPECT_EQUAL(verified().bad, 0);
        store_close(store);
    }
    EXPECT_EQUAL(bad, 0);
}

static void look_at(StoreView *view, StoreView *other) {
    uint64_t page;
    bool differs;
    Status status = store_view_next_page(view, 0, &page);
    EXPECT(status == STATUS_IO_ERROR || (status == STATUS_OK && page == 0));
    status = store_view_read_page(view, 4, bytes);
    EXPECT(status == STATUS_IO_ERROR || (status == STATUS_OK && bytes[9] == 1));
    status = store_view_differs(view, 0, &differs);
    EXPECT(status == STATUS_IO_ERROR || (status == STATUS_OK && differs));
    status = store_view_next_difference(view, other, 0, &page);
    EXPECT(status == STATUS_IO_ERROR || (status == STATUS_OK && page == 0));
}

static void compare(StoreView *view, StoreView *other) {
    uint64_t page;
    Status status = store_view_next_difference(view, other, 0, &page);
    EXPECT(status == STATUS_IO_ERROR || (status == STATUS_OK && page == 0));
}

TEST("a disk may cease to be readable while generations are looked at") {
    StoreView *view, *other;
    for (uint64_t k = 0; k < 120; k++) {
        make_store();
        open_again();
        EXPECT_EQUAL(store_view_open(store, 1, &view), STATUS_OK);
        EXPECT_EQUAL(store_view_open(store, 2, &other), STATUS_OK);
        fail_reads_after(k / 2);
        if (k % 2)
            look_at(view, other);
        else
            compare(view, other);
        heal();
        look_at(other, view);
        look_at(view, other);
        store_view_close(view);
        store_view_close(other);
        store_close(store);
    }
}

TEST("pages that are elsewhere, too, are found by what the disk says of them") {
    make_store();
    pagemap_recent_most = 0;
    EXPECT_EQUAL(commit_pages(2, 300, 8), STATUS_OK);
    pagemap_recent_most = FORMAT_RECENT;
    open_again();
    store_set_second(store, store_support_no_second);
    fail_reads_after(0);
    EXPECT_EQUAL(store_read_page(store, 300, bytes), STATUS_IO_ERROR);
    heal();
    EXPECT_EQUAL(store_read_page(store, 77, bytes), STATUS_OK);
    EXPECT_EQUAL(store_read_page(store, 4, bytes), STATUS_OK);
    EXPECT_EQUAL(bytes[9], 1);
    /* Of a generation that was just turned to nothing is known. */
    EXPECT_EQUAL(store_go_back(store, 1), STATUS_OK);
    EXPECT_EQUAL(store_read_run(store, 4, 1, bytes), 0);
    store_close(store);
}

/* ---- Branches ---- */

/* The end of a branch is given back once its deadlist can be read. */
TEST("a branch that cannot be read is given back when it can") {
    for (uint64_t k = 0; k < 40; k++) {
        make_store();
        EXPECT_EQUAL(commit_pages(2, 1, 6), STATUS_OK);
        EXPECT_EQUAL(store_go_back(store, 3), STATUS_OK);
        EXPECT_EQUAL(store_unpin(store, 4), STATUS_OK);
        sim_disk_faults((SimDiskFaults){.fail_after = k,
                                        .fail_count = 2 * DEVICE_READ_TRIES});
        commit_pages(1, 1, 7);
        heal();
        for (uint8_t i = 0; i < 4; i++)
            EXPECT_EQUAL(commit_pages(1, 1, i), STATUS_OK);
        EXPECT_EQUAL(directory_find(store, 4), UINT32_MAX);
        EXPECT_EQUAL(verified().bad, 0);
        EXPECT(!space_check(store->space));
        store_close(store);
    }
}

TEST("two branches are given back at once") {
    make_store();
    EXPECT_EQUAL(store_go_back(store, 1), STATUS_OK);
    EXPECT_EQUAL(commit_pages(2, 1, 9), STATUS_OK);
    EXPECT_EQUAL(store_go_back(store, 1), STATUS_OK);
    EXPECT_EQUAL(store_unpin(store, 3), STATUS_OK);
    EXPECT_EQUAL(store_unpin(store, 4), STATUS_OK);
    for (uint8_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(commit_pages(1, 1, i), STATUS_OK);
        for (uint32_t r = 0; r < store_record_count(store); r++)
            EXPECT(!(store_record(store, r).flags & FORMAT_DYING));
    }
    EXPECT_EQUAL(directory_find(store, 3), UINT32_MAX);
    EXPECT_EQUAL(directory_find(store, 4), UINT32_MAX);
    StoreReport report = verified();
    EXPECT_EQUAL(report.bad + report.unmarked + report.leaked, 0);
    store_close(store);
}

/* ---- Room ---- */

/* Whatever number of pairs is left when nodes are given places. */
TEST("places for nodes may run out anywhere, and then be there") {
    enum { MOST = 2000, PAGES = 8, APART = 40000 };
    static uint64_t taken[MOST];
    for (uint64_t left = 0; left < 60; left++) {
        uint64_t count = 0;
        make_store();
        pagemap_recent_most = 1;
        while (space_pairs(store->space) > left && count < MOST)
            EXPECT(space_take_pair(store->space, &taken[count++]));
        Status status = commit_pages(PAGES, APART, 3);
        EXPECT(status == STATUS_OK || status == STATUS_NO_SPACE);
        EXPECT(left > 0 || status == STATUS_NO_SPACE);
        while (count > 0)
            space_give(store->space, taken[--count], true, SPACE_AT_ONCE);
        pagemap_trim(store->heap, 0);
        EXPECT_EQUAL(commit_pages(PAGES, APART, 4), STATUS_OK);
        pagemap_recent_most = FORMAT_RECENT;
        StoreReport report = verified();
        EXPECT_EQUAL(report.bad + report.unmarked + report.leaked, 0);
        store_close(store);
    }
}

TEST("a generation may be given up between its places and its writes") {
    make_store();
    for (uint8_t i = 0; i < 3; i++) {
        memset(bytes, 20 + i, sizeof bytes);
        store_begin(store, 0, 1);
        EXPECT_EQUAL(store_put_page(store, 2, bytes), STATUS_OK);
        EXPECT_EQUAL(store_finish(store, 0), STATUS_BUSY);
        store_doom(store, STATUS_IO_ERROR);
    }
    EXPECT_EQUAL(commit_pages(3, 1, 30), STATUS_OK);
    StoreReport report = verified();
    EXPECT_EQUAL(report.bad + report.unmarked + report.leaked, 0);
    open_again();
    EXPECT_EQUAL(store_read_page(store, 2, bytes), STATUS_OK);
    EXPECT_EQUAL(bytes[9], 30);
    store_close(store);
}

TEST("a disk of two map pages writes the one that changed") {
    sim_seed(1);
    sim_disk_new(FORMAT_SPACE_BITS + 2000);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    EXPECT_EQUAL(commit_pages(3, 1, 1), STATUS_OK);
    EXPECT_EQUAL(commit_pages(3, 1, 2), STATUS_OK);
    EXPECT_EQUAL(verified().bad, 0);
    store_close(store);
}

TEST("a generation without changes has the root block of the one before") {
    make_store();
    EXPECT_EQUAL(commit_pages(0, 1, 0), STATUS_OK);
    FormatRecord last = store_record(store, 3), before = store_record(store, 2);
    EXPECT(entry_same(&last.heap, &before.heap));
    EXPECT(!(last.flags & FORMAT_DEAD_IN_ROOT));
    EXPECT_EQUAL(verified().bad, 0);
    store_close(store);
}

TEST("a map made anew counts a pair with one block used as none") {
    static uint8_t used[BLOCKS / 8 + 1];
    uint64_t second;
    make_store();
    open_again();
    second = format_partner(&store->super.layout, FREE_PAIR);
    used[second / 8] |= (uint8_t)(1u << second % 8);
    EXPECT_EQUAL(space_rebuild(store->space, used), STATUS_OK);
    EXPECT_EQUAL(space_free_blocks(store->space), BLOCKS - 2 * FORMAT_EDGE - 1);
    EXPECT_EQUAL(space_free_pairs(store->space),
                 (BLOCKS - 2 * FORMAT_EDGE) / 2 - 1);
    EXPECT(!space_check(store->space));
    store_close(store);
}

/* ---- Starts ---- */

/* So many generations that the mark on the blank disk is written over. */
TEST("a disk on which no generation verifies is refused") {
    static const uint8_t garbage[PLATFORM_BLOCK_BYTES] = {1};
    make_store();
    for (uint8_t i = 0; i < FORMAT_RING; i++)
        EXPECT_EQUAL(commit_pages(1, 1, i), STATUS_OK);
    store_close(store);
    for (uint64_t block = FORMAT_EDGE; block < BLOCKS - FORMAT_EDGE; block++)
        sim_disk_put(block, garbage);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_CORRUPT);
    EXPECT(strstr(opening.message, "no generation on the disk verifies"));
}

TEST("who only looks takes what can be read") {
    for (uint64_t k = 0; k < 30; k++) {
        make_store();
        store_close(store);
        sim_disk_faults((SimDiskFaults){.fail_after = k,
                                        .fail_count = 2 * DEVICE_READ_TRIES});
        Status status = store_open(STORE_NEWEST_TO_LOOK, &store, &opening);
        EXPECT(status == STATUS_OK || status == STATUS_IO_ERROR);
        EXPECT(status == STATUS_OK || opening.message[0]);
        heal();
        if (status == STATUS_OK)
            store_close(store);
    }
}

TEST("a large disk is foreign wherever something lies that is looked at") {
    enum { LARGE = 6000 };
    static const uint8_t garbage[PLATFORM_BLOCK_BYTES] = {1};
    static const uint64_t places[] = {900, LARGE / 128 * 90, LARGE - 5};
    for (int i = 0; i < 3; i++) {
        sim_disk_new(LARGE);
        sim_disk_put(places[i], garbage);
        EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_FOREIGN);
    }
}

/* ---- Marks ---- */

static uint64_t mirror_of(uint64_t sequence) {
    return BLOCKS - FORMAT_EDGE + sequence % 2 * FORMAT_MARKS_HALF;
}

TEST("marks that were lost in one place are written there again") {
    static uint8_t older[PLATFORM_BLOCK_BYTES];
    StoreRound round = {0};
    make_store();
    for (uint64_t g = 1; g <= 3; g++) {
        EXPECT_EQUAL(store_pin(store, g, FORMAT_OWNER_PERSON, "a"), STATUS_OK);
        if (g == 1)
            memcpy(older,
                   sim_disk_bytes() +
                       mirror_of(store->marks_sequence) * PLATFORM_BLOCK_BYTES,
                   sizeof older);
    }
    sim_disk_put(mirror_of(store->marks_sequence), older);
    marks_scrub(store, &round);
    EXPECT_EQUAL(round.mended, 1);
    store_close(store);
}

TEST("marks are not written by who only looks") {
    make_store();
    store_close(store);
    EXPECT_EQUAL(store_open(STORE_NEWEST_TO_LOOK, &store, &opening), STATUS_OK);
    uint64_t writes = sim_disk_writes();
    EXPECT_EQUAL(marks_write(store), STATUS_OK);
    EXPECT_EQUAL(sim_disk_writes(), writes);
    store_close(store);
}

TEST("marks that are too many are none") {
    make_store();
    EXPECT_EQUAL(store_pin(store, 2, FORMAT_OWNER_PERSON, "a"), STATUS_OK);
    uint64_t sequence = store->marks_sequence;
    store_close(store);
    FormatMarksHead head = {.magic = FORMAT_MARKS_MAGIC,
                            .sequence = sequence + 2,
                            .count = 1ull << 40};
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, &head, sizeof head);
    sim_disk_put(mirror_of(sequence), bytes);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    EXPECT_EQUAL(store->marks_sequence, sequence);
    EXPECT(store_pin_name(store, 2));
    store_close(store);
}

TEST("a pin on a disk without marks needs memory") {
    make_store();
    sim_alloc_fail(1, true);
    EXPECT_EQUAL(store_pin(store, 2, FORMAT_OWNER_PERSON, "a"),
                 STATUS_NO_MEMORY);
    sim_alloc_fail(0, false);
    EXPECT_EQUAL(store_pin(store, 2, FORMAT_OWNER_PERSON, "a"), STATUS_OK);
    store_close(store);
}

TEST("a store is closed while its writes are under way") {
    make_store();
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX, .lazy = true});
    memset(bytes, 9, sizeof bytes);
    store_begin(store, 0, 1);
    for (uint64_t page = 0; page < 100; page++)
        EXPECT_EQUAL(store_put_page(store, page * 3, bytes), STATUS_OK);
    store_close(store);
    heal();
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    EXPECT_EQUAL(opening.generation, 3);
    store_close(store);
}
