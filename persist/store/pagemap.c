/* Recent changes of pages in front of a tree. */
#include "persist/store/pagemap.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"

enum { REGION_LEAVES = 128 }; /* leaf nodes of the pages of a region */

#define PAGES_END (1ull << (FORMAT_FANOUT_BITS * FORMAT_HEAP_LEVELS))

typedef enum RootState { ROOT_CLEAN, ROOT_DIRTY, ROOT_WRITTEN } RootState;

struct PageMap {
    Device *device;
    FormatEntry root;
    FormatRoot *block; /* NULL: not read yet, and */
    Radix *tree;       /* neither is this opened */
    RootState state;
    bool assigned; /* dirty, and `place` is its new block */
    uint64_t place;
};

uint32_t pagemap_recent_most = FORMAT_RECENT;

/* ---- Root blocks ---- */

bool pagemap_root_makes_sense(const FormatRoot *root) {
    bool good =
        root->count <= FORMAT_RECENT && root->dead_count <= FORMAT_ROOT_DEAD;
    for (uint64_t i = 0; good && i < root->count; i++)
        good = root->recent[i].page < PAGES_END &&
               (i == 0 || root->recent[i].page > root->recent[i - 1].page);
    return good;
}

Status pagemap_read_root(Device *device, const FormatEntry *entry,
                         FormatRoot *root) {
    Status status = device_read_meta(device, entry, root);
    if (status == STATUS_OK && !pagemap_root_makes_sense(root))
        status = STATUS_CORRUPT;
    return status;
}

/* The place of the first recent page from this one on, or the count. */
static uint64_t place_from(const FormatRoot *root, uint64_t page) {
    uint64_t low = 0, high = root->count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (root->recent[middle].page < page)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool pagemap_names(const FormatRoot *root, uint64_t page) {
    uint64_t place = place_from(root, page);
    return place < root->count && root->recent[place].page == page;
}

static FormatRecent *find(FormatRoot *root, uint64_t page) {
    return pagemap_names(root, page) ? &root->recent[place_from(root, page)]
                                     : NULL;
}

/* ---- Opening ---- */

PageMap *pagemap_open(Device *device, const FormatEntry *root) {
    PageMap *map = alloc_take(sizeof *map);
    if (map)
        *map = (PageMap){.device = device, .root = *root};
    return map;
}

void pagemap_close(PageMap *map) {
    if (!map)
        return;
    radix_close(map->tree);
    alloc_give(map->block);
    alloc_give(map);
}

FormatEntry pagemap_root(const PageMap *map) {
    return map->root;
}

static Status load(PageMap *map) {
    if (map->block)
        return STATUS_OK;
    FormatRoot *block = alloc_take(sizeof *block);
    Status status = block ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK && entry_present(&map->root))
        status = pagemap_read_root(map->device, &map->root, block);
    if (status == STATUS_OK)
        map->tree = radix_open(map->device, FORMAT_HEAP_LEVELS, &block->tree);
    if (status == STATUS_OK && !map->tree)
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        alloc_give(block);
        return status;
    }
    map->block = block;
    return STATUS_OK;
}

static Status look(PageMap *map) {
    FormatEntry entry;
    Status status = load(map);
    return status == STATUS_OK ? radix_get(map->tree, 0, &entry) : status;
}

Status pagemap_look(Device *device, const FormatEntry *root) {
    PageMap *map = pagemap_open(device, root);
    if (!map)
        return STATUS_NO_MEMORY;
    Status status = look(map);
    pagemap_close(map);
    return status;
}

/* ---- Reading ---- */

Status pagemap_get(PageMap *map, uint64_t page, FormatEntry *entry_out) {
    *entry_out = (FormatEntry){0};
    Status status = load(map);
    if (status != STATUS_OK)
        return status;
    const FormatRecent *recent = find(map->block, page);
    if (!recent)
        return radix_get(map->tree, page, entry_out);
    *entry_out = recent->entry;
    return STATUS_OK;
}

bool pagemap_known(PageMap *map, uint64_t page, FormatEntry *entry_out) {
    const FormatRecent *recent = map->block ? find(map->block, page) : NULL;
    if (recent)
        *entry_out = recent->entry;
    return recent || (map->tree && radix_known(map->tree, page, entry_out));
}

/* The first recent page from `from` on, UINT64_MAX: none. */
static uint64_t recent_from(const FormatRoot *root, uint64_t from) {
    uint64_t place = place_from(root, from);
    return place < root->count ? root->recent[place].page : UINT64_MAX;
}

Status pagemap_next(PageMap *map, uint64_t from, uint64_t *page_out) {
    Status status = load(map);
    *page_out = UINT64_MAX;
    while (status == STATUS_OK) {
        status = radix_next(map->tree, from, page_out);
        uint64_t recent = recent_from(map->block, from);
        if (status != STATUS_OK || *page_out < recent || recent == UINT64_MAX)
            break;
        *page_out = recent;
        if (entry_present(&find(map->block, recent)->entry))
            break;
        from = recent + 1;
    }
    return status;
}

static Status differs(PageMap *map, PageMap *other, uint64_t page,
                      bool *differs_out) {
    FormatEntry a, b;
    Status status = pagemap_get(map, page, &a);
    if (status == STATUS_OK)
        status = pagemap_get(other, page, &b);
    if (status == STATUS_OK)
        *differs_out = !entry_same(&a, &b);
    return status;
}

Status pagemap_next_difference(PageMap *map, PageMap *other, uint64_t from,
                               uint64_t *page_out) {
    Status status = load(map);
    if (status == STATUS_OK)
        status = load(other);
    bool found = false;
    *page_out = UINT64_MAX;
    for (; status == STATUS_OK && !found; from = *page_out + 1) {
        status = radix_next_difference(map->tree, other->tree, from, page_out);
        if (status != STATUS_OK)
            break;
        *page_out = bytes_min(*page_out, recent_from(map->block, from));
        *page_out = bytes_min(*page_out, recent_from(other->block, from));
        if (*page_out == UINT64_MAX)
            break;
        status = differs(map, other, *page_out, &found);
    }
    return status;
}

/* ---- Changing ---- */

static void touch(PageMap *map) {
    if (map->state != ROOT_DIRTY)
        map->assigned = false;
    map->state = ROOT_DIRTY;
}

/* Recent pages of one leaf, which follow each other. */
typedef struct Group {
    uint64_t first, count;
} Group;

static uint64_t leaf_of(uint64_t page) {
    return page / FORMAT_FANOUT;
}

static Group group_at(const FormatRoot *root, uint64_t first) {
    Group group = {.first = first};
    while (first < root->count && leaf_of(root->recent[first].page) ==
                                      leaf_of(root->recent[group.first].page))
        first++;
    group.count = first - group.first;
    return group;
}

/* The first of the largest ones. */
static Group largest_group(const FormatRoot *root) {
    Group best = {0}, group;
    for (uint64_t at = 0; at < root->count; at += group.count) {
        group = group_at(root, at);
        if (group.count > best.count)
            best = group;
    }
    return best;
}

/* Those of the leaf of a page that the root block does not name. */
static Group group_of(const FormatRoot *root, uint64_t page) {
    uint64_t first = place_from(root, leaf_of(page) * FORMAT_FANOUT);
    if (first == root->count ||
        leaf_of(root->recent[first].page) != leaf_of(page))
        return (Group){.first = first};
    return group_at(root, first);
}

static void forget(PageMap *map, Group group) {
    FormatRoot *root = map->block;
    uint64_t end = group.first + group.count;
    root->count -= group.count;
    for (uint64_t i = group.first; i < root->count; i++, end++)
        root->recent[i] = root->recent[end];
    bytes_fill(&root->recent[root->count], 0,
               group.count * sizeof root->recent[0]);
    touch(map);
}

/* Puts them into their leaf, which is dirty. */
static void move_into_tree(PageMap *map, Group group) {
    for (uint64_t i = 0; i < group.count; i++) {
        const FormatRecent *recent = &map->block->recent[group.first + i];
        FormatEntry stale;
        Status status =
            radix_set(map->tree, recent->page, &recent->entry, &stale);
        CHECK(status == STATUS_OK);
    }
    forget(map, group);
}

/* Makes room for a page, or its leaf dirty: the leaf of which most pages are
 * recent takes them. */
static Status make_room(PageMap *map, uint64_t page) {
    Group group = largest_group(map->block);
    Group own = group_of(map->block, page);
    Status status;
    if (own.count + 1 >= group.count) {
        group = own;
        status = radix_prepare(map->tree, page);
    } else {
        status = radix_prepare(map->tree, map->block->recent[group.first].page);
    }
    if (status == STATUS_OK)
        move_into_tree(map, group);
    return status;
}

Status pagemap_prepare(PageMap *map, uint64_t page) {
    FormatEntry old;
    Status status = load(map);
    if (status != STATUS_OK || pagemap_names(map->block, page))
        return status;
    status = radix_get(map->tree, page, &old);
    if (status == STATUS_OK && !radix_leaf_is_dirty(map->tree, page) &&
        map->block->count >= pagemap_recent_most)
        status = make_room(map, page);
    return status;
}

static void insert(FormatRoot *root, uint64_t page, const FormatEntry *entry) {
    uint64_t place = place_from(root, page);
    CHECK(root->count < FORMAT_RECENT);
    for (uint64_t i = root->count++; i > place; i--)
        root->recent[i] = root->recent[i - 1];
    root->recent[place] = (FormatRecent){.page = page, .entry = *entry};
}

void pagemap_set(PageMap *map, uint64_t page, const FormatEntry *entry,
                 FormatEntry *old_out) {
    FormatRecent *recent = find(map->block, page);
    Status status = STATUS_OK;
    touch(map);
    if (recent) {
        *old_out = recent->entry;
        recent->entry = *entry;
    } else if (radix_leaf_is_dirty(map->tree, page)) {
        status = radix_set(map->tree, page, entry, old_out);
    } else {
        status = radix_get(map->tree, page, old_out);
        insert(map->block, page, entry);
    }
    CHECK(status == STATUS_OK); /* it was prepared */
}

/* ---- Committing ---- */

/* The root block; and where pages do not fit there, a leaf for each, one node
 * over each region, and the upper levels. */
uint64_t pagemap_pairs(const PageMap *map, uint64_t pages, uint32_t regions) {
    uint64_t named = pages + (map->block ? map->block->count : FORMAT_RECENT);
    uint64_t dirty = map->tree ? radix_dirty_nodes(map->tree) : 0;
    if (named <= pagemap_recent_most)
        return 1 + dirty;
    uint64_t leaves = bytes_min(named - pagemap_recent_most,
                                (uint64_t)regions * REGION_LEAVES);
    uint64_t upper = bytes_min(leaves, regions) + regions / FORMAT_FANOUT + 3;
    return 1 + dirty + leaves + upper;
}

Status pagemap_assign(PageMap *map, Space *space, RadixFreed *freed,
                      void *context) {
    if (!map->block)
        return STATUS_OK; /* nothing was changed */
    CHECK(map->state == ROOT_DIRTY || radix_dirty_nodes(map->tree) == 0);
    Status status = radix_assign(map->tree, space, freed, context);
    if (status != STATUS_OK || map->state != ROOT_DIRTY || map->assigned)
        return status;
    if (!space_take_pair(space, &map->place))
        return space_why(space);
    map->assigned = true;
    if (entry_present(&map->root))
        freed(context, &map->root);
    return STATUS_OK;
}

bool pagemap_name_dead(PageMap *map, const FormatDead *dead, size_t count) {
    if (map->state != ROOT_DIRTY)
        return false;
    FormatRoot *root = map->block;
    bool fits = count <= bytes_min(FORMAT_ROOT_DEAD, pagemap_recent_most);
    root->dead_count = fits ? count : 0;
    bytes_fill(root->dead, 0, sizeof root->dead);
    if (root->dead_count > 0)
        bytes_copy(root->dead, dead, root->dead_count * sizeof *dead);
    return fits;
}

static bool write_root(PageMap *map, uint64_t birth) {
    CHECK(map->assigned);
    map->block->tree = radix_root(map->tree);
    if (!device_write_pair(map->device, map->place, map->block))
        return false;
    Hash hash = hash_of(map->block, sizeof *map->block);
    map->root = entry_of(map->place, birth, hash);
    map->assigned = false;
    map->state = ROOT_WRITTEN;
    return true;
}

bool pagemap_write(PageMap *map, uint64_t birth, uint32_t *budget) {
    if (!map->block)
        return true;
    if (!radix_write(map->tree, birth, budget))
        return false;
    if (map->state != ROOT_DIRTY)
        return true;
    if (*budget == 0 || !write_root(map, birth))
        return false;
    --*budget;
    return true;
}

bool pagemap_dirty(const PageMap *map) {
    return map->state == ROOT_DIRTY;
}

void pagemap_durable(PageMap *map) {
    CHECK(!pagemap_dirty(map));
    if (map->tree)
        radix_durable(map->tree);
    map->state = ROOT_CLEAN;
}

void pagemap_doomed(PageMap *map) {
    if (map->tree)
        radix_doomed(map->tree);
    if (map->state == ROOT_WRITTEN)
        map->state = ROOT_DIRTY;
}

void pagemap_trim(PageMap *map, uint32_t keep) {
    if (map->tree)
        radix_trim(map->tree, keep);
}
