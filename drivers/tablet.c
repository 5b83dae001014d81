/* A virtio input device: it fills the buffers of its event queue.
 * Source: VIRTIO 1.1, chapter 5.8. */
#include "drivers/tablet.h"

#include <stddef.h>

#include "drivers/input.h"
#include "drivers/virtio.h"
#include "kernel/base/log.h"

#define DEVICE_INPUT 0x1052
#define QUEUE_EVENTS 0
#define QUEUE_SIZE 128u

enum { /* the device's configuration */
       CONFIG_SELECT = 0,
       CONFIG_SUBSELECT = 1,
       CONFIG_SIZE = 2,
       CONFIG_DATA = 8,
       SELECT_AXIS = 0x12, /* answers the least and the largest value */
};

typedef struct TabletEvent {
    uint16_t type, code;
    uint32_t value;
} TabletEvent;
_Static_assert(sizeof(TabletEvent) == 8, "5.8.6");

static VirtioDevice tablet_device;
static VirtioQueue tablet_queue;
static TabletEvent *tablet_events; /* one page, entry i for descriptor i */

static void interrupted(void *context) {
    (void)context;
    uint16_t index;
    bool any = false;
    while (virtio_queue_next_used(&tablet_queue, &index)) {
        TabletEvent event = tablet_events[index % QUEUE_SIZE];
        input_report(INPUT_FROM_TABLET, event.type, event.code, event.value);
        virtio_queue_offer(&tablet_queue, index);
        any = true;
    }
    if (any)
        virtio_queue_ring(&tablet_queue);
}

/* The largest value of the first axis, 0 when there is none. */
static uint32_t largest_coordinate(void) {
    volatile uint8_t *config = tablet_device.config;
    config[CONFIG_SELECT] = SELECT_AXIS;
    config[CONFIG_SUBSELECT] = 0;
    if (config[CONFIG_SIZE] < 8)
        return 0;
    return *(volatile uint32_t *)(config + CONFIG_DATA + 4);
}

static void offer_all(uint64_t physical) {
    for (uint16_t i = 0; i < tablet_queue.size; i++) {
        tablet_queue.descriptors[i] =
            (VirtioDescriptor){physical + i * sizeof(TabletEvent),
                               sizeof(TabletEvent), VIRTIO_DEVICE_WRITES, 0};
        virtio_queue_offer(&tablet_queue, i);
    }
    virtio_queue_ring(&tablet_queue);
}

void tablet_visit(const PciDevice *device) {
    if (device->vendor != VIRTIO_VENDOR || device->device != DEVICE_INPUT ||
        tablet_events)
        return;
    if (!virtio_open(&tablet_device, device, 0, interrupted, NULL) ||
        !virtio_queue_start(&tablet_device, &tablet_queue, QUEUE_EVENTS,
                            QUEUE_SIZE))
        return;
    uint32_t largest = largest_coordinate();
    uint64_t address;
    tablet_events = largest > 0 ? device_page(&address) : NULL;
    if (!tablet_events)
        return;
    input_set_tablet(largest);
    virtio_begin(&tablet_device);
    offer_all(address);
    log_line("tablet: there, coordinates up to %u", largest);
}
