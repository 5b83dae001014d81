/* Looking after the disk: every block that a kept generation reaches is read
 * once a round, so that damage is found while there is a good copy.
 *
 * A round goes through the edges (newest superblock, marks), the meta tree, and
 * then each generation from the oldest on: its deadlist, and of its root block
 * and tree what is younger than its parent, for the rest is the parent's.
 * Generations come and go between two calls, so a round holds no more than how
 * far it has come, and goes down from the root anew. A block is written only
 * over bytes that did not have the hash which its parent wants. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

enum {
    RUN_BLOCKS = 32, /* of data read by one request */
    LINES_MOST = 20, /* about what is lost, in a round */
};

typedef enum ScrubPart {
    SCRUB_EDGES,
    SCRUB_META,
    SCRUB_DEADLIST,
    SCRUB_ROOT,
    SCRUB_HEAP,
} ScrubPart;

typedef struct Scrub {
    FormatNode nodes[FORMAT_HEAP_LEVELS]; /* buffers of the disk are pages */
    FormatRoot heap;                      /* of the generation */
    uint8_t spare[PLATFORM_BLOCK_BYTES];
    uint8_t run[RUN_BLOCKS * PLATFORM_BLOCK_BYTES];
    ScrubPart part;
    StoreRound round;
    uint64_t generation; /* that is read, 0: none yet */
    uint64_t cursor;     /* keys of the tree, or recent pages, below are done */
    FormatEntry root;    /* of the deadlist that is read, */
    EntryStack stack;    /* and blocks of it yet to be read */
    uint64_t budget;     /* blocks that this call may still read */
    StoreSecond *second;
} Scrub;

void scrub_close(Store *store) {
    if (store->scrub)
        alloc_give(store->scrub->stack.entries);
    alloc_give(store->scrub);
    store->scrub = NULL;
}

/* ---- Blocks ---- */

static void spend(Scrub *scrub, uint64_t blocks) {
    scrub->round.blocks += blocks;
    scrub->budget -= bytes_min(blocks, scrub->budget);
}

static void say_lost(Scrub *scrub, const char *what, uint64_t block,
                     Status why) {
    if (scrub->round.lost++ < LINES_MOST)
        log_line("recovery: %s in block %lu: %s; there is no good copy", what,
                 block, status_text(why));
}

/* Reads both copies of metadata into `bytes`; false: both are bad. */
static bool look_at_meta(Store *store, const FormatEntry *entry, void *bytes) {
    Scrub *scrub = store->scrub;
    DevicePair pair =
        device_read_pair(store->device, entry, bytes, scrub->spare, true);
    spend(scrub, 2);
    if (pair.first != STATUS_OK && pair.second != STATUS_OK) {
        say_lost(scrub, "metadata", entry_block(entry), pair.first);
        return false;
    }
    if (pair.mended) {
        scrub->round.mended++;
        log_line("recovery: metadata block %lu: %s copy was bad; mended",
                 entry_block(entry),
                 pair.first == STATUS_OK ? "its second" : "its first");
    }
    return true;
}

/* A page is kept once; perhaps it is in RAM. What was written must be readable,
 * or the place itself is bad. */
static bool mend_data(Store *store, const FormatEntry *entry, uint64_t page) {
    Scrub *scrub = store->scrub;
    return scrub->second && scrub->second(page, scrub->spare) &&
           hash_equal(hash_of(scrub->spare, PLATFORM_BLOCK_BYTES),
                      entry->hash) &&
           device_write_now(store->device, entry_block(entry), scrub->spare) ==
               STATUS_OK &&
           device_read_data(store->device, entry, scrub->spare) == STATUS_OK;
}

static void look_at_data(Store *store, const FormatEntry *entry, uint64_t page,
                         const void *bytes) {
    Scrub *scrub = store->scrub;
    Status status = STATUS_OK;
    if (bytes && hash_equal(hash_of(bytes, PLATFORM_BLOCK_BYTES), entry->hash))
        return;
    status = device_read_data(store->device, entry, scrub->spare);
    if (status == STATUS_OK)
        return;
    if (!mend_data(store, entry, page)) {
        say_lost(scrub, "a page", entry_block(entry), status);
        return;
    }
    scrub->round.mended++;
    log_line("recovery: a page in block %lu: %s; written again from memory",
             entry_block(entry), status_text(status));
}

/* ---- Trees ---- */

/* What of a tree is to be read. */
typedef struct Tree {
    const FormatRoot *heap; /* NULL: the leaves name metadata */
    uint64_t after;         /* only what was born after this generation */
} Tree;

static bool is_wanted(const Tree *tree, const FormatEntry *entry) {
    return entry_present(entry) && entry_birth(entry) > tree->after;
}

/* What the root block names itself is out of date in the tree. */
static bool is_wanted_at(const Tree *tree, const FormatNode *node, unsigned at,
                         uint64_t first_key) {
    return is_wanted(tree, &node->entries[at]) &&
           !(tree->heap && pagemap_names(tree->heap, first_key + at));
}

/* How many wanted entries from `at` on lie behind each other on the disk. */
static unsigned run_length(const Tree *tree, const FormatNode *node,
                           unsigned at, uint64_t first_key) {
    unsigned count = 1;
    uint64_t first = entry_block(&node->entries[at]);
    while (at + count < FORMAT_FANOUT && count < RUN_BLOCKS &&
           is_wanted_at(tree, node, at + count, first_key) &&
           entry_block(&node->entries[at + count]) == first + count)
        count++;
    return count;
}

static void look_at_leaf(Store *store, const Tree *tree, const FormatNode *node,
                         uint64_t first_key) {
    Scrub *scrub = store->scrub;
    for (unsigned at = 0; at < FORMAT_FANOUT; at++) {
        const FormatEntry *entry = &node->entries[at];
        if (!is_wanted_at(tree, node, at, first_key))
            continue;
        if (!tree->heap) {
            look_at_meta(store, entry, scrub->run);
            continue;
        }
        unsigned count = run_length(tree, node, at, first_key);
        Status status =
            device_read(store->device, entry_block(entry), count, scrub->run);
        spend(scrub, count);
        for (unsigned i = 0; i < count; i++)
            look_at_data(store, entry + i, first_key + at + i,
                         status == STATUS_OK
                             ? scrub->run + (size_t)i * PLATFORM_BLOCK_BYTES
                             : NULL);
        at += count - 1;
    }
}

/* Goes on below the entry of a node over the keys from `first` on; false: this
 * call has read enough. A node is gone through as a whole once its last key is
 * behind the cursor; the depth of the recursion is the number of levels. */
static bool walk(Store *store, const Tree *tree, const FormatEntry *entry,
                 unsigned level, uint64_t first) {
    Scrub *scrub = store->scrub;
    FormatNode *node = &scrub->nodes[level];
    uint64_t end = first + format_span(level + 1);
    if (!is_wanted(tree, entry) || end <= scrub->cursor)
        return true;
    if (scrub->budget == 0)
        return false;
    bool good = look_at_meta(store, entry, node);
    for (unsigned i = 0; good && level > 0 && i < FORMAT_FANOUT; i++)
        if (!walk(store, tree, &node->entries[i], level - 1,
                  first + i * format_span(level)))
            return false;
    if (good && level == 0)
        look_at_leaf(store, tree, node, first);
    scrub->cursor = end;
    return true;
}

/* ---- Deadlists ---- */

/* Without memory the rest is left for the next round. */
static void look_at_dead(Store *store) {
    Scrub *scrub = store->scrub;
    FormatDeadlist *block = (FormatDeadlist *)(void *)scrub->run;
    FormatEntry entry = scrub->stack.entries[--scrub->stack.count];
    if (!look_at_meta(store, &entry, block))
        return;
    size_t links = bytes_min(block->links, FORMAT_DEAD_LINKS);
    for (size_t i = 0; i < links; i++)
        if (!verify_push(&scrub->stack, &block->link[i].at))
            scrub->stack.count = 0;
}

/* A deadlist that became another in between is begun anew. */
static bool walk_deadlist(Store *store, const FormatEntry *root) {
    Scrub *scrub = store->scrub;
    bool same = bytes_equal(&scrub->root, root, sizeof *root);
    if (!same)
        scrub->stack.count = 0;
    scrub->root = *root;
    if (!same && entry_present(root) && !verify_push(&scrub->stack, root))
        return true;
    while (scrub->stack.count > 0) {
        if (scrub->budget == 0)
            return false;
        look_at_dead(store);
    }
    return true;
}

/* ---- Parts ---- */

/* Of the newest superblock, a copy that is bad gets the bytes of the other. */
static void look_at_super(Store *store) {
    Scrub *scrub = store->scrub;
    uint64_t slot = store->super.generation % FORMAT_RING;
    uint64_t places[] = {slot, store->super.layout.blocks - FORMAT_RING + slot};
    uint8_t *copies[] = {scrub->run, scrub->spare};
    bool good[2];
    for (int i = 0; i < 2; i++) {
        const FormatSuper *super = (const FormatSuper *)(void *)copies[i];
        good[i] =
            device_read(store->device, places[i], 1, copies[i]) == STATUS_OK &&
            super_verifies(super) &&
            super->generation == store->super.generation &&
            super->layout.blocks == store->super.layout.blocks;
    }
    spend(scrub, 2);
    if (good[0] == good[1])
        return; /* both are bad while a disk that grew waits for a commit */
    int bad = good[0] ? 1 : 0;
    if (device_write_now(store->device, places[bad], copies[1 - bad]) !=
        STATUS_OK)
        return;
    scrub->round.mended++;
    log_line("recovery: superblock of generation %lu in block %lu was bad; "
             "mended",
             store->super.generation, places[bad]);
}

/* The parts that belong to a generation, from the oldest on; false: there is
 * none after this one. */
static bool next_generation(Store *store) {
    Scrub *scrub = store->scrub;
    uint32_t place = directory_next(store, scrub->generation);
    if (place == UINT32_MAX)
        return false;
    scrub->generation = store->records[place].generation;
    scrub->part = SCRUB_DEADLIST;
    scrub->root = (FormatEntry){0};
    scrub->cursor = 0;
    return true;
}

static Status to_next_generation(Store *store) {
    return next_generation(store) ? STATUS_BUSY : STATUS_OK;
}

static Status go_on_with_tree(Store *store, const FormatRecord *record) {
    Scrub *scrub = store->scrub;
    Tree tree = {.heap = &scrub->heap, .after = record->parent};
    return walk(store, &tree, &scrub->heap.tree, FORMAT_HEAP_LEVELS - 1, 0)
               ? to_next_generation(store)
               : STATUS_BUSY;
}

/* The root block, then the pages that it names. */
static Status go_on_with_root(Store *store, const FormatRecord *record) {
    Scrub *scrub = store->scrub;
    Tree tree = {.heap = &scrub->heap, .after = record->parent};
    if (scrub->cursor == 0) {
        if (!is_wanted(&tree, &record->heap) ||
            !look_at_meta(store, &record->heap, &scrub->heap) ||
            !pagemap_root_makes_sense(&scrub->heap))
            return to_next_generation(store);
        scrub->cursor = 1;
    }
    while (scrub->budget > 0 && scrub->cursor <= scrub->heap.count) {
        const FormatRecent *recent = &scrub->heap.recent[scrub->cursor++ - 1];
        if (!is_wanted(&tree, &recent->entry))
            continue;
        look_at_data(store, &recent->entry, recent->page, NULL);
        spend(scrub, 1);
    }
    if (scrub->cursor > scrub->heap.count) {
        scrub->part = SCRUB_HEAP;
        scrub->cursor = 0;
    }
    return STATUS_BUSY;
}

static Status go_on_with_generation(Store *store) {
    Scrub *scrub = store->scrub;
    uint32_t place = directory_kept(store, scrub->generation);
    if (place == UINT32_MAX) /* deleted in between */
        return to_next_generation(store);
    const FormatRecord *record = &store->records[place];
    if (scrub->part == SCRUB_HEAP)
        return go_on_with_tree(store, record);
    if (scrub->part == SCRUB_ROOT)
        return go_on_with_root(store, record);
    if (walk_deadlist(store, &record->deadlist))
        scrub->part = SCRUB_ROOT;
    return STATUS_BUSY;
}

static Status go_on(Store *store) {
    static const Tree meta = {0};
    Scrub *scrub = store->scrub;
    switch (scrub->part) {
    case SCRUB_EDGES:
        look_at_super(store);
        marks_scrub(store, &scrub->round);
        scrub->part = SCRUB_META;
        return STATUS_BUSY;
    case SCRUB_META:
        if (walk(store, &meta, &store->super.meta, FORMAT_META_LEVELS - 1, 0))
            return to_next_generation(store);
        return STATUS_BUSY;
    case SCRUB_DEADLIST:
    case SCRUB_ROOT:
    case SCRUB_HEAP:
        break;
    }
    return go_on_with_generation(store);
}

static bool begin_round(Store *store) {
    if (!store->scrub)
        store->scrub = alloc_take(sizeof *store->scrub);
    return store->scrub != NULL;
}

Status store_scrub(Store *store, uint32_t blocks, StoreSecond *second,
                   StoreRound *round_out) {
    CHECK(store->phase == COMMIT_NONE && !store->read_only);
    *round_out = (StoreRound){0};
    /* After a doom the newest superblock is another than is in memory. */
    if (directory_kept(store, store->super.generation) == UINT32_MAX)
        return STATUS_BUSY;
    if (!begin_round(store))
        return STATUS_NO_MEMORY;
    Scrub *scrub = store->scrub;
    uint64_t mended = scrub->round.mended;
    scrub->second = second;
    scrub->budget = bytes_max(blocks, STORE_SCRUB_LEAST);
    Status status = STATUS_BUSY;
    while (status == STATUS_BUSY && scrub->budget > 0)
        status = go_on(store);
    if (scrub->round.mended > mended &&
        device_flush_now(store->device) != STATUS_OK)
        scrub->round.mended = mended; /* the next round finds it again */
    *round_out = scrub->round;
    if (status == STATUS_OK)
        scrub_close(store);
    return status;
}
