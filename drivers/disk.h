/* disk.h: the disk, a virtio block device. platform_disk_* are here. */
#ifndef DRIVERS_DISK_H
#define DRIVERS_DISK_H

#include <stdbool.h>

#include "drivers/pci.h"

/* Starts the first virtio block device that is shown. */
void disk_visit(const PciDevice *device);

/* True when a finished request waits for platform_disk_poll. */
bool disk_has_news(void);

#endif
