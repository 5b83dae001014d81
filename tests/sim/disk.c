/* The simulated disk. */
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/base/check.h"

enum {
    SECTOR = 512,
    SECTORS = PLATFORM_BLOCK_BYTES / SECTOR,
    FREEZE_DEPTH = 8, /* requests that may be under way when power fails */
};

/* A write that is not yet safe: of one block, in order of completion. */
typedef struct Unflushed {
    uint64_t block;
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    struct Unflushed *next;
} Unflushed;

static uint64_t blocks;
static uint8_t *seen;    /* what a reader gets: all completed writes */
static uint8_t *durable; /* what certainly survives */
static Unflushed *unflushed_first, *unflushed_last;
static DiskRequest *under_way_first, *under_way_last;
static SimDiskFaults faults = {.fail_after = UINT64_MAX};
static uint64_t requests, blocks_written, freeze_at = UINT64_MAX;

static void forget_unflushed(void) {
    while (unflushed_first) {
        Unflushed *write = unflushed_first;
        unflushed_first = write->next;
        free(write);
    }
    unflushed_last = NULL;
}

void sim_disk_new(uint64_t new_blocks) {
    forget_unflushed();
    under_way_first = under_way_last = NULL;
    free(seen);
    free(durable);
    blocks = new_blocks;
    seen = calloc(blocks + 1, PLATFORM_BLOCK_BYTES);
    durable = calloc(blocks + 1, PLATFORM_BLOCK_BYTES);
    CHECK(seen && durable);
    faults = (SimDiskFaults){.fail_after = UINT64_MAX};
    freeze_at = UINT64_MAX;
}

void sim_disk_load(uint64_t new_blocks, const uint8_t *bytes) {
    sim_disk_new(new_blocks);
    memcpy(seen, bytes, blocks * PLATFORM_BLOCK_BYTES);
    memcpy(durable, bytes, blocks * PLATFORM_BLOCK_BYTES);
}

void sim_disk_faults(SimDiskFaults new_faults) {
    faults = new_faults;
    if (faults.fail_after < UINT64_MAX - requests)
        faults.fail_after += requests;
}

uint64_t sim_disk_requests(void) {
    return requests;
}

uint64_t sim_disk_writes(void) {
    return blocks_written;
}

uint8_t *sim_disk_bytes(void) {
    return seen;
}

void sim_disk_freeze_after(uint64_t count) {
    freeze_at = requests + count;
}

bool sim_disk_frozen(void) {
    return requests > freeze_at;
}

/* One block reaches the medium whole, not at all, or in some sectors. */
static void survive(uint64_t block, const uint8_t *bytes) {
    uint8_t *to = durable + block * PLATFORM_BLOCK_BYTES;
    uint64_t fate = sim_random() % 4;
    uint64_t mask = fate == 0 ? 0 : fate == 1 ? ~0ull : sim_random();
    for (int i = 0; i < SECTORS; i++)
        if (mask >> i & 1)
            memcpy(to + i * SECTOR, bytes + i * SECTOR, SECTOR);
}

/* Unflushed writes to different blocks are independent; those to one block
 * survive in any order, which dropping the later ones stands for. */
void sim_disk_cut(void) {
    for (Unflushed *write = unflushed_first; write; write = write->next)
        survive(write->block, write->bytes);
    for (DiskRequest *r = under_way_first; r; r = r->next) {
        r->done = true;
        r->status = STATUS_IO_ERROR;
        for (uint32_t i = 0; r->action == DISK_WRITE && i < r->count; i++)
            survive(r->block + i,
                    (uint8_t *)r->buffer + (size_t)i * PLATFORM_BLOCK_BYTES);
    }
    under_way_first = under_way_last = NULL;
    forget_unflushed();
    memcpy(seen, durable, blocks * PLATFORM_BLOCK_BYTES);
    freeze_at = UINT64_MAX;
    faults = (SimDiskFaults){.fail_after = UINT64_MAX};
}

static void remember_unflushed(uint64_t block, const uint8_t *bytes) {
    Unflushed *write = malloc(sizeof *write);
    CHECK(write);
    write->block = block;
    write->next = NULL;
    memcpy(write->bytes, bytes, PLATFORM_BLOCK_BYTES);
    if (unflushed_last)
        unflushed_last->next = write;
    else
        unflushed_first = write;
    unflushed_last = write;
}

static void perform_write(const DiskRequest *request) {
    const uint8_t *bytes = request->buffer;
    for (uint32_t i = 0; i < request->count; i++) {
        const uint8_t *block = bytes + (size_t)i * PLATFORM_BLOCK_BYTES;
        memcpy(seen + (request->block + i) * PLATFORM_BLOCK_BYTES, block,
               PLATFORM_BLOCK_BYTES);
        remember_unflushed(request->block + i, block);
    }
    blocks_written += request->count;
}

static void perform_flush(void) {
    for (Unflushed *write = unflushed_first; write; write = write->next)
        memcpy(durable + write->block * PLATFORM_BLOCK_BYTES, write->bytes,
               PLATFORM_BLOCK_BYTES);
    forget_unflushed();
}

static bool fails(uint64_t number) {
    return number >= faults.fail_after &&
           number - faults.fail_after < faults.fail_count;
}

static void perform(DiskRequest *request, uint64_t number) {
    request->status = STATUS_OK;
    if (fails(number)) {
        request->status = STATUS_IO_ERROR;
    } else if (request->action == DISK_FLUSH) {
        perform_flush();
    } else if (request->block + request->count > blocks) {
        request->status = STATUS_IO_ERROR;
    } else if (request->action == DISK_READ) {
        memcpy(request->buffer, seen + request->block * PLATFORM_BLOCK_BYTES,
               (size_t)request->count * PLATFORM_BLOCK_BYTES);
    } else {
        perform_write(request);
    }
    request->done = true;
}

uint64_t platform_disk_blocks(void) {
    return blocks;
}

Status platform_disk_submit(DiskRequest *request) {
    request->done = false;
    request->next = NULL;
    uint64_t number = requests++;
    if (request->action == DISK_READ) {
        perform(request, number);
        return STATUS_OK;
    }
    request->machine = (void *)(uintptr_t)number;
    if (under_way_last)
        under_way_last->next = request;
    else
        under_way_first = request;
    under_way_last = request;
    return STATUS_OK;
}

/* The power is off: what is under way may or may not reach the medium, what
 * comes later does not; all of it fails, so that whoever waits goes on. */
static void perform_frozen(DiskRequest *request, uint64_t number) {
    const uint8_t *bytes = request->buffer;
    bool was_under_way = number < freeze_at + FREEZE_DEPTH;
    for (uint32_t i = 0; i < request->count; i++)
        if (request->action == DISK_WRITE && was_under_way)
            remember_unflushed(request->block + i,
                               bytes + (size_t)i * PLATFORM_BLOCK_BYTES);
    request->status = STATUS_IO_ERROR;
    request->done = true;
}

static bool take_one_under_way(void) {
    DiskRequest *request = under_way_first;
    if (!request)
        return false;
    uint64_t number = (uintptr_t)request->machine;
    under_way_first = request->next;
    if (!under_way_first)
        under_way_last = NULL;
    if (number >= freeze_at)
        perform_frozen(request, number);
    else
        perform(request, number);
    return true;
}

void platform_disk_poll(bool wait) {
    if (faults.lazy && !wait)
        return;
    uint64_t count = sim_random() % 4 + (wait ? 1 : 0);
    while (count-- > 0 && take_one_under_way())
        continue;
}
