/* The simulated disk. */
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
static uint8_t *seen;       /* what a reader gets: all completed writes */
static uint8_t *durable;    /* what certainly survives */
static bool *written;       /* by block: since the disk is new */
static const uint8_t *lent; /* what it held at first, or NULL: zeros */
static bool *taken;         /* by block: from there */
static Unflushed *unflushed_first, *unflushed_last;
static Unflushed *lost_first; /* by flushes that failed: seen, never safe */
static DiskRequest *under_way_first, *under_way_last;
static SimDiskFaults faults = {.fail_after = UINT64_MAX};
static uint64_t requests, blocks_written, freeze_at = UINT64_MAX;
static bool shuffled, busy;
static uint64_t stray_at = UINT64_MAX, stray_to, stray_from;

/* Most disks stay mostly empty, and a process of tests has thousands of them:
 * pages that were never touched cost nothing. */
static uint8_t *take_pages(uint64_t count) {
    void *pages =
        mmap(NULL, (count + 1) * PLATFORM_BLOCK_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(pages != MAP_FAILED);
    return pages;
}

static void give_pages(uint8_t *pages, uint64_t count) {
    if (pages)
        munmap(pages, (count + 1) * PLATFORM_BLOCK_BYTES);
}

/* What the medium held at the mark, of blocks that changed since. */
static bool marked;
static uint8_t **saved; /* by block, NULL: unchanged */
static uint64_t *saved_blocks, saved_count;

static SimDiskLog disk_log;
static bool logging;

static void *must_take(size_t count, size_t size_bytes) {
    void *memory = calloc(count, size_bytes);
    CHECK(memory);
    return memory;
}

static void take(uint64_t block) {
    size_t at = block * PLATFORM_BLOCK_BYTES;
    if (!lent || taken[block])
        return;
    memcpy(seen + at, lent + at, PLATFORM_BLOCK_BYTES);
    memcpy(durable + at, lent + at, PLATFORM_BLOCK_BYTES);
    taken[block] = true;
}

static uint8_t *seen_block(uint64_t block) {
    take(block);
    return seen + block * PLATFORM_BLOCK_BYTES;
}

static uint8_t *durable_block(uint64_t block) {
    take(block);
    return durable + block * PLATFORM_BLOCK_BYTES;
}

static void forget_unflushed(void) {
    while (unflushed_first) {
        Unflushed *write = unflushed_first;
        unflushed_first = write->next;
        free(write);
    }
    unflushed_last = NULL;
    while (lost_first) {
        Unflushed *write = lost_first;
        lost_first = write->next;
        free(write);
    }
}

/* ---- The mark ---- */

/* Before a block changes. */
static void save(uint64_t block) {
    written[block] = true;
    if (!marked || saved[block])
        return;
    saved[block] = must_take(1, PLATFORM_BLOCK_BYTES);
    memcpy(saved[block], seen_block(block), PLATFORM_BLOCK_BYTES);
    saved_blocks[saved_count++] = block;
}

static void forget_saved(bool put_back) {
    for (uint64_t i = 0; i < saved_count; i++) {
        uint64_t block = saved_blocks[i];
        if (put_back) {
            memcpy(seen_block(block), saved[block], PLATFORM_BLOCK_BYTES);
            memcpy(durable_block(block), saved[block], PLATFORM_BLOCK_BYTES);
        }
        free(saved[block]);
        saved[block] = NULL;
    }
    saved_count = 0;
}

void sim_disk_mark(void) {
    CHECK(!unflushed_first && !under_way_first);
    forget_saved(false);
    if (!saved) {
        saved = must_take(blocks + 1, sizeof *saved);
        saved_blocks = must_take(blocks + 1, sizeof *saved_blocks);
    }
    marked = true;
}

void sim_disk_back(void) {
    CHECK(marked && !under_way_first);
    forget_unflushed();
    forget_saved(true);
}

static void drop_mark(void) {
    forget_saved(false);
    free(saved);
    free(saved_blocks);
    saved = NULL;
    saved_blocks = NULL;
    marked = false;
}

void sim_disk_put(uint64_t block, const void *bytes) {
    save(block);
    memcpy(seen_block(block), bytes, PLATFORM_BLOCK_BYTES);
    memcpy(durable_block(block), bytes, PLATFORM_BLOCK_BYTES);
}

void sim_disk_flip(uint64_t block, unsigned bit) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    memcpy(bytes, seen_block(block), sizeof bytes);
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    sim_disk_put(block, bytes);
}

/* ---- The log ---- */

void sim_disk_log_start(void) {
    for (size_t i = 0; i < disk_log.count; i++)
        free(disk_log.entries[i].bytes);
    disk_log.count = 0;
    logging = true;
}

const SimDiskLog *sim_disk_log_stop(void) {
    logging = false;
    return &disk_log;
}

size_t sim_disk_log_count(void) {
    return disk_log.count;
}

static void log_request(const DiskRequest *request) {
    if (!logging)
        return;
    CHECK(disk_log.count < SIM_LOG_MOST);
    SimDiskEntry *entry = &disk_log.entries[disk_log.count++];
    *entry = (SimDiskEntry){.flush = request->action == DISK_FLUSH,
                            .block = request->block,
                            .count = request->count};
    if (entry->flush)
        return;
    size_t size_bytes = (size_t)request->count * PLATFORM_BLOCK_BYTES;
    entry->bytes = must_take(1, size_bytes);
    memcpy(entry->bytes, request->buffer, size_bytes);
}

static void clear_used(void) {
    lent = NULL;
    for (uint64_t i = 0; i < blocks; i++) {
        if (!written[i] && !taken[i])
            continue;
        memset(seen_block(i), 0, PLATFORM_BLOCK_BYTES);
        memset(durable_block(i), 0, PLATFORM_BLOCK_BYTES);
        written[i] = taken[i] = false;
    }
}

static void take_disk(uint64_t new_blocks) {
    give_pages(seen, blocks);
    give_pages(durable, blocks);
    free(written);
    free(taken);
    lent = NULL;
    blocks = new_blocks;
    seen = take_pages(blocks);
    durable = take_pages(blocks);
    written = must_take(blocks + 1, sizeof *written);
    taken = must_take(blocks + 1, sizeof *taken);
}

void sim_disk_new(uint64_t new_blocks) {
    forget_unflushed();
    drop_mark();
    under_way_first = under_way_last = NULL;
    if (seen && new_blocks == blocks)
        clear_used();
    else
        take_disk(new_blocks);
    faults = (SimDiskFaults){.fail_after = UINT64_MAX};
    freeze_at = stray_at = UINT64_MAX;
    shuffled = busy = false;
}

void sim_disk_lend(uint64_t new_blocks, const uint8_t *bytes) {
    sim_disk_new(new_blocks);
    lent = bytes;
}

static bool is_blank(const uint8_t *block) {
    static const uint8_t zeros[PLATFORM_BLOCK_BYTES];
    return memcmp(block, zeros, sizeof zeros) == 0;
}

static void take_all(void) {
    for (uint64_t i = 0; lent && i < blocks; i++)
        if (!is_blank(lent + i * PLATFORM_BLOCK_BYTES))
            take(i);
    lent = NULL;
}

void sim_disk_load(uint64_t new_blocks, const uint8_t *bytes) {
    sim_disk_lend(new_blocks, bytes);
    take_all();
}

void sim_disk_unload(uint8_t *bytes) {
    for (uint64_t i = 0; i < blocks; i++)
        if (written[i])
            memcpy(bytes + i * PLATFORM_BLOCK_BYTES, seen_block(i),
                   PLATFORM_BLOCK_BYTES);
}

static uint64_t warm_at;
static const void *warm_bytes;

void sim_warm(uint64_t address, const void *bytes) {
    warm_at = address;
    warm_bytes = bytes;
}

bool platform_warm_page(uint64_t address, void *bytes) {
    if (!warm_bytes || address != warm_at)
        return false;
    memcpy(bytes, warm_bytes, PLATFORM_PAGE_BYTES);
    return true;
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

const uint8_t *sim_disk_bytes(void) {
    take_all();
    return seen;
}

uint8_t *sim_disk_change(uint64_t block) {
    save(block);
    return seen_block(block);
}

void sim_disk_stray(uint64_t count, uint64_t to) {
    stray_at = blocks_written + count;
    stray_to = to;
}

bool sim_disk_strayed(uint64_t *from_out) {
    *from_out = stray_from;
    return stray_at < blocks_written;
}

void sim_disk_freeze_after(uint64_t count) {
    freeze_at = requests + count;
}

bool sim_disk_frozen(void) {
    return requests > freeze_at;
}

/* One block reaches the medium whole, not at all, or in some sectors. */
static void survive(uint64_t block, const uint8_t *bytes) {
    uint8_t *to = durable_block(block);
    uint64_t fate = sim_random() % 4;
    uint64_t mask = fate == 0 ? 0 : fate == 1 ? ~0ull : sim_random();
    for (int i = 0; i < SECTORS; i++)
        if (mask >> i & 1)
            memcpy(to + i * SECTOR, bytes + i * SECTOR, SECTOR);
}

static void see_durable(uint64_t block) {
    memcpy(seen_block(block), durable_block(block), PLATFORM_BLOCK_BYTES);
}

/* Unflushed writes to different blocks are independent; those to one block
 * survive in any order, which dropping the later ones stands for. */
void sim_disk_cut(void) {
    for (Unflushed *write = unflushed_first; write; write = write->next)
        survive(write->block, write->bytes);
    for (Unflushed *write = unflushed_first; write; write = write->next)
        see_durable(write->block);
    for (Unflushed *write = lost_first; write; write = write->next)
        see_durable(write->block);
    for (DiskRequest *r = under_way_first; r; r = r->next) {
        r->done = true;
        r->status = STATUS_IO_ERROR;
        for (uint32_t i = 0; r->action == DISK_WRITE && i < r->count; i++) {
            save(r->block + i);
            survive(r->block + i,
                    (uint8_t *)r->buffer + (size_t)i * PLATFORM_BLOCK_BYTES);
            see_durable(r->block + i);
        }
    }
    under_way_first = under_way_last = NULL;
    forget_unflushed();
    freeze_at = stray_at = UINT64_MAX;
    faults = (SimDiskFaults){.fail_after = UINT64_MAX};
}

static void remember_unflushed(uint64_t block, const uint8_t *bytes) {
    Unflushed *write = malloc(sizeof *write);
    CHECK(write);
    save(block);
    write->block = block;
    write->next = NULL;
    memcpy(write->bytes, bytes, PLATFORM_BLOCK_BYTES);
    if (unflushed_last)
        unflushed_last->next = write;
    else
        unflushed_first = write;
    unflushed_last = write;
}

static void write_block(uint64_t block, const uint8_t *bytes) {
    if (blocks_written++ == stray_at) {
        stray_from = block;
        block = stray_to;
    }
    if (block >= blocks)
        return; /* lost */
    save(block);
    memcpy(seen_block(block), bytes, PLATFORM_BLOCK_BYTES);
    remember_unflushed(block, bytes);
}

static void perform_write(const DiskRequest *request) {
    const uint8_t *bytes = request->buffer;
    for (uint32_t i = 0; i < request->count; i++)
        write_block(request->block + i,
                    bytes + (size_t)i * PLATFORM_BLOCK_BYTES);
    log_request(request);
}

static Unflushed *take_unflushed(void) {
    Unflushed *write = unflushed_first;
    unflushed_first = write->next;
    if (!unflushed_first)
        unflushed_last = NULL;
    return write;
}

static void perform_flush(void) {
    while (unflushed_first) {
        Unflushed *write = take_unflushed();
        memcpy(durable_block(write->block), write->bytes, PLATFORM_BLOCK_BYTES);
        free(write);
    }
    log_request(&(DiskRequest){.action = DISK_FLUSH});
}

/* A failed flush is no entry. */
static void log_doubts(void) {
    for (size_t i = disk_log.count;
         logging && i > 0 && !disk_log.entries[i - 1].flush; i--)
        disk_log.entries[i - 1].doubtful = true;
}

static void lose_unflushed(void) {
    log_doubts();
    while (unflushed_first) {
        Unflushed *write = take_unflushed();
        survive(write->block, write->bytes);
        write->next = lost_first;
        lost_first = write;
    }
}

static bool fails(const DiskRequest *request, uint64_t number) {
    if (request->action == DISK_FLUSH && faults.fail_flush &&
        --faults.fail_flush == 0)
        return true;
    return number >= faults.fail_after &&
           number - faults.fail_after < faults.fail_count;
}

static void perform_read(DiskRequest *request) {
    for (uint32_t i = 0; i < request->count; i++)
        take(request->block + i);
    memcpy(request->buffer, seen + request->block * PLATFORM_BLOCK_BYTES,
           (size_t)request->count * PLATFORM_BLOCK_BYTES);
}

static void perform(DiskRequest *request, uint64_t number) {
    request->status = STATUS_OK;
    if (fails(request, number)) {
        request->status = STATUS_IO_ERROR;
        if (request->action == DISK_FLUSH)
            lose_unflushed();
    } else if (request->action == DISK_FLUSH) {
        perform_flush();
    } else if (request->block + request->count > blocks) {
        request->status = STATUS_IO_ERROR;
    } else if (request->action == DISK_READ) {
        perform_read(request);
    } else {
        perform_write(request);
    }
    request->done = true;
}

const char *platform_disk_trouble(void) {
    return NULL;
}

const char *platform_disk_missing(void) {
    return "there is no disk";
}

uint32_t platform_disk_count(void) {
    return 1;
}

void platform_disk_choose(uint32_t place) {
    CHECK(place == 0);
}

uint64_t platform_disk_blocks(void) {
    return blocks;
}

Status platform_disk_submit(DiskRequest *request) {
    if (busy && sim_random() % 2)
        return STATUS_BUSY;
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

void sim_disk_shuffle(void) {
    shuffled = true;
}

void sim_disk_busy(void) {
    busy = true;
}

/* Takes the first request out of those under way, or any; NULL: none is. */
static DiskRequest *take_request(void) {
    uint64_t count = 0;
    for (DiskRequest *at = under_way_first; shuffled && at; at = at->next)
        count++;
    DiskRequest *before = NULL, *request = under_way_first;
    for (uint64_t skip = count ? sim_random() % count : 0; skip > 0; skip--) {
        before = request;
        request = request->next;
    }
    if (!request)
        return NULL;
    if (before)
        before->next = request->next;
    else
        under_way_first = request->next;
    if (!request->next)
        under_way_last = before;
    return request;
}

static bool take_one_under_way(void) {
    DiskRequest *request = take_request();
    if (!request)
        return false;
    uint64_t number = (uintptr_t)request->machine;
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
