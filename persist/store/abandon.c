/* Giving back the end of an abandoned branch: a generation without a child.
 *
 * What was born in it after its parent, nobody else uses. That may be a whole
 * world, so it is given back in the order of the page numbers, some nodes in
 * each commit; the record's cursor says how far it has come, and a start goes
 * on from there. A node is given back after all that is below it, and the root
 * block with what it names at last, together with the record. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/log.h"

enum { NODES_AT_ONCE = 256 };

typedef struct Walk {
    Store *store;
    FormatRecord *record;
    FormatNode *nodes; /* one per level */
    FormatRoot *root;
    uint32_t budget; /* nodes that may still be read */
} Walk;

static bool is_own(const Walk *walk, const FormatEntry *entry) {
    return entry_present(entry) && entry_birth(entry) > walk->record->parent;
}

static void give_page(Walk *walk, const FormatEntry *entry) {
    if (is_own(walk, entry))
        space_give(walk->store->space, entry_block(entry), false,
                   SPACE_AFTER_TWO);
}

static void give_leaf(Walk *walk, const FormatNode *node, uint64_t first) {
    for (unsigned i = 0; i < FORMAT_FANOUT; i++)
        if (first + i >= walk->record->cursor &&
            !pagemap_names(walk->root, first + i))
            give_page(walk, &node->entries[i]);
}

/* Gives back the node over the keys from `first` on, and all below it. BUSY:
 * the budget is used up; IO_ERROR: a node cannot be read now. */
static Status give_tree(Walk *walk, const FormatEntry *entry, unsigned level,
                        uint64_t first) {
    FormatRecord *record = walk->record;
    FormatNode *node = &walk->nodes[level];
    uint64_t end = first + format_span(level + 1);
    if (!is_own(walk, entry) || end <= record->cursor)
        return STATUS_OK;
    if (walk->budget == 0)
        return STATUS_BUSY;
    walk->budget--;
    Status status = device_read_meta(walk->store->device, entry, node);
    if (status == STATUS_IO_ERROR)
        return status;
    if (status != STATUS_OK) {
        log_line("recovery: node of generation %lu: %s; its blocks stay used",
                 record->generation, status_text(status));
        record->cursor = end;
        return STATUS_OK;
    }
    for (unsigned i = 0; level > 0 && i < FORMAT_FANOUT; i++) {
        status = give_tree(walk, &node->entries[i], level - 1,
                           first + i * format_span(level));
        if (status != STATUS_OK)
            return status;
    }
    if (level == 0)
        give_leaf(walk, node, first);
    space_give(walk->store->space, entry_block(entry), true, SPACE_AFTER_TWO);
    record->cursor = end;
    return STATUS_OK;
}

/* Gives back what the record's heap has; errors as above. */
static Status give_heap(Walk *walk) {
    const FormatEntry *entry = &walk->record->heap;
    if (!is_own(walk, entry))
        return STATUS_OK;
    Status status = pagemap_read_root(walk->store->device, entry, walk->root);
    if (status == STATUS_IO_ERROR)
        return status;
    if (status != STATUS_OK) {
        log_line("recovery: root of generation %lu: %s; its blocks stay used",
                 walk->record->generation, status_text(status));
        return STATUS_OK;
    }
    status = give_tree(walk, &walk->root->tree, FORMAT_HEAP_LEVELS - 1, 0);
    if (status != STATUS_OK)
        return status;
    for (uint64_t i = 0; i < walk->root->count; i++)
        give_page(walk, &walk->root->recent[i].entry);
    space_give(walk->store->space, entry_block(entry), true, SPACE_AFTER_TWO);
    return STATUS_OK;
}

static bool has_buffers(Walk *walk) {
    if (!walk->nodes)
        walk->nodes = alloc_take(FORMAT_HEAP_LEVELS * sizeof *walk->nodes);
    if (!walk->root)
        walk->root = alloc_take(sizeof *walk->root);
    return walk->nodes && walk->root;
}

void abandon_step(Store *store) {
    Walk walk = {.store = store, .budget = NODES_AT_ONCE};
    for (uint32_t i = 0; i < store->record_places && walk.budget > 0; i++) {
        walk.record = &store->records[i];
        if (!(walk.record->flags & FORMAT_DYING))
            continue;
        if (!has_buffers(&walk))
            break;
        if (give_heap(&walk) == STATUS_OK)
            *walk.record = (FormatRecord){0};
        directory_touch(store, i);
    }
    alloc_give(walk.nodes);
    alloc_give(walk.root);
}
