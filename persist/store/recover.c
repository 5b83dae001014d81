/* What a damaged newest generation leaves: its heap without the list of older
 * generations, or the list without its heap.
 *
 * The list of the generation before is as good as the lost one: a commit adds
 * one generation to it, and what it deletes from it stays whole until two more
 * are durable. That it is the one before is certain only where the numbers
 * follow each other on one branch. Then what the newest wrote is marked as used
 * in the map of that list, and its record is made from its superblock. What its
 * parent uses and it does not is known if its root block names it; otherwise
 * those blocks stay used until a repair. */
#include "kernel/base/alloc.h"
#include "kernel/base/log.h"
#include "persist/store/store_parts.h"

enum { REGION_PAGES = 64 << 8 }; /* of a region of 64 MiB */

/* A walk over what a heap has that was born after a generation. */
typedef struct Claim {
    Store *store;
    uint64_t after;
    uint8_t *used;     /* a bit a block */
    FormatNode *nodes; /* one per level */
    FormatRoot *root;
    uint64_t pages, blocks; /* that were found */
    uint64_t end_page;      /* behind the last page */
} Claim;

static bool is_new(const Claim *claim, const FormatEntry *entry) {
    return entry_present(entry) && entry_birth(entry) > claim->after;
}

static void claim_block(Claim *claim, uint64_t block) {
    if (block >= claim->store->super.layout.blocks)
        return;
    claim->used[block / 8] |= (uint8_t)(1u << block % 8);
    claim->blocks++;
}

static void claim_pair(Claim *claim, const FormatEntry *entry) {
    uint64_t block = entry_block(entry);
    claim_block(claim, block);
    claim_block(claim, format_partner(&claim->store->super.layout, block));
}

static void claim_page(Claim *claim, const FormatEntry *entry, uint64_t page) {
    if (!is_new(claim, entry))
        return;
    claim_block(claim, entry_block(entry));
    claim->pages++;
    claim->end_page = bytes_max(claim->end_page, page + 1);
}

/* A node that is damaged leads to nothing any more. */
static Status claim_tree(Claim *claim, const FormatEntry *entry, unsigned level,
                         uint64_t first) {
    FormatNode *node = &claim->nodes[level];
    if (!is_new(claim, entry))
        return STATUS_OK;
    claim_pair(claim, entry);
    Status status = device_read_meta(claim->store->device, entry, node);
    if (status != STATUS_OK)
        return status == STATUS_IO_ERROR ? status : STATUS_OK;
    for (unsigned i = 0; status == STATUS_OK && i < FORMAT_FANOUT; i++) {
        uint64_t key = first + i * format_span(level);
        if (level > 0)
            status = claim_tree(claim, &node->entries[i], level - 1, key);
        else if (!pagemap_names(claim->root, key))
            claim_page(claim, &node->entries[i], key);
    }
    return status;
}

static Status claim_heap(Claim *claim, const FormatEntry *heap) {
    if (!is_new(claim, heap))
        return STATUS_OK;
    Status status = pagemap_read_root(claim->store->device, heap, claim->root);
    if (status != STATUS_OK)
        return status;
    claim_pair(claim, heap);
    for (uint64_t i = 0; i < claim->root->count; i++)
        claim_page(claim, &claim->root->recent[i].entry,
                   claim->root->recent[i].page);
    return claim_tree(claim, &claim->root->tree, FORMAT_HEAP_LEVELS - 1, 0);
}

/* The record of the superblock's generation; `parent` is a place, or
 * UINT32_MAX. */
static Status add_record(Store *store, const FormatSuper *super,
                         uint32_t parent, const Claim *claim) {
    uint32_t place, regions = 0;
    FormatRecord record = {
        .generation = super->generation,
        .branch = super->branch,
        .wall_us = super->wall_us,
        .heap = super->heap,
        .pages = claim->pages,
        .bytes = claim->blocks * PLATFORM_BLOCK_BYTES,
    };
    if (parent != UINT32_MAX) {
        record.parent = store->records[parent].generation;
        regions = store->records[parent].regions;
        if (is_new(claim, &super->heap))
            record.flags = FORMAT_DEAD_IN_ROOT;
    }
    record.regions = (uint32_t)bytes_max(
        regions, (claim->end_page + REGION_PAGES - 1) / REGION_PAGES);
    Status status = directory_place(store, &place);
    if (status != STATUS_OK)
        return status;
    store->records[place] = record;
    directory_touch(store, place);
    return STATUS_OK;
}

static Status claim_and_record(Store *store, const FormatSuper *super,
                               uint32_t parent) {
    Claim claim = {
        .store = store,
        .after = parent == UINT32_MAX ? 0 : store->records[parent].generation,
        .used = alloc_take(super->layout.blocks / 8 + 1),
        .nodes = alloc_take(FORMAT_HEAP_LEVELS * sizeof *claim.nodes),
        .root = alloc_take(sizeof *claim.root)};
    Status status =
        claim.used && claim.nodes && claim.root ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = claim_heap(&claim, &super->heap);
    if (status == STATUS_OK)
        status = space_add(store->space, claim.used);
    if (status == STATUS_OK)
        status = add_record(store, super, parent, &claim);
    alloc_give(claim.used);
    alloc_give(claim.nodes);
    alloc_give(claim.root);
    return status;
}

/* Certainly the generation from which the other one grew, and the last durable
 * one before it. */
static bool is_just_before(const FormatSuper *before,
                           const FormatSuper *super) {
    return before && before->generation > 0 &&
           before->generation + 1 == super->generation &&
           before->branch == super->branch &&
           bytes_equal(before->lineage, super->lineage,
                       sizeof super->lineage) &&
           bytes_equal(&before->layout, &super->layout, sizeof super->layout);
}

/* Opens what is to be the list, with the heap of `super`: that of the other
 * superblock, or with NULL an empty one. */
static Status open_list(Store *store, const FormatSuper *super,
                        const FormatSuper *before) {
    parts_close(store);
    store->super = *super;
    store->durable = super->generation;
    store->super.meta = before ? before->meta : (FormatEntry){0};
    store->super.records = before ? before->records : 0;
    store->super.free_blocks = before ? before->free_blocks : 0;
    store->super.free_pairs = before ? before->free_pairs : 0;
    return parts_open(store, !before);
}

static Status make_anew(Store *store, const FormatSuper *super,
                        const FormatSuper *before) {
    Status status = open_list(store, super, before);
    uint32_t parent = UINT32_MAX;
    if (status == STATUS_OK && before) {
        parent = directory_kept(store, before->generation);
        status = parent == UINT32_MAX ? STATUS_CORRUPT : STATUS_OK;
    }
    return status == STATUS_OK ? claim_and_record(store, super, parent)
                               : status;
}

Status recover_history(Store *store, const FormatSuper *super,
                       const FormatSuper *before, Status why,
                       StoreHistory *history_out) {
    Status status = why;
    *history_out = STORE_HISTORY_MADE_ANEW;
    if (is_just_before(before, super))
        status = make_anew(store, super, before);
    if (status != STATUS_CORRUPT)
        return status;
    *history_out = STORE_HISTORY_LOST;
    return make_anew(store, super, NULL);
}

/* ---- An older heap ---- */

static uint32_t parent_of(const Store *store, uint32_t place) {
    return directory_kept(store, store->records[place].parent);
}

/* The newest kept generation before this one, on whatever line. */
static uint32_t next_older(const Store *store, uint32_t place) {
    uint64_t generation = store->records[place].generation;
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < store->record_places; i++) {
        uint64_t number = store->records[i].generation;
        if (number < generation && directory_kept(store, number) == i &&
            (best == UINT32_MAX || number > store->records[best].generation))
            best = i;
    }
    return best;
}

/* Turns to this one, or to what `next` leads to from it, which is whole. */
static Status turn_to_whole(Store *store, uint32_t at,
                            uint32_t (*next)(const Store *, uint32_t),
                            uint32_t *tried) {
    Status status = STATUS_CORRUPT;
    for (; at != UINT32_MAX; at = next(store, at)) {
        status = pagemap_look(store->device, &store->records[at].heap);
        if (status == STATUS_OK)
            return parts_turn_to(store, at);
        if (status == STATUS_NO_MEMORY)
            return status;
        ++*tried;
    }
    return STATUS_CORRUPT;
}

/* Where its line has nothing whole any other kept generation will do. */
Status recover_older(Store *store, uint32_t *tried_out) {
    uint32_t newest = directory_kept(store, store->super.generation),
             others = 0;
    *tried_out = 1;
    if (newest == UINT32_MAX)
        return STATUS_CORRUPT;
    Status status =
        turn_to_whole(store, parent_of(store, newest), parent_of, tried_out);
    if (status != STATUS_CORRUPT)
        return status;
    return turn_to_whole(store, next_older(store, newest), next_older, &others);
}
