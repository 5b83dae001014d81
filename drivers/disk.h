/* disk.h: the disks, virtio block devices. platform_disk_* are here. */
#ifndef DRIVERS_DISK_H
#define DRIVERS_DISK_H

#include <stdbool.h>

#include "drivers/pci.h"

/* Starts a virtio block device; the first is the disk until another is chosen.
 */
void disk_visit(const PciDevice *device);

/* True when a finished request waits for platform_disk_poll. */
bool disk_has_news(void);

#endif
