/* Exchanging the pages of regions with those of a kept generation. */
#include "persist/memory/replace.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"

/* A page, linked so that their number needs no table. */
typedef struct Gathered {
    struct Gathered *next;
    uint64_t page;
    uint8_t *bytes; /* a page of them: what is not there */
} Gathered;

struct Replace {
    Gathered *first;
    uint64_t count;
};

static Status gather(Replace *replace, StoreView *view, uint64_t page) {
    Gathered *made = alloc_take(sizeof *made);
    uint8_t *bytes = alloc_take(PLATFORM_PAGE_BYTES);
    if (!made || !bytes) {
        alloc_give(made);
        alloc_give(bytes);
        return STATUS_NO_MEMORY;
    }
    *made = (Gathered){replace->first, page, bytes};
    replace->first = made;
    replace->count++;
    return store_view_read_page(view, page, bytes);
}

/* What stays can be read: whoever looks at the whole later meets no surprise.
 */
static Status bring_if_some(uint64_t page) {
    bool some = false;
    Status status = STATUS_OK;
    if (pages_all.state[page] == PAGE_ABSENT)
        status = store_page_exists(pages_all.store, page, &some);
    return status == STATUS_OK && some
               ? memory_bring(page_address(page), PLATFORM_PAGE_BYTES)
               : status;
}

/* A page that was not announced since it was durable is what the newest
 * generation says. */
static Status gather_if_different(Replace *replace, StoreView *view,
                                  uint64_t page) {
    bool differs = true;
    Status status = STATUS_OK;
    if (memory_page_epochs[page] == 0)
        status = store_view_differs(view, page, &differs);
    if (status != STATUS_OK)
        return status;
    return differs ? gather(replace, view, page) : bring_if_some(page);
}

static Status gather_region(Replace *replace, StoreView *view,
                            uint32_t region) {
    uint64_t first = region * MEMORY_REGION_PAGES;
    uint64_t most = pages_all.limit_pages / 2;
    Status status = STATUS_OK;
    for (uint64_t i = 0; i < MEMORY_REGION_PAGES && status == STATUS_OK; i++) {
        status = gather_if_different(replace, view, first + i);
        if (status == STATUS_OK && replace->count + memory_dirty_pages() > most)
            status = STATUS_LIMIT;
    }
    return status;
}

Status replace_open(StoreView *view, const uint32_t *regions, uint32_t count,
                    Replace **replace_out) {
    CHECK(!snapshot_under_way());
    Replace *replace = alloc_take(sizeof *replace);
    *replace_out = NULL;
    if (!replace)
        return STATUS_NO_MEMORY;
    Status status = STATUS_OK;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = memory_attached(regions[i])
                     ? gather_region(replace, view, regions[i])
                     : STATUS_INVALID;
    uint64_t dirty = replace->count + memory_dirty_pages();
    if (status == STATUS_OK &&
        !store_has_room(pages_all.store, dirty, pages_all.regions))
        status = STATUS_NO_SPACE;
    if (status != STATUS_OK) {
        replace_close(replace);
        return status;
    }
    *replace_out = replace;
    return STATUS_OK;
}

void replace_close(Replace *replace) {
    if (!replace)
        return;
    for (Gathered *at = replace->first, *next; at; at = next) {
        next = at->next;
        alloc_give(at->bytes);
        alloc_give(at);
    }
    alloc_give(replace);
}

Status replace_announce(Replace *replace) {
    for (Gathered *at = replace->first; at; at = at->next) {
        Status status =
            memory_write(page_address(at->page), PLATFORM_PAGE_BYTES);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

void replace_exchange(Replace *replace) {
    static uint64_t held[PLATFORM_PAGE_BYTES / sizeof(uint64_t)];
    for (Gathered *at = replace->first; at; at = at->next) {
        void *there = (void *)(uintptr_t)page_address(at->page);
        bytes_copy(held, there, PLATFORM_PAGE_BYTES);
        bytes_copy(there, at->bytes, PLATFORM_PAGE_BYTES);
        bytes_copy(at->bytes, held, PLATFORM_PAGE_BYTES);
    }
}
