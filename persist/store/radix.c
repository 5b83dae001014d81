/* Trees of nodes with 128 entries, copy-on-write. */
#include "persist/store/radix.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/list.h"

enum { BUCKETS = 4096, LEVELS_LIMIT = 5 };

typedef enum NodeState {
    NODE_CLEAN,   /* durable, can be dropped when it has no children here */
    NODE_DIRTY,   /* changed */
    NODE_WRITTEN, /* written, not durable */
} NodeState;

typedef struct Node {
    ListLink by_state; /* in the list of its state (and level) */
    struct Node *hash_next;
    struct Node *parent; /* NULL for the root */
    uint64_t index;      /* key shifted down to this level */
    uint32_t children;   /* nodes in memory below */
    uint8_t level;       /* 0: leaves */
    uint8_t state;       /* NodeState */
    bool assigned;       /* dirty, and `place` is its new block */
    uint64_t place;
    FormatNode *bytes;
} Node;

struct Radix {
    Device *device;
    unsigned levels;
    FormatEntry root;
    List dirty[LEVELS_LIMIT]; /* by level */
    List written, clean;
    uint32_t node_count, dirty_count;
    Node *buckets[BUCKETS];
};

/* ---- Nodes in memory ---- */

static uint32_t bucket_of(unsigned level, uint64_t index) {
    uint64_t mixed = (index * 8 + level) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(mixed >> 52) % BUCKETS;
}

static Node *find(Radix *radix, unsigned level, uint64_t index) {
    Node *node = radix->buckets[bucket_of(level, index)];
    while (node && (node->level != level || node->index != index))
        node = node->hash_next;
    return node;
}

static Node *new_node(Radix *radix, unsigned level, uint64_t index,
                      Node *parent) {
    Node *node = alloc_take(sizeof *node);
    FormatNode *bytes = alloc_take(sizeof *bytes);
    if (!node || !bytes) {
        alloc_give(node);
        alloc_give(bytes);
        return NULL;
    }
    *node = (Node){.parent = parent,
                   .index = index,
                   .level = (uint8_t)level,
                   .state = NODE_CLEAN,
                   .bytes = bytes};
    Node **bucket = &radix->buckets[bucket_of(level, index)];
    node->hash_next = *bucket;
    *bucket = node;
    if (parent)
        parent->children++;
    list_append(&radix->clean, &node->by_state);
    radix->node_count++;
    return node;
}

static void drop(Radix *radix, Node *node) {
    Node **at = &radix->buckets[bucket_of(node->level, node->index)];
    while (*at != node)
        at = &(*at)->hash_next;
    *at = node->hash_next;
    list_remove(&node->by_state);
    if (node->parent)
        node->parent->children--;
    radix->node_count--;
    alloc_give(node->bytes);
    alloc_give(node);
}

static void set_state(Radix *radix, Node *node, NodeState state) {
    List *lists[] = {&radix->clean, &radix->dirty[node->level],
                     &radix->written};
    radix->dirty_count -= node->state == NODE_DIRTY;
    radix->dirty_count += state == NODE_DIRTY;
    list_remove(&node->by_state);
    list_append(lists[state], &node->by_state);
    node->state = state;
}

/* ---- Opening and closing ---- */

Radix *radix_open(Device *device, unsigned levels, const FormatEntry *root) {
    CHECK(levels <= LEVELS_LIMIT);
    Radix *radix = alloc_take(sizeof *radix);
    if (!radix)
        return NULL;
    radix->device = device;
    radix->levels = levels;
    radix->root = *root;
    for (unsigned level = 0; level < LEVELS_LIMIT; level++)
        list_init(&radix->dirty[level]);
    list_init(&radix->written);
    list_init(&radix->clean);
    return radix;
}

static void drop_list(Radix *radix, List *list) {
    while (!list_empty(list))
        drop(radix, LIST_ELEMENT(list_first(list), Node, by_state));
}

void radix_close(Radix *radix) {
    if (!radix)
        return;
    for (unsigned level = 0; level < LEVELS_LIMIT; level++) {
        LIST_EACH(&radix->dirty[level], link)
        LIST_ELEMENT(link, Node, by_state)->parent = NULL;
    }
    LIST_EACH(&radix->written, link)
    LIST_ELEMENT(link, Node, by_state)->parent = NULL;
    LIST_EACH(&radix->clean, link)
    LIST_ELEMENT(link, Node, by_state)->parent = NULL;
    for (unsigned level = 0; level < LEVELS_LIMIT; level++)
        drop_list(radix, &radix->dirty[level]);
    drop_list(radix, &radix->written);
    drop_list(radix, &radix->clean);
    alloc_give(radix);
}

FormatEntry radix_root(const Radix *radix) {
    return radix->root;
}

uint32_t radix_dirty_nodes(const Radix *radix) {
    return radix->dirty_count;
}

/* ---- Walking ---- */

static uint64_t index_at(uint64_t key, unsigned level) {
    return key >> (FORMAT_FANOUT_BITS * (level + 1));
}

static unsigned place_at(uint64_t key, unsigned level) {
    return (unsigned)(key >> (FORMAT_FANOUT_BITS * level)) &
           (FORMAT_FANOUT - 1);
}

static FormatEntry *entry_for(Radix *radix, Node *node) {
    if (!node->parent)
        return &radix->root;
    return &node->parent->bytes->entries[node->index % FORMAT_FANOUT];
}

/* Brings the node at `level` over `key` into memory, below `parent`. */
static Status load(Radix *radix, unsigned level, uint64_t key, Node *parent,
                   const FormatEntry *entry, Node **node_out) {
    Node *node = new_node(radix, level, index_at(key, level), parent);
    if (!node)
        return STATUS_NO_MEMORY;
    if (entry_present(entry)) {
        Status status = device_read_meta(radix->device, entry, node->bytes);
        if (status != STATUS_OK) {
            drop(radix, node);
            return status;
        }
    }
    *node_out = node;
    return STATUS_OK;
}

/* The leaf over `key`. With `make`, missing nodes are made; without, *leaf_out
 * is NULL where the tree has none. */
static Status find_leaf(Radix *radix, uint64_t key, bool make,
                        Node **leaf_out) {
    CHECK(key >> (FORMAT_FANOUT_BITS * radix->levels) == 0);
    *leaf_out = find(radix, 0, index_at(key, 0));
    if (*leaf_out)
        return STATUS_OK;
    Node *parent = NULL;
    const FormatEntry *entry = &radix->root;
    for (unsigned level = radix->levels; level-- > 0;) {
        Node *node = find(radix, level, index_at(key, level));
        if (!node && !make && !entry_present(entry))
            return STATUS_OK;
        if (!node) {
            Status status = load(radix, level, key, parent, entry, &node);
            if (status != STATUS_OK)
                return status;
        }
        parent = node;
        entry = &node->bytes->entries[place_at(key, level)];
    }
    *leaf_out = parent;
    return STATUS_OK;
}

Status radix_get(Radix *radix, uint64_t key, FormatEntry *entry_out) {
    Node *leaf;
    *entry_out = (FormatEntry){0};
    Status status = find_leaf(radix, key, false, &leaf);
    if (status == STATUS_OK && leaf)
        *entry_out = leaf->bytes->entries[place_at(key, 0)];
    return status;
}

bool radix_known(Radix *radix, uint64_t key, FormatEntry *entry_out) {
    Node *leaf = find(radix, 0, index_at(key, 0));
    if (leaf)
        *entry_out = leaf->bytes->entries[place_at(key, 0)];
    return leaf != NULL;
}

/* The first key from *key on whose entry in the node at `level` over it is
 * present; moves *key there, or to the end of the node. */
static bool next_in_node(const Node *node, unsigned level, uint64_t *key) {
    unsigned shift = FORMAT_FANOUT_BITS * level;
    unsigned at = place_at(*key, level);
    if (entry_present(&node->bytes->entries[at]))
        return true;
    while (++at < FORMAT_FANOUT && !entry_present(&node->bytes->entries[at]))
        continue;
    uint64_t first = *key >> (shift + FORMAT_FANOUT_BITS)
                                 << (shift + FORMAT_FANOUT_BITS);
    *key = first + ((uint64_t)at << shift);
    return at < FORMAT_FANOUT;
}

Status radix_next(Radix *radix, uint64_t from, uint64_t *key_out) {
    uint64_t end = 1ull << (FORMAT_FANOUT_BITS * radix->levels);
    *key_out = UINT64_MAX;
    while (from < end && entry_present(&radix->root)) {
        Node *node = NULL;
        const FormatEntry *entry = &radix->root;
        unsigned level = radix->levels;
        bool some = true;
        while (some && level-- > 0) {
            Node *child = find(radix, level, index_at(from, level));
            if (!child) {
                Status status = load(radix, level, from, node, entry, &child);
                if (status != STATUS_OK)
                    return status;
            }
            node = child;
            some = next_in_node(node, level, &from);
            entry = &node->bytes->entries[place_at(from, level)];
        }
        if (some) {
            *key_out = from;
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

/* Where one of two trees is looked at. */
typedef struct Side {
    Radix *radix;
    Node *node;
    FormatEntry entry; /* below the node, or the root's */
} Side;

/* Goes one level down, to `level`; below nothing is nothing. */
static Status go_down(Side *side, unsigned level, uint64_t key) {
    Node *child = NULL;
    if (entry_present(&side->entry))
        child = find(side->radix, level, index_at(key, level));
    if (entry_present(&side->entry) && !child) {
        Status status =
            load(side->radix, level, key, side->node, &side->entry, &child);
        if (status != STATUS_OK)
            return status;
    }
    side->node = child;
    side->entry =
        child ? child->bytes->entries[place_at(key, level)] : (FormatEntry){0};
    return STATUS_OK;
}

Status radix_next_difference(Radix *radix, Radix *other, uint64_t from,
                             uint64_t *key_out) {
    CHECK(radix->dirty_count == 0 && other->dirty_count == 0);
    *key_out = UINT64_MAX;
    while (from >> (FORMAT_FANOUT_BITS * radix->levels) == 0) {
        Side a = {.radix = radix, .entry = radix->root};
        Side b = {.radix = other, .entry = other->root};
        unsigned level = radix->levels;
        while (level > 0 && !entry_same(&a.entry, &b.entry)) {
            Status status = go_down(&a, --level, from);
            if (status == STATUS_OK)
                status = go_down(&b, level, from);
            if (status != STATUS_OK)
                return status;
        }
        if (!entry_same(&a.entry, &b.entry)) {
            *key_out = from;
            return STATUS_OK;
        }
        unsigned shift = FORMAT_FANOUT_BITS * level;
        from = ((from >> shift) + 1) << shift;
    }
    return STATUS_OK;
}

Status radix_prepare(Radix *radix, uint64_t key) {
    Node *leaf;
    Status status = find_leaf(radix, key, true, &leaf);
    if (status != STATUS_OK)
        return status;
    for (Node *node = leaf; node && node->state != NODE_DIRTY;
         node = node->parent) {
        node->assigned = false;
        set_state(radix, node, NODE_DIRTY);
    }
    return STATUS_OK;
}

Status radix_set(Radix *radix, uint64_t key, const FormatEntry *entry,
                 FormatEntry *old_out) {
    Status status = radix_prepare(radix, key);
    if (status != STATUS_OK)
        return status;
    Node *leaf = find(radix, 0, index_at(key, 0));
    FormatEntry *place = &leaf->bytes->entries[place_at(key, 0)];
    *old_out = *place;
    *place = *entry;
    return STATUS_OK;
}

bool radix_leaf_is_dirty(Radix *radix, uint64_t key) {
    const Node *leaf = find(radix, 0, index_at(key, 0));
    return leaf && leaf->state == NODE_DIRTY;
}

/* ---- Committing ---- */

bool radix_unassigned(const Radix *radix) {
    for (unsigned level = 0; level < radix->levels; level++) {
        LIST_EACH(&radix->dirty[level], link) {
            if (!LIST_ELEMENT(link, Node, by_state)->assigned)
                return true;
        }
    }
    return false;
}

Status radix_assign(Radix *radix, Space *space, RadixFreed *freed,
                    void *context) {
    for (unsigned level = 0; level < radix->levels; level++) {
        LIST_EACH(&radix->dirty[level], link) {
            Node *node = LIST_ELEMENT(link, Node, by_state);
            if (node->assigned)
                continue;
            if (!space_take_pair(space, &node->place))
                return space_why(space);
            node->assigned = true;
            const FormatEntry *old = entry_for(radix, node);
            if (entry_present(old))
                freed(context, old);
        }
    }
    return STATUS_OK;
}

static bool write_node(Radix *radix, Node *node, uint64_t birth) {
    CHECK(node->assigned);
    if (!device_write_pair(radix->device, node->place, node->bytes))
        return false;
    Hash hash = hash_of(node->bytes, sizeof *node->bytes);
    *entry_for(radix, node) = entry_of(node->place, birth, hash);
    node->assigned = false;
    set_state(radix, node, NODE_WRITTEN);
    return true;
}

bool radix_write(Radix *radix, uint64_t birth, uint32_t *budget) {
    for (unsigned level = 0; level < radix->levels; level++) {
        while (!list_empty(&radix->dirty[level])) {
            if (*budget == 0)
                return false;
            ListLink *first = list_first(&radix->dirty[level]);
            if (!write_node(radix, LIST_ELEMENT(first, Node, by_state), birth))
                return false;
            --*budget;
        }
    }
    return true;
}

static void move_written(Radix *radix, NodeState state) {
    while (!list_empty(&radix->written)) {
        ListLink *first = list_first(&radix->written);
        set_state(radix, LIST_ELEMENT(first, Node, by_state), state);
    }
}

void radix_durable(Radix *radix) {
    CHECK(radix->dirty_count == 0);
    move_written(radix, NODE_CLEAN);
}

void radix_doomed(Radix *radix) {
    move_written(radix, NODE_DIRTY);
}

void radix_trim(Radix *radix, uint32_t keep) {
    ListLink *link = radix->clean.head.next;
    while (radix->node_count > keep && link != &radix->clean.head) {
        Node *node = LIST_ELEMENT(link, Node, by_state);
        link = link->next;
        if (node->children == 0)
            drop(radix, node);
    }
}
