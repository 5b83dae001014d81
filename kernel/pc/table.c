/* Tables that grow: transient addresses with memory behind them on demand.
 *
 * Committing only promises a frame for each page, so that its cost does not
 * grow with what the tables describe; the frame comes, zeroed, when the page is
 * touched first (table_fault), and it is always there by then. */
#include "kernel/pc/table.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"
#include "kernel/platform.h"

/* An absent page that has a frame promised. */
#define PROMISED (1ull << 9)

static uint64_t table_top = PAGING_TABLES; /* never reserved from here on */

/* One page stays unmapped between two tables. */
void *platform_table_reserve(uint64_t bytes) {
    uint64_t room = PAGING_TABLES_END - table_top;
    if (bytes > room - 2 * PLATFORM_PAGE_BYTES)
        return NULL;
    void *table = (void *)(uintptr_t)table_top;
    uint64_t pages = (bytes + PLATFORM_PAGE_BYTES - 1) / PLATFORM_PAGE_BYTES;
    table_top += (pages + 1) * PLATFORM_PAGE_BYTES;
    return table;
}

Status platform_table_commit(void *table, uint64_t offset, uint64_t bytes) {
    uint64_t start = (uintptr_t)table + offset;
    CHECK(start % PLATFORM_PAGE_BYTES == 0 && start >= PAGING_TABLES);
    CHECK(bytes % PLATFORM_PAGE_BYTES == 0 && bytes <= table_top - start);
    for (uint64_t at = start; at < start + bytes; at += PLATFORM_PAGE_BYTES) {
        uint64_t *entry = paging_entry(at, 1, true);
        if (!entry)
            return STATUS_NO_MEMORY;
        if (*entry)
            continue; /* from a commit that went half-way */
        if (!frames_promise())
            return STATUS_NO_MEMORY;
        *entry = PROMISED;
    }
    return STATUS_OK;
}

bool table_fault(uint64_t address) {
    if (address < PAGING_TABLES || address >= PAGING_TABLES_END)
        return false;
    uint64_t *entry = paging_entry(address, 1, false);
    if (!entry || *entry != PROMISED)
        return false;
    uint64_t frame = frames_take_promised();
    bytes_fill(paging_direct(frame), 0, PLATFORM_PAGE_BYTES);
    *entry = frame | PAGING_DATA;
    return true;
}
