/* tablet.h: an absolute pointer, the virtio input device. */
#ifndef DRIVERS_TABLET_H
#define DRIVERS_TABLET_H

#include "drivers/pci.h"

/* Starts the first virtio input device that is shown and has absolute axes. */
void tablet_visit(const PciDevice *device);

#endif
