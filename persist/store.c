/* Reading a store, and its figures. */
#include "persist/store_parts.h"

Status store_read_page(Store *store, uint64_t page, void *bytes) {
    FormatEntry entry;
    Status status = radix_get(store->heap, page, &entry);
    if (status != STATUS_OK)
        return status;
    if (!entry_present(&entry)) {
        bytes_fill(bytes, 0, PLATFORM_BLOCK_BYTES);
        return STATUS_OK;
    }
    return device_read_data(store->device, &entry, bytes);
}

Status store_page_exists(Store *store, uint64_t page, bool *some_out) {
    FormatEntry entry;
    *some_out = true;
    Status status = radix_get(store->heap, page, &entry);
    if (status == STATUS_OK)
        *some_out = entry_present(&entry);
    return status;
}

uint64_t store_durable_generation(const Store *store) {
    return store->durable;
}

uint64_t store_incarnation(const Store *store) {
    return store->incarnation;
}

uint64_t store_last_pages(const Store *store) {
    return store->last_pages;
}

uint64_t store_last_bytes(const Store *store) {
    return store->last_bytes;
}

void store_set_keep(Store *store, uint32_t keep) {
    store->keep = keep < 2 ? 2 : keep;
}
