/* power.h: the power button. Pressing it asks for an orderly end, like closing
 * the hosted window: the last snapshot is taken, then the machine is off.
 * Source: ACPI Specification 6.4, 4.8.3.1. The chips are those of QEMU's
 * machines, PIIX4 and ICH9; firmware put their ports where they say. */
#ifndef DRIVERS_POWER_H
#define DRIVERS_POWER_H

#include "drivers/pci.h"

/* Takes the chip when it comes by; then, after input_start, its button. Where
 * there is none nothing happens. */
void power_visit(const PciDevice *device);
void power_start(void);

#endif
