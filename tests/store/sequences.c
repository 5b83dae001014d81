/* Every short sequence of the store's operations, and every state of the disk
 * that a power cut in it can leave.
 *
 * A sequence runs once, with a commit at its end, and the disk's log is kept.
 * Between two flushes any subset of the writes may have reached the medium;
 * each subset is built, opened, read, verified, and written on. Of more than
 * SUBSET_BITS writes the newest vary in full, over all or none of the older
 * ones, and each older one is missing once. */
#include "tests/store/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/check.h"

enum { DISK_BLOCKS = FORMAT_MIN_BLOCKS, SUBSET_BITS = 6, LENGTH_MOST = 3 };

/* ---- The operations: one line each ---- */

static void write_same(void) {
    world_write(0);
}

static void write_another(void) {
    world_write(WORLD_PAGES - 1 - world.next_content % 50);
}

static void zero(void) {
    world_zero(0);
}

static void commit(void) {
    WORLD_EXPECT(world_commit() == STATUS_OK);
}

static void attach(void) {
    world.regions++;
}

/* The flush number `flush` of the next generation fails. */
static void doom(uint64_t flush) {
    sim_disk_faults(
        (SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = flush});
    WORLD_EXPECT(world_commit() == STATUS_IO_ERROR);
}

static void doom_first(void) {
    doom(1);
}

static void doom_second(void) {
    doom(2);
}

static void back(void) {
    uint64_t oldest = world_oldest(false);
    if (oldest)
        world_back(oldest);
}

static void pin(void) {
    uint64_t oldest = world_oldest(false);
    if (oldest)
        world_pin(oldest);
}

static void unpin(void) {
    uint64_t oldest = world_oldest(true);
    if (oldest)
        world_unpin(oldest);
}

/* From the next commit on only two generations stay. */
static void shrink(void) {
    StoreRetention least = {.last = STORE_LAST_LEAST};
    store_set_retention(world.store, &least);
}

static void look(void) {
    uint64_t oldest = world_oldest(false);
    if (world.view)
        world_view_close();
    else if (oldest)
        world_view_open(oldest);
}

static const struct {
    const char *name;
    void (*perform)(void);
} operations[] = {
    {"write", write_same},    {"another", write_another},
    {"zero", zero},           {"commit", commit},
    {"reopen", world_reopen}, {"attach", attach},
    {"doom1", doom_first},    {"doom2", doom_second},
    {"back", back},           {"pin", pin},
    {"unpin", unpin},         {"shrink", shrink},
    {"look", look},           {"restart", world_restart_in_commit},
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

/* ---- One state after a cut ---- */

static uint64_t states;
static World before; /* the model, as the sequence left it */

/* Opens what the cut at this place of the log left; it must be as good as any
 * disk. */
static void check_state(size_t place) {
    states++;
    world = before;
    world_forget_after(place);
    if (world_open() != STATUS_OK)
        return;
    world_check_pages();
    world_check_views();
    world_verify_all();
    world_write(1);
    world_zero(0);
    WORLD_EXPECT(world_commit() == STATUS_OK);
    world_close();
    if (world_open() != STATUS_OK)
        return;
    world_check_pages();
    world_close();
}

/* Whether writes whose flush failed are on the medium after all. */
static bool doubtful_survives;

static void apply(const SimDiskEntry *entry) {
    if (entry->doubtful && !doubtful_survives)
        return;
    for (uint32_t i = 0; i < entry->count; i++)
        sim_disk_put(entry->block + i,
                     entry->bytes + (size_t)i * PLATFORM_BLOCK_BYTES);
}

static void try_subset(const SimDiskEntry *first, size_t count,
                       const bool *kept, size_t place) {
    for (size_t i = 0; i < count; i++)
        if (kept[i])
            apply(&first[i]);
    check_state(place);
    sim_disk_back();
}

static void vary_newest(const SimDiskEntry *first, size_t count, bool *kept,
                        size_t place) {
    size_t bits = count < SUBSET_BITS ? count : SUBSET_BITS;
    for (uint64_t mask = 0; mask < 1ull << bits && !world_failed(); mask++) {
        for (size_t i = 0; i < bits; i++)
            kept[count - bits + i] = mask >> i & 1;
        try_subset(first, count, kept, place);
    }
}

/* The writes between two flushes. */
static void cut_in_epoch(const SimDiskEntry *first, size_t count,
                         size_t place) {
    static bool kept[SIM_LOG_MOST];
    size_t older = count > SUBSET_BITS ? count - SUBSET_BITS : 0;
    memset(kept, true, sizeof kept);
    vary_newest(first, count, kept, place);
    for (size_t i = 0; i < older && !world_failed(); i++) {
        memset(kept, true, sizeof kept);
        kept[i] = false;
        try_subset(first, count, kept, place);
    }
    if (older == 0)
        return;
    memset(kept, false, sizeof kept);
    vary_newest(first, count, kept, place);
}

/* ---- One sequence ---- */

static void cut_everywhere(const SimDiskLog *log) {
    size_t first = 0;
    for (size_t at = 0; at <= log->count && !world_failed(); at++) {
        if (at < log->count && !log->entries[at].flush)
            continue;
        sim_disk_mark();
        cut_in_epoch(&log->entries[first], at - first, at);
        for (; first < at; first++)
            apply(&log->entries[first]);
        first++;
    }
}

static void begin_sequence(bool blank) {
    sim_seed(1);
    world_new(DISK_BLOCKS);
    pagemap_recent_most = blank ? FORMAT_RECENT : 2;
    CHECK(world_open() == STATUS_OK);
    if (blank)
        return;
    for (unsigned i = 0; i < 2; i++) {
        world_write(0);
        world_write(7 + i);
        commit();
    }
    world_reopen();
    store_start_begins(world.store); /* its flushes are behind */
}

static bool any_doubtful(const SimDiskLog *log) {
    for (size_t i = 0; i < log->count; i++)
        if (log->entries[i].doubtful)
            return true;
    return false;
}

static void run_sequence(const unsigned *which, unsigned length, bool blank) {
    char names[96] = "";
    for (unsigned i = 0; i < length; i++) {
        strcat(names, " ");
        strcat(names, operations[which[i]].name);
    }
    world_case("on a %s disk:%s", blank ? "blank" : "used", names);
    begin_sequence(blank);
    world_log_start();
    for (unsigned i = 0; i < length; i++)
        operations[which[i]].perform();
    commit();
    world_close();
    const SimDiskLog *log = sim_disk_log_stop();
    before = world;
    for (int lost = 0; lost <= any_doubtful(log); lost++) {
        begin_sequence(blank);
        world_close();
        doubtful_survives = !lost;
        cut_everywhere(log);
    }
}

/* ---- All of them ---- */

static void run_all(unsigned length) {
    unsigned which[LENGTH_MOST] = {0};
    for (;;) {
        run_sequence(which, length, false);
        run_sequence(which, length, true);
        unsigned at = 0;
        while (at < length && ++which[at] == OPERATIONS)
            which[at++] = 0;
        if (at == length)
            return;
    }
}

TEST("every short sequence survives every cut") {
    states = 0;
    unsigned length_most = getenv("LONG") ? LENGTH_MOST : 2;
    for (unsigned length = 1; length <= length_most; length++)
        run_all(length);
    printf("  %lu states of the disk\n", states);
    EXPECT(states > 1000);
}
