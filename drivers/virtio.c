/* The virtio core: capabilities, features, queues. */
#include "drivers/virtio.h"

#include <stddef.h>

#include "kernel/base/log.h"

enum { /* kinds of vendor capabilities (4.1.4) */
       PART_COMMON = 1,
       PART_NOTIFY = 2,
       PART_CONFIG = 4,
};

enum { /* offsets in the common part (4.1.4.3) */
       COMMON_DEVICE_FEATURE_SELECT = 0,
       COMMON_DEVICE_FEATURE = 4,
       COMMON_DRIVER_FEATURE_SELECT = 8,
       COMMON_DRIVER_FEATURE = 12,
       COMMON_CONFIG_VECTOR = 16,
       COMMON_STATUS = 20,
       COMMON_QUEUE_SELECT = 22,
       COMMON_QUEUE_SIZE = 24,
       COMMON_QUEUE_VECTOR = 26,
       COMMON_QUEUE_ENABLE = 28,
       COMMON_QUEUE_NOTIFY = 30,
       COMMON_QUEUE_DESCRIPTORS = 32,
       COMMON_QUEUE_OFFERED = 40,
       COMMON_QUEUE_USED = 48,
};

enum { /* status bits (2.1) */
       STATUS_SEEN = 1,
       STATUS_DRIVER = 2,
       STATUS_RUNNING = 4,
       STATUS_FEATURES_AGREED = 8,
};

#define NO_VECTOR 0xffffu
#define THE_VECTOR 0u
#define RESET_TRIES 100000

static void put8(VirtioDevice *device, unsigned offset, uint8_t value) {
    device->common[offset] = value;
}

static void put16(VirtioDevice *device, unsigned offset, uint16_t value) {
    *(volatile uint16_t *)(device->common + offset) = value;
}

static void put32(VirtioDevice *device, unsigned offset, uint32_t value) {
    *(volatile uint32_t *)(device->common + offset) = value;
}

static void put64(VirtioDevice *device, unsigned offset, uint64_t value) {
    put32(device, offset, (uint32_t)value);
    put32(device, offset + 4, (uint32_t)(value >> 32));
}

static uint16_t get16(const VirtioDevice *device, unsigned offset) {
    return *(volatile uint16_t *)(device->common + offset);
}

static uint32_t get32(const VirtioDevice *device, unsigned offset) {
    return *(volatile uint32_t *)(device->common + offset);
}

/* Maps the part of this kind, or NULL; the capability's place for the rest. */
static volatile uint8_t *map_part(const PciDevice *pci, uint8_t kind,
                                  uint8_t *capability_out) {
    uint8_t at = 0;
    while ((at = pci_capability(pci, PCI_CAPABILITY_VENDOR, at)) != 0) {
        if (pci_read8(pci, (uint8_t)(at + 3)) != kind)
            continue;
        uint64_t bar = pci_bar(pci, pci_read8(pci, (uint8_t)(at + 4)));
        if (!bar)
            continue;
        *capability_out = at;
        return device_map(bar + pci_read32(pci, (uint8_t)(at + 8)),
                          pci_read32(pci, (uint8_t)(at + 12)),
                          DEVICE_REGISTERS);
    }
    return NULL;
}

static bool map_parts(VirtioDevice *device) {
    uint8_t at;
    device->common = map_part(&device->pci, PART_COMMON, &at);
    device->config = map_part(&device->pci, PART_CONFIG, &at);
    device->notify = map_part(&device->pci, PART_NOTIFY, &at);
    if (!device->common || !device->config || !device->notify)
        return false;
    device->notify_step = pci_read32(&device->pci, (uint8_t)(at + 16));
    return true;
}

static void reset(VirtioDevice *device) {
    put8(device, COMMON_STATUS, 0);
    for (int i = 0; i < RESET_TRIES; i++)
        if (device->common[COMMON_STATUS] == 0)
            break;
    put8(device, COMMON_STATUS, STATUS_SEEN | STATUS_DRIVER);
}

static bool agree(VirtioDevice *device, uint64_t needed) {
    put32(device, COMMON_DEVICE_FEATURE_SELECT, 0);
    uint64_t offered = get32(device, COMMON_DEVICE_FEATURE);
    put32(device, COMMON_DEVICE_FEATURE_SELECT, 1);
    offered |= (uint64_t)get32(device, COMMON_DEVICE_FEATURE) << 32;
    if ((offered & needed) != needed)
        return false;
    put32(device, COMMON_DRIVER_FEATURE_SELECT, 0);
    put32(device, COMMON_DRIVER_FEATURE, (uint32_t)needed);
    put32(device, COMMON_DRIVER_FEATURE_SELECT, 1);
    put32(device, COMMON_DRIVER_FEATURE, (uint32_t)(needed >> 32));
    uint8_t status = STATUS_SEEN | STATUS_DRIVER | STATUS_FEATURES_AGREED;
    put8(device, COMMON_STATUS, status);
    return device->common[COMMON_STATUS] == status;
}

static bool refuse(const PciDevice *pci, const char *why) {
    log_line("virtio: device %04x at %u:%u not used: %s", pci->device, pci->bus,
             pci->slot, why);
    return false;
}

bool virtio_open(VirtioDevice *device, const PciDevice *pci, uint64_t needed,
                 DeviceHandler *handler, void *context) {
    device->pci = *pci;
    pci_enable(pci);
    if (!map_parts(device))
        return refuse(pci, "it has no modern interface");
    if (!pci_use_message(pci, handler, context))
        return refuse(pci, "it has no MSI-X");
    reset(device);
    if (!agree(device, needed | VIRTIO_MODERN))
        return refuse(pci, "it lacks a feature");
    put16(device, COMMON_CONFIG_VECTOR, NO_VECTOR);
    return true;
}

bool virtio_queue_start(VirtioDevice *device, VirtioQueue *queue,
                        uint16_t index, uint16_t size_max) {
    uint64_t descriptors, offered, used;
    *queue = (VirtioQueue){.index = index};
    put16(device, COMMON_QUEUE_SELECT, index);
    queue->size = get16(device, COMMON_QUEUE_SIZE);
    while (queue->size > size_max)
        queue->size /= 2;
    queue->descriptors = device_page(&descriptors);
    queue->offered = device_page(&offered);
    queue->used = device_page(&used);
    if (queue->size == 0 || !queue->descriptors || !queue->offered ||
        !queue->used)
        return refuse(&device->pci, "a queue cannot be made");
    put16(device, COMMON_QUEUE_SIZE, queue->size);
    put64(device, COMMON_QUEUE_DESCRIPTORS, descriptors);
    put64(device, COMMON_QUEUE_OFFERED, offered);
    put64(device, COMMON_QUEUE_USED, used);
    put16(device, COMMON_QUEUE_VECTOR, THE_VECTOR);
    if (get16(device, COMMON_QUEUE_VECTOR) != THE_VECTOR)
        return refuse(&device->pci, "it does not take its interrupt");
    queue->doorbell = (volatile uint16_t *)(device->notify +
                                            get16(device, COMMON_QUEUE_NOTIFY) *
                                                device->notify_step);
    put16(device, COMMON_QUEUE_ENABLE, 1);
    return true;
}

void virtio_begin(VirtioDevice *device) {
    put8(device, COMMON_STATUS,
         STATUS_SEEN | STATUS_DRIVER | STATUS_FEATURES_AGREED | STATUS_RUNNING);
}

void virtio_queue_offer(VirtioQueue *queue, uint16_t head) {
    queue->offered[2 + queue->offered_count % queue->size] = head;
    queue->offered_count++;
    __atomic_thread_fence(__ATOMIC_RELEASE);
    queue->offered[1] = queue->offered_count;
}

void virtio_queue_ring(VirtioQueue *queue) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    *queue->doorbell = queue->index;
}

bool virtio_queue_has_used(const VirtioQueue *queue) {
    return (uint16_t)(queue->used[0] >> 16) != queue->used_count;
}

bool virtio_queue_next_used(VirtioQueue *queue, uint16_t *head_out) {
    if (!virtio_queue_has_used(queue))
        return false;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    unsigned slot = queue->used_count % queue->size;
    *head_out = (uint16_t)queue->used[1 + slot * 2];
    queue->used_count++;
    return true;
}
