/* Deadlists: which blocks a generation's parent uses and it does not.
 *
 * With the kept generations p < x < s, each the parent of the next, x may be
 * deleted: what deadlist(s) names and was born after p, only x used. The rest
 * of it, and all of deadlist(x), p uses and s does not: that is deadlist(s)
 * from then on. On the disk a deadlist is a heap of blocks (format.h), so only
 * blocks with something to give back are read.
 *
 * A small deadlist is in the root block of its generation until it changes.
 *
 * A deadlist that changes is taken into memory as a DeadHeap, at first no more
 * than a link to its root. Each commit packs the heaps into blocks; when it is
 * durable they are dropped, when it is doomed they are there to be packed
 * again. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

enum { LEAST_ROOM = 64 };

static bool reserve(void **items, size_t *capacity, size_t count,
                    size_t item_bytes) {
    if (count <= *capacity)
        return true;
    size_t wanted = bytes_max(bytes_max(2 * *capacity, count), LEAST_ROOM);
    void *grown =
        alloc_resize(*items, *capacity * item_bytes, wanted * item_bytes);
    if (!grown)
        return false;
    *items = grown;
    *capacity = wanted;
    return true;
}

static bool reserve_dead(DeadHeap *heap, size_t more) {
    return reserve((void **)&heap->dead, &heap->dead_capacity,
                   heap->dead_count + more, sizeof *heap->dead);
}

static bool reserve_links(DeadHeap *heap, size_t more) {
    return reserve((void **)&heap->links, &heap->link_capacity,
                   heap->link_count + more, sizeof *heap->links);
}

static void append(void *to, const void *from, size_t bytes) {
    if (bytes > 0) /* else one of them may be NULL */
        bytes_copy(to, from, bytes);
}

static void drop_heap(DeadHeap *heap) {
    alloc_give(heap->dead);
    alloc_give(heap->links);
    *heap = (DeadHeap){0};
}

void deadlist_add(Store *store, const FormatEntry *entry, bool pair) {
    uint64_t block = entry_block(entry);
    DeadHeap *heap = &store->dead;
    if (!reserve_dead(heap, 1)) {
        log_line("store: no memory; block %lu is lost until a repair", block);
        return;
    }
    heap->dead[heap->dead_count++] =
        (FormatDead){.block = block | (pair ? FORMAT_DEAD_PAIR : 0),
                     .birth = entry_birth(entry)};
}

/* ---- Heaps in memory ---- */

static DeadHeap *find_heap(Store *store, uint64_t generation) {
    for (uint32_t i = 0; i < store->heap_count; i++)
        if (store->heaps[i].generation == generation)
            return &store->heaps[i];
    return NULL;
}

/* Damage: what the block names is forgotten; that space stays used until a
 * repair. */
static void say_lost(uint64_t generation, const FormatEntry *at, Status why) {
    log_line("recovery: deadlist block %lu of generation %lu: %s; its blocks "
             "stay used",
             entry_block(at), generation, status_text(why));
}

/* What a root block says; one that cannot be read now stays: IO_ERROR. */
static Status take_from_root(Store *store, DeadHeap *heap,
                             const FormatEntry *at) {
    FormatRoot *root = alloc_take(sizeof *root);
    Status status =
        root ? pagemap_read_root(store->device, at, root) : STATUS_NO_MEMORY;
    if (status == STATUS_CORRUPT)
        say_lost(heap->generation, at, status);
    else if (status == STATUS_OK && !reserve_dead(heap, root->dead_count))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        append(heap->dead, root->dead, root->dead_count * sizeof *heap->dead);
        heap->dead_count = root->dead_count;
    }
    alloc_give(root);
    return status == STATUS_CORRUPT ? STATUS_OK : status;
}

static Status take_list(Store *store, DeadHeap *heap,
                        const FormatRecord *record) {
    if (record->flags & FORMAT_DEAD_IN_ROOT)
        return take_from_root(store, heap, &record->heap);
    if (!entry_present(&record->deadlist))
        return STATUS_OK;
    if (!reserve_links(heap, 1))
        return STATUS_NO_MEMORY;
    heap->links[heap->link_count++] = (FormatDeadLink){
        .at = record->deadlist, .newest = record->generation - 1};
    return STATUS_OK;
}

/* The heap of a kept generation. LIMIT: too many are open; NO_MEMORY, IO_ERROR.
 */
static Status open_heap(Store *store, const FormatRecord *record,
                        DeadHeap **heap_out) {
    DeadHeap *heap = find_heap(store, record->generation);
    *heap_out = heap;
    if (heap)
        return STATUS_OK;
    if (store->heap_count == STORE_HEAPS)
        return STATUS_LIMIT;
    heap = &store->heaps[store->heap_count];
    *heap =
        (DeadHeap){.generation = record->generation, .root = record->deadlist};
    Status status = take_list(store, heap, record);
    if (status != STATUS_OK) {
        drop_heap(heap);
        return status;
    }
    store->heap_count++;
    *heap_out = heap;
    return STATUS_OK;
}

static void close_heap(Store *store, DeadHeap *heap) {
    drop_heap(heap);
    *heap = store->heaps[--store->heap_count];
}

/* Takes what the block of a link says into the heap; the block is given back.
 * A block that is damaged is forgotten with what it names: that space stays
 * used until a repair. One that cannot be read now stays: IO_ERROR. */
static Status expand(Store *store, DeadHeap *heap, size_t link,
                     FormatDeadlist *block) {
    FormatEntry at = heap->links[link].at;
    if (!reserve_dead(heap, FORMAT_DEAD_PER_BLOCK) ||
        !reserve_links(heap, FORMAT_DEAD_LINKS))
        return STATUS_NO_MEMORY;
    Status status = device_read_meta(store->device, &at, block);
    if (status == STATUS_IO_ERROR)
        return status;
    heap->links[link] = heap->links[--heap->link_count];
    if (status != STATUS_OK || block->links > FORMAT_DEAD_LINKS ||
        block->dead > FORMAT_DEAD_PER_BLOCK) {
        say_lost(heap->generation, &at, status ? status : STATUS_CORRUPT);
        return STATUS_OK;
    }
    bytes_copy(heap->dead + heap->dead_count, block->entry,
               block->dead * sizeof *heap->dead);
    bytes_copy(heap->links + heap->link_count, block->link,
               block->links * sizeof *heap->links);
    heap->dead_count += block->dead;
    heap->link_count += block->links;
    space_give(store->space, entry_block(&at), true, SPACE_AFTER_TWO);
    return STATUS_OK;
}

/* Brings all dead born after `birth` into memory. What it has done when it
 * fails is no harm: the heap says the same. */
static Status expand_after(Store *store, DeadHeap *heap, uint64_t birth) {
    FormatDeadlist *block = alloc_take(sizeof *block);
    Status status = block ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < heap->link_count;) {
        if (heap->links[i].newest > birth)
            status = expand(store, heap, i, block);
        else
            i++;
    }
    alloc_give(block);
    return status;
}

static void give_after(Store *store, DeadHeap *heap, uint64_t birth) {
    size_t kept = 0;
    for (size_t i = 0; i < heap->dead_count; i++) {
        FormatDead dead = heap->dead[i];
        if (dead.birth > birth)
            space_give(store->space, dead.block & ~FORMAT_DEAD_PAIR,
                       dead.block & FORMAT_DEAD_PAIR, SPACE_AFTER_TWO);
        else
            heap->dead[kept++] = dead;
    }
    heap->dead_count = kept;
}

/* Adds all of `from`; there is room. */
static void meld(DeadHeap *to, const DeadHeap *from) {
    append(to->dead ? to->dead + to->dead_count : NULL, from->dead,
           from->dead_count * sizeof *to->dead);
    append(to->links ? to->links + to->link_count : NULL, from->links,
           from->link_count * sizeof *to->links);
    to->dead_count += from->dead_count;
    to->link_count += from->link_count;
}

Status deadlist_delete(Store *store, uint32_t place, uint32_t next) {
    const FormatRecord *record = &store->records[place];
    if (store->heap_count + 2 > STORE_HEAPS)
        return STATUS_LIMIT;
    DeadHeap *below, *above;
    Status status = open_heap(store, record, &below);
    if (status == STATUS_OK)
        status = open_heap(store, &store->records[next], &above);
    if (status == STATUS_OK)
        status = expand_after(store, above, record->parent);
    if (status != STATUS_OK)
        return status;
    if (!reserve_dead(above, below->dead_count) ||
        !reserve_links(above, below->link_count))
        return STATUS_NO_MEMORY;
    give_after(store, above, record->parent);
    meld(above, below);
    close_heap(store, below);
    return STATUS_OK;
}

Status deadlist_delete_last(Store *store, uint32_t place) {
    DeadHeap *heap;
    Status status = open_heap(store, &store->records[place], &heap);
    if (status != STATUS_OK)
        return status;
    /* What it names the parent uses: only the list itself is given back. */
    status = expand_after(store, heap, 0);
    if (status == STATUS_OK)
        close_heap(store, heap);
    return status;
}

size_t deadlist_open_blocks(const Store *store) {
    size_t blocks = 0;
    for (uint32_t i = 0; i < store->heap_count; i++)
        blocks += 1 + store->heaps[i].dead_count / FORMAT_DEAD_PER_BLOCK +
                  store->heaps[i].link_count / FORMAT_DEAD_LINKS;
    return blocks;
}

/* ---- Packing ---- */

/* Orders by rising birth: a heap sort, for it needs no memory. */
static void sift(FormatDead *dead, size_t at, size_t count) {
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && dead[child + 1].birth > dead[child].birth)
            child++;
        if (dead[at].birth >= dead[child].birth)
            return;
        FormatDead other = dead[at];
        dead[at] = dead[child];
        dead[child] = other;
    }
}

static void sort_dead(FormatDead *dead, size_t count) {
    for (size_t i = count / 2; i-- > 0;)
        sift(dead, i, count);
    for (size_t end = count; end-- > 1;) {
        FormatDead largest = dead[0];
        dead[0] = dead[end];
        dead[end] = largest;
        sift(dead, 0, end);
    }
}

static void sort_links(FormatDeadLink *links, size_t count) {
    for (size_t i = 1; i < count; i++) {
        FormatDeadLink link = links[i];
        size_t at = i;
        for (; at > 0 && links[at - 1].newest > link.newest; at--)
            links[at] = links[at - 1];
        links[at] = link;
    }
}

/* A block to be written by this commit; its place is taken. */
static Status new_block(Store *store, DeadBlock **block_out) {
    DeadBlock *block = alloc_take(sizeof *block);
    if (!block)
        return STATUS_NO_MEMORY;
    if (!space_take_pair(store->space, &block->place)) {
        alloc_give(block);
        return space_why(store->space);
    }
    block->next = store->dead_blocks;
    store->dead_blocks = block;
    *block_out = block;
    return STATUS_OK;
}

/* What is being packed: dead in rising order from `dead` on, and links. */
typedef struct Packing {
    const FormatDead *dead;
    size_t dead_count;
    FormatDeadLink *links; /* in rising order */
    size_t link_count;
} Packing;

/* Moves the oldest links and dead into a block; a link to it. */
static Status pack_block(Store *store, Packing *packing,
                         FormatDeadLink *link_out) {
    DeadBlock *block = NULL;
    Status status = new_block(store, &block);
    if (status != STATUS_OK)
        return status;
    size_t links = bytes_min(packing->link_count, FORMAT_DEAD_LINKS);
    size_t dead = bytes_min(packing->dead_count, FORMAT_DEAD_PER_BLOCK);
    uint64_t newest = 0;
    block->bytes =
        (FormatDeadlist){.links = (uint32_t)links, .dead = (uint32_t)dead};
    append(block->bytes.link, packing->links, links * sizeof *packing->links);
    append(block->bytes.entry, packing->dead, dead * sizeof *packing->dead);
    if (links)
        newest = packing->links[links - 1].newest;
    if (dead)
        newest = bytes_max(newest, packing->dead[dead - 1].birth);
    packing->links += links;
    packing->link_count -= links;
    if (dead)
        packing->dead += dead;
    packing->dead_count -= dead;
    Hash hash = hash_of(&block->bytes, sizeof block->bytes);
    *link_out = (FormatDeadLink){
        .at = entry_of(block->place, store->pending.generation, hash),
        .newest = newest};
    return STATUS_OK;
}

/* Packs a heap; *root_out is the entry of its root, or zero. The order of its
 * parts changes, nothing else. */
static Status pack(Store *store, DeadHeap *heap, FormatEntry *root_out) {
    *root_out = (FormatEntry){0};
    if (heap->dead_count == 0 && heap->link_count == 0)
        return STATUS_OK;
    sort_dead(heap->dead, heap->dead_count);
    sort_links(heap->links, heap->link_count);
    /* Room for each block's link behind those that are left. */
    size_t most = heap->link_count +
                  heap->link_count / (FORMAT_DEAD_LINKS - 1) +
                  heap->dead_count / FORMAT_DEAD_PER_BLOCK + 2;
    FormatDeadLink *links = alloc_take(most * sizeof *links);
    if (!links)
        return STATUS_NO_MEMORY;
    append(links, heap->links, heap->link_count * sizeof *links);
    Packing packing = {heap->dead, heap->dead_count, links, heap->link_count};
    FormatDeadLink link;
    Status status = pack_block(store, &packing, &link);
    while (status == STATUS_OK && packing.link_count + packing.dead_count > 0) {
        packing.links[packing.link_count++] = link;
        sort_links(packing.links, packing.link_count);
        status = pack_block(store, &packing, &link);
    }
    alloc_give(links);
    if (status == STATUS_OK)
        *root_out = link.at;
    return status;
}

static Status pack_pending(Store *store) {
    FormatRecord *record = &store->pending;
    if (store->dead_in_root) {
        record->flags |= FORMAT_DEAD_IN_ROOT;
        return STATUS_OK;
    }
    return pack(store, &store->dead, &record->deadlist);
}

void deadlist_known(Store *store) {
    const DeadHeap *heap = &store->dead;
    store->dead_in_root =
        pagemap_name_dead(store->heap, heap->dead, heap->dead_count) &&
        heap->dead_count > 0;
}

Status deadlist_pack(Store *store) {
    Status status = pack_pending(store);
    for (uint32_t i = 0; status == STATUS_OK && i < store->heap_count; i++) {
        uint32_t place = directory_find(store, store->heaps[i].generation);
        CHECK(place != UINT32_MAX);
        status = pack(store, &store->heaps[i], &store->records[place].deadlist);
        store->records[place].flags &= ~(uint32_t)FORMAT_DEAD_IN_ROOT;
        directory_touch(store, place);
    }
    store->records[store->pending_place] = store->pending;
    store->dead_next = store->dead_blocks;
    return status;
}

bool deadlist_write(Store *store) {
    for (; store->dead_next; store->dead_next = store->dead_next->next)
        if (!device_write_pair(store->device, store->dead_next->place,
                               &store->dead_next->bytes))
            return false;
    return true;
}

static void drop_blocks(Store *store, bool give) {
    while (store->dead_blocks) {
        DeadBlock *block = store->dead_blocks;
        store->dead_blocks = block->next;
        if (give)
            space_give(store->space, block->place, true, SPACE_AT_ONCE);
        alloc_give(block);
    }
    store->dead_next = NULL;
}

void deadlist_doomed(Store *store) {
    drop_blocks(store, true);
    for (uint32_t i = 0; i < store->heap_count; i++) {
        uint32_t place = directory_find(store, store->heaps[i].generation);
        CHECK(place != UINT32_MAX);
        store->records[place].deadlist = store->heaps[i].root;
    }
}

void deadlist_durable(Store *store) {
    drop_blocks(store, false);
    store->dead.dead_count = store->dead.link_count = 0;
    while (store->heap_count > 0)
        drop_heap(&store->heaps[--store->heap_count]);
}

void deadlist_close(Store *store) {
    drop_blocks(store, false);
    drop_heap(&store->dead);
    while (store->heap_count > 0)
        drop_heap(&store->heaps[--store->heap_count]);
}
