/* The parts of an open store: its map of blocks, its heap, its directory. */
#include "kernel/base/alloc.h"
#include "kernel/base/log.h"
#include "persist/store/store_parts.h"

enum { GROWTH_LEAST = 4 * FORMAT_EDGE }; /* blocks */

static Status read_space_page(void *opaque, uint64_t index, void *page) {
    Store *store = opaque;
    FormatEntry entry;
    Status status = radix_get(store->meta, FORMAT_SPACE_FIRST + index, &entry);
    if (status != STATUS_OK)
        return status;
    if (!entry_present(&entry))
        return STATUS_CORRUPT;
    return device_read_meta(store->device, &entry, page);
}

Status parts_open(Store *store, bool fresh) {
    const FormatSuper *super = &store->super;
    device_set_layout(store->device, &super->layout);
    store->space = space_open(&super->layout, fresh, super->free_blocks,
                              super->free_pairs, read_space_page, store);
    store->heap = pagemap_open(store->device, &super->heap);
    store->meta = radix_open(store->device, FORMAT_META_LEVELS, &super->meta);
    if (!store->space || !store->heap || !store->meta)
        return STATUS_NO_MEMORY;
    store->space_pages =
        alloc_take(space_page_count(store->space) * sizeof *store->space_pages);
    if (!store->space_pages)
        return STATUS_NO_MEMORY;
    return directory_load(store);
}

void parts_close(Store *store) {
    pagemap_close(store->heap);
    radix_close(store->meta);
    space_close(store->space);
    deadlist_close(store);
    directory_close(store);
    alloc_give(store->space_pages);
    alloc_give(store->marks);
    scrub_close(store);
    Device *device = store->device;
    *store = (Store){.device = device, .retention = STORE_RETENTION};
}

Status parts_grow(Store *store) {
    FormatLayout layout = store->super.layout;
    uint64_t blocks = device_blocks(store->device);
    uint64_t old_pages = space_page_count(store->space);
    if (store->durable == 0 || blocks < layout.blocks + GROWTH_LEAST)
        return STATUS_OK;
    if (layout.segment_count == FORMAT_SEGMENTS) {
        log_line("store: the disk grew again; %d parts are the most, what is "
                 "new is not used",
                 FORMAT_SEGMENTS);
        return STATUS_OK;
    }
    layout.segments[layout.segment_count++] =
        (FormatSegment){layout.blocks - FORMAT_EDGE, blocks - layout.blocks};
    layout.blocks = blocks;
    Status status = space_grow(store->space, &layout);
    if (status != STATUS_OK)
        return status;
    uint64_t pages = space_page_count(store->space);
    MetaPage *states = alloc_resize(
        store->space_pages, old_pages * sizeof *states, pages * sizeof *states);
    if (!states)
        return STATUS_NO_MEMORY;
    store->space_pages = states;
    log_line("store: the disk grew from %lu to %lu MiB",
             store->super.layout.blocks >> 8, blocks >> 8);
    store->super.layout = layout;
    device_set_layout(store->device, &layout);
    return STATUS_OK;
}

Status parts_turn_to(Store *store, uint32_t place) {
    const FormatRecord *record = &store->records[place];
    PageMap *heap = pagemap_open(store->device, &record->heap);
    if (!heap)
        return STATUS_NO_MEMORY;
    pagemap_close(store->heap);
    store->heap = heap;
    store->durable = record->generation;
    return STATUS_OK;
}
