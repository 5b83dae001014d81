/* Mode setting by the DISPI registers. */
#include "drivers/bochs.h"

#include <stddef.h>

#define BOCHS_VENDOR 0x1234
#define BOCHS_DEVICE 0x1111
#define REGISTERS_BAR 2
#define REGISTERS_OFFSET 0x500u
#define REGISTERS_BYTES 0x20u

enum { /* registers of 16 bits */
       DISPI_ID = 0,
       DISPI_WIDTH = 1,
       DISPI_HEIGHT = 2,
       DISPI_BITS = 3,
       DISPI_ENABLE = 4,
       DISPI_VIRTUAL_WIDTH = 6,
       DISPI_VIRTUAL_HEIGHT = 7,
       DISPI_X = 8,
       DISPI_Y = 9,
       DISPI_MEMORY = 10, /* in units of 64 KiB */
};
#define DISPI_ID_FIRST 0xb0c0u /* the versions are 0xb0c0 to 0xb0c5 */
#define ENABLE_LINEAR 0x41u

static volatile uint16_t *bochs_registers;
static uint64_t bochs_memory; /* physical */

void bochs_visit(const PciDevice *device) {
    if (device->vendor != BOCHS_VENDOR || device->device != BOCHS_DEVICE ||
        bochs_registers)
        return;
    uint64_t registers = pci_bar(device, REGISTERS_BAR);
    if (!registers)
        return;
    pci_enable(device);
    bochs_registers = device_map(registers + REGISTERS_OFFSET, REGISTERS_BYTES,
                                 DEVICE_REGISTERS);
    bochs_memory = pci_bar(device, 0);
}

static bool usable(uint32_t width, uint32_t height) {
    return bochs_registers && bochs_memory &&
           (bochs_registers[DISPI_ID] & 0xfff0u) == DISPI_ID_FIRST &&
           (uint64_t)width * height * 4 <=
               (uint64_t)bochs_registers[DISPI_MEMORY] << 16;
}

bool bochs_set_mode(uint32_t width, uint32_t height, DeviceScreen *screen_out) {
    if (!usable(width, height))
        return false;
    volatile uint16_t *registers = bochs_registers;
    registers[DISPI_ENABLE] = 0;
    registers[DISPI_WIDTH] = (uint16_t)width;
    registers[DISPI_HEIGHT] = (uint16_t)height;
    registers[DISPI_BITS] = 32;
    registers[DISPI_VIRTUAL_WIDTH] = (uint16_t)width;
    registers[DISPI_VIRTUAL_HEIGHT] = (uint16_t)height;
    registers[DISPI_X] = 0;
    registers[DISPI_Y] = 0;
    registers[DISPI_ENABLE] = ENABLE_LINEAR;
    *screen_out = (DeviceScreen){
        .address = bochs_memory,
        .pitch = width * 4,
        .width = width,
        .height = height,
        .bits = 32,
        .red_shift = 16,
        .green_shift = 8,
        .blue_shift = 0,
    };
    return true;
}
