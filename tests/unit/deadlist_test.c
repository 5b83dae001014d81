/* Tests of generations with so many pages that their deadlists take several
 * blocks, and of what fails while such are deleted. */
#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/store_support.h"

enum {
    BLOCKS = 12000,
    PAGES = 1000,
    ALL = 4,  /* generations in which every page changes, */
    FEW = 60, /* and between them such with few: a larger directory */
    FEW_PAGES = 40,
    CHANCES = 6,
};

static Store *store;
static StoreOpening opening;

static void page_bytes(uint64_t page, uint8_t content, uint8_t *bytes) {
    memset(bytes, content, PLATFORM_BLOCK_BYTES);
    memcpy(bytes, &page, sizeof page);
}

static Status commit_pages(uint64_t count, uint8_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    Status status = STATUS_OK;
    store_begin(store, 0, 1);
    for (uint64_t page = 0; page < count && status == STATUS_OK; page++) {
        page_bytes(page, content, bytes);
        while ((status = store_put_page(store, page, bytes)) == STATUS_BUSY)
            platform_disk_poll(true);
    }
    if (status == STATUS_OK)
        return store_support_finish(store);
    store_doom(store, status);
    return status;
}

static void keep_all(bool all) {
    store_set_retention(
        store,
        &(StoreRetention){.last = all ? STORE_KEEP_ALL : STORE_LAST_LEAST});
}

/* A closed store with many generations, all kept; the disk's mark is there. */
static void make_history(void) {
    sim_seed(3);
    sim_disk_new(BLOCKS);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    keep_all(true);
    for (uint8_t i = 0; i < ALL; i++) {
        EXPECT_EQUAL(commit_pages(PAGES, i + 1), STATUS_OK);
        for (unsigned j = 0; j < FEW / ALL; j++)
            EXPECT_EQUAL(commit_pages(FEW_PAGES, (uint8_t)(100 + j)),
                         STATUS_OK);
    }
    EXPECT_EQUAL(store_record_count(store), ALL + FEW);
    store_close(store);
    sim_disk_mark();
}

/* All is reachable, and with `whole` nothing was lost. */
static void verify(bool whole) {
    StoreReport report = store_support_verified(store);
    EXPECT_EQUAL(report.bad, 0);
    EXPECT_EQUAL(report.unmarked, 0);
    EXPECT(!whole || report.leaked == 0);
    EXPECT(!space_check(store->space));
}

static void expect_pages(uint8_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES], wanted[PLATFORM_BLOCK_BYTES];
    bool right = true;
    for (uint64_t page = FEW_PAGES; page < PAGES; page++) {
        page_bytes(page, content, wanted);
        right = right && store_read_page(store, page, bytes) == STATUS_OK &&
                memcmp(bytes, wanted, sizeof bytes) == 0;
    }
    EXPECT(right);
}

TEST("deadlists of many blocks give back all and no more") {
    make_history();
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    verify(true);
    keep_all(false);
    for (uint8_t i = 0; store_record_count(store) > STORE_LAST_LEAST; i++) {
        EXPECT_EQUAL(commit_pages(1, i), STATUS_OK);
        verify(true);
        EXPECT(i < FEW);
        if (i >= FEW)
            break;
    }
    expect_pages(ALL);
    store_close(store);
}

static void commit_range(uint64_t from, uint64_t end, uint8_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    Status status;
    store_begin(store, 0, 1);
    for (uint64_t page = from; page < end; page++) {
        page_bytes(page, content, bytes);
        while ((status = store_put_page(store, page, bytes)) == STATUS_BUSY)
            platform_disk_poll(true);
        EXPECT_EQUAL(status, STATUS_OK);
    }
    EXPECT_EQUAL(store_support_finish(store), STATUS_OK);
}

/* What two generations in a row replaced of the first is in blocks that need
 * not be read when the one between is deleted. */
TEST("blocks of two deadlists become one without being read") {
    sim_seed(4);
    sim_disk_new(BLOCKS);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    keep_all(true);
    EXPECT_EQUAL(commit_pages(PAGES, 1), STATUS_OK);
    EXPECT_EQUAL(store_pin(store, 1, FORMAT_OWNER_PERSON, "a"), STATUS_OK);
    commit_range(0, PAGES / 2, 2);
    commit_range(PAGES / 2, PAGES, 3);
    keep_all(false);
    for (uint8_t i = 0; i < 6; i++) {
        EXPECT_EQUAL(commit_pages(1, i), STATUS_OK);
        verify(true);
    }
    EXPECT_EQUAL(directory_find(store, 2), UINT32_MAX);
    EXPECT_EQUAL(store_unpin(store, 1), STATUS_OK);
    for (uint8_t i = 0; i < 6; i++)
        EXPECT_EQUAL(commit_pages(1, i), STATUS_OK);
    verify(true);
    EXPECT_EQUAL(store_record_count(store), STORE_LAST_LEAST);
    store_close(store);
}

TEST("histories by chance give back all, many generations at once") {
    for (uint64_t seed = 1; seed <= CHANCES; seed++) {
        sim_seed(seed);
        sim_disk_new(BLOCKS);
        EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
        keep_all(true);
        EXPECT_EQUAL(commit_pages(PAGES, 1), STATUS_OK);
        for (uint8_t i = 0; i < 14; i++) {
            uint64_t from = sim_random() % (PAGES / 2);
            commit_range(from, from + 230 + sim_random() % 270, i + 2);
        }
        keep_all(false);
        for (uint8_t i = 0; i < 10; i++) {
            EXPECT_EQUAL(commit_pages(1, i), STATUS_OK);
            verify(true);
        }
        EXPECT_EQUAL(store_record_count(store), STORE_LAST_LEAST);
        store_close(store);
    }
}

/* The deletions of one commit, then the start after a power cut. */
static void delete_some(void) {
    if (store_open(0, &store, &opening) != STATUS_OK)
        return;
    keep_all(false);
    commit_pages(1, 7);
    commit_pages(1, 8);
    store_close(store);
}

static void survived(bool whole) {
    sim_disk_cut();
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    EXPECT(opening.generation >= ALL + FEW);
    verify(whole);
    expect_pages(ALL);
    store_close(store);
}

CAMPAIGN("every allocation may fail while generations are deleted") {
    make_history();
    for (uint64_t k = 1;; k++) {
        sim_disk_back();
        sim_alloc_fail(k, false);
        delete_some();
        bool failed = sim_alloc_failed();
        sim_alloc_fail(0, false);
        survived(false);
        if (!failed)
            break;
    }
}

CAMPAIGN("every request may fail while generations are deleted") {
    make_history();
    for (uint64_t k = 0;; k++) {
        sim_disk_back();
        sim_disk_faults((SimDiskFaults){.fail_after = k,
                                        .fail_count = 2 * DEVICE_READ_TRIES});
        uint64_t before = sim_disk_requests();
        delete_some();
        bool failed = sim_disk_requests() - before > k;
        survived(false);
        if (!failed)
            break;
    }
}

/* ---- Looking after such a disk ---- */

TEST("without memory a disk is not verified, and no map is made") {
    make_history();
    for (int rebuild = 0; rebuild < 2; rebuild++) {
        for (uint64_t k = 1;; k++) {
            EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
            StoreReport report = {.say = store_support_say_nothing};
            sim_alloc_fail(k, false);
            Status status = rebuild ? store_rebuild_map(store)
                                    : store_verify(store, &report);
            bool failed = sim_alloc_failed();
            sim_alloc_fail(0, false);
            store_close(store);
            if (!failed)
                break;
            EXPECT(status == STATUS_NO_MEMORY || status == STATUS_OK);
        }
    }
}

TEST("two generations are compared, or it is said why not") {
    make_history();
    for (uint64_t k = 0; k < 40; k++) {
        StoreView *old, *young;
        uint64_t page = 0;
        EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
        EXPECT_EQUAL(store_view_open(store, 1, &old), STATUS_OK);
        EXPECT_EQUAL(store_view_open(store, 2 + FEW / ALL, &young), STATUS_OK);
        sim_disk_faults((SimDiskFaults){.fail_after = k,
                                        .fail_count = 2 * DEVICE_READ_TRIES});
        Status status = store_view_next_difference(old, young, 300, &page);
        EXPECT(status == STATUS_IO_ERROR ||
               (status == STATUS_OK && page == 300));
        EXPECT(k > 0 || status == STATUS_IO_ERROR);
        status = store_view_next_page(old, 700, &page);
        EXPECT(status == STATUS_IO_ERROR ||
               (status == STATUS_OK && page == 700));
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        store_view_close(old);
        store_view_close(young);
        store_close(store);
    }
}
