/* Power cuts: no durable generation is lost, whatever of the unflushed writes
 * survives, and also when the power fails in the start after a cut. */
#include "tests/store/world.h"

#include <string.h>

enum { CUTS_PER_WORLD = 5, NESTED_MOST = 5 };

/* The start after a cut may be cut as well, again and again. A store that was
 * opened without power is only closed again. */
static void nested_cuts(void) {
    for (int depth = 0; depth < NESTED_MOST && sim_random() % 4 == 0; depth++) {
        StoreOpening opening;
        sim_disk_freeze_after(sim_random() % 12);
        if (world_try_open(&opening) == STATUS_OK) {
            world_write_some(3);
            world_commit();
        }
        sim_disk_cut();
        world_close();
    }
}

static void fail_a_request(void) {
    if (sim_random() % 8 == 0)
        sim_disk_faults(
            (SimDiskFaults){.fail_after = sim_random() % 30, .fail_count = 1});
    else if (sim_random() % 8 == 0)
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX,
                                        .fail_flush = 1 + sim_random() % 2});
}

/* The disk fails for a while: each attempt, or nearly. */
static void have_outage(void) {
    unsigned attempts = 2 + sim_random() % 12;
    while (attempts-- > 0 && !sim_disk_frozen()) {
        uint64_t kind = sim_random() % 4;
        sim_disk_faults(
            (SimDiskFaults){.fail_after = kind ? UINT64_MAX : sim_random() % 10,
                            .fail_count = UINT64_MAX,
                            .fail_flush = kind});
        world_write_some(10);
        world_commit();
    }
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
}

/* ---- Pins, branches, deletions ---- */

static void choose_retention(void) {
    StoreRetention retention = {.last = STORE_LAST_LEAST + sim_random() % 4};
    store_set_retention(world.store, &retention);
}

static void travel(void) {
    uint64_t kept = world_any_kept();
    if (kept == 0)
        return;
    switch (sim_random() % 8) {
    case 0:
        world_pin(kept);
        break;
    case 1:
    case 2: /* oftener than pins, so that branches end */
        if (world_oldest(true))
            world_unpin(world_oldest(true));
        break;
    case 3:
        if (world_known(kept))
            world_back(kept);
        break;
    case 4:
        world_view_open(kept);
        break;
    case 5:
        world_view_close();
        break;
    case 6:
        choose_retention();
        break;
    }
}

static void work(void) {
    unsigned commits = sim_random() % 8;
    choose_retention();
    while (commits-- > 0 && !sim_disk_frozen()) {
        if (sim_random() % 16 == 0)
            have_outage();
        if (sim_disk_frozen())
            return;
        fail_a_request();
        travel();
        world_write_some(40);
        if (sim_random() % 16 == 0)
            world_restart_in_commit();
        if (sim_disk_frozen() || !world.store)
            return;
        Status status = world_commit();
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        if (status == STATUS_OK && sim_random() % 8 == 0 && !sim_disk_frozen())
            world_check_pages();
    }
}

static bool busy; /* the disk of this world */

/* From power on to the next cut. */
static void live(void) {
    nested_cuts();
    if (world_open() != STATUS_OK)
        return;
    world_check_pages();
    if (sim_random() % 2)
        store_start_begins(world.store);
    if (sim_random() % 3)
        sim_disk_freeze_after(sim_random() % 60);
    work();
    /* What a busy disk has not taken yet must not reach it after the cut. */
    if (busy) {
        if (!sim_disk_frozen())
            sim_disk_freeze_after(0);
        world_close();
    }
    sim_disk_cut();
    world_close();
}

static void look_at_all(void) {
    if (world_open() != STATUS_OK)
        return;
    if (sim_log_find("recovery: "))
        world_verify(); /* a failed read may cost space */
    else
        world_verify_all();
    world_check_views();
    world_close();
    world_check_generations();
}

static void run_seed(uint64_t seed) {
    world_case("seed %lu", seed);
    sim_seed(seed);
    world_new(FORMAT_MIN_BLOCKS + sim_random() % 2048);
    if (seed % 2)
        sim_disk_shuffle();
    busy = seed % 5 == 0;
    if (busy)
        sim_disk_busy();
    for (int cut = 0; cut < CUTS_PER_WORLD && !world_failed(); cut++)
        live();
    look_at_all();
    /* Nothing that is durable may need mending after a mere power cut. */
    const char *mended = sim_log_find("recovery: metadata");
    WORLD_EXPECT(!mended || strstr(mended, "device reported"));
}

TEST("no durable generation is lost in a power cut") {
    uint64_t first, last;
    world_seeds(9500 / CUTS_PER_WORLD, 100000 / CUTS_PER_WORLD, &first, &last);
    for (uint64_t seed = first; seed <= last; seed++)
        run_seed(seed);
}
