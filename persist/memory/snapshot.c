/* The barrier, and the writer that runs beside the programs. */
#include "persist/memory/snapshot.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/trace.h"
#include "persist/memory/eviction.h"
#include "persist/memory/pages.h"

enum { CLEANED_FOR_ONE = 8 }; /* pages made clean in the time of a copy */

/* The snapshot under way. */
static struct {
    uint32_t next; /* page of the closing list to go on with */
    bool checked_all, copied_all, durable;
    Status failed;       /* why it is being given up */
    bool waits;          /* the last step ended because the disk is busy */
    uint64_t barrier_ns; /* when it was */
    uint64_t pause_ns;
} now;

static SnapshotFigures figures;
static bool (*page_check)(uint64_t page);

void snapshot_set_check(bool (*check)(uint64_t page)) {
    page_check = check;
}

SnapshotFigures snapshot_figures(void) {
    return figures;
}

/* The auditor forbids writing to the pages of the closed epoch. Only it needs
 * this walk, so it is no part of the pause. */
static void protect_closed_pages(void) {
    const uint32_t *next = pages_all.next[pages_all.open_parity ^ 1];
    for (uint32_t page = pages_all.closing.first; page != PAGE_LIST_END;
         page = next[page])
        platform_range_writable(page_address(page), 1, false);
}

bool snapshot_possible(void) {
    return pages_all.store && !pages_all.options.look &&
           !store_undecided(pages_all.store);
}

uint64_t snapshot_barrier(void) {
    CHECK(!snapshot_under_way());
    if (!snapshot_possible())
        return 0;
    now.barrier_ns = platform_now_ns();
    pages_all.closing = pages_all.open;
    pages_all.closing_epoch = memory_epoch;
    pages_all.open = (PageList){.first = PAGE_LIST_END, .last = PAGE_LIST_END};
    pages_all.open_parity ^= 1;
    memory_epoch = memory_epoch == UINT8_MAX ? 1 : memory_epoch + 1;
    now.next = pages_all.closing.first;
    now.checked_all = !page_check;
    memory_checking(!now.checked_all);
    now.copied_all = now.durable = false;
    now.failed = STATUS_OK;
    pages_all.snapshot =
        store_begin(pages_all.store, platform_wall_us(), pages_all.regions);
    now.pause_ns = platform_now_ns() - now.barrier_ns;
    TRACE(store, "generation %lu has its barrier after %lu ns",
          pages_all.snapshot, now.pause_ns);
    if (pages_all.options.audit)
        protect_closed_pages();
    return pages_all.snapshot;
}

bool snapshot_under_way(void) {
    return pages_all.snapshot != 0;
}

bool snapshot_waits(void) {
    return now.waits;
}

uint64_t snapshot_durable(void) {
    return pages_all.store ? store_durable_generation(pages_all.store) : 0;
}

/* The bytes of a closing page as they were at the barrier. */
static const void *frozen_bytes(uint64_t page) {
    if (memory_page_epochs[page] == pages_all.closing_epoch)
        return (const void *)page_address(page);
    CHECK(pages_all.pre_image[page] != NO_PRE_IMAGE);
    return pages_all.images +
           (size_t)(pages_all.pre_image[page] - 1) * PLATFORM_PAGE_BYTES;
}

const void *snapshot_frozen(uint64_t page) {
    uint8_t epoch = memory_page_epochs[page];
    if (pages_all.state[page] == PAGE_ABSENT)
        return NULL;
    if (epoch == 0 || epoch == pages_all.closing_epoch)
        return (const void *)page_address(page);
    return pages_all.pre_image[page] == NO_PRE_IMAGE ? NULL
                                                     : frozen_bytes(page);
}

/* All before the first is copied: a copied page's pre-image is gone. */
static Status check_pages(uint32_t *budget) {
    const uint32_t *next = pages_all.next[pages_all.open_parity ^ 1];
    while (now.next != PAGE_LIST_END) {
        if (*budget == 0)
            return STATUS_BUSY;
        if (!page_check(now.next)) {
            memory_checking(false);
            return STATUS_CORRUPT;
        }
        now.next = next[now.next];
        --*budget;
    }
    memory_checking(false);
    now.checked_all = true;
    now.next = pages_all.closing.first;
    return STATUS_OK;
}

static void copied(uint64_t page) {
    if (memory_page_epochs[page] == pages_all.closing_epoch)
        pages_all.state[page] = PAGE_WRITTEN;
    else
        memory_image_release(page);
}

static Status copy_pages(uint32_t *budget) {
    const uint32_t *next = pages_all.next[pages_all.open_parity ^ 1];
    while (now.next != PAGE_LIST_END) {
        if (*budget == 0)
            return STATUS_BUSY;
        uint64_t page = now.next;
        Status status =
            store_put_page(pages_all.store, page, frozen_bytes(page));
        if (status != STATUS_OK)
            return status;
        copied(page);
        now.next = next[page];
        --*budget;
    }
    now.copied_all = true;
    return STATUS_OK;
}

/* ---- The end of a generation ---- */

static void end_closing(void) {
    pages_all.closing =
        (PageList){.first = PAGE_LIST_END, .last = PAGE_LIST_END};
    pages_all.closing_epoch = 0;
    pages_all.snapshot = 0;
}

static void became_clean(uint64_t page) {
    if (memory_page_epochs[page] != pages_all.closing_epoch)
        return; /* announced again since */
    memory_page_epochs[page] = 0;
    pages_all.state[page] = PAGE_CLEAN;
    eviction_cleaned(page);
}

/* What is durable becomes clean, a part at a time: there may be many. */
static Status clean_pages(uint32_t budget) {
    const uint32_t *next = pages_all.next[pages_all.open_parity ^ 1];
    for (uint64_t left = (uint64_t)budget * CLEANED_FOR_ONE;
         now.next != PAGE_LIST_END && left > 0; left--) {
        became_clean(now.next);
        now.next = next[now.next];
    }
    return now.next == PAGE_LIST_END ? STATUS_OK : STATUS_BUSY;
}

static void end_durable(void) {
    figures.durable++;
    figures.pages += store_last_pages(pages_all.store);
    figures.bytes += store_last_bytes(pages_all.store);
    uint64_t total_ns = platform_now_ns() - now.barrier_ns;
    log_line("snapshot: durable generation=%lu pages=%lu bytes=%lu stop_us=0 "
             "pause_us=%lu total_ms=%lu",
             pages_all.snapshot, store_last_pages(pages_all.store),
             store_last_bytes(pages_all.store), (now.pause_ns + 999) / 1000,
             total_ns / 1000000);
    end_closing();
}

/* True of zeros where the next generation has none but zeros anyway: what was
 * given back needs no disk to be given back. */
static bool is_settled(uint64_t page) {
    bool some = true;
    return bytes_all_zero((const void *)page_address(page),
                          PLATFORM_PAGE_BYTES) &&
           store_page_exists(pages_all.store, page, &some) == STATUS_OK &&
           !some;
}

/* Pages that were not announced since the barrier join the open epoch, unless
 * there is nothing to write; the others are in it already. */
static void give_up_page(uint64_t page) {
    if (pages_all.pre_image[page] != NO_PRE_IMAGE)
        memory_image_release(page);
    if (memory_page_epochs[page] != pages_all.closing_epoch)
        return;
    if (is_settled(page))
        became_clean(page);
    else
        memory_page_opened(page);
}

/* The same a part at a time; what was looked at leaves the closing list. */
static Status give_up_pages(uint32_t budget) {
    const uint32_t *next = pages_all.next[pages_all.open_parity ^ 1];
    PageList *closing = &pages_all.closing;
    for (uint64_t left = (uint64_t)budget * CLEANED_FOR_ONE;
         closing->first != PAGE_LIST_END && left > 0; left--) {
        uint64_t page = closing->first;
        closing->first = next[page];
        closing->count--;
        give_up_page(page);
    }
    return closing->first == PAGE_LIST_END ? STATUS_OK : STATUS_BUSY;
}

static Status end_given_up(void) {
    Status status = now.failed;
    figures.given_up++;
    end_closing();
    return status;
}

/* Until the generation is durable, or cannot be. */
static Status write_generation(uint32_t *budget) {
    Status status = now.checked_all ? STATUS_OK : check_pages(budget);
    pages_all.depth++;
    if (status == STATUS_OK && !now.copied_all)
        status = copy_pages(budget);
    if (!now.copied_all && status != STATUS_OK && status != STATUS_BUSY)
        store_doom(pages_all.store, status);
    now.waits = *budget > 0;
    if (status == STATUS_OK)
        status = store_finish(pages_all.store, *budget + 1);
    pages_all.depth--;
    if (status == STATUS_BUSY)
        return status;
    now.durable = status == STATUS_OK;
    now.failed = status;
    now.next = pages_all.closing.first;
    return STATUS_OK;
}

/* What follows for its pages. */
static Status end_generation(uint32_t budget) {
    Status status = now.durable ? clean_pages(budget) : give_up_pages(budget);
    now.waits = false;
    if (status != STATUS_OK)
        return status;
    if (!now.durable)
        return end_given_up();
    end_durable();
    return STATUS_OK;
}

Status snapshot_step(uint32_t budget) {
    if (!snapshot_under_way())
        return STATUS_OK;
    bool written = now.durable || now.failed != STATUS_OK;
    if (!written && write_generation(&budget) == STATUS_BUSY)
        return STATUS_BUSY;
    return end_generation(budget + 1);
}

Status snapshot_now(void) {
    Status status;
    while ((status = snapshot_step(UINT32_MAX - 1)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (snapshot_barrier() == 0)
        return STATUS_OK;
    while ((status = snapshot_step(UINT32_MAX - 1)) == STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}
