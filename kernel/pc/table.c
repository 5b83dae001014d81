/* Tables that grow: transient addresses with memory behind them on demand. */
#include "kernel/base/check.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"
#include "kernel/platform.h"

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
        if (*entry & PAGING_PRESENT)
            continue;
        uint64_t frame = paging_zeroed_frame();
        if (!frame)
            return STATUS_NO_MEMORY;
        *entry = frame | PAGING_DATA;
    }
    return STATUS_OK;
}
