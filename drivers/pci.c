/* Walking over PCI, and what drivers read and set there. */
#include "drivers/pci.h"

#include <stddef.h>

#define PCI_HEADER_TYPE 0x0e
#define PCI_BARS 0x10
#define PCI_BARS_COUNT 6u
#define PCI_CAPABILITIES 0x34
#define PCI_HAS_CAPABILITIES (1u << 20) /* in status and command */
#define COMMAND_MEMORY (1u << 1)
#define COMMAND_MASTER (1u << 2)
#define COMMAND_NO_LINE (1u << 10)
#define MSIX_ENABLE (1u << 31) /* with the capability's id in the low half */
#define MSIX_MASK_ALL (1u << 30)
#define BUSES 256u
#define CAPABILITIES_MAX 48 /* that many fit; a longer chain is a ring */

uint32_t pci_read32(const PciDevice *device, uint8_t offset) {
    return device_config_read(device->bus, device->slot, device->function,
                              offset);
}

uint8_t pci_read8(const PciDevice *device, uint8_t offset) {
    return (uint8_t)(pci_read32(device, offset) >> (offset & 3) * 8);
}

static void pci_write32(const PciDevice *device, uint8_t offset,
                        uint32_t value) {
    device_config_write(device->bus, device->slot, device->function, offset,
                        value);
}

/* True when there is a device; fills in its names. */
static bool probe(PciDevice *device) {
    uint32_t names = pci_read32(device, 0);
    device->vendor = (uint16_t)names;
    device->device = (uint16_t)(names >> 16);
    return device->vendor != 0xffff;
}

static void visit_slot(unsigned bus, unsigned slot,
                       void (*visit)(const PciDevice *device)) {
    PciDevice device = {.bus = (uint8_t)bus, .slot = (uint8_t)slot};
    if (!probe(&device))
        return;
    bool several = pci_read8(&device, PCI_HEADER_TYPE) & 0x80;
    visit(&device);
    for (uint8_t function = 1; several && function < 8; function++) {
        device.function = function;
        if (probe(&device))
            visit(&device);
    }
}

/* A bus is looked at only when a bridge leads to it; firmware numbered them
 * upwards from 0, each bridge naming its bus in the byte at 0x19. */
static bool pci_buses[BUSES];

static void note_bridge(const PciDevice *device) {
    if ((pci_read8(device, PCI_HEADER_TYPE) & 0x7f) == 1)
        pci_buses[pci_read8(device, 0x19)] = true;
}

void pci_each(void (*visit)(const PciDevice *device)) {
    pci_buses[0] = true;
    for (unsigned bus = 0; bus < BUSES; bus++)
        for (unsigned slot = 0; pci_buses[bus] && slot < 32; slot++) {
            visit_slot(bus, slot, note_bridge);
            visit_slot(bus, slot, visit);
        }
}

void pci_enable(const PciDevice *device) {
    uint32_t command = pci_read32(device, PCI_STATUS_AND_COMMAND) & 0xffff;
    pci_write32(device, PCI_STATUS_AND_COMMAND,
                command | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_LINE);
}

uint64_t pci_bar(const PciDevice *device, unsigned index) {
    uint8_t offset = (uint8_t)(PCI_BARS + index * 4);
    uint32_t low = pci_read32(device, offset);
    if (index >= PCI_BARS_COUNT || (low & 1))
        return 0;
    uint64_t address = low & ~0xfu;
    if ((low & 6) == 4)
        address |= (uint64_t)pci_read32(device, (uint8_t)(offset + 4)) << 32;
    return address;
}

uint8_t pci_capability(const PciDevice *device, uint8_t id, uint8_t after) {
    if (!(pci_read32(device, PCI_STATUS_AND_COMMAND) & PCI_HAS_CAPABILITIES))
        return 0;
    uint8_t at = after ? pci_read8(device, (uint8_t)(after + 1))
                       : pci_read8(device, PCI_CAPABILITIES);
    for (int i = 0; at >= 0x40 && i < CAPABILITIES_MAX; i++) {
        if (pci_read8(device, at) == id)
            return at;
        at = pci_read8(device, (uint8_t)(at + 1));
    }
    return 0;
}

bool pci_use_message(const PciDevice *device, DeviceHandler *handler,
                     void *context) {
    uint8_t at = pci_capability(device, PCI_CAPABILITY_MSIX, 0);
    if (!at)
        return false;
    uint32_t place = pci_read32(device, (uint8_t)(at + 4));
    uint64_t bar = pci_bar(device, place & 7);
    volatile uint32_t *table =
        bar ? device_map(bar + (place & ~7u), 16, DEVICE_REGISTERS) : NULL;
    DeviceMessage message;
    if (!table || !device_claim_message(handler, context, &message))
        return false;
    table[0] = (uint32_t)message.address;
    table[1] = (uint32_t)(message.address >> 32);
    table[2] = message.data;
    table[3] = 0;
    pci_write32(device, at,
                (pci_read32(device, at) | MSIX_ENABLE) & ~MSIX_MASK_ALL);
    return true;
}
