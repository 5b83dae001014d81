/* The drivers' door: areas, frames, messages, and the two old ports of PCI. */
#include "kernel/device.h"

#include "kernel/pc/area.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/interrupts.h"
#include "kernel/pc/paging.h"

/* PCI Local Bus Specification 3.0, 3.2.2.3.2: every PC has them. */
#define PORT_ADDRESS 0xcf8
#define PORT_DATA 0xcfc
#define SPINS 2000 /* looks before sleeping */

void *device_map(uint64_t physical, uint64_t bytes, DeviceCaching caching) {
    return area_map_device(physical, bytes,
                           caching == DEVICE_FRAMEBUFFER
                               ? PAGING_WRITE_COMBINING
                               : PAGING_UNCACHED);
}

void *device_page(uint64_t *address_out) {
    *address_out = paging_zeroed_frame();
    return *address_out ? paging_direct(*address_out) : NULL;
}

uint64_t device_address(const void *memory) {
    return paging_physical(memory);
}

bool device_claim_message(DeviceHandler *handler, void *context,
                          DeviceMessage *message_out) {
    return interrupts_claim_message(handler, context, message_out);
}

void device_sleep(bool (*ready)(void)) {
    for (int i = 0; i < SPINS; i++) {
        if (ready())
            return;
        cpu_pause();
    }
    bool were_on = cpu_interrupts_are_on();
    cpu_interrupts_off();
    while (!ready()) {
        cpu_sleep();
        cpu_interrupts_off();
    }
    if (were_on)
        cpu_interrupts_on();
}

static void select(uint8_t bus, uint8_t slot, uint8_t function,
                   uint8_t offset) {
    cpu_out32(PORT_ADDRESS, 1u << 31 | (uint32_t)bus << 16 |
                                (uint32_t)slot << 11 | (uint32_t)function << 8 |
                                (offset & 0xfcu));
}

uint32_t device_config_read(uint8_t bus, uint8_t slot, uint8_t function,
                            uint8_t offset) {
    select(bus, slot, function, offset);
    return cpu_in32(PORT_DATA);
}

void device_config_write(uint8_t bus, uint8_t slot, uint8_t function,
                         uint8_t offset, uint32_t value) {
    select(bus, slot, function, offset);
    cpu_out32(PORT_DATA, value);
}
