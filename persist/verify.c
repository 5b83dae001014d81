/* Verifying a whole disk: each block that a kept generation reaches. */
#include "persist/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/text.h"

typedef struct Walk {
    Store *store;
    StoreReport *report;
    uint8_t *reached;  /* a bit a block */
    FormatNode *nodes; /* one per level */
    uint8_t *page;
    uint64_t generation;
} Walk;

static void say(Walk *walk, const char *what, uint64_t block, Status status) {
    char sentence[160];
    Text text = text_on(sentence, sizeof sentence);
    text_add_format(&text, "generation %lu: %s in block %lu: %s",
                    walk->generation, what, block, status_text(status));
    walk->report->bad++;
    walk->report->say(text_end(&text));
}

static bool first_visit(Walk *walk, uint64_t block) {
    uint8_t mask = (uint8_t)(1u << block % 8);
    bool seen = walk->reached[block / 8] & mask;
    walk->reached[block / 8] |= mask;
    if (!seen && !space_used(walk->store->space, block))
        walk->report->unmarked++;
    return !seen;
}

static Status read_block(Walk *walk, uint64_t block, Hash hash, void *bytes) {
    Status status = device_read(walk->store->device, block, 1, bytes);
    if (status != STATUS_OK)
        return status;
    return hash_equal(hash_of(bytes, PLATFORM_BLOCK_BYTES), hash)
               ? STATUS_OK
               : STATUS_CORRUPT;
}

static bool in_disk(const Walk *walk, uint64_t block) {
    return block >= FORMAT_RING &&
           block < walk->store->super.blocks - FORMAT_RING;
}

/* Verifies both copies of a metadata block; its bytes from the better one. */
static bool visit_meta(Walk *walk, const FormatEntry *entry, const char *what,
                       void *bytes, bool *first_out) {
    uint64_t block = entry_block(entry);
    uint64_t second = block + walk->store->super.pair_distance;
    if (!in_disk(walk, block) || !in_disk(walk, second)) {
        say(walk, what, block, STATUS_INVALID);
        return false;
    }
    *first_out = first_visit(walk, block);
    if (!*first_out)
        return true;
    first_visit(walk, second);
    Status mirror = read_block(walk, second, entry->hash, walk->page);
    Status status = read_block(walk, block, entry->hash, bytes);
    if (mirror != STATUS_OK)
        say(walk, what, second, mirror);
    if (status != STATUS_OK)
        say(walk, what, block, status);
    if (status != STATUS_OK && mirror == STATUS_OK)
        bytes_copy(bytes, walk->page, PLATFORM_BLOCK_BYTES);
    return status == STATUS_OK || mirror == STATUS_OK;
}

static void visit_data(Walk *walk, const FormatEntry *entry) {
    uint64_t block = entry_block(entry);
    if (!in_disk(walk, block)) {
        say(walk, "page", block, STATUS_INVALID);
        return;
    }
    if (!first_visit(walk, block))
        return;
    Status status = read_block(walk, block, entry->hash, walk->page);
    if (status != STATUS_OK)
        say(walk, "page", block, status);
    walk->report->pages++;
}

/* `leaves_data`: the leaves' entries are data pages, else metadata pages. The
 * depth of the recursion is the number of levels. */
static void visit_tree(Walk *walk, const FormatEntry *entry, unsigned level,
                       bool leaves_data) {
    bool first;
    FormatNode *node = &walk->nodes[level];
    if (!entry_present(entry) ||
        !visit_meta(walk, entry, "node", node, &first) || !first)
        return;
    walk->report->nodes++;
    for (unsigned i = 0; i < FORMAT_FANOUT; i++) {
        const FormatEntry *child = &node->entries[i];
        if (!entry_present(child))
            continue;
        if (level > 0)
            visit_tree(walk, child, level - 1, leaves_data);
        else if (leaves_data)
            visit_data(walk, child);
        else
            visit_meta(walk, child, "metadata",
                       walk->page + PLATFORM_BLOCK_BYTES, &first);
    }
}

static void visit_deadlist(Walk *walk, FormatEntry at) {
    FormatDeadlist *block = (FormatDeadlist *)(void *)walk->nodes;
    bool first;
    while (entry_present(&at) &&
           visit_meta(walk, &at, "deadlist", block, &first) && first)
        at = block->next;
}

static void count_leaks(Walk *walk) {
    Store *store = walk->store;
    for (uint64_t block = FORMAT_RING;
         block < store->super.blocks - FORMAT_RING; block++)
        if (!(walk->reached[block / 8] >> (block % 8) & 1) &&
            space_used(store->space, block))
            walk->report->leaked++;
}

static void walk_all(Walk *walk) {
    Store *store = walk->store;
    for (uint32_t i = 0; i < store->record_places; i++) {
        const FormatRecord *record = &store->records[i];
        if (record->generation == 0)
            continue;
        walk->generation = record->generation;
        walk->report->generations++;
        visit_tree(walk, &record->heap, FORMAT_HEAP_LEVELS - 1, true);
        visit_deadlist(walk, record->deadlist);
    }
    walk->generation = store->durable;
    visit_tree(walk, &store->super.meta, FORMAT_META_LEVELS - 1, false);
    count_leaks(walk);
}

Status store_verify(Store *store, StoreReport *report) {
    Walk walk = {.store = store, .report = report};
    walk.reached = alloc_take(store->super.blocks / 8 + 1);
    walk.nodes = alloc_take(FORMAT_HEAP_LEVELS * sizeof *walk.nodes);
    walk.page = alloc_take(2 * PLATFORM_BLOCK_BYTES);
    Status status = STATUS_NO_MEMORY;
    if (walk.reached && walk.nodes && walk.page) {
        walk_all(&walk);
        status = STATUS_OK;
    }
    alloc_give(walk.reached);
    alloc_give(walk.nodes);
    alloc_give(walk.page);
    return status;
}
