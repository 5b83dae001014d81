/* bochs.h: picture modes of QEMU's standard VGA and bochs-display.
 * Source: QEMU documentation, docs/specs/standard-vga. */
#ifndef DRIVERS_BOCHS_H
#define DRIVERS_BOCHS_H

#include <stdbool.h>

#include "drivers/pci.h"
#include "kernel/device.h"

/* Remembers the card if this is one. */
void bochs_visit(const PciDevice *device);

/* Sets a mode of 32 bits a pixel. False: no such card, or too little memory
 * on it; the screen is as it was. */
bool bochs_set_mode(uint32_t width, uint32_t height, DeviceScreen *screen_out);

#endif
