/* What is left for whom when room gets low.
 *
 * Each level must leave a part of the disk, of the RAM for pages and of the
 * pre-images to the levels before it. What apps leave of the disk is two
 * generations of the system's own work, some twenty pages each, and what of
 * older generations is not free yet meanwhile. A generation's blocks come back
 * only after five others, so an app that writes little can go on beside one
 * that waits only because the latter leaves it that many generations' worth.
 * Before any of them waits, history is given up for room (retention.c).
 *
 * Without a disk nothing is ever given back, so nothing is held back either. */
#include "persist/memory/pages.h"

enum {
    NEAR_PAGES = 64,     /* so few more can be announced: memory_pressed */
    AT_ONCE_SHARE = 2,   /* of the RAM for pages */
    COMMIT_BLOCKS = 384, /* that writing NEAR_PAGES may take */
    /* What apps leave of the disk, in blocks: a share, within limits, and on a
     * small disk no more than an eighth; and what heavy ones leave. */
    APP_SHARE = 32,
    APP_LEAST = 256,
    APP_MOST = 1024,
    APP_MOST_SHARE = 8,
    BESIDE_TIMES = 2,
    HEAVY_TIMES = 3,
};

typedef struct Reserve {
    uint64_t blocks; /* stay free, */
    uint64_t pages;  /* are not made dirty, */
    uint64_t images; /* are not taken */
} Reserve;

static Reserve reserves[MEMORY_HEAVY + 1];

/* Of a disk of so many blocks. */
static uint64_t app_blocks(uint64_t disk) {
    uint64_t blocks = bytes_min(disk / APP_SHARE, APP_MOST);
    blocks = blocks < APP_LEAST ? APP_LEAST : blocks;
    return bytes_min(blocks, disk / APP_MOST_SHARE);
}

void reserve_open(void) {
    uint64_t blocks = app_blocks(pages_all.store ? platform_disk_blocks() : 0);
    uint64_t pages = pages_all.limit_pages, images = pages_all.image_count;
    pages_all.level = MEMORY_SYSTEM;
    reserves[MEMORY_SYSTEM] = (Reserve){0, 0, 0};
    reserves[MEMORY_ENDING] = (Reserve){blocks / 2, pages / 16, images / 8};
    reserves[MEMORY_APP] = (Reserve){blocks, pages / 8, images / 4};
    reserves[MEMORY_BESIDE] =
        (Reserve){blocks * BESIDE_TIMES, pages * 3 / 16, images * 3 / 8};
    reserves[MEMORY_HEAVY] =
        (Reserve){blocks * HEAVY_TIMES, pages / 4, images / 2};
    if (pages_all.store && !pages_all.options.look)
        store_want_free(pages_all.store, blocks * HEAVY_TIMES + COMMIT_BLOCKS);
}

static bool disk_has(const Reserve *reserve, uint64_t pages) {
    uint64_t dirty = memory_dirty_pages() + pages;
    return !pages_all.store || pages_all.options.look ||
           store_has_room_leaving(pages_all.store, dirty, pages_all.regions,
                                  reserve->blocks);
}

/* The system's own pages are few; for them the machine's RAM is the limit. */
static bool memory_has(const Reserve *reserve) {
    return !pages_all.store || reserve->pages == 0 ||
           memory_dirty_pages() + reserve->pages < pages_all.limit_pages;
}

static Status look(const Reserve *reserve, bool closing) {
    if (!disk_has(reserve, 1))
        return STATUS_NO_SPACE;
    if (!memory_has(reserve) ||
        (closing && pages_all.images_free <= reserve->images))
        return STATUS_NO_MEMORY;
    return STATUS_OK;
}

Status reserve_one(bool closing) {
    Status status = look(&reserves[pages_all.level], closing);
    if (status == STATUS_OK)
        return STATUS_OK;
    pages_all.refusals++;
    pages_all.refused_why = status;
    return status;
}

void memory_set_level(MemoryLevel level) {
    pages_all.level = level;
}

MemoryLevel memory_level(void) {
    return pages_all.level;
}

uint64_t memory_announced_pages(void) {
    return pages_all.announced;
}

uint64_t memory_refusals(void) {
    return pages_all.refusals;
}

Status memory_refused_why(void) {
    return pages_all.refused_why;
}

uint64_t memory_at_once_bytes(void) {
    if (!pages_all.store)
        return UINT64_MAX;
    return pages_all.limit_pages / AT_ONCE_SHARE * PLATFORM_PAGE_BYTES;
}

bool memory_pressed(void) {
    if (!pages_all.store)
        return false;
    return memory_dirty_pages() > pages_all.limit_pages / 2 ||
           !disk_has(&reserves[MEMORY_APP], NEAR_PAGES);
}
