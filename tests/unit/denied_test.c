/* Tests of what was taken back from owners (store_deny): no generation gives it
 * again. */
#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum { BLOCKS = 4000, SINGLE_MOST = 128 };

static Store *store;

static void open_store(void) {
    StoreOpening opening;
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
}

static void make_store(void) {
    sim_seed(5);
    sim_disk_new(BLOCKS);
    open_store();
    for (uint8_t i = 1; i <= 2; i++)
        EXPECT_EQUAL(store_support_commit(store, 3, 1, i), STATUS_OK);
}

static void open_again(void) {
    store_close(store);
    open_store();
}

TEST("what was taken back stays taken back, also in an older generation") {
    make_store();
    EXPECT_EQUAL(store_deny(store, 7, 5), STATUS_OK);
    EXPECT_EQUAL(store_deny(store, 9, 2), STATUS_OK);
    EXPECT_EQUAL(store_deny(store, 9, 3), STATUS_OK);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQUAL(store_denied(store, 7), 5);
        EXPECT_EQUAL(store_denied(store, 8), 0);
        EXPECT_EQUAL(store_denied(store, 9), 3);
        if (i == 1)
            EXPECT_EQUAL(store_return_at_start(store, 1), STATUS_OK);
        open_again();
    }
    uint32_t marks = store->mark_count;
    EXPECT_EQUAL(store_deny(store, 9, 0), STATUS_OK);
    EXPECT_EQUAL(store_deny(store, 10, 0), STATUS_OK);
    EXPECT_EQUAL(store->mark_count, marks - 1);
    open_again();
    EXPECT_EQUAL(store_denied(store, 9), 0);
    EXPECT_EQUAL(store_denied(store, 7), 5);
    store_close(store);
}

static void expect_all(uint32_t owners) {
    for (uint32_t i = 0; i < owners; i++)
        EXPECT(store_denied(store, 1 + i * 7 % owners) & 1u << i % 5);
}

/* Owners come in whatever order. */
TEST("of very many the oldest lack what any of these does, and none has more") {
    enum { OWNERS = 3 * SINGLE_MOST };
    make_store();
    for (uint32_t i = 0; i < OWNERS; i++) {
        EXPECT_EQUAL(store_deny(store, 1 + i * 7 % OWNERS, 1u << i % 5),
                     STATUS_OK);
        EXPECT(store_denied(store, 1) & 1); /* the first of all */
    }
    EXPECT_EQUAL(store_denied_newest(store), OWNERS);
    open_again();
    for (uint32_t i = 0; i < OWNERS; i++) /* an old one, again and again */
        EXPECT_EQUAL(store_deny(store, 1 + i % 3, 31), STATUS_OK);
    expect_all(OWNERS);
    for (uint32_t i = 1; i <= SINGLE_MOST; i++) /* and many newer */
        EXPECT_EQUAL(store_deny(store, 2 * OWNERS + i, 1), STATUS_OK);
    expect_all(OWNERS);
    EXPECT_EQUAL(store_denied(store, 3 * OWNERS), 0);
    EXPECT_EQUAL(store_denied(store, 1), 31);
    EXPECT(store->mark_count <= SINGLE_MOST + 2);
    store_close(store);
}

TEST("where nothing more can be marked, or written, that is said") {
    make_store();
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    EXPECT_EQUAL(store_deny(store, 7, 1), STATUS_IO_ERROR);
    EXPECT_EQUAL(store_denied(store, 7), 1); /* for this start */
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    FormatMark other = {.kind = 99};
    while (marks_add(store, &other) == STATUS_OK)
        continue;
    EXPECT_EQUAL(store_deny(store, 8, 1), STATUS_LIMIT);
    EXPECT_EQUAL(store_deny(store, 7, 2), STATUS_OK);
    store_close(store);
}
