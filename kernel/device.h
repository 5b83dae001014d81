/* device.h: the drivers' door to their machine.
 *
 * A machine with devices of its own (kernel/pc) defines these functions, and
 * the drivers see nothing else of it: memory of a device, memory that a device
 * reaches, its interrupts, and where it is found. Drivers of what only a PC has
 * (ps2, rtc, power) use its ports besides. Called at the start, with interrupts
 * off, except device_address and device_sleep. */
#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/* ---- Memory ---- */

typedef enum DeviceCaching {
    DEVICE_REGISTERS,   /* each access reaches the device, in order */
    DEVICE_FRAMEBUFFER, /* writes may be gathered */
} DeviceCaching;

/* Maps a device's memory, by its physical address, for good. NULL: no memory.
 */
void *device_map(uint64_t physical, uint64_t bytes, DeviceCaching caching);

/* A zeroed page for the driver and its device, for good, with the address by
 * which the device knows it. NULL: no memory. */
void *device_page(uint64_t *address_out);

/* The address by which a device knows transient memory; neighbouring pages need
 * not be neighbours there. */
uint64_t device_address(const void *memory);

/* ---- Interrupts ---- */

/* Runs with interrupts off, and only queues. */
typedef void DeviceHandler(void *context);

/* What a PCI device must write, and where, to interrupt. */
typedef struct DeviceMessage {
    uint64_t address;
    uint32_t data;
} DeviceMessage;

/* Calls `handler` for a message of its own. False: none is left. */
bool device_claim_message(DeviceHandler *handler, void *context,
                          DeviceMessage *message_out);

/* Waits until `ready`, which an interrupt may make true: a short look, then
 * sleep. Interrupts are on or off afterwards as before. */
void device_sleep(bool (*ready)(void));

/* ---- PCI configuration ---- */

/* Word at `offset` (a multiple of 4) of a function's configuration. */
uint32_t device_config_read(uint8_t bus, uint8_t slot, uint8_t function,
                            uint8_t offset);
void device_config_write(uint8_t bus, uint8_t slot, uint8_t function,
                         uint8_t offset, uint32_t value);

/* ---- The picture that the machine started with ---- */

typedef struct DeviceScreen {
    uint64_t address; /* physical; 0: there is none */
    uint32_t pitch;   /* bytes from row to row */
    uint32_t width, height;
    uint8_t bits; /* of a pixel: 24 or 32 */
    uint8_t red_shift, green_shift, blue_shift;
} DeviceScreen;

#endif
