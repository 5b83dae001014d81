/* Tests of what a damaged newest generation leaves: the heap without the list
 * of older generations, and the list without the heap. */
#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum { BLOCKS = 4000, PAGES = 300, APART = 50, MADE = 6 };

static Store *store;
static StoreOpening opening;

static void open_store(void) {
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
}

static void commit(uint64_t pages, uint8_t content) {
    EXPECT_EQUAL(store_support_commit(store, pages, APART, content), STATUS_OK);
}

/* Generation g has g in its first 10 * g pages; `branch`: the last one grew
 * from the second. The store is closed then. */
static void make_disk(bool branch) {
    sim_seed(1);
    sim_disk_new(BLOCKS);
    open_store();
    commit(PAGES, 1);
    for (uint8_t g = 2; g <= MADE; g++) {
        if (branch && g == MADE)
            EXPECT_EQUAL(store_go_back(store, 2), STATUS_OK);
        commit(10u * g, g);
    }
    store_close(store);
}

/* ---- Looking ---- */

static bool has(uint64_t generation, uint64_t page, uint8_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    StoreView *view;
    EXPECT_EQUAL(store_view_open(store, generation, &view), STATUS_OK);
    Status status = store_view_read_page(view, page * APART, bytes);
    store_view_close(view);
    return status == STATUS_OK && bytes[0] == content && bytes[4095] == content;
}

static void expect_history(void) {
    EXPECT_EQUAL(store_record_count(store), MADE);
    for (uint8_t g = 2; g <= MADE; g++)
        EXPECT(has(g, 10u * g - 1, g) && has(g, PAGES - 1, 1));
}

static void expect_present(uint8_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    EXPECT_EQUAL(store_read_page(store, 0, bytes), STATUS_OK);
    EXPECT_EQUAL(bytes[0], content);
    EXPECT_EQUAL(store_read_page(store, (PAGES - 1) * APART, bytes), STATUS_OK);
    EXPECT_EQUAL(bytes[0], 1);
}

/* `bad` blocks besides which all verifies, and what is used is marked so. */
static void expect_verified(uint64_t bad) {
    StoreReport report = store_support_verified(store);
    EXPECT_EQUAL(report.bad, bad);
    EXPECT_EQUAL(report.unmarked, 0);
    EXPECT(!space_check(store->space));
}

/* ---- The list of generations ---- */

typedef enum Part { META_ROOT, DIRECTORY, PARTS } Part;

static void ruin_list(Part part) {
    FormatSuper newest = store_support_newest();
    FormatEntry directory = store_support_directory(&newest);
    store_support_ruin(part == META_ROOT ? &newest.meta : &directory);
}

static void expect_newest(StoreHistory history) {
    open_store();
    EXPECT_EQUAL(opening.generation, MADE);
    EXPECT_EQUAL(opening.history, history);
    EXPECT_EQUAL(opening.regions, 1);
    EXPECT(opening.passed_over == 0 && !store_undecided(store));
    expect_present(MADE);
    expect_verified(0);
}

/* A power cut before anything is written changes nothing. */
TEST("the list of generations is made anew from the one before") {
    for (Part part = 0; part < PARTS; part++) {
        make_disk(false);
        ruin_list(part);
        for (int start = 0; start < 2; start++) {
            expect_newest(STORE_HISTORY_MADE_ANEW);
            expect_history();
            store_close(store);
        }
        open_store();
        commit(5, 99);
        store_close(store);
        open_store();
        EXPECT_EQUAL(opening.history, STORE_HISTORY_WHOLE);
        EXPECT_EQUAL(store_record_count(store), MADE + 1);
        EXPECT(has(MADE, 4, MADE) && has(MADE + 1, 4, 99));
        expect_verified(0);
        store_close(store);
    }
}

TEST("with a list made anew generations come and go as before") {
    make_disk(false);
    ruin_list(META_ROOT);
    open_store();
    for (uint8_t i = 0; i < 60; i++) {
        commit(1u + i % 40, i);
        expect_verified(0);
    }
    EXPECT(store_record_count(store) < 20);
    store_close(store);
}

/* What grew from another than the one before, or has none before it. */
TEST("without any list the newest generation goes on alone") {
    for (int why = 0; why < 3; why++) {
        make_disk(why == 0);
        FormatSuper before = store_support_newest();
        ruin_list(META_ROOT);
        before.generation = MADE - 1;
        if (why == 1)
            store_support_ruin_super(&before);
        if (why == 2) { /* its list is damaged, too */
            memcpy(&before, sim_disk_bytes() + before.generation * 4096,
                   sizeof before);
            store_support_ruin(&before.meta);
        }
        expect_newest(STORE_HISTORY_LOST);
        EXPECT_EQUAL(store_record_count(store), 1);
        for (uint8_t i = 0; i < 20; i++)
            commit(20, i);
        EXPECT_EQUAL(store_support_verified(store).leaked, 0);
        expect_verified(0);
        store_close(store);
        open_store();
        EXPECT_EQUAL(opening.history, STORE_HISTORY_WHOLE);
        store_close(store);
    }
}

/* At each request the power may go while the list is written again. */
TEST("a power cut while the list is made anew costs nothing of the newest") {
    make_disk(false);
    ruin_list(DIRECTORY);
    sim_disk_mark();
    bool before = false, after = false;
    for (uint64_t k = 0; !after; k++) {
        sim_disk_back();
        open_store();
        sim_disk_freeze_after(k);
        store_support_commit(store, 5, APART, 99);
        store_close(store);
        sim_disk_cut();
        open_store();
        after = opening.generation == MADE + 1;
        before |= !after;
        EXPECT(after || opening.history == STORE_HISTORY_MADE_ANEW);
        expect_present(after ? 99 : MADE);
        expect_verified(0);
        store_close(store);
    }
    EXPECT(before);
}

/* What could still be read later is not given up; who only looks goes on. */
TEST("a list that cannot be read now is not taken for lost") {
    unsigned refused = 0, whole = 0;
    make_disk(true);
    for (uint64_t k = 0; whole < 3; k++) {
        sim_disk_faults((SimDiskFaults){.fail_after = k,
                                        .fail_count = 2 * DEVICE_READ_TRIES});
        Status status = store_open(0, &store, &opening);
        bool good = status == STATUS_OK;
        refused += !good;
        whole += good;
        EXPECT(good ? opening.history == STORE_HISTORY_WHOLE &&
                          opening.generation == MADE
                    : status == STATUS_IO_ERROR);
        if (good)
            store_close(store);
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    }
    EXPECT(refused > 3);
}

/* ---- The heap ---- */

static void ruin_heap(void) {
    FormatSuper newest = store_support_newest();
    store_support_ruin(&newest.heap);
}

static void expect_undecided(uint64_t older) {
    open_store();
    EXPECT_EQUAL(opening.generation, older);
    EXPECT_EQUAL(opening.damaged, MADE);
    EXPECT_EQUAL(opening.damaged_status, STATUS_CORRUPT);
    EXPECT_EQUAL(store_undecided(store), MADE);
    expect_present((uint8_t)older);
}

TEST("nothing is written before somebody gives the newest generation up") {
    make_disk(false);
    ruin_heap();
    FormatSuper newest = store_support_newest();
    sim_disk_flip(entry_block(&newest.meta), 3); /* nor is it mended */
    uint64_t writes = sim_disk_writes();
    expect_undecided(MADE - 1);
    store_start_begins(store);
    store_start_lasted(store);
    store_pin(store, 2, FORMAT_OWNER_PERSON, "kept");
    store_close(store);
    EXPECT_EQUAL(sim_disk_writes(), writes);
}

TEST("what is given up perhaps is not mended before that is decided") {
    FormatRoot root;
    make_disk(false);
    open_store();
    commit(PAGES, 9); /* with a tree of its own */
    store_close(store);
    FormatSuper newest = store_support_newest();
    uint64_t block = entry_block(&newest.heap);
    memcpy(&root, sim_disk_bytes() + block * PLATFORM_BLOCK_BYTES, sizeof root);
    store_support_ruin(&root.tree);
    sim_disk_flip(block, 3);
    uint64_t writes = sim_disk_writes();
    open_store();
    EXPECT_EQUAL(store_undecided(store), newest.generation);
    store_close(store);
    EXPECT_EQUAL(sim_disk_writes(), writes);
}

TEST("the newest generation that is left stays pinned with all it has") {
    make_disk(false);
    ruin_heap();
    expect_undecided(MADE - 1);
    EXPECT_EQUAL(opening.passed_over, 1);
    EXPECT_EQUAL(store_take_older(store), STATUS_OK);
    EXPECT(!store_undecided(store));
    store_close(store);
    expect_undecided(MADE - 1); /* nothing new is durable */
    EXPECT_EQUAL(store_take_older(store), STATUS_OK);
    for (uint8_t i = 0; i < 40; i++) {
        commit(30, i);
        expect_verified(2);
    }
    store_close(store);
    open_store();
    EXPECT_EQUAL(opening.passed_over, 0);
    EXPECT_EQUAL(opening.generation, MADE + 40);
    EXPECT(strcmp(store_pin_name(store, MADE), "damaged") == 0);
    EXPECT_EQUAL(store_go_back(store, MADE), STATUS_CORRUPT);
    EXPECT_EQUAL(store_return_at_start(store, MADE), STATUS_CORRUPT);
    EXPECT_EQUAL(store_return_wanted(store), 0);
    EXPECT_EQUAL(store_unpin(store, MADE), STATUS_OK);
    for (uint8_t i = 0; i < 20; i++)
        commit(30, i);
    expect_verified(0);
    store_close(store);
}

TEST("the older generation is the one before on the same line") {
    make_disk(true);
    ruin_heap();
    expect_undecided(2);
    EXPECT_EQUAL(store_take_older(store), STATUS_OK);
    commit(1, 7);
    expect_verified(2);
    store_close(store);
}

TEST("several damaged generations are passed over, each once") {
    make_disk(false);
    FormatSuper super;
    for (uint64_t g = MADE; g >= MADE - 2; g--) {
        memcpy(&super, sim_disk_bytes() + g * PLATFORM_BLOCK_BYTES,
               sizeof super);
        store_support_ruin(&super.heap);
        if (g < MADE - 1) /* of the others the list is read */
            store_support_ruin(&super.meta);
    }
    expect_undecided(MADE - 3);
    EXPECT_EQUAL(opening.passed_over, 3);
    store_close(store);
}

TEST(
    "where the newest has neither heap nor list the superblock before counts") {
    make_disk(false);
    ruin_heap();
    ruin_list(META_ROOT);
    expect_undecided(MADE - 1);
    EXPECT_EQUAL(opening.passed_over, 1);
    EXPECT_EQUAL(store_start_begins(store), 0);
    EXPECT_EQUAL(store_take_older(store), STATUS_OK);
    store_close(store);
    expect_undecided(MADE - 1);
    EXPECT_EQUAL(store_start_begins(store), 1); /* it was written */
    EXPECT_EQUAL(store_take_older(store), STATUS_OK);
    commit(1, 7);
    expect_verified(0);
    store_close(store);
    open_store();
    EXPECT_EQUAL(opening.generation, MADE + 1);
    store_close(store);
}

TEST("a disk that does not take the decision leaves it open") {
    make_disk(false);
    ruin_heap();
    sim_disk_mark();
    expect_undecided(MADE - 1);
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    EXPECT_EQUAL(store_take_older(store), STATUS_IO_ERROR);
    EXPECT_EQUAL(store_undecided(store), MADE);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    EXPECT_EQUAL(store_take_older(store), STATUS_OK);
    commit(1, 7);
    store_close(store);
}
