/* store_parts.h: the Store as the files of the store share it. Nobody else
 * includes it, but for tests that look inside. */
#ifndef PERSIST_STORE_STORE_PARTS_H
#define PERSIST_STORE_STORE_PARTS_H

#include "persist/store/store.h"

/* Where a commit stands; each phase is left in order, or by store_doom. */
typedef enum CommitPhase {
    COMMIT_NONE,       /* no generation under way */
    COMMIT_PAGES,      /* store_put_page */
    COMMIT_NODES,      /* heap's nodes and root block are written */
    COMMIT_DEADLIST,   /* places are given to all metadata; deadlists */
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

/* A deadlist that changes, in memory (deadlist.c). */
typedef struct DeadHeap {
    uint64_t generation;
    FormatEntry root; /* as last durable */
    FormatDead *dead;
    size_t dead_count, dead_capacity;
    FormatDeadLink *links; /* blocks on the disk that belong to it */
    size_t link_count, link_capacity;
} DeadHeap;

/* A block of a deadlist that this commit writes. */
typedef struct DeadBlock {
    struct DeadBlock *next;
    uint64_t place;
    FormatDeadlist bytes;
} DeadBlock;

enum {
    STORE_HEAPS = 16,
    STORE_PIN_SHARE = 8, /* no more pins when less of the disk is free */
    VIEW_NODES_KEPT = 512,
};

struct Store {
    Device *device;
    Space *space;
    PageMap *heap;
    Radix *meta;
    FormatSuper super;    /* as last durable; identity of a fresh disk */
    uint64_t incarnation; /* of this start */
    uint64_t durable;     /* generation, 0: none yet */
    uint64_t last_number; /* highest number ever used */
    bool read_only;
    uint64_t undecided; /* store_undecided; read_only, too, then */
    bool blank;         /* not even marked as ours */

    /* The directory: all places, free ones have generation 0. */
    FormatRecord *records;
    uint32_t record_places, record_capacity; /* multiples of FORMAT_RECORDS */
    MetaPage *directory_pages;               /* one per FORMAT_RECORDS */
    MetaPage *space_pages;
    FormatMark *marks;
    uint32_t mark_count;
    uint64_t marks_sequence;
    StoreView *views; /* view.c */
    StoreRetention retention;
    uint64_t wanted_free; /* older generations go while less is free */
    FormatSuper opened;   /* the superblock that this start found, */
    bool opened_unsure;   /* and has not yet made safe in both rings */

    /* The generation under way. */
    CommitPhase phase;
    FormatRecord pending;
    uint32_t pending_place; /* in records, once it is there */
    bool pending_recorded;
    DeadHeap dead;               /* for its deadlist; survives a doom */
    bool dead_in_root;           /* its root block has all of it */
    DeadHeap heaps[STORE_HEAPS]; /* deadlists of others; they do too */
    uint32_t heap_count;
    DeadBlock *dead_blocks; /* packed by this commit, or the unsure one */
    DeadBlock *dead_next;   /* of them, the next to be written */
    uint64_t blocks_before; /* device_blocks_written at its start */

    /* Generations above this one, up to the one under way, were doomed: no
     * superblock on the disk names what was born in them, but for ... */
    uint64_t doomed_after;
    uint64_t unsure; /* ... this one, whose superblock may be; 0: none */
    /* Whose superblocks are the newest durable one and the one before it. */
    uint64_t newest_supers[2];

    uint64_t last_pages, last_bytes;

    StoreSecond *second; /* of pages, or NULL */
    uint64_t second_pages;
    struct Scrub *scrub; /* the round under way, scrub.c; or NULL */
};

/* ---- super.c ---- */

bool super_verifies(const FormatSuper *super);

/* A power cut may leave the newest superblock in one ring only, and a start
 * without one may read what no flush made safe. Once somebody has seen its
 * generation come back it is durable, so both rings get it, and a flush, before
 * anything else is written. IO_ERROR. */
Status super_mend(Store *store);

/* ---- parts.c ---- */

/* Space map, heap and directory as store->super says; with `fresh`, of a disk
 * with nothing on it. CORRUPT, IO_ERROR: the directory cannot be read, but the
 * heap can be looked at. NO_MEMORY. */
Status parts_open(Store *store, bool fresh);
/* The store is as before, but for its device. */
void parts_close(Store *store);
/* A larger disk than before: what is new becomes a segment. The first commit
 * makes it so on the disk. NO_MEMORY, IO_ERROR. */
Status parts_grow(Store *store);
/* What is read from now on is the generation at this place of the directory.
 * NO_MEMORY. */
Status parts_turn_to(Store *store, uint32_t place);

/* ---- recover.c ---- */

/* The heap of this superblock verifies, its directory does not, and `why`:
 * makes one anew from that of `before`, the superblock before it (NULL: there
 * is none), or else, if it is CORRUPT, without older generations. IO_ERROR:
 * something cannot be read now, so nothing is given up; NO_MEMORY. */
Status recover_history(Store *store, const FormatSuper *super,
                       const FormatSuper *before, Status why,
                       StoreHistory *history_out);

/* The directory of store->super verifies, its heap does not: turns to the
 * nearest generation before it that does; *tried_out of these did not. CORRUPT:
 * there is none; NO_MEMORY. */
Status recover_older(Store *store, uint32_t *tried_out);

/* ---- directory.c ---- */

Status directory_load(Store *store);
/* A free place; grows the directory. NO_MEMORY. */
Status directory_place(Store *store, uint32_t *place_out);
void directory_touch(Store *store, uint32_t place);
/* The place of a generation, or UINT32_MAX. */
uint32_t directory_find(const Store *store, uint64_t generation);
/* The same, but UINT32_MAX for what is under way or being given back. */
uint32_t directory_kept(const Store *store, uint64_t generation);
/* The place of the live record with the lowest number above `after`, or
 * UINT32_MAX. */
uint32_t directory_next(const Store *store, uint64_t after);
/* How many records, dying ones too, have this generation as their parent; the
 * place of one. */
uint32_t directory_children(const Store *store, uint64_t generation,
                            uint32_t *place_out);
void directory_close(Store *store);

/* ---- deadlist.c ---- */

/* A block of a durable generation is not used by the one under way: remembered
 * for its deadlist. Without memory it is leaked, with a log line. */
void deadlist_add(Store *store, const FormatEntry *entry, bool pair);
/* All dead of the generation under way are known: small ones go into its root
 * block, which is written next. */
void deadlist_known(Store *store);
/* Gives back what only the generation at `place` uses; `next` is the place of
 * its one child, whose deadlist takes over what remains. NO_MEMORY, LIMIT,
 * IO_ERROR: nothing was given back. */
Status deadlist_delete(Store *store, uint32_t place, uint32_t next);
/* Gives back the deadlist itself of a generation without a child. Errors as
 * above. */
Status deadlist_delete_last(Store *store, uint32_t place);
/* About how many blocks packing will take. */
size_t deadlist_open_blocks(const Store *store);
/* Makes blocks of all changed deadlists, with places, and names their roots in
 * the records. NO_SPACE, NO_MEMORY, IO_ERROR. */
Status deadlist_pack(Store *store);
/* Writes them; false: go on later. */
bool deadlist_write(Store *store);
/* Gives back what was packed, and the records name what was durable; the device
 * is idle, and no superblock on the disk names the packed. */
void deadlist_doomed(Store *store);
void deadlist_durable(Store *store);
void deadlist_close(Store *store);

/* ---- retention.c ---- */

/* Deletes what need not be kept any more, within what one commit should take.
 */
void retention_apply(Store *store);

/* ---- abandon.c ---- */

/* Goes on giving back generations at the end of abandoned branches. */
void abandon_step(Store *store);

/* ---- view.c ---- */

/* The page's bytes from where else they may be (store_set_second), verified. */
bool view_read_second(Store *store, uint64_t page, void *bytes);
/* True when somebody looks at this generation. */
bool view_protects(const Store *store, uint64_t generation);

/* ---- marks.c ---- */

/* Reads the marks of an existing disk; without any, none are set. NO_MEMORY. */
Status marks_load(Store *store);
/* A new mark, for marks_write to keep. LIMIT: there are too many. */
Status marks_add(Store *store, const FormatMark *mark);
/* The marks say what is pinned; the flags of the directory follow with the next
 * generation. Where no marks verify, the flags make new ones. */
void marks_apply_pins(Store *store);
/* Writes all marks and flushes. IO_ERROR. */
Status marks_write(Store *store);
/* Looks at both copies of the half that counts; where one is bad, all marks are
 * written again, to the other half. */
void marks_scrub(Store *store, StoreRound *round);

/* ---- verify.c ---- */

/* Blocks of a deadlist that are yet to be read. */
typedef struct EntryStack {
    FormatEntry *entries;
    size_t count, capacity;
} EntryStack;
/* False: no memory. */
bool verify_push(EntryStack *stack, const FormatEntry *entry);

/* ---- scrub.c ---- */

void scrub_close(Store *store);

/* ---- room.c ---- */

/* What a generation of so many pages takes at most: pairs for metadata, and
 * blocks in all. */
typedef struct CommitRoom {
    uint64_t pairs, blocks;
} CommitRoom;
CommitRoom room_for_commit(const Store *store, uint64_t pages,
                           uint32_t regions);

/* Pairs that the commit under way is yet to write, and the superblocks, when
 * all metadata has its place. */
uint64_t room_placed_pairs(const Store *store);

/* ---- commit.c ---- */

/* store_begin with this number, which is higher than any before. */
void commit_begin(Store *store, uint64_t number, int64_t wall_us,
                  uint32_t regions);

#endif
