/* What a store tells of itself. */
#include "persist/store/store_parts.h"

#include "kernel/base/check.h"

Status store_page_exists(Store *store, uint64_t page, bool *some_out) {
    FormatEntry entry;
    *some_out = true;
    Status status = pagemap_get(store->heap, page, &entry);
    if (status == STATUS_OK)
        *some_out = entry_present(&entry);
    return status;
}

/* True when the page behind a run is known to stand behind it on the disk. */
static bool continues(Store *store, uint64_t page, uint64_t block,
                      FormatEntry *entry_out) {
    return pagemap_known(store->heap, page, entry_out) &&
           entry_present(entry_out) && entry_block(entry_out) == block;
}

uint32_t store_read_run(Store *store, uint64_t page, uint32_t most,
                        void *bytes) {
    FormatEntry entries[STORE_RUN_MOST];
    if (!pagemap_known(store->heap, page, &entries[0]) ||
        !entry_present(&entries[0]))
        return 0;
    if (view_read_second(store, page, bytes))
        return 1;
    uint64_t first = entry_block(&entries[0]);
    uint32_t count = 1;
    CHECK(most <= STORE_RUN_MOST);
    while (count < most &&
           continues(store, page + count, first + count, &entries[count]))
        count++;
    return device_read_run(store->device, entries, count, bytes);
}

uint64_t store_durable_generation(const Store *store) {
    return store->durable;
}

void store_set_second(Store *store, StoreSecond *second) {
    store->second = second;
}

uint64_t store_second_pages(const Store *store) {
    return store->second_pages;
}

uint64_t store_last_pages(const Store *store) {
    return store->last_pages;
}

uint64_t store_last_bytes(const Store *store) {
    return store->last_bytes;
}

void store_set_retention(Store *store, const StoreRetention *retention) {
    store->retention = *retention;
    if (store->retention.last < STORE_LAST_LEAST)
        store->retention.last = STORE_LAST_LEAST;
}

Status store_next_page(Store *store, uint64_t from, uint64_t *page_out) {
    return pagemap_next(store->heap, from, page_out);
}
