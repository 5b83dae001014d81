/* Root blocks and trees: whatever of the two names a page, each kept generation
 * has its pages, all of them in order, and its differences from each other one.
 */
#include "tests/store/world.h"

#include "persist/store/store_parts.h"

enum { COMMITS = 24, PAGES_AT_ONCE = 24 };

static const uint32_t *contents_of(uint64_t generation) {
    return world.committed[generation % WORLD_HISTORY];
}

/* The page of the model with this number; WORLD_PAGES: none. */
static unsigned page_at(uint64_t number) {
    unsigned page = 0;
    while (page < WORLD_PAGES && world_page_number(page) != number)
        page++;
    return page;
}

static void check_pages_of(StoreView *view, uint64_t generation) {
    const uint32_t *contents = contents_of(generation);
    unsigned next = 0;
    uint64_t number;
    for (uint64_t from = 0;; from = number + 1) {
        while (next < WORLD_PAGES && contents[next] == 0)
            next++;
        WORLD_EXPECT(store_view_next_page(view, from, &number) == STATUS_OK);
        if (number == UINT64_MAX || world_failed())
            break;
        WORLD_EXPECT(page_at(number) == next);
        next++;
    }
    WORLD_EXPECT(next == WORLD_PAGES);
}

/* Contents are never used again, so pages differ where contents do. */
static void check_differences(StoreView *a, uint64_t generation, StoreView *b,
                              uint64_t other) {
    const uint32_t *ours = contents_of(generation);
    const uint32_t *theirs = contents_of(other);
    unsigned next = 0;
    uint64_t number;
    for (uint64_t from = 0;; from = number + 1) {
        while (next < WORLD_PAGES && ours[next] == theirs[next])
            next++;
        WORLD_EXPECT(store_view_next_difference(a, b, from, &number) ==
                     STATUS_OK);
        if (number == UINT64_MAX || world_failed())
            break;
        WORLD_EXPECT(page_at(number) == next);
        next++;
    }
    WORLD_EXPECT(next == WORLD_PAGES);
}

static void check_generation(uint64_t generation) {
    StoreView *view, *other;
    WORLD_EXPECT(store_view_open(world.store, generation, &view) == STATUS_OK);
    check_pages_of(view, generation);
    for (uint32_t i = 0; i < store_record_count(world.store); i++) {
        uint64_t against = store_record(world.store, i).generation;
        if (!world_known(against) || world_failed())
            continue;
        WORLD_EXPECT(store_view_open(world.store, against, &other) ==
                     STATUS_OK);
        check_differences(view, generation, other, against);
        store_view_close(other);
    }
    store_view_close(view);
}

/* Looking after a sound disk finds nothing to be done. */
static void scrub(void) {
    StoreRound round;
    Status status;
    do
        status = store_scrub(world.store, UINT32_MAX, NULL, &round);
    while (status == STATUS_BUSY);
    WORLD_EXPECT(status == STATUS_OK && round.lost == 0 && round.mended == 0);
}

static void check_all(void) {
    for (uint32_t i = 0; i < store_record_count(world.store); i++) {
        uint64_t generation = store_record(world.store, i).generation;
        if (world_known(generation) && !world_failed())
            check_generation(generation);
    }
    world_check_views();
    world_verify_all();
    scrub();
}

/* Some pages at a time; one generation in eight fails, at any request. */
static void commit_some(void) {
    world_name_few();
    world_write_some(PAGES_AT_ONCE);
    if (sim_random() % 8 == 0)
        sim_disk_faults(
            (SimDiskFaults){.fail_after = sim_random() % 40, .fail_count = 1});
    world_commit();
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    if (sim_random() % 6 == 0 && world_oldest(false) && !world.doomed)
        world_back(world_any_kept());
}

static void run_seed(uint64_t seed) {
    world_case("seed %lu", seed);
    sim_seed(seed);
    world_new(4 * FORMAT_MIN_BLOCKS);
    if (world_open() != STATUS_OK)
        return;
    store_set_retention(world.store, &(StoreRetention){.last = 12});
    for (int i = 0; i < COMMITS && !world_failed(); i++)
        commit_some();
    world_commit();
    check_all();
    world_reopen();
    check_all();
    world_close();
}

TEST("every generation has its pages and its differences") {
    uint64_t first, last;
    world_seeds(30, 2000, &first, &last);
    for (uint64_t seed = first; seed <= last; seed++)
        run_seed(seed);
}

static void write_and_commit(unsigned first, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        world_write(first + i);
    WORLD_EXPECT(world_commit() == STATUS_OK);
}

/* A leaf that was made on the branch names a block of a generation that is gone
 * again; its root block names the page itself. */
TEST("a branch that is given up gives back no block of others") {
    world_case("one branch");
    sim_seed(1);
    world_new(FORMAT_MIN_BLOCKS);
    pagemap_recent_most = 2;
    WORLD_EXPECT(world_open() == STATUS_OK);
    store_set_retention(world.store,
                        &(StoreRetention){.last = STORE_LAST_LEAST});
    write_and_commit(0, 4);
    uint64_t trunk = world.durable;
    world_pin(trunk);
    world_back(trunk);
    write_and_commit(0, 4);
    for (unsigned i = 0; i < 20; i++)
        write_and_commit(0, 1);
    uint64_t tip = world.durable;
    world_back(trunk);
    for (unsigned i = 0; i < 4; i++)
        write_and_commit(100 + 30 * i, 20);
    world_unpin(tip);
    for (unsigned i = 0; i < 6; i++)
        write_and_commit(200, 2);
    world_check_views();
    world_verify_all();
    world_close();
}
