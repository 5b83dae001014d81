/* Views: reading a kept generation beside the one that goes on. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"

struct StoreView {
    Store *store;
    FormatRecord record;
    PageMap *heap;
    StoreView *next;
};

Status store_view_open(Store *store, uint64_t generation,
                       StoreView **view_out) {
    uint32_t place = directory_kept(store, generation);
    *view_out = NULL;
    if (place == UINT32_MAX)
        return STATUS_NOT_FOUND;
    StoreView *view = alloc_take(sizeof *view);
    if (!view)
        return STATUS_NO_MEMORY;
    *view = (StoreView){.store = store, .record = store->records[place]};
    view->heap = pagemap_open(store->device, &view->record.heap);
    if (!view->heap) {
        alloc_give(view);
        return STATUS_NO_MEMORY;
    }
    view->next = store->views;
    store->views = view;
    *view_out = view;
    return STATUS_OK;
}

void store_view_close(StoreView *view) {
    if (!view)
        return;
    StoreView **at = &view->store->views;
    while (*at != view)
        at = &(*at)->next;
    *at = view->next;
    pagemap_close(view->heap);
    alloc_give(view);
}

FormatRecord store_view_record(const StoreView *view) {
    return view->record;
}

static Status read_page(Device *device, PageMap *heap, uint64_t page,
                        void *bytes) {
    FormatEntry entry;
    Status status = pagemap_get(heap, page, &entry);
    if (status != STATUS_OK)
        return status;
    if (entry_present(&entry))
        return device_read_data(device, &entry, bytes);
    bytes_fill(bytes, 0, PLATFORM_BLOCK_BYTES);
    return STATUS_OK;
}

Status store_view_read_page(StoreView *view, uint64_t page, void *bytes) {
    Status status = read_page(view->store->device, view->heap, page, bytes);
    pagemap_trim(view->heap, VIEW_NODES_KEPT);
    return status;
}

Status store_view_next_page(StoreView *view, uint64_t from,
                            uint64_t *page_out) {
    Status status = pagemap_next(view->heap, from, page_out);
    pagemap_trim(view->heap, VIEW_NODES_KEPT);
    return status;
}

Status store_view_next_difference(StoreView *view, StoreView *other,
                                  uint64_t from, uint64_t *page_out) {
    Status status =
        other ? pagemap_next_difference(view->heap, other->heap, from, page_out)
              : pagemap_next(view->heap, from, page_out);
    pagemap_trim(view->heap, VIEW_NODES_KEPT);
    if (other)
        pagemap_trim(other->heap, VIEW_NODES_KEPT);
    return status;
}

Status store_view_differs(StoreView *view, uint64_t page, bool *differs_out) {
    FormatEntry then, now;
    Status status = pagemap_get(view->heap, page, &then);
    if (status == STATUS_OK)
        status = pagemap_get(view->store->heap, page, &now);
    pagemap_trim(view->heap, VIEW_NODES_KEPT);
    if (status != STATUS_OK)
        return status;
    *differs_out = !entry_same(&then, &now);
    return STATUS_OK;
}

bool store_is_ancestor(const Store *store, uint64_t generation) {
    uint64_t at = store->durable;
    for (uint32_t left = store->record_places; at && left > 0; left--) {
        uint32_t place = directory_find(store, at);
        if (at == generation || place == UINT32_MAX)
            return at == generation;
        at = store->records[place].parent;
    }
    return false;
}

bool view_read_second(Store *store, uint64_t page, void *bytes) {
    FormatEntry entry;
    if (!store->second || pagemap_get(store->heap, page, &entry) != STATUS_OK)
        return false;
    bool good = entry_present(&entry) && store->second(page, bytes) &&
                hash_equal(hash_of(bytes, PLATFORM_BLOCK_BYTES), entry.hash);
    store->second_pages += good;
    return good;
}

Status store_read_page(Store *store, uint64_t page, void *bytes) {
    return view_read_second(store, page, bytes)
               ? STATUS_OK
               : read_page(store->device, store->heap, page, bytes);
}

bool view_protects(const Store *store, uint64_t generation) {
    for (const StoreView *view = store->views; view; view = view->next)
        if (view->record.generation == generation)
            return true;
    return false;
}
