/* What kind of disk is there without a driver. */
#include "drivers/undriven.h"

#include <stddef.h>

#include "drivers/virtio.h"
#include "kernel/device.h"
#include "kernel/platform.h"

#define CLASS_AND_REVISION 0x08 /* class, subclass, interface in 31 to 8 */
#define CLASS_SATA 0x010601u
#define CLASS_NVME 0x010802u
#define VIRTIO_BLOCK_TRANSITIONAL 0x1001
#define VIRTIO_BLOCK 0x1042
#define VIRTIO_SCSI_TRANSITIONAL 0x1004
#define VIRTIO_SCSI 0x1048

#define AHCI_BAR 5
#define AHCI_BYTES 0x1100u
#define AHCI_PORTS_IMPLEMENTED 0x0c
#define AHCI_PORT(index) (0x100u + 0x80u * (index))
#define AHCI_SIGNATURE 0x24
#define AHCI_STATUS 0x28
#define AHCI_PRESENT 3u       /* in the status' low four bits */
#define AHCI_DISK 0x00000101u /* signature of a disk, not of a CD drive */
#define AHCI_PORTS 32u

static const char *undriven_kind;

/* A controller is there without any disk in many machines, with a CD drive in
 * most: its ports say what is behind them. */
static bool has_sata_disk(const PciDevice *device) {
    uint64_t registers = pci_bar(device, AHCI_BAR);
    if (!registers)
        return false;
    pci_enable(device);
    const volatile uint32_t *at =
        device_map(registers, AHCI_BYTES, DEVICE_REGISTERS);
    if (!at)
        return false;
    uint32_t ports = at[AHCI_PORTS_IMPLEMENTED / 4];
    for (uint32_t i = 0; i < AHCI_PORTS; i++) {
        if (!(ports >> i & 1))
            continue;
        const volatile uint32_t *port = at + AHCI_PORT(i) / 4;
        if ((port[AHCI_STATUS / 4] & 15u) == AHCI_PRESENT &&
            port[AHCI_SIGNATURE / 4] == AHCI_DISK)
            return true;
    }
    return false;
}

static bool is_virtio_disk(const PciDevice *device) {
    return device->vendor == VIRTIO_VENDOR &&
           (device->device == VIRTIO_BLOCK_TRANSITIONAL ||
            device->device == VIRTIO_BLOCK);
}

void undriven_visit(const PciDevice *device) {
    uint32_t kind = pci_read32(device, CLASS_AND_REVISION) >> 8;
    if (kind == CLASS_NVME)
        undriven_kind = "there is an NVMe disk, for which there is no driver "
                        "yet";
    else if (kind == CLASS_SATA && has_sata_disk(device))
        undriven_kind = "there is a SATA disk, for which there is no driver "
                        "yet";
    else if (is_virtio_disk(device) && platform_disk_blocks() == 0)
        undriven_kind = pci_capability(device, PCI_CAPABILITY_VENDOR, 0)
                            ? "there is a virtio disk that cannot be used; "
                              "the log says why"
                            : "there is a virtio disk of the old kind, for "
                              "which there is no driver";
    else if (device->vendor == VIRTIO_VENDOR &&
             (device->device == VIRTIO_SCSI_TRANSITIONAL ||
              device->device == VIRTIO_SCSI))
        undriven_kind = "there is a virtio SCSI disk, for which there is no "
                        "driver yet";
}

const char *platform_disk_missing(void) {
    return undriven_kind ? undriven_kind : "there is no disk";
}
