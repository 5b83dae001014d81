/* Starting, loading and running on the simulated machine. */
#include "tests/language/machine.h"

#include "persist/memory.h"
#include "persist/snapshot.h"
#include "persist/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

uint64_t test_random(uint64_t *state) { /* splitmix64, for the simulator */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

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
    return open_memory() && vm_create() == STATUS_OK;
}

void machine_stop(void) {
    vm_set_stress(0);
    memory_close();
}

bool machine_cut(void) {
    if (snapshot_now() != STATUS_OK)
        return false;
    sim_disk_cut();
    memory_close();
    return open_memory() && vm_restore() == STATUS_OK;
}

bool machine_load(const void *bytes, size_t size_bytes, bool system,
                  Text *why) {
    Module *module;
    return vm_load_module(bytes, size_bytes, system, &module, why) == STATUS_OK;
}

void machine_turn(uint64_t counts) {
    static uint64_t generation = 2;
    uint64_t next = vm_run(counts);
    if (vm_snapshot_wanted()) {
        vm_barrier_taken();
        vm_generation_durable(generation++);
    }
    if (next != UINT64_MAX && next > platform_now_ns())
        sim_time_set_ns(next);
}

void machine_run(Domain *domain, unsigned turns) {
    int code;
    for (unsigned i = 0; i < turns && !vm_app_ended(domain, &code); i++)
        machine_turn(100000);
}
