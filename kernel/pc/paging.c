/* Page tables of four levels. */
#include "kernel/pc/paging.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/image.h"

#define PAGE_BYTES 4096ull
#define LARGE_BYTES (2ull << 20)
#define FORGET_ALL_FROM 64 /* pages; from here on reloading CR3 is cheaper */

#define MSR_EFER 0xc0000080u
#define EFER_NX (1ull << 11)
#define MSR_PAT 0x277u
/* Entries 0 to 7: WB, WC, UC-, UC, WB, WT, UC-, UC. */
#define PAT_VALUE 0x0007040600070106ull
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)

uint64_t paging_never_run;
static uint64_t *paging_top; /* the table of level 4 */

static uint64_t *table_behind(uint64_t entry) {
    return paging_direct(entry & PAGING_ADDRESS);
}

uint64_t paging_zeroed_frame(void) {
    uint64_t frame = frames_take();
    if (frame)
        bytes_fill(paging_direct(frame), 0, PAGE_BYTES);
    return frame;
}

uint64_t *paging_entry(uint64_t address, int level, bool make) {
    uint64_t *table = paging_top;
    for (int at = 4; at > level; at--) {
        uint64_t *entry = &table[address >> (3 + 9 * at) & 511];
        if (!(*entry & PAGING_PRESENT)) {
            uint64_t frame = make ? paging_zeroed_frame() : 0;
            if (!frame)
                return NULL;
            *entry = frame | PAGING_PRESENT | PAGING_WRITABLE;
        } else if (*entry & PAGING_LARGE) {
            return NULL;
        }
        table = table_behind(*entry);
    }
    return &table[address >> (3 + 9 * level) & 511];
}

uint64_t paging_physical(const void *address) {
    uint64_t at = (uintptr_t)address;
    if (at >= PAGING_DIRECT && at < PAGING_DIRECT_END)
        return at - PAGING_DIRECT;
    if (at >= (uintptr_t)image_start && at < (uintptr_t)image_end)
        return at;
    uint64_t *entry = paging_entry(at, 1, false);
    CHECK(entry && (*entry & PAGING_PRESENT));
    return (*entry & PAGING_ADDRESS) + at % PAGE_BYTES;
}

void paging_forget(uint64_t address, size_t count) {
    if (count >= FORGET_ALL_FROM) {
        cpu_write_cr3(cpu_read_cr3());
        return;
    }
    for (size_t i = 0; i < count; i++)
        cpu_forget_page(address + i * PAGE_BYTES);
}

/* ---- The start ---- */

static void map(uint64_t address, int level, uint64_t entry) {
    uint64_t *place = paging_entry(address, level, true);
    CHECK(place);
    *place = entry;
}

static void map_image_part(const uint8_t *from, const uint8_t *to,
                           uint64_t rights) {
    for (uint64_t at = (uintptr_t)from; at < (uintptr_t)to; at += PAGE_BYTES)
        map(at, 1, at | rights);
}

static void map_image(void) {
    map_image_part(image_start, image_text_end, PAGING_PRESENT);
    map_image_part(image_text_end, image_rodata_end,
                   PAGING_PRESENT | paging_never_run);
    map_image_part(image_rodata_end, image_end, PAGING_DATA);
    map((uintptr_t)image_stack_main_guard, 1, 0);
    map((uintptr_t)image_stack_fault_guard, 1, 0);
}

static void map_direct(const BootRange *range) {
    uint64_t at = range->start;
    while (at < range->end) {
        bool large = at % LARGE_BYTES == 0 && range->end - at >= LARGE_BYTES;
        map(PAGING_DIRECT + at, large ? 2 : 1,
            at | PAGING_DATA | (large ? PAGING_LARGE : 0));
        at += large ? LARGE_BYTES : PAGE_BYTES;
    }
}

static void protect(void) {
    uint32_t features = cpu_id(7, 0).ebx;
    uint64_t cr4 = cpu_read_cr4();
    if (features & 1u << 7)
        cr4 |= CR4_SMEP;
    if (features & 1u << 20)
        cr4 |= CR4_SMAP;
    cpu_write_cr4(cr4);
}

void paging_start(const BootInfo *boot) {
    if (cpu_id(0x80000001u, 0).edx & 1u << 20) {
        paging_never_run = PAGING_NEVER_RUN;
        cpu_write_msr(MSR_EFER, cpu_read_msr(MSR_EFER) | EFER_NX);
    }
    if (cpu_id(1, 0).edx & 1u << 16)
        cpu_write_msr(MSR_PAT, PAT_VALUE);
    uint64_t top = paging_zeroed_frame();
    CHECK(top);
    paging_top = paging_direct(top);
    map_image();
    for (uint32_t i = 0; i < boot->range_count; i++)
        map_direct(&boot->ranges[i]);
    cpu_write_cr3(top);
    protect();
}
