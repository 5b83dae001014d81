/* boot.h: what the boot loader tells, in one form for both protocols.
 * Source: Multiboot2 Specification 2.0, section 3.6; Multiboot Specification
 * 0.6.96, section 3.3. */
#ifndef PC_BOOT_H
#define PC_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/device.h"

#define BOOT_RANGES_MAX 64
#define BOOT_COMMAND_BYTES 200 /* longer ones are cut */

/* Physical addresses, whole pages, sorted by the loader's order. */
typedef struct BootRange {
    uint64_t start, end;
} BootRange;

typedef struct BootInfo {
    BootRange ranges[BOOT_RANGES_MAX]; /* RAM that nobody uses */
    uint32_t range_count;
    DeviceScreen screen;
    char command[BOOT_COMMAND_BYTES]; /* words behind the kernel's name */
} BootInfo;

/* Reads the loader's information, which may be overwritten afterwards. Panics
 * when it cannot be understood. The first MiB and the image are left out of
 * the ranges. */
void boot_read(uint32_t magic, uint32_t address, BootInfo *info_out);

#endif
