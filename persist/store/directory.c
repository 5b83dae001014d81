/* The directory of generations, in memory and in the meta tree. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"

static Status grow(Store *store, uint32_t capacity) {
    uint32_t old = store->record_capacity;
    FormatRecord *records = alloc_resize(store->records, old * sizeof *records,
                                         capacity * sizeof *records);
    if (!records)
        return STATUS_NO_MEMORY;
    store->records = records;
    MetaPage *pages = alloc_resize(store->directory_pages,
                                   old / FORMAT_RECORDS * sizeof *pages,
                                   capacity / FORMAT_RECORDS * sizeof *pages);
    if (!pages)
        return STATUS_NO_MEMORY;
    store->directory_pages = pages;
    store->record_capacity = capacity;
    return STATUS_OK;
}

static uint32_t rounded(uint32_t places) {
    return (places + FORMAT_RECORDS - 1) / FORMAT_RECORDS * FORMAT_RECORDS;
}

static Status load_page(Store *store, uint32_t page) {
    FormatEntry entry;
    Status status = radix_get(store->meta, page, &entry);
    if (status != STATUS_OK)
        return status;
    if (!entry_present(&entry))
        return STATUS_CORRUPT;
    return device_read_meta(store->device, &entry,
                            &store->records[page * FORMAT_RECORDS]);
}

Status directory_load(Store *store) {
    if (store->super.records > FORMAT_SPACE_FIRST * FORMAT_RECORDS)
        return STATUS_CORRUPT;
    uint32_t places = rounded((uint32_t)store->super.records);
    Status status = grow(store, places ? places : FORMAT_RECORDS);
    store->record_places = places;
    for (uint32_t page = 0;
         status == STATUS_OK && page < places / FORMAT_RECORDS; page++)
        status = load_page(store, page);
    return status;
}

void directory_close(Store *store) {
    alloc_give(store->records);
    alloc_give(store->directory_pages);
}

Status directory_place(Store *store, uint32_t *place_out) {
    for (uint32_t i = 0; i < store->record_places; i++) {
        if (store->records[i].generation == 0) {
            *place_out = i;
            return STATUS_OK;
        }
    }
    uint32_t places = store->record_places + FORMAT_RECORDS;
    if (places > store->record_capacity) {
        Status status = grow(store, 2 * places);
        if (status != STATUS_OK)
            return status;
    }
    *place_out = store->record_places;
    store->record_places = places;
    return STATUS_OK;
}

void directory_touch(Store *store, uint32_t place) {
    CHECK(place < store->record_places);
    MetaPage *page = &store->directory_pages[place / FORMAT_RECORDS];
    if (page->state != META_PAGE_PLACED) /* that one is yet to be written */
        page->state = META_PAGE_DIRTY;
}

static bool is_live(const FormatRecord *record) {
    return record->generation != 0 && !(record->flags & FORMAT_DYING);
}

uint32_t directory_find(const Store *store, uint64_t generation) {
    for (uint32_t i = 0; i < store->record_places; i++)
        if (store->records[i].generation == generation)
            return i;
    return UINT32_MAX;
}

uint32_t directory_next(const Store *store, uint64_t after) {
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < store->record_places; i++) {
        uint64_t number = store->records[i].generation;
        if (number > after && is_live(&store->records[i]) &&
            (best == UINT32_MAX || number < store->records[best].generation))
            best = i;
    }
    return best;
}

uint32_t directory_children(const Store *store, uint64_t generation,
                            uint32_t *place_out) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < store->record_places; i++) {
        if (store->records[i].generation == 0 ||
            store->records[i].parent != generation)
            continue;
        *place_out = i;
        count++;
    }
    return count;
}

/* The one under way is no generation yet. */
static bool is_kept(const Store *store, const FormatRecord *record) {
    return is_live(record) &&
           !(store->phase != COMMIT_NONE &&
             record->generation == store->pending.generation);
}

uint32_t store_record_count(const Store *store) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < store->record_places; i++)
        count += is_kept(store, &store->records[i]);
    return count;
}

FormatRecord store_record(const Store *store, uint32_t place) {
    uint64_t after = 0;
    for (;;) {
        uint32_t found = directory_next(store, after);
        CHECK(found != UINT32_MAX);
        after = store->records[found].generation;
        if (place-- == 0) /* the one under way would be the last */
            return store->records[found];
    }
}

uint32_t directory_kept(const Store *store, uint64_t generation) {
    uint32_t place = directory_find(store, generation);
    return place != UINT32_MAX && is_kept(store, &store->records[place])
               ? place
               : UINT32_MAX;
}
