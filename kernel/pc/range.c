/* The persistent range: pages that are absent until they are given.
 *
 * Each table of level 1 counts its present pages in the entry above it, in
 * bits that the CPU ignores, so that a table without pages can be given back:
 * the range is far larger than RAM, and its tables must not stay behind. */
#include "kernel/pc/range.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"
#include "kernel/platform.h"

#define PAGE_BYTES PLATFORM_PAGE_BYTES
#define TABLE_PAGES 512u
#define COUNT_ONE (1ull << 52) /* bits 52 to 61 count */
#define COUNT_MASK (1023ull << 52)
#define RANGE_END (PLATFORM_RANGE_BASE + PLATFORM_RANGE_BYTES)

static PlatformFault (*range_handler)(uint64_t address, bool write);
static void (*range_escape)(void);

void platform_range_set_fault(PlatformFault (*handler)(uint64_t address,
                                                       bool write),
                              void (*escape)(void)) {
    range_handler = handler;
    range_escape = escape;
}

bool range_contains(uint64_t address) {
    return address - PLATFORM_RANGE_BASE < PLATFORM_RANGE_BYTES;
}

PlatformFault range_fault(uint64_t address, bool write) {
    return range_handler ? range_handler(address, write) : PLATFORM_FAULT_BUG;
}

void (*range_escape_function(void))(void) {
    return range_escape;
}

static void check_pages(uint64_t address, uint64_t count) {
    CHECK(address % PAGE_BYTES == 0 && range_contains(address));
    CHECK(count <= (RANGE_END - address) / PAGE_BYTES);
}

Status platform_range_give(uint64_t address, const void *contents) {
    check_pages(address, 1);
    uint64_t *entry = paging_entry(address, 1, true);
    uint64_t frame = entry ? frames_take() : 0;
    if (!frame)
        return STATUS_NO_MEMORY;
    CHECK(!(*entry & PAGING_PRESENT));
    if (contents)
        bytes_copy(paging_direct(frame), contents, PAGE_BYTES);
    else
        bytes_fill(paging_direct(frame), 0, PAGE_BYTES);
    *entry = frame | PAGING_DATA;
    *paging_entry(address, 2, false) += COUNT_ONE;
    return STATUS_OK;
}

/* ---- Runs of pages, table by table ---- */

/* Bytes that an entry of this level covers. */
static uint64_t covered(int level) {
    return 1ull << (3 + 9 * level);
}

/* The entry of level 2 for an address when its table exists, else NULL and
 * the first address behind the gap. */
static uint64_t *table_entry(uint64_t address, uint64_t *next_out) {
    for (int level = 4; level >= 2; level--) {
        uint64_t *entry = paging_entry(address, level, false);
        *next_out = (address | (covered(level) - 1)) + 1;
        if (!entry || !(*entry & PAGING_PRESENT))
            return NULL;
        if (level == 2)
            return entry;
    }
    return NULL;
}

/* Gives back the table below `above`; the CPU keeps no translation of it
 * that names a page, but may keep the way to it. */
static void drop_table(uint64_t *above, uint64_t address) {
    uint64_t frame = *above & PAGING_ADDRESS;
    *above = 0;
    paging_forget(address, 1);
    frames_give(frame);
}

static void take_in_table(uint64_t *above, uint64_t from, uint64_t to) {
    uint64_t *table = paging_direct(*above & PAGING_ADDRESS);
    size_t taken = 0;
    for (uint64_t at = from; at < to; at += PAGE_BYTES) {
        uint64_t *entry = &table[at / PAGE_BYTES % TABLE_PAGES];
        if (!(*entry & PAGING_PRESENT))
            continue;
        frames_give(*entry & PAGING_ADDRESS);
        *entry = 0;
        taken++;
    }
    if (taken == 0)
        return;
    paging_forget(from, (to - from) / PAGE_BYTES);
    *above -= taken * COUNT_ONE;
    if (!(*above & COUNT_MASK))
        drop_table(above, from);
}

static size_t set_writable_in_table(uint64_t *above, uint64_t from, uint64_t to,
                                    bool writable) {
    uint64_t *table = paging_direct(*above & PAGING_ADDRESS);
    size_t changed = 0;
    for (uint64_t at = from; at < to; at += PAGE_BYTES) {
        uint64_t *entry = &table[at / PAGE_BYTES % TABLE_PAGES];
        uint64_t wanted =
            writable ? *entry | PAGING_WRITABLE : *entry & ~PAGING_WRITABLE;
        if (!(*entry & PAGING_PRESENT) || *entry == wanted)
            continue;
        *entry = wanted;
        changed++;
    }
    return changed;
}

static uint64_t smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void platform_range_take(uint64_t address, size_t count) {
    check_pages(address, count);
    uint64_t end = address + count * (uint64_t)PAGE_BYTES, next;
    for (uint64_t at = address; at < end; at = next) {
        uint64_t *above = table_entry(at, &next);
        if (above)
            take_in_table(above, at, smaller(next, end));
    }
}

void platform_range_writable(uint64_t address, size_t count, bool writable) {
    check_pages(address, count);
    uint64_t end = address + count * (uint64_t)PAGE_BYTES, next;
    size_t changed = 0;
    for (uint64_t at = address; at < end; at = next) {
        uint64_t *above = table_entry(at, &next);
        if (above)
            changed +=
                set_writable_in_table(above, at, smaller(next, end), writable);
    }
    if (changed > 0)
        paging_forget(address, count);
}
