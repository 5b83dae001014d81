/* Block reads, gathered writes, flushes. */
#include "persist/store/device.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

enum { BATCH_BLOCKS = 32, BATCHES = 16 };

typedef enum BatchState {
    BATCH_FREE,
    BATCH_OPEN,     /* a stream gathers pages in it */
    BATCH_UNDER_WAY /* submitted, or waiting for the machine's queue */
} BatchState;

typedef struct Batch {
    DiskRequest request;
    BatchState state;
    bool queued; /* the machine has it */
    uint8_t *buffer;
} Batch;

struct Device {
    uint64_t blocks;
    FormatLayout layout;
    bool only_look;
    Batch batches[BATCHES];
    Batch *open[DEVICE_STREAMS];
    Batch flush; /* never gathers; state FREE or UNDER_WAY */
    Status error;
    uint64_t written;
    uint8_t *bounce; /* one page for writes of the caller's memory */
};

Device *device_open(uint64_t blocks) {
    Device *device = alloc_take(sizeof *device);
    if (!device)
        return NULL;
    device->blocks = blocks;
    device->bounce = alloc_take(PLATFORM_BLOCK_BYTES);
    bool good = device->bounce != NULL;
    for (int i = 0; i < BATCHES; i++) {
        device->batches[i].buffer =
            alloc_take((size_t)BATCH_BLOCKS * PLATFORM_BLOCK_BYTES);
        good = good && device->batches[i].buffer;
    }
    if (good)
        return device;
    device_close(device);
    return NULL;
}

void device_close(Device *device) {
    if (!device)
        return;
    while (!device_idle(device, true))
        continue;
    for (int i = 0; i < BATCHES; i++)
        alloc_give(device->batches[i].buffer);
    alloc_give(device->bounce);
    alloc_give(device);
}

uint64_t device_blocks(const Device *device) {
    return device->blocks;
}

void device_only_look(Device *device, bool only_look) {
    device->only_look = only_look;
}

bool device_only_looks(const Device *device) {
    return device->only_look;
}

void device_set_layout(Device *device, const FormatLayout *layout) {
    device->layout = *layout;
}

uint64_t device_blocks_written(const Device *device) {
    return device->written;
}

/* ---- Waiting requests ---- */

static Status wait_for(DiskRequest *request) {
    while (platform_disk_submit(request) == STATUS_BUSY)
        platform_disk_poll(true);
    while (!request->done)
        platform_disk_poll(true);
    return request->status;
}

/* An error may pass, and what is not read costs an app or the start. */
Status device_read(Device *device, uint64_t block, uint32_t count,
                   void *buffer) {
    Status status = STATUS_IO_ERROR;
    if (block >= device->blocks || count > device->blocks - block)
        return status;
    for (int tries = 1; status != STATUS_OK && tries <= DEVICE_READ_TRIES;
         tries++) {
        DiskRequest request = {.action = DISK_READ,
                               .block = block,
                               .count = count,
                               .buffer = buffer};
        status = wait_for(&request);
        if (status == STATUS_OK && tries > 1)
            log_line("recovery: block %lu could be read when tried again",
                     block);
    }
    return status;
}

Status device_write_short(Device *device, uint64_t block, const void *bytes,
                          size_t count) {
    if (block >= device->blocks)
        return STATUS_IO_ERROR;
    bytes_fill(device->bounce, 0, PLATFORM_BLOCK_BYTES);
    bytes_copy(device->bounce, bytes, count);
    DiskRequest request = {.action = DISK_WRITE,
                           .block = block,
                           .count = 1,
                           .buffer = device->bounce};
    device->written++;
    return wait_for(&request);
}

Status device_write_now(Device *device, uint64_t block, const void *bytes) {
    return device_write_short(device, block, bytes, PLATFORM_BLOCK_BYTES);
}

Status device_flush_now(Device *device) {
    (void)device;
    DiskRequest request = {.action = DISK_FLUSH};
    return wait_for(&request);
}

static Status read_verified(Device *device, uint64_t block, Hash hash,
                            void *page) {
    Status status = device_read(device, block, 1, page);
    if (status != STATUS_OK)
        return status;
    bool good = hash_equal(hash_of(page, PLATFORM_BLOCK_BYTES), hash);
    return good ? STATUS_OK : STATUS_CORRUPT;
}

Status device_read_data(Device *device, const FormatEntry *entry, void *page) {
    return read_verified(device, entry_block(entry), entry->hash, page);
}

uint32_t device_read_run(Device *device, const FormatEntry *entries,
                         uint32_t count, void *pages) {
    const uint8_t *at = pages;
    uint32_t good = 0;
    if (device_read(device, entry_block(entries), count, pages) != STATUS_OK)
        return 0;
    while (good < count &&
           hash_equal(hash_of(at, PLATFORM_BLOCK_BYTES), entries[good].hash)) {
        at += PLATFORM_BLOCK_BYTES;
        good++;
    }
    return good;
}

Status device_read_meta(Device *device, const FormatEntry *entry, void *page) {
    uint64_t block = entry_block(entry);
    uint64_t partner = format_partner(&device->layout, block);
    if (partner == 0)
        return STATUS_CORRUPT;
    Status first = read_verified(device, block, entry->hash, page);
    if (first == STATUS_OK)
        return STATUS_OK;
    if (read_verified(device, partner, entry->hash, page) != STATUS_OK)
        return first;
    Status mended = device->only_look ? STATUS_UNSUPPORTED
                                      : device_write_now(device, block, page);
    log_line("recovery: metadata block %lu: %s; %s its second copy", block,
             status_text(first),
             mended == STATUS_OK ? "mended from" : "read from");
    return STATUS_OK;
}

DevicePair device_read_pair(Device *device, const FormatEntry *entry,
                            void *page, void *other, bool mend) {
    uint64_t block = entry_block(entry);
    uint64_t partner = format_partner(&device->layout, block);
    if (partner == 0)
        return (DevicePair){STATUS_INVALID, STATUS_INVALID, false};
    DevicePair pair = {
        .second = read_verified(device, partner, entry->hash, other),
        .first = read_verified(device, block, entry->hash, page)};
    bool first = pair.first == STATUS_OK, second = pair.second == STATUS_OK;
    if (!first && second)
        bytes_copy(page, other, PLATFORM_BLOCK_BYTES);
    if (mend && first != second)
        pair.mended = device_write_now(device, first ? partner : block, page) ==
                      STATUS_OK;
    return pair;
}

/* ---- Gathered writes ---- */

static void try_to_queue(Batch *batch) {
    batch->queued = platform_disk_submit(&batch->request) == STATUS_OK;
}

static void push(Device *device, DeviceStream stream) {
    Batch *batch = device->open[stream];
    if (!batch)
        return;
    device->open[stream] = NULL;
    batch->state = BATCH_UNDER_WAY;
    try_to_queue(batch);
}

void device_push(Device *device) {
    for (int stream = 0; stream < DEVICE_STREAMS; stream++)
        push(device, (DeviceStream)stream);
}

static Batch *free_batch(Device *device) {
    for (int i = 0; i < BATCHES; i++)
        if (device->batches[i].state == BATCH_FREE)
            return &device->batches[i];
    return NULL;
}

static bool continues(const Batch *batch, uint64_t block) {
    return batch && batch->request.count < BATCH_BLOCKS &&
           batch->request.block + batch->request.count == block;
}

void *device_write(Device *device, DeviceStream stream, uint64_t block) {
    CHECK(block < device->blocks);
    if (!continues(device->open[stream], block)) {
        push(device, stream);
        Batch *batch = free_batch(device);
        CHECK(batch); /* there was room */
        batch->state = BATCH_OPEN;
        batch->request = (DiskRequest){
            .action = DISK_WRITE, .block = block, .buffer = batch->buffer};
        device->open[stream] = batch;
    }
    DiskRequest *request = &device->open[stream]->request;
    device->written++;
    return device->open[stream]->buffer +
           (size_t)request->count++ * PLATFORM_BLOCK_BYTES;
}

bool device_has_room(Device *device) {
    if (free_batch(device))
        return true;
    device_idle(device, false);
    return free_batch(device) != NULL;
}

/* True when the stream can take a page for `block` without fail. */
static bool has_room(Device *device, DeviceStream stream, uint64_t block,
                     int batches_needed) {
    int free_count = continues(device->open[stream], block) ? 1 : 0;
    for (int i = 0; i < BATCHES; i++)
        free_count += device->batches[i].state == BATCH_FREE;
    return free_count >= batches_needed;
}

bool device_write_pair(Device *device, uint64_t block, const void *bytes) {
    uint64_t partner = format_partner(&device->layout, block);
    CHECK(partner != 0);
    if (!has_room(device, DEVICE_META, block, 2)) {
        device_idle(device, false);
        if (!has_room(device, DEVICE_META, block, 2))
            return false;
    }
    void *first = device_write(device, DEVICE_META, block);
    bytes_copy(first, bytes, PLATFORM_BLOCK_BYTES);
    void *second = device_write(device, DEVICE_MIRROR, partner);
    bytes_copy(second, bytes, PLATFORM_BLOCK_BYTES);
    return true;
}

void device_flush(Device *device) {
    CHECK(device->flush.state == BATCH_FREE);
    device->flush.request = (DiskRequest){.action = DISK_FLUSH};
    device->flush.state = BATCH_UNDER_WAY;
    try_to_queue(&device->flush);
}

/* ---- Completion ---- */

/* True when the batch is no longer under way. */
static bool finish(Device *device, Batch *batch) {
    if (batch->state != BATCH_UNDER_WAY)
        return true;
    if (!batch->queued)
        try_to_queue(batch);
    if (!batch->queued || !batch->request.done)
        return false;
    if (batch->request.status != STATUS_OK)
        device->error = batch->request.status;
    batch->state = BATCH_FREE;
    return true;
}

static bool finish_all(Device *device) {
    bool idle = finish(device, &device->flush);
    for (int i = 0; i < BATCHES; i++)
        idle = finish(device, &device->batches[i]) && idle;
    return idle;
}

bool device_idle(Device *device, bool wait) {
    if (finish_all(device))
        return true;
    platform_disk_poll(wait);
    return finish_all(device);
}

Status device_take_error(Device *device) {
    Status error = device->error;
    device->error = STATUS_OK;
    return error;
}
