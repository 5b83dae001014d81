/* Disk requests to a virtio block device.
 *
 * A request goes out in parts of at most 128 blocks. Each part has a slot: one
 * page with the request's header, its status byte, and the table of
 * descriptors for its pieces of memory; slot i uses descriptor i of the queue.
 * DiskRequest.machine counts the parts that are under way.
 * Source: VIRTIO 1.1, chapter 5.2. */
#include "drivers/disk.h"

#include <stddef.h>

#include "drivers/virtio.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/platform.h"

#define DEVICE_TRANSITIONAL 0x1001
#define DEVICE_MODERN 0x1042
#define FEATURE_FLUSH (1ull << 9)
#define SECTORS_PER_BLOCK 8u
#define PART_BLOCKS 128u
#define PIECES (PART_BLOCKS + 2) /* with the header and the status */
#define SLOTS 64u
#define DISKS_MOST 4u /* of more the log tells */

enum { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_FLUSH = 4 };

typedef struct Slot {
    VirtioDescriptor table[PIECES];
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    uint8_t status; /* 0: good */
} Slot;
_Static_assert(sizeof(Slot) <= PLATFORM_PAGE_BYTES, "a slot is one page");

typedef struct Disk {
    VirtioDevice device;
    VirtioQueue queue;
    uint64_t blocks;
    Slot *slots[SLOTS];
    DiskRequest *owners[SLOTS]; /* NULL: the slot is free */
    uint32_t free_slots;
} Disk;

static Disk disk_all[DISKS_MOST];
static uint32_t disk_count;
static Disk *disk = disk_all; /* the chosen one */
static bool disk_failed;      /* a request, at any time */

/* Nothing to do: the sleeping CPU is awake, and polls fetch the rest. */
static void interrupted(void *context) {
    (void)context;
}

static bool make_slots(Disk *at) {
    for (uint32_t i = 0; i < at->queue.size; i++) {
        uint64_t address;
        at->slots[i] = device_page(&address);
        if (!at->slots[i])
            return false;
    }
    at->free_slots = at->queue.size;
    return true;
}

void disk_visit(const PciDevice *device) {
    Disk *at = &disk_all[disk_count];
    if (device->vendor != VIRTIO_VENDOR ||
        (device->device != DEVICE_TRANSITIONAL &&
         device->device != DEVICE_MODERN))
        return;
    if (disk_count == DISKS_MOST) {
        log_line("disk: there are more than %u", DISKS_MOST);
        return;
    }
    if (!virtio_open(&at->device, device, VIRTIO_INDIRECT | FEATURE_FLUSH,
                     interrupted, NULL) ||
        !virtio_queue_start(&at->device, &at->queue, 0, SLOTS) ||
        !make_slots(at))
        return;
    virtio_begin(&at->device);
    volatile uint32_t *config = (volatile uint32_t *)at->device.config;
    uint64_t sectors = config[0] | (uint64_t)config[1] << 32;
    at->blocks = sectors / SECTORS_PER_BLOCK;
    disk_count++;
    log_line("disk: %lu MiB", at->blocks >> 8);
}

uint32_t platform_disk_count(void) {
    return disk_count;
}

void platform_disk_choose(uint32_t place) {
    CHECK(place < disk_count && disk->free_slots == disk->queue.size);
    disk = &disk_all[place];
}

const char *platform_disk_trouble(void) {
    return disk_failed ? "the disk reports an error" : NULL;
}

uint64_t platform_disk_blocks(void) {
    return disk->blocks;
}

/* ---- Starting ---- */

static void add_piece(Slot *slot, uint16_t *count, uint64_t address,
                      uint32_t bytes, uint16_t flags) {
    slot->table[*count] =
        (VirtioDescriptor){address, bytes, (uint16_t)(flags | VIRTIO_NEXT),
                           (uint16_t)(*count + 1)};
    (*count)++;
}

/* One piece for each run of pages that are neighbours in RAM. */
static void add_buffer(Slot *slot, uint16_t *count, const uint8_t *buffer,
                       uint32_t bytes, uint16_t flags) {
    for (uint32_t at = 0; at < bytes; at += PLATFORM_PAGE_BYTES) {
        uint64_t address = device_address(buffer + at);
        VirtioDescriptor *last = &slot->table[*count - 1];
        if (at > 0 && last->address + last->bytes == address)
            last->bytes += PLATFORM_PAGE_BYTES;
        else
            add_piece(slot, count, address, PLATFORM_PAGE_BYTES, flags);
    }
}

static uint64_t address_in_slot(const Slot *slot, const void *member) {
    return device_address(slot) +
           (uint64_t)((const uint8_t *)member - (const uint8_t *)slot);
}

static uint32_t type_of(DiskAction action) {
    switch (action) {
    case DISK_READ:
        return TYPE_READ;
    case DISK_WRITE:
        return TYPE_WRITE;
    case DISK_FLUSH:
        break;
    }
    return TYPE_FLUSH;
}

static uint16_t take_slot(DiskRequest *owner) {
    uint16_t index = 0;
    while (disk->owners[index])
        index++;
    disk->owners[index] = owner;
    disk->free_slots--;
    return index;
}

/* Offers blocks `first` to `first + count` of the request. */
static void start_part(DiskRequest *request, uint32_t first, uint32_t count) {
    uint16_t index = take_slot(request), pieces = 0;
    Slot *slot = disk->slots[index];
    slot->header.type = type_of(request->action);
    slot->header.sector = request->action == DISK_FLUSH
                              ? 0
                              : (request->block + first) * SECTORS_PER_BLOCK;
    slot->status = 0xff;
    add_piece(slot, &pieces, address_in_slot(slot, &slot->header),
              sizeof slot->header, 0);
    if (count > 0)
        add_buffer(slot, &pieces,
                   (uint8_t *)request->buffer +
                       (size_t)first * PLATFORM_BLOCK_BYTES,
                   count * PLATFORM_BLOCK_BYTES,
                   request->action == DISK_READ ? VIRTIO_DEVICE_WRITES : 0);
    add_piece(slot, &pieces, address_in_slot(slot, &slot->status), 1,
              VIRTIO_DEVICE_WRITES);
    slot->table[pieces - 1].flags = VIRTIO_DEVICE_WRITES;
    disk->queue.descriptors[index] = (VirtioDescriptor){
        device_address(slot->table),
        (uint32_t)(pieces * sizeof(VirtioDescriptor)), VIRTIO_TABLE, 0};
    virtio_queue_offer(&disk->queue, index);
}

Status platform_disk_submit(DiskRequest *request) {
    if (disk->blocks == 0)
        return STATUS_NO_DISK;
    uint32_t count = request->action == DISK_FLUSH ? 0 : request->count;
    CHECK(request->action == DISK_FLUSH ||
          (count >= 1 && count <= 2 * PART_BLOCKS &&
           request->block + count <= disk->blocks));
    uint32_t parts = count > PART_BLOCKS ? 2 : 1;
    if (disk->free_slots < parts)
        return STATUS_BUSY;
    request->done = false;
    request->status = STATUS_OK;
    request->machine = (void *)(uintptr_t)parts;
    for (uint32_t part = 0; part < parts; part++) {
        uint32_t first = part * PART_BLOCKS;
        uint32_t left = count - first;
        start_part(request, first, left < PART_BLOCKS ? left : PART_BLOCKS);
    }
    virtio_queue_ring(&disk->queue);
    return STATUS_OK;
}

/* ---- Finishing ---- */

bool disk_has_news(void) {
    return disk->blocks > 0 && virtio_queue_has_used(&disk->queue);
}

/* True when the request of the slot has all its parts back. */
static bool finish_part(uint16_t index) {
    CHECK(index < disk->queue.size && disk->owners[index]);
    DiskRequest *request = disk->owners[index];
    if (disk->slots[index]->status != 0) {
        request->status = STATUS_IO_ERROR;
        disk_failed = true;
    }
    disk->owners[index] = NULL;
    disk->free_slots++;
    uintptr_t parts = (uintptr_t)request->machine - 1;
    request->machine = (void *)parts;
    request->done = parts == 0;
    return request->done;
}

static bool finish_all(void) {
    bool finished = false;
    uint16_t index;
    while (virtio_queue_next_used(&disk->queue, &index))
        finished |= finish_part(index);
    return finished;
}

void platform_disk_poll(bool wait) {
    if (disk->blocks == 0)
        return;
    while (!finish_all() && wait && disk->free_slots < disk->queue.size)
        device_sleep(disk_has_news);
}
