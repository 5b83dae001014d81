/* pages.h: the state of all pages, which the files of this folder share.
 *
 * States of a page, who moves it, and what the epoch byte then is:
 *
 *   ABSENT   not in RAM                                       0
 *     | fault or memory_bring          ^ memory_trim
 *   CLEAN    in RAM, equal to the durable generation          0
 *     | memory_write
 *   DIRTY    announced in the open epoch                      memory_epoch
 *     | snapshot_barrier (only memory_epoch changes)
 *   closing  is DIRTY with the closed epoch's byte            closing epoch
 *     | snapshot_step copies it          \ memory_write: a pre-image is taken,
 *   WRITTEN  copied out, not yet durable  \ the page is DIRTY in the open epoch
 *     | durable: CLEAN     | memory_write: DIRTY in the open epoch
 *     | given up: DIRTY in the open epoch, or CLEAN: zeros with no block
 *
 * Invariants (memory_check):
 *  1. A page with epoch byte 0 is ABSENT or CLEAN; ABSENT and CLEAN have 0.
 *  2. A page with the open epoch's byte is DIRTY and in the open list, once.
 *  3. A page with the closing epoch's byte is in the closing list. One that was
 *     given up leaves it, in steps as everything else.
 *  4. A page of the closing list that has another byte has a pre-image until
 *     the writer has copied it. Others may have one while pages are checked. */
#ifndef PERSIST_MEMORY_PAGES_H
#define PERSIST_MEMORY_PAGES_H

#include "persist/memory/memory.h"
#include "persist/store/store.h"

enum { PAGE_ABSENT, PAGE_CLEAN, PAGE_DIRTY, PAGE_WRITTEN };

#define PAGE_LIST_END UINT32_MAX
#define NO_PRE_IMAGE 0
enum { EXTRA_IMAGES = 512 };

/* Pages in the order of their first write in an epoch, linked by page_next. */
typedef struct PageList {
    uint32_t first, last;
    uint32_t count;
} PageList;

typedef struct Pages {
    MemoryOptions options;
    Store *store;
    uint64_t snapshot; /* the generation that is being written, 0: none */
    uint32_t regions;
    uint64_t limit_pages, hard_limit_pages;
    uint64_t resident;
    uint64_t page_ins, evictions; /* so far */
    uint8_t *state;               /* per page */
    uint32_t *next[2];            /* per page, by parity of the list */
    uint32_t *pre_image;  /* per page: number of its pre-image, from 1 */
    unsigned open_parity; /* which of next[] the open list uses */
    PageList open, closing;
    uint8_t closing_epoch; /* 0: none */
    uint8_t *images;       /* pre-images, 4 KiB each */
    uint32_t image_count, images_free;
    uint32_t *image_stack; /* free numbers */
    bool checking; /* closing pages are looked at, with what they refer to: */
    uint32_t extras[EXTRA_IMAGES]; /* clean pages announced since, with images
                                      until the look is over */
    uint32_t extra_count;
    MemoryLevel level;  /* of who announces now */
    uint64_t announced; /* pages, so far */
    uint64_t refusals;  /* of announcements, so far, */
    Status refused_why; /* and the last one's reason */
    uint8_t *bounce;    /* AHEAD_MOST pages for bringing pages in */
    int depth;          /* > 0: inside the store; a fault is a bug */
    uint64_t lost_address;
    Status lost_why;
} Pages;

extern Pages pages_all;

static inline uint64_t page_address(uint64_t page) {
    return PLATFORM_RANGE_BASE + page * PLATFORM_PAGE_BYTES;
}

#define MEMORY_RANGE_PAGES (PLATFORM_RANGE_BYTES / PLATFORM_PAGE_BYTES)

/* A table with an entry for each page of the range. */
typedef struct MemoryTable {
    void *table;
    uint64_t entry_bytes;
} MemoryTable;

/* Puts memory behind the entries of a region's pages. NO_MEMORY. */
Status pages_commit_tables(const MemoryTable *tables, size_t count,
                           uint32_t region);

/* Adds a page to the open list, announced. */
void memory_page_opened(uint64_t page);
void memory_image_release(uint64_t page);
/* The look at closing pages begins or is over. */
void memory_checking(bool begins);

/* Works out what each level leaves, of this disk and memory. */
void reserve_open(void);
/* OK when the level has room for one more dirty page, with its pre-image when
 * it is closing; NO_SPACE, NO_MEMORY. (reserve.c) */
Status reserve_one(bool closing);

/* NULL, or the sentence of the invariant that does not hold. */
const char *memory_check(void);

#endif
