/* Tests of reading ahead: walks over a heap larger than RAM. */
#include <stdio.h>
#include <stdlib.h>

#include "persist/memory/ahead.h"
#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { PAGES = 8000 }; /* RAM: 2,048 */

static uint64_t word_at(uint64_t page) {
    return *(uint64_t *)page_address(page);
}

/* A heap in which page i begins with i + 1, durable, nothing of it in RAM. */
static void open_heap(void) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = 8 << 20, .audit = true};
    sim_seed(3);
    sim_disk_new(32768);
    for (int start = 0; start < 2; start++) {
        EXPECT_EQUAL(store_open(0, &options.store, &opening), STATUS_OK);
        options.regions = opening.regions;
        EXPECT_EQUAL(memory_open(&options), STATUS_OK);
        for (uint64_t page = 0; start == 0 && page < PAGES; page++) {
            EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
            *(uint64_t *)page_address(page) = page + 1;
            if (page % 500 == 499)
                EXPECT_EQUAL(snapshot_now(), STATUS_OK);
            memory_trim();
        }
        if (start == 0) {
            EXPECT_EQUAL(snapshot_now(), STATUS_OK);
            memory_close();
        }
    }
}

/* Reads pages from..to; requests that the disk got. */
static uint64_t walk(uint64_t from, uint64_t to) {
    uint64_t before = sim_disk_requests();
    for (uint64_t page = from; page < to; page++) {
        EXPECT_EQUAL(word_at(page), page + 1);
        if (page % 64 == 0)
            memory_trim();
    }
    EXPECT(!memory_check());
    return sim_disk_requests() - before;
}

TEST("a walk over absent pages takes one request for many of them") {
    open_heap();
    EXPECT(walk(0, PAGES) < PAGES / 12);
    EXPECT_EQUAL(memory_page_ins(), PAGES);
    EXPECT(memory_resident_pages() <= pages_all.hard_limit_pages);
    EXPECT(walk(0, PAGES) < PAGES / 12);
    memory_close();
}

TEST("walks beside each other are each read ahead for") {
    open_heap();
    uint64_t before = sim_disk_requests();
    for (uint64_t i = 0; i < PAGES / 4; i++)
        for (uint64_t part = 0; part < 4; part++) {
            uint64_t page = part * (PAGES / 4) + i;
            EXPECT_EQUAL(word_at(page), page + 1);
        }
    EXPECT(sim_disk_requests() - before < PAGES / 8);
    EXPECT(!memory_check());
    memory_close();
}

TEST("pages in no order are read one by one") {
    open_heap();
    walk(0, 1); /* the nodes above */
    for (uint64_t page = 128; page < PAGES; page += 128)
        EXPECT_EQUAL(word_at(page), page + 1);
    uint64_t before = sim_disk_requests(), ins = memory_page_ins();
    uint64_t missed = 0;
    for (uint64_t i = 0; i < PAGES; i++) {
        uint64_t page = sim_random() % PAGES;
        missed += pages_all.state[page] == PAGE_ABSENT;
        EXPECT_EQUAL(word_at(page), page + 1);
        memory_trim();
    }
    EXPECT(missed > PAGES / 2);
    EXPECT_EQUAL(sim_disk_requests() - before, missed);
    EXPECT(memory_page_ins() - ins < missed + missed / 20);
    memory_close();
}

static uint64_t block_of(uint64_t page) {
    FormatEntry entry;
    EXPECT_EQUAL(pagemap_get(pages_all.store->heap, page, &entry), STATUS_OK);
    EXPECT(entry_present(&entry));
    return entry_block(&entry);
}

static bool is_bad(uint64_t page) {
    return page == 700 || page == 717 || page == 718 || page == 1500;
}

TEST("a page that is damaged costs none of those read with it") {
    open_heap();
    for (uint64_t page = 0; page < 2000; page++)
        if (is_bad(page))
            sim_disk_flip(block_of(page), (unsigned)page);
    uint64_t before = sim_disk_requests();
    for (uint64_t page = 0; page < 2000; page++) {
        Status status = memory_bring(page_address(page), PLATFORM_PAGE_BYTES);
        EXPECT_EQUAL(status, is_bad(page) ? STATUS_CORRUPT : STATUS_OK);
        if (status == STATUS_OK)
            EXPECT_EQUAL(word_at(page), page + 1);
    }
    EXPECT(sim_disk_requests() - before < 2000 / 8);
    EXPECT(!memory_check());
    memory_close();
}

TEST("a run that cannot be read is read page by page") {
    open_heap();
    walk(0, 100);
    sim_disk_faults(
        (SimDiskFaults){.fail_after = 0, .fail_count = DEVICE_READ_TRIES});
    walk(100, 400);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    memory_close();
}

TEST("what is read ahead never makes more than RAM has room for") {
    open_heap();
    walk(0, 1500);
    uint64_t page = 1500, evicted = memory_evictions();
    while (pages_all.state[page] != PAGE_ABSENT)
        page++;
    pages_all.hard_limit_pages = pages_all.resident + 3;
    EXPECT_EQUAL(word_at(page), page + 1);
    EXPECT_EQUAL(pages_all.resident, pages_all.hard_limit_pages);
    EXPECT_EQUAL(memory_evictions(), evicted);
    memory_close();
}
