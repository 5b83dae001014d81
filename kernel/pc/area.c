/* Areas: their bookkeeping lives in the page tables themselves.
 *
 * A range of 2^k pages begins with its guard page. In use, the guard's entry
 * holds the number of pages shifted left by one; free, it holds the address of
 * the next free range of the same size. Both leave bit 0, "present", clear. */
#include "kernel/pc/area.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"

#define PAGE_BYTES 4096ull
#define AREA_CLASSES 33 /* up to 2^32 pages, 16 TiB */

static uint64_t area_free[AREA_CLASSES]; /* first free range, or 0 */
static uint64_t area_top = PAGING_AREAS; /* never used from here on */

/* The smallest class with room for the pages and their guard. */
static int class_for(uint64_t pages) {
    return 64 - __builtin_clzll(pages);
}

/* A range of a class and its guard's entry, which exists. 0: no memory. */
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
    int class = class_for(pages);
    uint64_t range = take_range(class);
    if (!range)
        return NULL;
    uint64_t address = range + PAGE_BYTES;
    size_t mapped = map(address, pages);
    if (mapped < pages) {
        unmap(address, mapped);
        give_range(range, class);
        return NULL;
    }
    *paging_entry(range, 1, false) = (uint64_t)pages << 1;
    return (void *)(uintptr_t)address;
}

size_t area_pages(const void *area) {
    uint64_t guard = (uintptr_t)area - PAGE_BYTES;
    CHECK(guard >= PAGING_AREAS && guard < area_top);
    uint64_t entry = *paging_entry(guard, 1, false);
    CHECK(entry != 0 && entry < PAGING_AREAS && !(entry & PAGING_PRESENT));
    return entry >> 1;
}

void area_give(void *area) {
    size_t pages = area_pages(area);
    unmap((uintptr_t)area, pages);
    give_range((uintptr_t)area - PAGE_BYTES, class_for(pages));
}

void *area_map_device(uint64_t physical, uint64_t bytes, uint64_t rights) {
    uint64_t first = physical & ~(PAGE_BYTES - 1);
    uint64_t pages = (physical + bytes - first + PAGE_BYTES - 1) / PAGE_BYTES;
    uint64_t range = take_range(class_for(pages));
    if (!range)
        return NULL;
    uint64_t address = range + PAGE_BYTES;
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t *entry = paging_entry(address + i * PAGE_BYTES, 1, true);
        if (!entry)
            return NULL;
        *entry = (first + i * PAGE_BYTES) | PAGING_DATA | rights;
    }
    return (void *)(uintptr_t)(address + physical % PAGE_BYTES);
}
