/* Areas: their bookkeeping lives in the page tables themselves.
 *
 * A range of 2^k pages holds a few pages of offset, the guard page, and the
 * area. In use, the guard's entry holds the number of pages and the offset;
 * free, the range's first entry holds the address of the next free range of
 * the same size. Both leave bit 0, "present", clear.
 *
 * The offset differs from area to area, because QEMU's translator copies many
 * times slower between addresses whose distance is a multiple of 4 MiB. */
#include "kernel/pc/area.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"

#define PAGE_BYTES 4096ull
#define AREA_CLASSES 33      /* up to 2^32 pages, 16 TiB */
#define OFFSET_FROM_PAGES 64 /* smaller areas need no offset */
#define OFFSET_STEP 5        /* pages */
#define OFFSET_MAX 32        /* a power of two, so all multiples come */
#define GUARD_OFFSET_SHIFT 40
#define GUARD_PAGES_MASK (~0ull >> (64 - GUARD_OFFSET_SHIFT))

static uint64_t area_free[AREA_CLASSES]; /* first free range, or 0 */
static uint64_t area_top = PAGING_AREAS; /* never used from here on */

/* The smallest class with room for the pages and their guard. */
static int class_for(uint64_t pages) {
    return 64 - __builtin_clzll(pages);
}

static uint64_t next_offset(uint64_t pages) {
    static uint64_t offset;
    if (pages < OFFSET_FROM_PAGES)
        return 0;
    offset = (offset + OFFSET_STEP) % OFFSET_MAX;
    return offset;
}

/* A range of a class, or 0 without memory for it. Its first entry exists. */
static uint64_t take_range(int class) {
    uint64_t range = area_free[class];
    if (range) {
        area_free[class] = *paging_entry(range, 1, false);
        return range;
    }
    uint64_t bytes = PAGE_BYTES << class;
    if (bytes > PAGING_AREAS_END - area_top)
        return 0;
    if (!paging_entry(area_top, 1, true))
        return 0;
    range = area_top;
    area_top += bytes;
    return range;
}

static void give_range(uint64_t range, int class) {
    *paging_entry(range, 1, false) = area_free[class];
    area_free[class] = range;
}

/* Unmaps pages and gives their frames back. */
static void unmap(uint64_t address, size_t pages) {
    for (size_t i = 0; i < pages; i++) {
        uint64_t *entry = paging_entry(address + i * PAGE_BYTES, 1, false);
        frames_give(*entry & PAGING_ADDRESS);
        *entry = 0;
    }
    paging_forget(address, pages);
}

/* The number of pages that were mapped. */
static size_t map(uint64_t address, size_t pages) {
    for (size_t i = 0; i < pages; i++) {
        uint64_t *entry = paging_entry(address + i * PAGE_BYTES, 1, true);
        uint64_t frame = entry ? paging_zeroed_frame() : 0;
        if (!frame)
            return i;
        *entry = frame | PAGING_DATA;
    }
    return pages;
}

void *area_take(size_t pages) {
    if (pages == 0 || pages > frames_free_count())
        return NULL;
    uint64_t offset = next_offset(pages);
    int class = class_for(pages + offset);
    uint64_t range = take_range(class);
    if (!range)
        return NULL;
    uint64_t guard = range + offset * PAGE_BYTES;
    uint64_t *entry = paging_entry(guard, 1, true);
    size_t mapped = entry ? map(guard + PAGE_BYTES, pages) : 0;
    if (mapped < pages) {
        unmap(guard + PAGE_BYTES, mapped);
        give_range(range, class);
        return NULL;
    }
    *entry = (uint64_t)pages << 1 | offset << GUARD_OFFSET_SHIFT;
    return (void *)(uintptr_t)(guard + PAGE_BYTES);
}

static uint64_t *guard_entry(const void *area) {
    uint64_t guard = (uintptr_t)area - PAGE_BYTES;
    CHECK(guard >= PAGING_AREAS && guard < area_top);
    uint64_t *entry = paging_entry(guard, 1, false);
    CHECK(entry && *entry != 0 && *entry < PAGING_AREAS &&
          !(*entry & PAGING_PRESENT));
    return entry;
}

size_t area_pages(const void *area) {
    return (*guard_entry(area) & GUARD_PAGES_MASK) >> 1;
}

void area_give(void *area) {
    uint64_t *entry = guard_entry(area);
    uint64_t pages = (*entry & GUARD_PAGES_MASK) >> 1;
    uint64_t offset = *entry >> GUARD_OFFSET_SHIFT;
    *entry = 0;
    unmap((uintptr_t)area, pages);
    give_range((uintptr_t)area - (1 + offset) * PAGE_BYTES,
               class_for(pages + offset));
}

void *area_map_device(uint64_t physical, uint64_t bytes, uint64_t rights) {
    uint64_t first = physical & ~(PAGE_BYTES - 1);
    uint64_t pages = (physical + bytes - first + PAGE_BYTES - 1) / PAGE_BYTES;
    uint64_t offset = next_offset(pages);
    uint64_t range = take_range(class_for(pages + offset));
    if (!range)
        return NULL;
    uint64_t address = range + (1 + offset) * PAGE_BYTES;
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t *entry = paging_entry(address + i * PAGE_BYTES, 1, true);
        if (!entry)
            return NULL;
        *entry = (first + i * PAGE_BYTES) | PAGING_DATA | rights;
    }
    return (void *)(uintptr_t)(address + physical % PAGE_BYTES);
}
