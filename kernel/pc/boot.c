/* Reads multiboot information: memory map and framebuffer. */
#include "kernel/pc/boot.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/text.h"
#include "kernel/pc/image.h"
#include "kernel/platform.h"

#define LOADER_MULTIBOOT1 0x2badb002u
#define LOADER_MULTIBOOT2 0x36d76289u
#define LOW_MEMORY_END 0x100000u /* below: firmware's and old devices' */
#define MEMORY_USABLE 1u
#define MEMORY_TOP (1ull << 40) /* what lies above stays unused */

enum { TAG_END = 0, TAG_COMMAND = 1, TAG_MEMORY = 6, TAG_FRAMEBUFFER = 8 };

static uint64_t round_up(uint64_t address) {
    return (address + PLATFORM_PAGE_BYTES - 1) & ~(PLATFORM_PAGE_BYTES - 1ull);
}

static uint64_t round_down(uint64_t address) {
    return address & ~(PLATFORM_PAGE_BYTES - 1ull);
}

static void add_pages(BootInfo *info, uint64_t start, uint64_t end) {
    if (start >= end || info->range_count == BOOT_RANGES_MAX)
        return;
    info->ranges[info->range_count++] = (BootRange){start, end};
}

/* Adds what the image and the first MiB leave over of a range. */
static void add_range(BootInfo *info, uint64_t start, uint64_t bytes) {
    uint64_t end = bytes > MEMORY_TOP - start ? MEMORY_TOP : start + bytes;
    if (start >= MEMORY_TOP)
        return;
    start = round_up(start < LOW_MEMORY_END ? LOW_MEMORY_END : start);
    end = round_down(end);
    uint64_t image_from = (uintptr_t)image_start;
    uint64_t image_to = (uintptr_t)image_end;
    add_pages(info, start, end < image_from ? end : image_from);
    add_pages(info, start > image_to ? start : image_to, end);
}

/* ---- Multiboot2: a chain of tags, each on 8 bytes ---- */

/* Header of 16 bytes with the entries' size at 8; entries {base, length,
 * type}. */
static void read_memory_tag(BootInfo *info, const uint8_t *tag, uint32_t size) {
    uint32_t entry_bytes = bytes_get32(tag + 8);
    CHECK(entry_bytes >= 20);
    for (uint32_t at = 16; at + entry_bytes <= size; at += entry_bytes)
        if (bytes_get32(tag + at + 16) == MEMORY_USABLE)
            add_range(info, bytes_get64(tag + at), bytes_get64(tag + at + 8));
}

/* Only direct colour (type 1) is of use: GRUB reports a text mode with
 * other types in the same tag. */
static void read_screen_tag(BootInfo *info, const uint8_t *tag) {
    uint8_t bits = tag[28], type = tag[29];
    if (type != 1 || (bits != 24 && bits != 32))
        return;
    info->screen = (DeviceScreen){
        .address = bytes_get64(tag + 8),
        .pitch = bytes_get32(tag + 16),
        .width = bytes_get32(tag + 20),
        .height = bytes_get32(tag + 24),
        .bits = bits,
        .red_shift = tag[32],
        .green_shift = tag[34],
        .blue_shift = tag[36],
    };
}

static void read_command(BootInfo *info, const uint8_t *text) {
    size_t length =
        bytes_min(text_length((const char *)text), sizeof info->command - 1);
    bytes_copy(info->command, text, length);
}

static void read_tags(BootInfo *info, const uint8_t *start) {
    uint32_t total = bytes_get32(start);
    for (uint32_t at = 8; at + 8 <= total;) {
        const uint8_t *tag = start + at;
        uint32_t type = bytes_get32(tag), size = bytes_get32(tag + 4);
        if (type == TAG_END || size < 8)
            return;
        if (type == TAG_COMMAND)
            read_command(info, tag + 8);
        if (type == TAG_MEMORY)
            read_memory_tag(info, tag, size);
        if (type == TAG_FRAMEBUFFER && size >= 37)
            read_screen_tag(info, tag);
        at += (size + 7) & ~7u;
    }
}

/* ---- Multiboot1: flags, then fixed fields ---- */

/* Each entry begins with its size, which does not count itself. */
static void read_old_map(BootInfo *info, const uint8_t *start) {
    CHECK(bytes_get32(start) & (1u << 6));
    if (bytes_get32(start) & (1u << 2))
        read_command(info, (const uint8_t *)(uintptr_t)bytes_get32(start + 16));
    uint32_t length = bytes_get32(start + 44);
    const uint8_t *map = (const uint8_t *)(uintptr_t)bytes_get32(start + 48);
    for (uint32_t at = 0; at + 24 <= length; at += bytes_get32(map + at) + 4)
        if (bytes_get32(map + at + 20) == MEMORY_USABLE)
            add_range(info, bytes_get64(map + at + 4),
                      bytes_get64(map + at + 12));
}

void boot_read(uint32_t magic, uint32_t address, BootInfo *info_out) {
    const uint8_t *start = (const uint8_t *)(uintptr_t)address;
    *info_out = (BootInfo){.range_count = 0};
    if (magic == LOADER_MULTIBOOT2)
        read_tags(info_out, start);
    else if (magic == LOADER_MULTIBOOT1)
        read_old_map(info_out, start);
    else
        panic("started by an unknown boot loader, magic %x", magic);
    if (info_out->range_count == 0)
        panic("the boot loader named no memory");
}
