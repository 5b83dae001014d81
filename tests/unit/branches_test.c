/* Tests of branches that were left: what of them is kept, and the way back. */
#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum { BLOCKS = 8000, MADE = 40, FORK = 25, LAST = 5, MOST = 64 };
#define MINUTE_US 60000000ll

static Store *store;
static StoreOpening opening;
static int64_t now_us;

static void open_store(void) {
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    store_set_retention(store, &(StoreRetention){.last = LAST, .minutes = 8});
}

static void open_again(void) {
    store_close(store);
    open_store();
}

/* Twenty seconds after the one before, with a page of its own. */
static uint64_t commit(void) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES] = {1};
    uint64_t generation = store_begin(store, now_us += MINUTE_US / 3, 1);
    bytes[8] = (uint8_t)generation;
    for (uint64_t i = 0; i < 6; i++)
        EXPECT_EQUAL(store_put_page(store, (generation % 3 + i) * 200, bytes),
                     STATUS_OK);
    EXPECT_EQUAL(store_support_finish(store), STATUS_OK);
    return generation;
}

static void make_line(void) {
    sim_seed(1);
    sim_disk_new(BLOCKS);
    now_us = 0;
    open_store();
    for (int i = 0; i < MADE; i++)
        commit();
}

typedef struct Line {
    uint64_t generations[MOST];
    uint32_t count;
} Line;

/* What is kept of the line to this generation, the newest first. */
static Line line_to(uint64_t generation) {
    Line line = {.count = 0};
    for (uint32_t place = directory_kept(store, generation);
         place != UINT32_MAX && line.count < MOST;
         place = directory_kept(store, store->records[place].parent))
        line.generations[line.count++] = store->records[place].generation;
    return line;
}

static void expect_same_line(const Line *before, const Line *after) {
    EXPECT_EQUAL(after->count, before->count);
    for (uint32_t i = 0; i < before->count; i++)
        EXPECT_EQUAL(after->generations[i], before->generations[i]);
}

static void expect_whole(void) {
    StoreReport report = store_support_verified(store);
    EXPECT(report.bad == 0 && report.unmarked == 0 && report.leaked == 0);
}

static uint64_t go_back_by(uint32_t count) {
    Line line = line_to(store_durable_generation(store));
    EXPECT(line.count > count);
    EXPECT_EQUAL(store_go_back(store, line.generations[count]), STATUS_OK);
    return line.generations[count];
}

TEST("a branch that was left keeps its history under the rules") {
    make_line();
    uint64_t left = store_durable_generation(store);
    uint64_t fork = go_back_by(LAST + 2);
    for (int i = 0; i < 3; i++)
        commit();
    Line before = line_to(left); /* as long as it was left, it is so */
    EXPECT(before.count > LAST + 4);
    for (int i = 0; i < MADE; i++) {
        commit();
        expect_whole();
    }
    Line after = line_to(left);
    expect_same_line(&before, &after);
    EXPECT(directory_kept(store, fork) != UINT32_MAX);
    store_close(store);
}

TEST("the way forward has all that was there, and the way back again") {
    make_line();
    uint64_t first = store_durable_generation(store);
    Line before = line_to(first);
    go_back_by(LAST);
    for (int i = 0; i < 20; i++)
        commit();
    open_again();
    uint64_t second = store_durable_generation(store);
    EXPECT_TEXT(store_pin_name(store, first), "left");
    EXPECT_EQUAL(store_go_back(store, first), STATUS_OK);
    commit();
    Line after = line_to(first);
    for (uint32_t i = 0; i < LAST; i++)
        EXPECT_EQUAL(after.generations[i], before.generations[i]);
    EXPECT_TEXT(store_pin_name(store, second), "left");
    EXPECT(line_to(second).count > LAST);
    expect_whole();
    store_close(store);
}

/* Also after a power cut before anything of the new branch is durable. */
TEST("what was left needs no pin when the present grows from it again") {
    make_line();
    uint64_t first = store_durable_generation(store);
    go_back_by(LAST);
    uint64_t second = commit();
    open_again();
    EXPECT_EQUAL(store_go_back(store, first), STATUS_OK);
    open_again();
    EXPECT_EQUAL(store_durable_generation(store), second);
    EXPECT_TEXT(store_pin_name(store, first), "left");
    EXPECT_EQUAL(store_go_back(store, first), STATUS_OK);
    commit();
    EXPECT_EQUAL(store_start_begins(store), 0);
    open_again();
    EXPECT(!store_pin_name(store, first));
    EXPECT_TEXT(store_pin_name(store, second), "left");
    EXPECT_EQUAL(store_start_begins(store), 1);
    open_again();
    EXPECT(!store_pin_name(store, first));
    store_close(store);
}

TEST("a person's pin stays where the present grew from it") {
    make_line();
    uint64_t pinned = store_durable_generation(store);
    EXPECT_EQUAL(store_pin(store, pinned, FORMAT_OWNER_PERSON, "kept"),
                 STATUS_OK);
    for (int i = 0; i < 2 * LAST; i++)
        commit();
    open_again();
    EXPECT_TEXT(store_pin_name(store, pinned), "kept");
    store_close(store);
}

TEST("a branch whose end is let go is given back with its history") {
    make_line();
    uint64_t left = store_durable_generation(store);
    uint64_t fork = go_back_by(LAST);
    commit();
    Line line = line_to(left);
    EXPECT_EQUAL(store_unpin(store, left), STATUS_OK);
    for (int i = 0; i < MADE; i++)
        commit();
    for (uint32_t i = 0; line.generations[i] != fork; i++)
        EXPECT_EQUAL(directory_find(store, line.generations[i]), UINT32_MAX);
    expect_whole();
    store_close(store);
}

TEST("where space is short the history of branches goes, the oldest first") {
    make_line();
    uint64_t left = store_durable_generation(store);
    go_back_by(LAST);
    commit();
    uint32_t before = line_to(left).count;
    store_want_free(store, BLOCKS);
    for (int i = 0; i < 10; i++)
        commit();
    EXPECT(line_to(left).count < before);
    EXPECT(directory_kept(store, left) != UINT32_MAX);
    expect_whole();
    store_close(store);
}

/* No memory for the plan: nothing is deleted, and it is made up for later. */
TEST("without memory generations stay until there is some") {
    make_line();
    uint32_t before = store_record_count(store);
    for (uint64_t k = 1; k < 40; k++) {
        sim_alloc_fail(k, false);
        store_support_commit(store, 1, 1, (uint8_t)k);
        sim_alloc_fail(0, false);
    }
    for (int i = 0; i < 20; i++)
        commit();
    EXPECT(store_record_count(store) <= before + 2);
    expect_whole();
    store_close(store);
}
