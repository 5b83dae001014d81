/* The one state of all pages, and the memory behind tables of pages. */
#include "persist/memory/pages.h"

Pages pages_all;
uint8_t *memory_page_epochs;
uint8_t memory_epoch;

Status pages_commit_tables(const MemoryTable *tables, size_t count,
                           uint32_t region) {
    Status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        uint64_t bytes = MEMORY_REGION_PAGES * tables[i].entry_bytes;
        status = platform_table_commit(tables[i].table, region * bytes, bytes);
    }
    return status;
}

uint64_t memory_dirty_pages(void) {
    return pages_all.open.count + pages_all.closing.count;
}
