/* pagemap.h: where each page of the heap is on the disk.
 *
 * A root block (FormatRoot) names the pages that changed lately, in front of a
 * copy-on-write tree (radix.h) for all others. A generation of few pages so
 * writes one pair of blocks instead of the nodes from each leaf up to the root.
 * When a page no longer fits, the leaf of which most pages are recent takes
 * them all; pages of a leaf that is written anyway go there directly. A small
 * deadlist has its place in the root block, too.
 *
 * Commit as with a tree: pagemap_assign gives places, pagemap_write writes,
 * nodes before the root block, then pagemap_durable or pagemap_doomed.
 *
 * Invariants:
 *  1. What the root block names is newer than what the tree says of that page,
 *     whose block was told `freed` of when the page changed.
 *  2. The root block is dirty while a node is.
 *  3. The root block is read when first needed; nothing is changed before. */
#ifndef PERSIST_STORE_PAGEMAP_H
#define PERSIST_STORE_PAGEMAP_H

#include "persist/store/radix.h"

typedef struct PageMap PageMap;

/* How many pages, and how many dead, a root block names at most: FORMAT_RECENT
 * or less; tests lower it. */
extern uint32_t pagemap_recent_most;

/* NULL: no memory. `root` may be a zero entry: no pages. */
PageMap *pagemap_open(Device *device, const FormatEntry *root);
void pagemap_close(PageMap *map);

/* The root block's entry as of the last whole pagemap_write. */
FormatEntry pagemap_root(const PageMap *map);

/* Whether the root block and the root of its tree verify. IO_ERROR, CORRUPT,
 * NO_MEMORY. */
Status pagemap_look(Device *device, const FormatEntry *root);

/* The entry of a page, zero for zeros. Errors as pagemap_look. */
Status pagemap_get(PageMap *map, uint64_t page, FormatEntry *entry_out);

/* The same without the disk: false when it is not in memory. */
bool pagemap_known(PageMap *map, uint64_t page, FormatEntry *entry_out);

/* The first page from `from` on that has an entry, UINT64_MAX where there is
 * none. Errors as pagemap_look. */
Status pagemap_next(PageMap *map, uint64_t from, uint64_t *page_out);

/* The first page from `from` on whose entry in the other map is another,
 * UINT64_MAX where there is none. Subtrees that both share are not read. Errors
 * as pagemap_look. Neither map is dirty. */
Status pagemap_next_difference(PageMap *map, PageMap *other, uint64_t from,
                               uint64_t *page_out);

/* Makes sure that pagemap_set of `page` cannot fail. Errors as pagemap_look. */
Status pagemap_prepare(PageMap *map, uint64_t page);

/* Replaces the entry of a page that was prepared just now. */
void pagemap_set(PageMap *map, uint64_t page, const FormatEntry *entry,
                 FormatEntry *old_out);

/* How many pairs of blocks a commit that changes so many pages, of so many
 * regions in all, writes at most for this map. */
uint64_t pagemap_pairs(const PageMap *map, uint64_t pages, uint32_t regions);

/* As radix_assign and radix_write. */
Status pagemap_assign(PageMap *map, Space *space, RadixFreed *freed,
                      void *context);
bool pagemap_write(PageMap *map, uint64_t birth, uint32_t *budget);
/* Puts the dead of this generation into the root block, between the two; false:
 * they do not fit, or it is not written. */
bool pagemap_name_dead(PageMap *map, const FormatDead *dead, size_t count);
bool pagemap_dirty(const PageMap *map);
void pagemap_durable(PageMap *map);
void pagemap_doomed(PageMap *map);

/* Drops clean nodes beyond `keep`. */
void pagemap_trim(PageMap *map, uint32_t keep);

/* ---- For those who walk through the blocks themselves ---- */

/* Reads a root block, of whichever copy is good. IO_ERROR, CORRUPT. */
Status pagemap_read_root(Device *device, const FormatEntry *entry,
                         FormatRoot *root);
/* False: it is not one. */
bool pagemap_root_makes_sense(const FormatRoot *root);
/* Whether it names the page itself. */
bool pagemap_names(const FormatRoot *root, uint64_t page);

#endif
