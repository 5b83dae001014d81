/* Verifying a whole disk: each block that a kept generation reaches. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/text.h"

typedef struct Walk {
    Store *store;
    StoreReport *report;
    uint8_t *reached;  /* a bit a block, */
    uint8_t *whole;    /* and one for nodes below which all was */
    FormatNode *nodes; /* one per level */
    FormatRoot *root;
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

static bool has_bit(const uint8_t *bits, uint64_t block) {
    return bits[block / 8] >> (block % 8) & 1;
}

static void set_bit(uint8_t *bits, uint64_t block) {
    bits[block / 8] |= (uint8_t)(1u << block % 8);
}

static bool first_visit(Walk *walk, uint64_t block) {
    bool seen = has_bit(walk->reached, block);
    set_bit(walk->reached, block);
    if (!seen && !space_used(walk->store->space, block))
        walk->report->unmarked++;
    return !seen;
}

static bool in_disk(const Walk *walk, uint64_t block) {
    return block >= FORMAT_EDGE &&
           block < walk->store->super.layout.blocks - FORMAT_EDGE;
}

/* Verifies both copies of a metadata block; its bytes from the better one. */
static bool visit_meta(Walk *walk, const FormatEntry *entry, const char *what,
                       void *bytes, bool *first_out) {
    uint64_t block = entry_block(entry);
    uint64_t second = format_partner(&walk->store->super.layout, block);
    if (!in_disk(walk, block) || !in_disk(walk, second)) {
        say(walk, what, block, STATUS_INVALID);
        walk->report->unread++;
        return false;
    }
    *first_out = first_visit(walk, block);
    if (!*first_out)
        return true;
    first_visit(walk, second);
    DevicePair pair = device_read_pair(walk->store->device, entry, bytes,
                                       walk->page, walk->report->mend);
    if (pair.second != STATUS_OK)
        say(walk, what, second, pair.second);
    if (pair.first != STATUS_OK)
        say(walk, what, block, pair.first);
    walk->report->mended += pair.mended;
    walk->report->unread += pair.first != STATUS_OK && pair.second != STATUS_OK;
    return pair.first == STATUS_OK || pair.second == STATUS_OK;
}

/* A page of the space map leads to nothing. */
static void visit_map_page(Walk *walk, const FormatEntry *entry) {
    bool first;
    if (visit_meta(walk, entry, "space map", walk->page + PLATFORM_BLOCK_BYTES,
                   &first))
        return;
    walk->report->unread--;
    walk->report->map_lost++;
}

static void visit_data(Walk *walk, const FormatEntry *entry) {
    uint64_t block = entry_block(entry);
    if (!in_disk(walk, block)) {
        say(walk, "page", block, STATUS_INVALID);
        return;
    }
    if (!first_visit(walk, block))
        return;
    Status status = device_read_data(walk->store->device, entry, walk->page);
    if (status != STATUS_OK)
        say(walk, "page", block, status);
    walk->report->pages++;
}

/* A tree to be visited. */
typedef struct Tree {
    const FormatRoot *root; /* of a heap; NULL: the leaves name metadata */
    uint64_t after;         /* only what was born after this generation, */
    uint64_t cursor;        /* and belongs to keys from here on */
} Tree;

static bool is_wanted(const Tree *tree, const FormatEntry *entry,
                      uint64_t end_key) {
    return entry_present(entry) && entry_birth(entry) > tree->after &&
           end_key > tree->cursor;
}

/* False: the entry is out of date here, but perhaps not in another tree that
 * shares the leaf. */
static bool visit_leaf_entry(Walk *walk, const Tree *tree,
                             const FormatEntry *entry, uint64_t key) {
    bool first;
    if (tree->root && pagemap_names(tree->root, key))
        return false;
    if (tree->root)
        visit_data(walk, entry);
    else if (key >= FORMAT_SPACE_FIRST)
        visit_map_page(walk, entry);
    else
        visit_meta(walk, entry, "metadata", walk->page + PLATFORM_BLOCK_BYTES,
                   &first);
    return true;
}

/* False: there is no such node, or it cannot be read. */
static bool visit_node(Walk *walk, const FormatEntry *entry, FormatNode *node) {
    bool first;
    if (!visit_meta(walk, entry, "node", node, &first))
        return false;
    walk->report->nodes += first;
    return first ||
           device_read_meta(walk->store->device, entry, node) == STATUS_OK;
}

/* True when all below was visited, now or before. The depth of the recursion is
 * the number of levels. */
static bool visit_tree(Walk *walk, const Tree *tree, const FormatEntry *entry,
                       unsigned level, uint64_t first_key) {
    FormatNode *node = &walk->nodes[level];
    uint64_t span = format_span(level), block = entry_block(entry);
    bool whole = true;
    if (in_disk(walk, block) && has_bit(walk->whole, block))
        return true;
    bool good = visit_node(walk, entry, node);
    for (unsigned i = 0; good && i < FORMAT_FANOUT; i++) {
        const FormatEntry *child = &node->entries[i];
        uint64_t key = first_key + i * span;
        if (!is_wanted(tree, child, key + span)) {
            whole &= !entry_present(child);
            continue;
        }
        whole &= level > 0 ? visit_tree(walk, tree, child, level - 1, key)
                           : visit_leaf_entry(walk, tree, child, key);
    }
    if (whole && in_disk(walk, block))
        set_bit(walk->whole, block);
    return whole;
}

static void visit_heap(Walk *walk, const FormatEntry *entry, Tree tree) {
    bool first;
    FormatRoot *root = walk->root;
    if (!is_wanted(&tree, entry, UINT64_MAX) ||
        !visit_meta(walk, entry, "root", root, &first) || !first)
        return;
    walk->report->nodes++;
    if (!pagemap_root_makes_sense(root)) {
        say(walk, "root", entry_block(entry), STATUS_CORRUPT);
        walk->report->unread++;
        return;
    }
    for (uint64_t i = 0; i < root->count; i++)
        if (is_wanted(&tree, &root->recent[i].entry, UINT64_MAX))
            visit_data(walk, &root->recent[i].entry);
    tree.root = root;
    if (is_wanted(&tree, &root->tree, UINT64_MAX))
        visit_tree(walk, &tree, &root->tree, FORMAT_HEAP_LEVELS - 1, 0);
}

bool verify_push(EntryStack *stack, const FormatEntry *entry) {
    if (stack->count == stack->capacity) {
        size_t capacity = 2 * stack->capacity + FORMAT_DEAD_LINKS;
        FormatEntry *entries =
            alloc_resize(stack->entries, stack->capacity * sizeof *entries,
                         capacity * sizeof *entries);
        if (!entries)
            return false;
        stack->entries = entries;
        stack->capacity = capacity;
    }
    stack->entries[stack->count++] = *entry;
    return true;
}

static bool visit_deadlist(Walk *walk, const FormatEntry *root) {
    FormatDeadlist *block = (FormatDeadlist *)(void *)walk->nodes;
    EntryStack pending = {0};
    bool first, good = !entry_present(root) || verify_push(&pending, root);
    while (good && pending.count > 0) {
        FormatEntry at = pending.entries[--pending.count];
        if (!visit_meta(walk, &at, "deadlist", block, &first) || !first)
            continue;
        for (uint32_t i = 0; good && i < block->links; i++)
            good = verify_push(&pending, &block->link[i].at);
    }
    alloc_give(pending.entries);
    return good;
}

static void count_leaks(Walk *walk) {
    Store *store = walk->store;
    for (uint64_t block = FORMAT_EDGE;
         block < store->super.layout.blocks - FORMAT_EDGE; block++)
        if (!has_bit(walk->reached, block) && space_used(store->space, block))
            walk->report->leaked++;
}

static bool walk_record(Walk *walk, const FormatRecord *record) {
    bool dying = record->flags & FORMAT_DYING;
    Tree tree = {.after = dying ? record->parent : 0,
                 .cursor = dying ? record->cursor : 0};
    walk->generation = record->generation;
    walk->report->generations += !dying;
    visit_heap(walk, &record->heap, tree);
    return visit_deadlist(walk, &record->deadlist);
}

static Status walk_all(Walk *walk) {
    Store *store = walk->store;
    Tree meta = {0};
    for (uint32_t i = 0; i < store->record_places; i++)
        if (store->records[i].generation != 0 &&
            !walk_record(walk, &store->records[i]))
            return STATUS_NO_MEMORY;
    walk->generation = store->durable;
    if (entry_present(&store->super.meta))
        visit_tree(walk, &meta, &store->super.meta, FORMAT_META_LEVELS - 1, 0);
    count_leaks(walk);
    return STATUS_OK;
}

static Status begin_walk(Walk *walk) {
    walk->reached = alloc_take(walk->store->super.layout.blocks / 8 + 1);
    walk->whole = alloc_take(walk->store->super.layout.blocks / 8 + 1);
    walk->root = alloc_take(sizeof *walk->root);
    walk->nodes = alloc_take(FORMAT_HEAP_LEVELS * sizeof *walk->nodes);
    walk->page = alloc_take(2 * PLATFORM_BLOCK_BYTES);
    return walk->reached && walk->whole && walk->root && walk->nodes &&
                   walk->page
               ? STATUS_OK
               : STATUS_NO_MEMORY;
}

static void end_walk(Walk *walk) {
    alloc_give(walk->reached);
    alloc_give(walk->whole);
    alloc_give(walk->root);
    alloc_give(walk->nodes);
    alloc_give(walk->page);
}

Status store_verify(Store *store, StoreReport *report) {
    Walk walk = {.store = store, .report = report};
    Status status = begin_walk(&walk);
    if (status == STATUS_OK)
        status = walk_all(&walk);
    if (report->mended > 0 && device_flush_now(store->device) != STATUS_OK)
        report->mended = 0;
    end_walk(&walk);
    return status;
}

static void say_nothing(const char *sentence) {
    (void)sentence;
}

Status store_rebuild_map(Store *store) {
    StoreReport report = {.say = say_nothing};
    Walk walk = {.store = store, .report = &report};
    Status status = begin_walk(&walk);
    if (status == STATUS_OK)
        status = walk_all(&walk);
    if (status == STATUS_OK && report.unread > 0)
        status = STATUS_CORRUPT;
    if (status == STATUS_OK)
        status = space_rebuild(store->space, walk.reached);
    end_walk(&walk);
    return status;
}
