/* Tests of persistent memory: announcements, barriers, power cuts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist/memory/pages.h"
#include "persist/memory/replace.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { CELLS = 3000, HISTORY = 64 };

/* One word in each of many pages, and what it was in recent generations. */
static struct {
    uint64_t now[CELLS];
    uint64_t frozen[HISTORY][CELLS];
    uint64_t durable;
    uint64_t next;
} model;

static uint64_t seed_now;
static uint32_t spread; /* pages between cells */

static void expect_seed(bool good, const char *what, int line) {
    if (!good)
        printf("  seed %lu:", seed_now);
    test_expect(good, __FILE__, line, what);
}
#define EXPECT_SEED(condition) expect_seed((condition), #condition, __LINE__)

static uint64_t *cell(unsigned i) {
    uint64_t page = (uint64_t)i * spread;
    return (uint64_t *)(page_address(page) + i % 512 * 8);
}

static bool open_memory(uint64_t limit_bytes) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = limit_bytes, .audit = true};
    if (store_open(0, &options.store, &opening) != STATUS_OK)
        return false;
    options.regions = opening.regions;
    if (memory_open(&options) != STATUS_OK)
        return false;
    uint64_t last = (uint64_t)(CELLS - 1) * spread;
    return memory_attach((uint32_t)(last / MEMORY_REGION_PAGES)) == STATUS_OK;
}

static bool cells_are(const uint64_t *wanted) {
    for (unsigned i = 0; i < CELLS; i++)
        if (*cell(i) != wanted[i])
            return false;
    return true;
}

static void write_cells(void) {
    unsigned count = sim_random() % 60, base = sim_random() % CELLS;
    for (unsigned n = 0; n < count; n++) {
        unsigned i =
            sim_random() % 3 ? (base + n) % CELLS : sim_random() % CELLS;
        uint64_t value = sim_random() % 6 ? ++model.next : 0;
        if (memory_write((uint64_t)(uintptr_t)cell(i), 8) != STATUS_OK)
            continue;
        *cell(i) = model.now[i] = value;
    }
}

static void note_durable(void) {
    uint64_t durable = snapshot_durable();
    EXPECT_SEED(durable >= model.durable);
    model.durable = durable;
}

static void run_programs_and_writer(unsigned rounds) {
    while (rounds-- > 0 && !sim_disk_frozen()) {
        write_cells();
        if (!snapshot_under_way() && sim_random() % 3 == 0) {
            uint64_t g = snapshot_barrier();
            memcpy(model.frozen[g % HISTORY], model.now, sizeof model.now);
        }
        Status status = snapshot_step(1 + sim_random() % 50);
        if (status == STATUS_BUSY)
            platform_disk_poll(true);
        if (!sim_disk_frozen())
            note_durable();
        memory_trim();
    }
}

static void live(void) {
    bool opened = open_memory(8 << 20);
    EXPECT_SEED(opened);
    if (!opened)
        return;
    uint64_t g = snapshot_durable();
    EXPECT_SEED(g >= model.durable);
    model.durable = g;
    memcpy(model.now, model.frozen[g % HISTORY], sizeof model.now);
    EXPECT_SEED(cells_are(model.now));
    sim_disk_freeze_after(20 + sim_random() % 400);
    if (sim_random() % 2)
        sim_disk_faults((SimDiskFaults){.fail_after = sim_random() % 200,
                                        .fail_count = 1 + sim_random() % 3});
    run_programs_and_writer(60);
    const char *wrong = memory_check();
    if (wrong)
        printf("  seed %lu: %s\n", seed_now, wrong);
    EXPECT_SEED(!wrong);
    sim_disk_cut();
    memory_close();
}

static void run_seed(uint64_t seed) {
    seed_now = seed;
    sim_seed(seed);
    sim_disk_new(8192 + sim_random() % 8192);
    memset(&model, 0, sizeof model);
    spread = 1 + (uint32_t)(sim_random() % 8);
    for (int cut = 0; cut < 4; cut++)
        live();
}

CAMPAIGN("memory comes back as of a barrier after each power cut") {
    const char *range = getenv("SEEDS");
    uint64_t first = 1, last = 40;
    if (range && *range)
        sscanf(range, "%lu-%lu", &first, &last);
    for (uint64_t seed = first; seed <= last; seed++)
        run_seed(seed);
}

static void write_without_announcing(void *unused) {
    (void)unused;
    *cell(3) = 99;
}

TEST("the auditor finds a write that was not announced") {
    sim_seed(1);
    sim_disk_new(2048);
    memset(&model, 0, sizeof model);
    spread = 1;
    EXPECT(open_memory(8 << 20));
    uint64_t at = (uint64_t)(uintptr_t)cell(3);
    EXPECT_EQUAL(*cell(3), 0); /* present from here on */
    EXPECT(sim_panics(write_without_announcing, NULL));
    EXPECT(sim_log_find("auditor: ") != NULL);
    EXPECT_EQUAL(memory_write(at, 8), STATUS_OK);
    *cell(3) = 7;
    EXPECT(snapshot_barrier() != 0);
    EXPECT(sim_panics(write_without_announcing, NULL));
    EXPECT_EQUAL(memory_write(at, 8), STATUS_OK);
    *cell(3) = 8;
    while (snapshot_step(1) == STATUS_BUSY)
        platform_disk_poll(true);
    memory_close();
    EXPECT(open_memory(8 << 20));
    EXPECT_EQUAL(*cell(3), 7);
    memory_close();
}

TEST("a heap larger than its RAM is evicted and read back") {
    sim_seed(2);
    sim_disk_new(16384);
    spread = 1;
    EXPECT(open_memory(8 << 20));
    uint64_t pages = 5000; /* limit: 2048 */
    for (uint64_t page = 0; page < pages; page++) {
        uint64_t *word = (uint64_t *)page_address(page);
        EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
        *word = page + 1;
        if (memory_pressed() || page % 1000 == 0)
            EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        memory_trim();
    }
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    memory_trim();
    EXPECT(memory_resident_pages() <= 2048);
    for (uint64_t page = 0; page < pages; page++)
        EXPECT_EQUAL(*(uint64_t *)page_address(page), page + 1);
    EXPECT(memory_resident_pages() <= 2048 + 2048 / 8);
    memory_close();
}

TEST("epochs begin anew after the last number") {
    sim_seed(5);
    sim_disk_new(2048);
    spread = 1;
    EXPECT(open_memory(8 << 20));
    for (uint64_t i = 1; i <= 600; i++) {
        EXPECT_EQUAL(memory_write(page_address(i % 7), 8), STATUS_OK);
        *(uint64_t *)page_address(i % 7) = i;
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        EXPECT(memory_check() == NULL);
    }
    memory_close();
    EXPECT(open_memory(8 << 20));
    for (uint64_t i = 594; i <= 600; i++)
        EXPECT_EQUAL(*(uint64_t *)page_address(i % 7), i);
    memory_close();
}

TEST("discarded pages read as zeros and take no space") {
    sim_seed(3);
    sim_disk_new(4096);
    spread = 1;
    EXPECT(open_memory(8 << 20));
    for (uint64_t page = 0; page < 100; page++) {
        EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
        *(uint64_t *)page_address(page) = 5;
    }
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(memory_discard(page_address(10) + 1, 80 * 4096), STATUS_OK);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    memory_close();
    EXPECT(open_memory(8 << 20));
    for (uint64_t page = 0; page < 100; page++) {
        bool some, wanted = page < 11 || page >= 90;
        EXPECT_EQUAL(store_page_exists(pages_all.store, page, &some),
                     STATUS_OK);
        EXPECT_EQUAL(some, wanted);
        EXPECT_EQUAL(*(uint64_t *)page_address(page), wanted ? 5 : 0);
    }
    memory_close();
}

/* Of 300 pages the disk has 100, all of them are in the map of a generation
 * that failed like this, and 250 are given back while the disk does nothing; so
 * many of those are to be dirty after a try. */
static void give_back_while_failing(SimDiskFaults before, uint64_t dirty) {
    static const SimDiskFaults none = {.fail_after = UINT64_MAX},
                               all = {.fail_count = UINT64_MAX};
    sim_disk_new(4096);
    EXPECT(open_memory(8 << 20));
    for (uint64_t page = 0; page < 300; page++) {
        EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
        *(uint64_t *)page_address(page) = 5;
        if (page == 99)
            EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    }
    sim_disk_faults(before);
    EXPECT_EQUAL(snapshot_now(), STATUS_IO_ERROR);
    EXPECT_EQUAL(memory_dirty_pages(), 200);
    EXPECT_EQUAL(memory_discard(page_address(50), 250 * 4096), STATUS_OK);
    sim_disk_faults(all);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(snapshot_now(), STATUS_IO_ERROR);
        EXPECT_EQUAL(memory_dirty_pages(), dirty);
        EXPECT(memory_check() == NULL);
    }
    sim_disk_faults(none);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(memory_dirty_pages(), 0);
    memory_close();
    EXPECT(open_memory(8 << 20));
    for (uint64_t page = 0; page < 300; page++)
        EXPECT_EQUAL(*(uint64_t *)page_address(page), page < 50 ? 5 : 0);
    memory_close();
}

TEST("while the disk fails, what is given back costs no RAM") {
    sim_seed(5);
    spread = 1;
    give_back_while_failing((SimDiskFaults){.fail_count = UINT64_MAX}, 0);
    /* A superblock that may come back is revoked before anything else. */
    give_back_while_failing(
        (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = 2}, 250);
}

TEST("a generation that failed is given up in small steps") {
    enum { PAGES = 2000, STEPS_LEAST = 100 };
    sim_seed(6);
    spread = 1;
    sim_disk_new(8192);
    EXPECT(open_memory(32 << 20));
    for (uint64_t page = 0; page < PAGES; page++) {
        EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
        *(uint64_t *)page_address(page) = 5;
    }
    EXPECT(snapshot_barrier() != 0);
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    Status status;
    uint64_t steps = 0, page = 0;
    while ((status = snapshot_step(1)) == STATUS_BUSY) {
        platform_disk_poll(true);
        uint64_t other = PAGES - 1 - page++ * 3 % PAGES;
        EXPECT_EQUAL(memory_write(page_address(other), 8), STATUS_OK);
        EXPECT(memory_check() == NULL);
        steps++;
    }
    EXPECT_EQUAL(status, STATUS_IO_ERROR);
    EXPECT(steps >= STEPS_LEAST);
    EXPECT(!snapshot_under_way());
    EXPECT_EQUAL(memory_dirty_pages(), PAGES);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    memory_close();
    EXPECT(open_memory(32 << 20));
    for (page = 0; page < PAGES; page++)
        EXPECT_EQUAL(*(uint64_t *)page_address(page), 5);
    memory_close();
}

TEST("a full disk refuses announcements and stays good") {
    sim_seed(4);
    sim_disk_new(1024);
    spread = 1;
    EXPECT(open_memory(8 << 20));
    Status status = STATUS_OK;
    uint64_t page = 0;
    for (; page < 2000 && status == STATUS_OK; page++) {
        status = memory_write(page_address(page), 8);
        if (status == STATUS_OK)
            *(uint64_t *)page_address(page) = page + 1;
    }
    EXPECT_EQUAL(status, STATUS_NO_SPACE);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    memory_close();
    EXPECT(open_memory(8 << 20));
    EXPECT_EQUAL(*(uint64_t *)page_address(page - 2), page - 1);
    memory_close();
}

/* Reads one word of each page; the pages that had to be brought in. */
static uint64_t read_pages(uint64_t first, uint64_t count) {
    uint64_t before = memory_page_ins();
    for (uint64_t page = first; page < first + count; page++) {
        (void)*(const volatile uint64_t *)page_address(page);
        memory_trim();
    }
    return memory_page_ins() - before;
}

TEST("a walk over a large heap leaves what is in use in RAM") {
    enum { USED = 800, WALKED = 12000 };
    spread = 5;
    sim_disk_new(32768);
    EXPECT(open_memory(8 << 20)); /* 2,048 pages */
    for (uint64_t page = 0; page < USED + WALKED; page++) {
        EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
        *(uint64_t *)page_address(page) = page + 1;
        if (page % 500 == 0) {
            EXPECT_EQUAL(snapshot_now(), STATUS_OK);
            memory_trim();
        }
    }
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    read_pages(0, USED);
    for (uint64_t part = 0; part < WALKED; part += 1000) {
        read_pages(USED + part, 1000);
        uint64_t again = read_pages(0, USED);
        EXPECT(part < 2000 || again == 0);
    }
    const char *wrong = memory_check();
    EXPECT(wrong == NULL);
    memory_close();
}

/* ---- Regions of older generations ---- */

static uint64_t *word_of(uint32_t region, uint64_t page) {
    return (uint64_t *)page_address(region * MEMORY_REGION_PAGES + page);
}

static void fill_region(uint32_t region, uint64_t pages, uint64_t value) {
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t *word = word_of(region, i * 3);
        EXPECT_EQUAL(memory_write((uintptr_t)word, 8), STATUS_OK);
        *word = value ? value + i : 0;
    }
}

static bool region_is(uint32_t region, uint64_t pages, uint64_t value) {
    for (uint64_t i = 0; i < pages; i++)
        if (*word_of(region, i * 3) != (value ? value + i : 0))
            return false;
    return true;
}

static Status replace_region(uint64_t generation, uint32_t region,
                             unsigned times) {
    StoreView *view;
    Replace *replace;
    EXPECT_EQUAL(store_view_open(memory_store(), generation, &view), STATUS_OK);
    Status status = replace_open(view, &region, 1, &replace);
    store_view_close(view);
    if (status == STATUS_OK)
        status = replace_announce(replace);
    while (status == STATUS_OK && times-- > 0)
        replace_exchange(replace);
    replace_close(replace);
    EXPECT(!memory_check());
    return status;
}

TEST("a region becomes what it was in an older generation, and others stay") {
    sim_seed(31);
    sim_disk_new(16384);
    spread = 1;
    EXPECT(open_memory(8 << 20));
    EXPECT_EQUAL(memory_attach(3), STATUS_OK);
    fill_region(1, 200, 1000);
    fill_region(2, 200, 2000);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    uint64_t old = snapshot_durable();
    fill_region(1, 250, 5000);
    fill_region(1, 20, 0);
    fill_region(2, 200, 6000);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    fill_region(1, 10, 7000);                           /* not durable yet */
    EXPECT_EQUAL(replace_region(old, 1, 2), STATUS_OK); /* there and back */
    EXPECT(region_is(1, 10, 7000));
    EXPECT_EQUAL(*word_of(1, 249 * 3), 5249);
    EXPECT_EQUAL(replace_region(old, 1, 1), STATUS_OK);
    for (int round = 0; round < 2; round++) { /* and after a power cut */
        EXPECT(region_is(1, 200, 1000));
        EXPECT_EQUAL(*word_of(1, 249 * 3), 0);
        EXPECT(region_is(2, 200, 6000));
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        sim_disk_cut();
        memory_close();
        EXPECT(open_memory(8 << 20));
    }
    EXPECT_EQUAL(replace_region(old, 3, 1), STATUS_OK); /* nothing there */
    memory_close();
}

TEST("a region of which too much differs stays as it is") {
    sim_seed(32);
    sim_disk_new(16384);
    spread = 1;
    EXPECT(open_memory(8 << 20)); /* 2,048 pages, and half may be dirty */
    EXPECT_EQUAL(memory_attach(1), STATUS_OK);
    fill_region(1, 1100, 1000);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    uint64_t old = snapshot_durable();
    fill_region(1, 1100, 5000);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(replace_region(old, 1, 1), STATUS_LIMIT);
    EXPECT(region_is(1, 1100, 5000));
    EXPECT_EQUAL(replace_region(snapshot_durable(), 1, 1), STATUS_OK);
    EXPECT(region_is(1, 1100, 5000));
    memory_close();
}

TEST("a region whose old pages cannot be read stays as it is") {
    for (uint64_t k = 0; k < 60; k++) {
        sim_seed(33);
        sim_disk_new(16384);
        spread = 1;
        EXPECT(open_memory(8 << 20));
        EXPECT_EQUAL(memory_attach(1), STATUS_OK);
        fill_region(1, 50, 1000);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        uint64_t old = snapshot_durable();
        fill_region(1, 50, 5000);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        sim_disk_faults((SimDiskFaults){.fail_after = k, .fail_count = 9});
        StoreView *view;
        Replace *replace = NULL;
        Status status = store_view_open(memory_store(), old, &view);
        if (status == STATUS_OK)
            status = replace_open(view, &(uint32_t){1}, 1, &replace);
        store_view_close(view);
        EXPECT((status == STATUS_OK) == (replace != NULL));
        replace_close(replace);
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        EXPECT(region_is(1, 50, 5000));
        memory_close();
    }
}
