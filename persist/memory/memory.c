/* Pages with addresses: bringing in, announcing, evicting, auditing. */
#include "persist/memory/ahead.h"
#include "persist/memory/eviction.h"
#include "persist/memory/pages.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/trace.h"

enum {
    LEAST_PAGES = 2048,   /* 8 MiB */
    HARD_LIMIT_SHARE = 8, /* the hard limit is this part above the limit */
    IMAGE_SHARE = 8,      /* part of the limit for pre-images, at most ... */
    IMAGES_MOST = 4096,   /* ... 16 MiB */
    PAGES_PER_TABLE_PAGE = 4096,
};

_Static_assert(MEMORY_REGION_PAGES % PAGES_PER_TABLE_PAGE == 0,
               "a region's table bytes are whole pages");
_Static_assert((int)AHEAD_MOST <= (int)STORE_RUN_MOST, "a run is read at once");

/* Epochs are looked up with addresses that programs compute: one beyond the
 * range, in the lower half of all addresses, is one of a page that was never
 * announced; with any other the look, or else the write, is a fault. */
#define EPOCHS ((1ull << 47) / PLATFORM_PAGE_BYTES)

/* ---- Opening ---- */

static bool reserve_tables(void) {
    if (memory_page_epochs)
        return true; /* tables stay reserved for ever */
    pages_all.state = platform_table_reserve(MEMORY_RANGE_PAGES);
    pages_all.next[0] = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    pages_all.next[1] = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    pages_all.pre_image = platform_table_reserve(MEMORY_RANGE_PAGES * 4);
    memory_page_epochs = platform_table_reserve(EPOCHS);
    return pages_all.state && pages_all.next[0] && pages_all.next[1] &&
           pages_all.pre_image && memory_page_epochs;
}

static Status commit_tables(uint32_t region) {
    MemoryTable tables[] = {{pages_all.state, 1},
                            {pages_all.next[0], 4},
                            {pages_all.next[1], 4},
                            {pages_all.pre_image, 4},
                            {memory_page_epochs, 1}};
    return pages_commit_tables(tables, sizeof tables / sizeof tables[0],
                               region);
}

static bool take_images(void) {
    uint64_t count = pages_all.limit_pages / IMAGE_SHARE;
    if (count > IMAGES_MOST)
        count = IMAGES_MOST;
    pages_all.images = alloc_take((size_t)count * PLATFORM_PAGE_BYTES);
    pages_all.image_stack = alloc_take((size_t)count * sizeof(uint32_t));
    pages_all.bounce = alloc_take((size_t)AHEAD_MOST * PLATFORM_PAGE_BYTES);
    if (!pages_all.images || !pages_all.image_stack || !pages_all.bounce)
        return false;
    pages_all.image_count = (uint32_t)count;
    for (uint32_t i = 0; i < count; i++)
        pages_all.image_stack[pages_all.images_free++] = i + 1;
    return true;
}

static PlatformFault on_fault(uint64_t address, bool write);

static Status attach_all(uint32_t regions) {
    pages_all.regions = 0;
    for (uint32_t i = 0; i < regions || i == 0; i++) {
        Status status = memory_attach(i);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static bool warm_page(uint64_t page, void *bytes) {
    return platform_warm_page(page_address(page), bytes);
}

Status memory_open(const MemoryOptions *options) {
    pages_all.options = *options;
    pages_all.store = options->store;
    pages_all.limit_pages = options->limit_bytes / PLATFORM_PAGE_BYTES;
    if (pages_all.limit_pages < LEAST_PAGES)
        pages_all.limit_pages = LEAST_PAGES;
    pages_all.hard_limit_pages =
        pages_all.limit_pages + pages_all.limit_pages / HARD_LIMIT_SHARE;
    pages_all.open = pages_all.closing =
        (PageList){.first = PAGE_LIST_END, .last = PAGE_LIST_END};
    memory_epoch = 1;
    ahead_open();
    if (!reserve_tables() || !take_images() ||
        eviction_open(pages_all.limit_pages) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (pages_all.store)
        store_set_second(pages_all.store, warm_page);
    reserve_open();
    platform_range_set_fault(on_fault, options->lost);
    return attach_all(options->regions);
}

static void forget_region(uint32_t region) {
    uint64_t first = region * MEMORY_REGION_PAGES;
    platform_range_take(page_address(first), MEMORY_REGION_PAGES);
    bytes_fill(pages_all.state + first, 0, MEMORY_REGION_PAGES);
    bytes_fill(memory_page_epochs + first, 0, MEMORY_REGION_PAGES);
    bytes_fill(pages_all.pre_image + first, 0,
               MEMORY_REGION_PAGES * sizeof *pages_all.pre_image);
}

void memory_close(void) {
    for (uint32_t i = 0; i < pages_all.regions; i++)
        forget_region(i);
    alloc_give(pages_all.images);
    alloc_give(pages_all.image_stack);
    alloc_give(pages_all.bounce);
    store_close(pages_all.store);
    pages_all = (Pages){.state = pages_all.state,
                        .next = {pages_all.next[0], pages_all.next[1]},
                        .pre_image = pages_all.pre_image};
}

Status memory_attach(uint32_t index) {
    if (index >= PLATFORM_RANGE_BYTES / MEMORY_REGION_BYTES)
        return STATUS_LIMIT;
    while (pages_all.regions <= index) {
        Status status = commit_tables(pages_all.regions);
        if (status == STATUS_OK)
            status = eviction_attach(pages_all.regions);
        if (status != STATUS_OK)
            return status;
        pages_all.regions++;
    }
    return STATUS_OK;
}

bool memory_attached(uint32_t index) {
    return index < pages_all.regions;
}

uint32_t memory_region_count(void) {
    return pages_all.regions;
}

struct Store *memory_store(void) {
    return pages_all.store;
}

uint64_t memory_resident_pages(void) {
    return pages_all.resident;
}

uint64_t memory_page_ins(void) {
    return pages_all.page_ins;
}

uint64_t memory_warm_pages(void) {
    return pages_all.store ? store_second_pages(pages_all.store) : 0;
}

uint64_t memory_evictions(void) {
    return pages_all.evictions;
}

uint64_t memory_lost_page(Status *why_out) {
    *why_out = pages_all.lost_why;
    return pages_all.lost_address;
}

_Noreturn void memory_give_up(void) {
    pages_all.options.lost();
    panic("a lost page came back");
}

/* ---- Bringing in and evicting ---- */

static void evict(uint64_t page) {
    CHECK(pages_all.state[page] == PAGE_CLEAN);
    pages_all.state[page] = PAGE_ABSENT;
    pages_all.resident--;
    pages_all.evictions++;
    TRACE(pages, "out %lx", page_address(page));
}

/* Evicts up to `count` clean pages; those that came one behind the other go in
 * one call. Without a store nothing could be read back. */
static void evict_some(uint64_t count) {
    uint64_t first = 0, run = 0;
    uint32_t page;
    while (pages_all.store && count-- > 0 &&
           (page = eviction_next()) != EVICTION_NONE) {
        if (run > 0 && page != first + run) {
            platform_range_take(page_address(first), run);
            run = 0;
        }
        if (run++ == 0)
            first = page;
        evict(page);
    }
    if (run > 0)
        platform_range_take(page_address(first), run);
}

void memory_trim(void) {
    if (pages_all.resident > pages_all.limit_pages)
        evict_some(pages_all.resident - pages_all.limit_pages);
}

/* Reads a page, and up to `most` - 1 behind it where that is one request, into
 * the bounce pages; *count_out of them are good, 0: it is a page of zeros. */
static Status read_pages(uint64_t page, uint32_t most, uint32_t *count_out) {
    bool some = false;
    *count_out = 0;
    Status status = STATUS_OK;
    pages_all.depth++;
    if (pages_all.store)
        status = store_page_exists(pages_all.store, page, &some);
    if (status == STATUS_OK && some && most > 1)
        *count_out =
            store_read_run(pages_all.store, page, most, pages_all.bounce);
    if (status == STATUS_OK && some && *count_out == 0) {
        status = store_read_page(pages_all.store, page, pages_all.bounce);
        *count_out = 1;
    }
    pages_all.depth--;
    return status;
}

/* Makes an absent page present; what is clean goes when there is no room. */
static Status give_page(uint64_t page, const void *contents) {
    Status status = platform_range_give(page_address(page), contents);
    for (uint64_t evicted = pages_all.evictions; status == STATUS_NO_MEMORY;
         evicted = pages_all.evictions) {
        evict_some(LEAST_PAGES / 64);
        if (pages_all.evictions == evicted)
            return status;
        status = platform_range_give(page_address(page), contents);
    }
    return status;
}

static void came(uint64_t page, bool zeros) {
    pages_all.state[page] = PAGE_CLEAN;
    pages_all.resident++;
    eviction_came(page);
    pages_all.page_ins += !zeros;
    TRACE(pages, "in %lx%s", page_address(page), zeros ? " zeros" : "");
    if (pages_all.options.audit)
        platform_range_writable(page_address(page), 1, false);
}

/* Gives what was read besides, as long as there is memory. */
static void give_ahead(uint64_t page, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        const uint8_t *bytes =
            pages_all.bounce + (size_t)i * PLATFORM_PAGE_BYTES;
        if (platform_range_give(page_address(page + i), bytes) != STATUS_OK)
            return;
        came(page + i, false);
    }
}

static Status bring_in(uint64_t page) {
    uint32_t count;
    if (pages_all.resident >= pages_all.hard_limit_pages)
        evict_some(LEAST_PAGES / 64);
    Status status = read_pages(page, ahead_wanted(page), &count);
    if (status == STATUS_OK)
        status = give_page(page, count > 0 ? pages_all.bounce : NULL);
    if (status != STATUS_OK) {
        pages_all.lost_address = page_address(page);
        pages_all.lost_why = status;
        return status;
    }
    came(page, count == 0);
    give_ahead(page, count);
    ahead_came(page, count > 0 ? count : 1);
    return STATUS_OK;
}

Status memory_bring(uint64_t address, size_t size_bytes) {
    uint64_t first = (address - PLATFORM_RANGE_BASE) / PLATFORM_PAGE_BYTES;
    uint64_t end =
        (address - PLATFORM_RANGE_BASE + size_bytes + PLATFORM_PAGE_BYTES - 1) /
        PLATFORM_PAGE_BYTES;
    CHECK(end <= pages_all.regions * MEMORY_REGION_PAGES);
    for (uint64_t page = first; page < end; page++) {
        if (pages_all.state[page] != PAGE_ABSENT)
            continue;
        Status status = bring_in(page);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static PlatformFault on_fault(uint64_t address, bool write) {
    uint64_t page = (address - PLATFORM_RANGE_BASE) / PLATFORM_PAGE_BYTES;
    if (pages_all.depth > 0)
        return PLATFORM_FAULT_BUG;
    if (page >= pages_all.regions * MEMORY_REGION_PAGES)
        return PLATFORM_FAULT_STRAY;
    if (pages_all.state[page] != PAGE_ABSENT) {
        log_line("auditor: %s of 0x%lx was not announced in this epoch",
                 write ? "the write" : "a strange read", address);
        return PLATFORM_FAULT_BUG;
    }
    Status status = bring_in(page);
    if (status == STATUS_OK)
        return PLATFORM_FAULT_MENDED;
    log_line("recovery: page at 0x%lx: %s", page_address(page),
             status_text(status));
    return pages_all.options.lost ? PLATFORM_FAULT_LOST : PLATFORM_FAULT_BUG;
}

bool memory_second(uint64_t page, void *bytes) {
    if (page >= pages_all.regions * MEMORY_REGION_PAGES ||
        pages_all.state[page] != PAGE_CLEAN)
        return false;
    bytes_copy(bytes, (const void *)page_address(page), PLATFORM_PAGE_BYTES);
    return true;
}

/* ---- Announcing ---- */

void memory_page_opened(uint64_t page) {
    PageList *list = &pages_all.open;
    uint32_t *next = pages_all.next[pages_all.open_parity];
    next[page] = PAGE_LIST_END;
    if (list->count++ > 0)
        next[list->last] = (uint32_t)page;
    else
        list->first = (uint32_t)page;
    list->last = (uint32_t)page;
    if (pages_all.state[page] == PAGE_CLEAN)
        eviction_left(page);
    pages_all.state[page] = PAGE_DIRTY;
    memory_page_epochs[page] = memory_epoch;
    pages_all.announced++;
    if (pages_all.options.audit)
        platform_range_writable(page_address(page), 1, true);
}

static Status take_pre_image(uint64_t page) {
    if (pages_all.images_free == 0)
        return STATUS_NO_MEMORY;
    uint32_t number = pages_all.image_stack[--pages_all.images_free];
    pages_all.pre_image[page] = number;
    bytes_copy(pages_all.images + (size_t)(number - 1) * PLATFORM_PAGE_BYTES,
               (const void *)page_address(page), PLATFORM_PAGE_BYTES);
    return STATUS_OK;
}

/* What a clean page was at the barrier, for the look at others. Nothing depends
 * on it, so half of the images stay free. */
static void take_extra_image(uint64_t page) {
    if (pages_all.state[page] == PAGE_CLEAN &&
        pages_all.images_free > pages_all.image_count / 2 &&
        pages_all.extra_count < EXTRA_IMAGES &&
        take_pre_image(page) == STATUS_OK)
        pages_all.extras[pages_all.extra_count++] = (uint32_t)page;
}

void memory_checking(bool begins) {
    pages_all.checking = begins;
    while (pages_all.extra_count > 0)
        memory_image_release(pages_all.extras[--pages_all.extra_count]);
}

void memory_image_release(uint64_t page) {
    pages_all.image_stack[pages_all.images_free++] = pages_all.pre_image[page];
    pages_all.pre_image[page] = NO_PRE_IMAGE;
}

static Status announce(uint64_t page) {
    if (memory_page_epochs[page] == memory_epoch)
        return STATUS_OK;
    Status status = STATUS_OK;
    if (pages_all.state[page] == PAGE_ABSENT)
        status = bring_in(page);
    bool closing = pages_all.state[page] == PAGE_DIRTY;
    if (status == STATUS_OK)
        status = reserve_one(closing);
    if (status == STATUS_OK && closing)
        status = take_pre_image(page); /* it is closing */
    else if (status == STATUS_OK && pages_all.checking)
        take_extra_image(page);
    if (status == STATUS_OK)
        memory_page_opened(page);
    return status;
}

Status memory_write_slow(uint64_t address, size_t size_bytes) {
    uint64_t offset = address - PLATFORM_RANGE_BASE;
    uint64_t first = offset / PLATFORM_PAGE_BYTES;
    uint64_t last = (offset + size_bytes - 1) / PLATFORM_PAGE_BYTES;
    CHECK(last < pages_all.regions * MEMORY_REGION_PAGES);
    for (uint64_t page = first; page <= last; page++) {
        Status status = announce(page);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* A page that cannot be read is wanted no more: zeros take its place. */
static Status replace_lost(uint64_t page) {
    Status status = give_page(page, NULL);
    if (status != STATUS_OK)
        return status;
    came(page, true);
    return announce(page);
}

/* A page of zeros stays as it is, so that going on after a refusal does not
 * begin anew; others become zeros in RAM, and the writer turns them into zero
 * entries. */
static Status discard_page(uint64_t page) {
    bool absent = pages_all.state[page] == PAGE_ABSENT;
    bool some = !absent && !bytes_all_zero((const void *)page_address(page),
                                           PLATFORM_PAGE_BYTES);
    Status status = STATUS_OK;
    if (absent && pages_all.store)
        status = store_page_exists(pages_all.store, page, &some);
    if (status != STATUS_OK || !some)
        return status;
    status = announce(page);
    if (status == STATUS_CORRUPT || status == STATUS_IO_ERROR)
        status = replace_lost(page);
    if (status == STATUS_OK)
        bytes_fill((void *)page_address(page), 0, PLATFORM_PAGE_BYTES);
    return status;
}

Status memory_discard(uint64_t address, uint64_t size_bytes) {
    uint64_t offset = address - PLATFORM_RANGE_BASE;
    uint64_t first = (offset + PLATFORM_PAGE_BYTES - 1) / PLATFORM_PAGE_BYTES;
    uint64_t end = (offset + size_bytes) / PLATFORM_PAGE_BYTES;
    CHECK(end <= pages_all.regions * MEMORY_REGION_PAGES);
    for (uint64_t page = first; page < end; page++) {
        Status status = discard_page(page);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- Check ---- */

static uint32_t list_length(const PageList *list, unsigned parity,
                            uint8_t epoch, uint32_t *with_epoch_out) {
    uint32_t count = 0;
    *with_epoch_out = 0;
    for (uint32_t page = list->first;
         page != PAGE_LIST_END && count <= list->count;
         page = pages_all.next[parity][page]) {
        *with_epoch_out += memory_page_epochs[page] == epoch;
        count++;
    }
    return count;
}

const char *memory_check(void) {
    uint64_t resident = 0, clean = 0, open = 0, closing = 0;
    for (uint64_t page = 0; page < pages_all.regions * MEMORY_REGION_PAGES;
         page++) {
        uint8_t state = pages_all.state[page], epoch = memory_page_epochs[page];
        resident += state != PAGE_ABSENT;
        clean += state == PAGE_CLEAN;
        if ((epoch == 0) != (state == PAGE_ABSENT || state == PAGE_CLEAN))
            return "1: epoch byte and state of a page do not fit";
        if (epoch == memory_epoch && state != PAGE_DIRTY)
            return "2: a page of the open epoch is not dirty";
        if (epoch && epoch != memory_epoch && epoch != pages_all.closing_epoch)
            return "an epoch byte is neither open nor closing";
        open += epoch == memory_epoch;
        closing += epoch && epoch == pages_all.closing_epoch;
    }
    if (clean != eviction_count())
        return "a clean page is not in the queues of eviction";
    uint32_t with_epoch;
    if (list_length(&pages_all.open, pages_all.open_parity, memory_epoch,
                    &with_epoch) != open ||
        with_epoch != open || open != pages_all.open.count)
        return "2: the open list is not the open pages";
    list_length(&pages_all.closing, pages_all.open_parity ^ 1,
                pages_all.closing_epoch, &with_epoch);
    if (with_epoch != closing)
        return "3: a closing page is not in the closing list";
    return resident == pages_all.resident ? NULL
                                          : "the resident count is wrong";
}
