/* undriven.h: disks that are there and that no driver here drives, so that a
 * person is told which: SATA behind AHCI, NVMe, virtio without its modern
 * interface or a flush, virtio SCSI.
 * Sources: PCI Code and ID Assignment 1.11 (classes); Serial ATA AHCI 1.3.1,
 * 3.1 and 3.3 (ports). */
#ifndef DRIVERS_UNDRIVEN_H
#define DRIVERS_UNDRIVEN_H

#include "drivers/pci.h"

/* Looks at each PCI device, after the disk's driver; what it finds,
 * platform_disk_missing() says. */
void undriven_visit(const PciDevice *device);

#endif
