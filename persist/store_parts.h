/* store_parts.h: the Store as the files of the store share it. Included by
 * store.c, store_open.c, commit.c, deadlist.c, directory.c and verify.c only.
 */
#ifndef PERSIST_STORE_PARTS_H
#define PERSIST_STORE_PARTS_H

#include "persist/store.h"

/* Where a commit stands; each phase is left in order, or by store_doom. */
typedef enum CommitPhase {
    COMMIT_NONE,       /* no generation under way */
    COMMIT_PAGES,      /* store_put_page */
    COMMIT_NODES,      /* heap tree's nodes are written */
    COMMIT_DEADLIST,   /* places are given to all metadata; deadlist */
    COMMIT_DIRECTORY,  /* directory pages */
    COMMIT_SPACE,      /* space map pages */
    COMMIT_META_NODES, /* meta tree's nodes */
    COMMIT_DATA_SYNC,  /* waits for writes, then flushes */
    COMMIT_SUPER,      /* waits for the flush, then writes the superblocks */
    COMMIT_SUPER_SYNC, /* waits for them, then flushes */
    COMMIT_LAST_WAIT,  /* waits for the second flush */
} CommitPhase;

/* A page of metadata: directory or space map, in the meta tree. */
typedef enum MetaPageState {
    META_PAGE_CLEAN,
    META_PAGE_DIRTY,   /* must be written by the next commit */
    META_PAGE_PLACED,  /* dirty, has its block in this commit */
    META_PAGE_WRITTEN, /* written by this commit */
} MetaPageState;

typedef struct MetaPage {
    uint8_t state; /* MetaPageState */
    uint64_t block;
} MetaPage;

typedef struct DeadList {
    FormatDead *dead;
    size_t count, capacity;
} DeadList;

struct Store {
    Device *device;
    Space *space;
    Radix *heap, *meta;
    FormatSuper super;    /* as last durable; identity of a fresh disk */
    uint64_t incarnation; /* of this start */
    uint64_t durable;     /* generation, 0: none yet */
    uint64_t last_number; /* highest number ever used */
    bool read_only;
    bool blank;    /* not even marked as ours */
    Status marked; /* how marking it went; ends the commit if bad */
    uint32_t keep;

    /* The directory: all places, free ones have generation 0. */
    FormatRecord *records;
    uint32_t record_places, record_capacity; /* multiples of FORMAT_RECORDS */
    MetaPage *directory_pages;               /* one per FORMAT_RECORDS */
    MetaPage *space_pages;

    /* The generation under way. */
    CommitPhase phase;
    FormatRecord pending;
    uint32_t pending_place; /* in records, once it is there */
    bool pending_recorded;
    DeadList dead;         /* for its deadlist; survives a doom */
    uint64_t *dead_places; /* blocks for it */
    size_t dead_places_count, dead_places_written;
    FormatEntry dead_next;  /* the block written last, the chain grows down */
    uint64_t blocks_before; /* device_blocks_written at its start */

    uint64_t last_pages, last_bytes;
};

/* ---- directory.c ---- */

Status directory_load(Store *store);
/* A free place; grows the directory. NO_MEMORY. */
Status directory_place(Store *store, uint32_t *place_out);
void directory_touch(Store *store, uint32_t place);
uint32_t directory_live(const Store *store);
/* The place of the live record with the lowest number above `after`, or
 * UINT32_MAX. */
uint32_t directory_next(const Store *store, uint64_t after);
void directory_close(Store *store);

/* ---- deadlist.c ---- */

/* A block of an older generation is not used by the one under way: remembered
 * for its deadlist; or, if it was born after the last durable one, given back.
 * Without memory it is leaked, with a log line. */
void deadlist_add(Store *store, const FormatEntry *entry, bool pair);
/* Places for the blocks of the deadlist. NO_SPACE, NO_MEMORY. */
Status deadlist_assign(Store *store);
/* Writes it; false: go on later. At the end pending.deadlist names it. */
bool deadlist_write(Store *store);
void deadlist_doomed(Store *store);
void deadlist_durable(Store *store);
/* Deletes the oldest generation: gives back what only it used. */
void deadlist_delete_oldest(Store *store);

/* ---- commit.c ---- */

/* RadixFreed for the heap tree (to the deadlist) and the meta tree. */
void commit_heap_node_freed(void *store, const FormatEntry *entry);
void commit_meta_node_freed(void *store, const FormatEntry *entry);

#endif
