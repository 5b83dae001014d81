/* virtio.h: what all virtio devices on PCI share.
 *
 * Only the modern interface, which transitional devices have too; interrupts
 * only as messages. Source: Virtual I/O Device (VIRTIO) Version 1.1, chapters
 * 2 and 4.1; the fields' names are translated, the numbers are its own. */
#ifndef DRIVERS_VIRTIO_H
#define DRIVERS_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/pci.h"

#define VIRTIO_VENDOR 0x1af4

/* Features of any device. */
#define VIRTIO_INDIRECT (1ull << 28) /* tables of descriptors */
#define VIRTIO_MODERN (1ull << 32)

/* A piece of memory for the device (2.6.5). */
typedef struct VirtioDescriptor {
    uint64_t address; /* physical */
    uint32_t bytes;
    uint16_t flags; /* VIRTIO_NEXT and so on */
    uint16_t next;
} VirtioDescriptor;
_Static_assert(sizeof(VirtioDescriptor) == 16, "2.6.5");

enum { /* flags of a descriptor */
       VIRTIO_NEXT = 1,
       VIRTIO_DEVICE_WRITES = 2,
       VIRTIO_TABLE = 4,
};

#define VIRTIO_QUEUE_MAX 256u /* each part then fits into a page */

typedef struct VirtioQueue {
    uint16_t index;
    uint16_t size; /* descriptors, a power of two, at most VIRTIO_QUEUE_MAX */
    VirtioDescriptor *descriptors;
    volatile uint16_t *offered; /* flags, count, ring of heads */
    volatile uint32_t *used;    /* flags and count, ring of {head, bytes} */
    uint16_t offered_count, used_count;
    volatile uint16_t *doorbell;
} VirtioQueue;

typedef struct VirtioDevice {
    PciDevice pci;
    volatile uint8_t *common, *notify, *config;
    uint32_t notify_step; /* bytes from one queue's doorbell to the next */
} VirtioDevice;

/* Resets the device and agrees on features: those of `needed`. Interrupts go
 * to `handler`. False, with a line in the log: this device is of no use. */
bool virtio_open(VirtioDevice *device, const PciDevice *pci, uint64_t needed,
                 DeviceHandler *handler, void *context);

/* Prepares a queue of at most `size_max` descriptors. */
bool virtio_queue_start(VirtioDevice *device, VirtioQueue *queue,
                        uint16_t index, uint16_t size_max);

/* The device may begin. After all queues. */
void virtio_begin(VirtioDevice *device);

/* Offers the chain that begins at descriptor `head`; virtio_queue_ring tells
 * the device. */
void virtio_queue_offer(VirtioQueue *queue, uint16_t head);
void virtio_queue_ring(VirtioQueue *queue);

/* True when the device has used a chain that nobody fetched. */
bool virtio_queue_has_used(const VirtioQueue *queue);

/* Fetches the head of the next used chain. False: there is none. */
bool virtio_queue_next_used(VirtioQueue *queue, uint16_t *head_out);

#endif
