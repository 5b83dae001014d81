/* Starting, loading and running on the simulated machine. */
#include "tests/language/machine.h"

#include "kernel/base/check.h"
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/code/loader.h"
#include "vm/heap/frozen_check.h"
#include "vm/heap/heap_check.h"
#include "vm/run/domain.h"
#include "vm/run/scheduler.h"

uint64_t test_random(uint64_t *state) { /* splitmix64, for the simulator */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

enum {
    KEPT = 1000, /* generations: what programs look at stays */
    BUDGET = 100000,
    /* A long program is disturbed so often at its usual distance, so often at
     * twice that, and so on: what it does for the first time it mostly does
     * early. */
    COLLECTIONS_CLOSE = 4000,
    CUTS_CLOSE = 200,
    DOUBLINGS = 12, /* at most */
};

static struct {
    uint32_t collect_counts, cut_counts;
    bool steady;
    uint64_t collections; /* when the machine started */
} harden;

void machine_harden(uint32_t collect_counts, uint32_t cut_counts, bool steady) {
    harden.collect_counts = collect_counts;
    harden.cut_counts = cut_counts;
    harden.steady = steady;
}

/* No sound page may be refused. */
static bool check_page(uint64_t page) {
    char why[300];
    Text text = text_on(why, sizeof why);
    if (!frozen_check(page, &text))
        panic("a page of a sound heap is refused: %s", text_end(&text));
    return true;
}

bool machine_open(void) {
    StoreOpening opening;
    snapshot_set_check(check_page);
    MemoryOptions options = {
        .limit_bytes = 256u << 20, .audit = true, .lost = vm_lost_page};
    if (store_open(0, &options.store, &opening) != STATUS_OK)
        return false;
    options.regions = opening.regions;
    store_set_retention(options.store, &(StoreRetention){.last = KEPT});
    return memory_open(&options) == STATUS_OK;
}

bool machine_came(Status begun) {
    platform_set_stray(NULL, NULL);
    return begun == STATUS_OK;
}

bool machine_start(void) {
    sim_disk_new(65536);
    if (!machine_open() || !machine_came(vm_create()))
        return false;
    vm_set_stress(harden.collect_counts);
    harden.collections = vm_figures().collections;
    return true;
}

static void check_heap(void) {
    char why[300];
    Text text = text_on(why, sizeof why);
    if (!heap_check(&text))
        panic("the heap is damaged: %s", text_end(&text));
}

static uint64_t run_and_check(uint64_t budget) {
    uint64_t next = vm_run(budget);
    const char *wrong = scheduler_check();
    if (!wrong)
        wrong = domain_check();
    if (wrong)
        panic("after vm_run: %s", wrong);
    return next;
}

void machine_stop(void) {
    check_heap();
    vm_set_stress(0);
    memory_close();
}

/* A snapshot, a power cut, and everything comes back. */
static void cut_power(void) {
    CHECK(snapshot_now() == STATUS_OK);
    sim_disk_cut();
    memory_close();
    CHECK(machine_open());
    CHECK(machine_came(vm_restore()));
}

bool machine_load(const void *bytes, size_t size_bytes, bool system,
                  Text *why) {
    Module *module;
    return vm_load_module(bytes, size_bytes, system, &module, why) ==
               STATUS_OK &&
           loader_check(module, why);
}

static uint32_t distance(uint32_t usual, uint64_t times, uint32_t close) {
    uint64_t doublings = harden.steady ? 0 : times / close;
    return usual << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
}

bool machine_run(Domain *domain, unsigned slices) {
    int code;
    for (unsigned i = 0; i < slices && !vm_app_ended(domain, &code); i++) {
        uint64_t budget = BUDGET;
        if (harden.cut_counts)
            budget = distance(harden.cut_counts, i / 2, CUTS_CLOSE);
        if (harden.collect_counts)
            vm_set_stress(
                distance(harden.collect_counts,
                         vm_figures().collections - harden.collections,
                         COLLECTIONS_CLOSE));
        uint64_t next = run_and_check(budget);
        if (harden.cut_counts && i % 2) {
            check_heap();
            cut_power();
            continue;
        }
        if (vm_snapshot_wanted() && snapshot_now() == STATUS_OK) {
            vm_barrier_taken();
            vm_generation_durable(snapshot_durable());
        }
        if (next != UINT64_MAX && next > platform_now_ns())
            sim_time_set_ns(next);
    }
    return vm_app_ended(domain, &code);
}
