/* Transient memory of the simulator: the hosted one, but a test can let any
 * request fail. */
#include "tests/sim/sim.h"

static uint64_t fail_at, taken;
static bool fail_on, paused;

void sim_alloc_fail(uint64_t k, bool for_ever) {
    fail_at = k;
    fail_on = for_ever;
    taken = 0;
}

uint64_t sim_alloc_taken(void) {
    return taken;
}

bool sim_alloc_failed(void) {
    return fail_at && taken >= fail_at;
}

void sim_alloc_pause(bool on) {
    paused = on;
}

static bool fails_now(void) {
    if (paused)
        return false;
    taken++;
    return fail_at && (taken == fail_at || (fail_on && taken > fail_at));
}

#define alloc_take host_alloc_take
#define alloc_resize host_alloc_resize
#include "kernel/host/alloc.c" /* the same allocator under other names */
#undef alloc_take
#undef alloc_resize

void *alloc_take(size_t size_bytes);
void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes);

void *alloc_take(size_t size_bytes) {
    return fails_now() ? NULL : host_alloc_take(size_bytes);
}

void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes) {
    return fails_now() ? NULL : host_alloc_resize(memory, old_bytes, new_bytes);
}
