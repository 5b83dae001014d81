/* What a store tells of itself. */
#include "persist/store_parts.h"

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
    return radix_next(store->heap, from, page_out);
}
