/* The table of counters. */
#include "kernel/system/stats.h"

#include "kernel/platform.h"
#include "kernel/system/scrubber.h"
#include "kernel/system/system.h"
#include "persist/memory/snapshot.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"

static uint64_t uptime_ms(void) {
    return platform_now_ns() / 1000000;
}

static uint64_t generations_made(void) {
    return snapshot_figures().durable;
}

static uint64_t snapshots_failed(void) {
    return snapshot_figures().given_up;
}

static uint64_t pages_written(void) {
    return snapshot_figures().pages;
}

static uint64_t bytes_written(void) {
    return snapshot_figures().bytes;
}

static uint64_t disk_free_bytes(void) {
    const Store *store = memory_store();
    return store ? store_available(store) * PLATFORM_BLOCK_BYTES : 0;
}

static uint64_t slices(void) {
    return vm_figures().slices;
}

static uint64_t collections(void) {
    return vm_figures().collections;
}

static uint64_t domains(void) {
    return vm_figures().domains;
}

static uint64_t object_bytes(void) {
    return vm_figures().used_bytes;
}

static uint64_t windows(void) {
    return desktop_window_count();
}

static const struct {
    const char *name;
    uint64_t (*value)(void);
} counters[] = {
    {"uptime_ms", uptime_ms},
    {"generation", snapshot_durable},
    {"generations_made", generations_made},
    {"snapshots_failed", snapshots_failed},
    {"pages_written", pages_written},
    {"bytes_written", bytes_written},
    {"disk_free_bytes", disk_free_bytes},
    {"pages_resident", memory_resident_pages},
    {"pages_dirty", memory_dirty_pages},
    {"page_ins", memory_page_ins},
    {"pages_warm", memory_warm_pages},
    {"evictions", memory_evictions},
    {"blocks_scrubbed", scrubber_blocks},
    {"blocks_mended", scrubber_mended},
    {"slices", slices},
    {"collections", collections},
    {"domains", domains},
    {"object_bytes", object_bytes},
    {"windows", windows},
    {"inputs", system_inputs},
    {"frames", wm_frames},
};

const char *stats_at(uint32_t place, uint64_t *value_out) {
    if (place >= sizeof counters / sizeof counters[0])
        return NULL;
    *value_out = counters[place].value();
    return counters[place].name;
}
