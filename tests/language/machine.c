/* Starting, loading and running on the simulated machine. */
#include "tests/language/machine.h"

#include "persist/memory.h"
#include "persist/snapshot.h"
#include "persist/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/heap_check.h"

uint64_t test_random(uint64_t *state) { /* splitmix64, for the simulator */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

MachineModes machine_modes;

static bool open_memory(void) {
    StoreOpening opening;
    MemoryOptions options = {
        .limit_bytes = 256u << 20, .audit = true, .lost = vm_lost_page};
    if (store_open(0, &options.store, &opening) != STATUS_OK)
        return false;
    options.regions = opening.regions;
    return memory_open(&options) == STATUS_OK;
}

bool machine_start(void) {
    sim_disk_new(65536);
    if (!open_memory() || vm_create() != STATUS_OK)
        return false;
    vm_set_stress(machine_modes.collect);
    return true;
}

bool machine_heap_good(Text *why) {
    return heap_check(why);
}

void machine_stop(void) {
    memory_close();
}

bool machine_load(const void *bytes, size_t size_bytes, bool system,
                  Text *why) {
    Module *module;
    return vm_load_module(bytes, size_bytes, system, &module, why) == STATUS_OK;
}

/* A power cut after a snapshot, and everything comes back. */
static bool cut_power(Text *why) {
    if (!heap_check(why))
        return false;
    bool good = snapshot_now() == STATUS_OK;
    sim_disk_cut();
    memory_close();
    if (good && open_memory() && vm_restore() == STATUS_OK)
        return true;
    text_add(why, "the world does not come back");
    return false;
}

static void pass_time(uint64_t next, unsigned slice) {
    if (vm_snapshot_wanted()) {
        vm_barrier_taken();
        vm_generation_durable(slice + 2);
    }
    if (next != UINT64_MAX && next > platform_now_ns())
        sim_time_set_ns(next);
}

bool machine_run(Domain *domain, unsigned slices, Text *why) {
    uint64_t budget = machine_modes.cut ? machine_modes.cut : 100000;
    int code;
    for (unsigned i = 0; i < slices && !vm_app_ended(domain, &code); i++) {
        uint64_t next = vm_run(budget);
        if (!machine_modes.cut || i % 2 == 0)
            pass_time(next, i);
        else if (!cut_power(why))
            return false;
    }
    if (vm_app_ended(domain, &code))
        return true;
    text_add(why, "it does not end");
    return false;
}
