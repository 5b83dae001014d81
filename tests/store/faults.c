/* Failing requests, failing memory, full disks: no crash, nothing durable lost,
 * and the log says why. */
#include "tests/store/world.h"

#include <string.h>

#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"

enum { DISK_BLOCKS = 2048, CELLS = 400, MEMORY_BYTES = 8 << 20 };

/* ---- The reference workload ---- */

/* Some generations by the store alone, with a reopening between them. */
static void use_store(void) {
    for (int life = 0; life < 2; life++) {
        StoreOpening opening;
        if (world_try_open(&opening) != STATUS_OK)
            return;
        for (int i = 0; i < 3; i++) {
            world_write_some(30);
            world_commit();
        }
        world_count_errors();
        world_close();
    }
}

/* One word in each of these pages, beyond those of the world. */
static struct {
    uint64_t now[CELLS];
    uint64_t frozen[WORLD_HISTORY][CELLS];
    uint64_t durable;
} cells;

static uint64_t cell_address(unsigned i) {
    return PLATFORM_RANGE_BASE + (4096 + (uint64_t)i) * PLATFORM_PAGE_BYTES;
}

static Status open_memory(void) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = MEMORY_BYTES, .audit = true};
    Status status = store_open(0, &options.store, &opening);
    WORLD_EXPECT(status == STATUS_OK || opening.message[0]);
    if (status != STATUS_OK)
        return status;
    options.regions = opening.regions;
    status = memory_open(&options);
    if (status == STATUS_OK)
        status = memory_attach(0);
    if (status != STATUS_OK)
        memory_close();
    return status;
}

static void write_cells(unsigned base) {
    for (unsigned n = 0; n < 60; n++) {
        unsigned i = (base + n) % CELLS;
        if (memory_write(cell_address(i), 8) != STATUS_OK)
            continue;
        cells.now[i] = ++world.next_content;
        *(uint64_t *)cell_address(i) = cells.now[i];
    }
}

static Status snapshot_cells(void) {
    uint64_t generation = snapshot_barrier();
    memcpy(cells.frozen[generation % WORLD_HISTORY], cells.now,
           sizeof cells.now);
    Status status;
    while ((status = snapshot_step(7)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (status == STATUS_OK)
        cells.durable = generation;
    return status;
}

/* Each cell that can be brought in holds what it should. */
static bool cells_are_right(unsigned *errors_out) {
    bool right = true;
    *errors_out = 0;
    for (unsigned i = 0; i < CELLS; i++) {
        if (memory_bring(cell_address(i), 8) == STATUS_OK)
            right = right && *(uint64_t *)cell_address(i) == cells.now[i];
        else
            ++*errors_out;
    }
    return right;
}

static void take_cells(void) {
    uint64_t generation = snapshot_durable();
    WORLD_EXPECT(generation >= cells.durable);
    cells.durable = generation;
    memcpy(cells.now, cells.frozen[generation % WORLD_HISTORY],
           sizeof cells.now);
}

/* The same through the range: announcements, snapshots, page-ins. */
static void use_memory(void) {
    for (int life = 0; life < 3; life++) {
        unsigned errors;
        if (open_memory() != STATUS_OK)
            return;
        take_cells();
        WORLD_EXPECT(cells_are_right(&errors));
        for (unsigned i = 0; i < 2; i++) {
            write_cells(i * 170);
            snapshot_cells();
            memory_trim();
        }
        memory_close();
    }
}

/* ---- What must hold afterwards ---- */

static void store_survived(void) {
    if (world_open() != STATUS_OK)
        return;
    world_check_pages();
    world_verify();
    world_write_some(5);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    world_close();
}

static void memory_survived(void) {
    unsigned errors;
    Status status = open_memory();
    WORLD_EXPECT(status == STATUS_OK);
    if (status != STATUS_OK)
        return;
    take_cells();
    WORLD_EXPECT(cells_are_right(&errors));
    WORLD_EXPECT(errors == 0);
    write_cells(0);
    WORLD_EXPECT(snapshot_cells() == STATUS_OK);
    memory_close();
}

typedef struct Workload {
    const char *name;
    void (*use)(void);
    void (*survived)(void);
} Workload;

static const Workload workloads[] = {
    {"store", use_store, store_survived},
    {"memory", use_memory, memory_survived},
};

/* A blank disk, and one generation on it that must not be lost. */
static void begin(const Workload *workload) {
    sim_seed(8);
    world_new(DISK_BLOCKS);
    memset(&cells, 0, sizeof cells);
    if (workload->use == use_memory)
        memory_survived();
    else
        store_survived();
    sim_log_clear();
}

/* ---- Requests ---- */

static uint64_t requests_of(const Workload *workload) {
    begin(workload);
    uint64_t before = sim_disk_requests();
    workload->use();
    return sim_disk_requests() - before;
}

/* The power is cut at the end, so what was only written may be gone. */
static void fail_request(const Workload *workload, uint64_t k, uint64_t times) {
    world_case("%s, request %lu, %s", workload->name, k,
               times == 1            ? "once"
               : times == UINT64_MAX ? "and all later ones"
                                     : "as often as it is tried");
    begin(workload);
    sim_disk_faults((SimDiskFaults){.fail_after = k, .fail_count = times});
    workload->use();
    sim_disk_cut();
    workload->survived();
}

TEST("every disk request may fail once and for ever") {
    static const uint64_t times[] = {1, DEVICE_READ_TRIES, UINT64_MAX};
    for (unsigned w = 0; w < 2; w++) {
        uint64_t count = requests_of(&workloads[w]);
        test_expect(count > 100, __FILE__, __LINE__, "a real workload");
        for (uint64_t k = 0; k < count; k++)
            for (int i = 0; i < 3; i++)
                fail_request(&workloads[w], k, times[i]);
    }
}

TEST("a generation that fails says which and why") {
    world_case("the second flush");
    begin(&workloads[0]);
    world_open();
    world_write_some(30);
    /* The first one makes what was opened safe. */
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = 3});
    WORLD_EXPECT(world_commit() == STATUS_IO_ERROR);
    const char *line = sim_log_find("store: generation 2 did not become ");
    WORLD_EXPECT(line && strstr(line, "durable: the device reported"));
    world_close();
    sim_disk_cut();
    store_survived();
}

/* ---- Memory ---- */

static uint64_t allocations_of(const Workload *workload) {
    begin(workload);
    sim_alloc_fail(0, false);
    workload->use();
    return sim_alloc_taken();
}

static void fail_allocation(const Workload *workload, uint64_t k,
                            bool for_ever) {
    world_case("%s, allocation %lu %s", workload->name, k,
               for_ever ? "and all later ones" : "once");
    begin(workload);
    sim_alloc_fail(k, for_ever);
    workload->use();
    sim_alloc_fail(0, false);
    sim_disk_cut();
    workload->survived();
}

TEST("every allocation may fail once and for ever") {
    for (unsigned w = 0; w < 2; w++) {
        uint64_t count = allocations_of(&workloads[w]);
        test_expect(count > 50, __FILE__, __LINE__, "a real workload");
        for (uint64_t k = 1; k <= count; k++)
            for (int for_ever = 0; for_ever < 2; for_ever++)
                fail_allocation(&workloads[w], k, for_ever);
    }
}

/* ---- Full disks ---- */

/* Puts `count` pages of a new generation, from `first` on, and finishes it. */
static Status commit_pages(uint64_t first, uint64_t count, bool zeros) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    Status status = STATUS_OK;
    uint64_t number = store_begin(world.store, 0, 1);
    memcpy(world.committed[number % WORLD_HISTORY], world.now,
           sizeof world.now);
    world.committed_regions[number % WORLD_HISTORY] = 1;
    world.begun[number % WORLD_HISTORY] = number;
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        world_page_bytes(zeros ? 0 : (uint32_t)(number * 10000 + i), bytes);
        while ((status = store_put_page(world.store, first + i, bytes)) ==
               STATUS_BUSY)
            platform_disk_poll(true);
    }
    if (status != STATUS_OK) {
        store_doom(world.store, status);
        return status;
    }
    while ((status = store_finish(world.store, 50)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (status == STATUS_OK)
        world.durable = number;
    return status;
}

enum { FILL_FIRST = 20000 };

/* A generation of so many pages on the smallest disk: durable, or refused with
 * a reason; then the disk comes back, and is good again after making room. */
static Status fill(uint64_t pages) {
    world_case("%lu pages on a disk of %d blocks", pages, FORMAT_MIN_BLOCKS);
    sim_seed(pages);
    world_new(FORMAT_MIN_BLOCKS);
    world_open();
    world_write_some(20);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    sim_log_clear();
    Status status = commit_pages(FILL_FIRST, pages, false);
    WORLD_EXPECT(status == STATUS_OK || status == STATUS_NO_SPACE);
    const char *line = sim_log_find("store: generation ");
    WORLD_EXPECT(status == STATUS_OK || (line && strstr(line, "no space")));
    sim_disk_cut();
    world_close();
    if (world_open() != STATUS_OK)
        return status;
    world_check_pages();
    world_verify();
    for (int i = 0; status == STATUS_NO_SPACE && i < 4; i++)
        WORLD_EXPECT(commit_pages(FILL_FIRST, 10, true) == STATUS_OK);
    world_check_pages();
    world_close();
    return status;
}

/* All counts around the one from which on it is refused. */
TEST("a disk may be full at every block") {
    uint64_t low = 0, high = FORMAT_MIN_BLOCKS;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        if (fill(middle) == STATUS_OK)
            low = middle;
        else
            high = middle;
    }
    test_expect(low > 100, __FILE__, __LINE__, "that much fits");
    for (uint64_t pages = low - 40; pages < low + 60; pages++)
        fill(pages);
    for (uint64_t pages = 1; pages < FORMAT_MIN_BLOCKS; pages += 37)
        fill(pages);
}
