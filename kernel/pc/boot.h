/* boot.h: what the boot loader tells, in one form for both protocols.
 * Source: Multiboot2 Specification 2.0, section 3.6; Multiboot Specification
 * 0.6.96, section 3.3. */
#ifndef PC_BOOT_H
#define PC_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#define BOOT_RANGES_MAX 64
#define BOOT_COMMAND_BYTES 200 /* longer ones are cut */

/* Physical addresses, whole pages, sorted by the loader's order. */
typedef struct BootRange {
    uint64_t start, end;
} BootRange;

typedef struct BootScreen {
    uint64_t address; /* physical; 0: the loader made no picture mode */
    uint32_t pitch;   /* bytes from row to row */
    uint32_t width, height;
    uint8_t bits; /* of a pixel: 24 or 32 */
    uint8_t red_shift, green_shift, blue_shift;
} BootScreen;

typedef struct BootInfo {
    BootRange ranges[BOOT_RANGES_MAX]; /* RAM that nobody uses */
    uint32_t range_count;
    BootScreen screen;
    char command[BOOT_COMMAND_BYTES]; /* words behind the kernel's name */
} BootInfo;

/* Reads the loader's information, which may be overwritten afterwards. Panics
 * when it cannot be understood. The first MiB and the image are left out of
 * the ranges. */
void boot_read(uint32_t magic, uint32_t address, BootInfo *info_out);

#endif
