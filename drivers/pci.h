/* pci.h: finding PCI devices and their memory.
 * Source: PCI Local Bus Specification 3.0, chapter 6. */
#ifndef DRIVERS_PCI_H
#define DRIVERS_PCI_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/device.h"

#define PCI_STATUS_AND_COMMAND 0x04
#define PCI_CAPABILITY_VENDOR 0x09
#define PCI_CAPABILITY_MSIX 0x11

typedef struct PciDevice {
    uint8_t bus, slot, function;
    uint16_t vendor, device;
} PciDevice;

/* Calls `visit` for every function that is there. */
void pci_each(void (*visit)(const PciDevice *device));

uint32_t pci_read32(const PciDevice *device, uint8_t offset);
uint8_t pci_read8(const PciDevice *device, uint8_t offset);

/* Lets the device answer memory accesses and reach RAM by itself. */
void pci_enable(const PciDevice *device);

/* The physical address in base address register 0 to 5, or 0 when it is no
 * memory. */
uint64_t pci_bar(const PciDevice *device, unsigned index);

/* The first capability with this id behind `after` (0: from the start), or
 * 0 when there is no further one. */
uint8_t pci_capability(const PciDevice *device, uint8_t id, uint8_t after);

/* Switches MSI-X on with one message, used for entry 0 of the table. False:
 * the device or this machine cannot. */
bool pci_use_message(const PciDevice *device, DeviceHandler *handler,
                     void *context);

#endif
