/* Making a generation durable: the phases of CommitPhase, in order. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/trace.h"

enum {
    NODES_KEPT = 2048, /* clean nodes in memory, 8 MiB */
};

/* ---- Blocks that are no longer used ---- */

/* What was born in the generation under way may still be on its way to the
 * disk; what was born in a doomed one before it is nobody's. */
static SpaceReuse reuse_of(const Store *store, const FormatEntry *entry) {
    uint64_t birth = entry_birth(entry);
    if (birth == store->pending.generation)
        return SPACE_AFTER_END;
    return birth > store->doomed_after ? SPACE_AT_ONCE : SPACE_AFTER_TWO;
}

/* Of the heap tree: older generations may use it. */
static void give_heap(Store *store, const FormatEntry *entry, bool pair) {
    if (entry_birth(entry) > store->durable)
        space_give(store->space, entry_block(entry), pair,
                   reuse_of(store, entry));
    else
        deadlist_add(store, entry, pair);
}

/* Of the meta tree. */
static void give_meta(Store *store, const FormatEntry *entry) {
    space_give(store->space, entry_block(entry), true, reuse_of(store, entry));
}

/* RadixFreed for the heap (to the deadlist) and the meta tree. */
static void commit_heap_node_freed(void *store, const FormatEntry *entry) {
    give_heap(store, entry, true);
}

static void commit_meta_node_freed(void *store, const FormatEntry *entry) {
    give_meta(store, entry);
}

/* ---- The mark on a blank disk ---- */

static Status write_mark_to(Store *store, uint64_t block,
                            const FormatSuper *mark) {
    Status status =
        device_write_short(store->device, block, mark, sizeof *mark);
    return status == STATUS_OK ? device_flush_now(store->device) : status;
}

/* The front first: a disk that grows before its first generation keeps it. */
static Status write_mark(Store *store, const FormatSuper *mark) {
    Status status = write_mark_to(store, 0, mark);
    if (status == STATUS_OK)
        status = write_mark_to(store, mark->layout.blocks - FORMAT_RING, mark);
    return status;
}

/* A superblock of generation 0 says that the disk is ours before anything else
 * is written to it; or a power cut in the first commit would leave a disk that
 * looks like somebody else's. */
static Status mark_disk(Store *store) {
    FormatSuper mark = store->super;
    mark.hash = hash_of(&mark, offsetof(FormatSuper, hash));
    Status status = write_mark(store, &mark);
    if (status == STATUS_OK)
        store->blank = false;
    return status;
}

/* ---- Superblocks of doomed generations ---- */

/* A generation that was doomed after its superblocks were submitted may come
 * back at a start, so its blocks are no others' until that cannot be. Without
 * this each failed attempt would take new ones. */
static Status revoke_unsure(Store *store) {
    uint64_t slot = store->unsure % FORMAT_RING;
    uint64_t rear = store->super.layout.blocks - FORMAT_RING + slot;
    FormatSuper none = {0};
    Status status = device_write_short(store->device, slot, &none, sizeof none);
    if (status == STATUS_OK)
        status = device_write_short(store->device, rear, &none, sizeof none);
    if (status == STATUS_OK)
        status = device_flush_now(store->device);
    if (status != STATUS_OK)
        return status;
    store->unsure = 0;
    deadlist_doomed(store);
    return STATUS_OK;
}

/* What must be safe before anything else is written. It waits for the disk, so
 * it is no part of store_begin, during which programs stand still. */
static Status make_sure(Store *store) {
    if (store->blank)
        return mark_disk(store);
    return store->unsure ? revoke_unsure(store) : super_mend(store);
}

/* ---- Pages ---- */

/* A number whose superblock does not take the place of the last two: after many
 * failed attempts it would, and the next one may fail as well. */
static uint64_t next_number(const Store *store) {
    uint64_t number = store->last_number, slot;
    do
        slot = ++number % FORMAT_RING;
    while (slot == store->newest_supers[0] % FORMAT_RING ||
           slot == store->newest_supers[1] % FORMAT_RING);
    return number;
}

uint64_t store_begin(Store *store, int64_t wall_us, uint32_t regions) {
    commit_begin(store, next_number(store), wall_us, regions);
    return store->pending.generation;
}

void commit_begin(Store *store, uint64_t number, int64_t wall_us,
                  uint32_t regions) {
    CHECK(store->phase == COMMIT_NONE && !store->read_only);
    store->phase = COMMIT_PAGES;
    store->last_number = number;
    store->pending = (FormatRecord){.generation = number,
                                    .parent = store->durable,
                                    .branch = store->super.branch,
                                    .wall_us = wall_us,
                                    .regions = regions};
    store->pending_recorded = false;
    store->blocks_before = device_blocks_written(store->device);
}

static void put_entry(Store *store, uint64_t page, const FormatEntry *entry) {
    FormatEntry old;
    pagemap_set(store->heap, page, entry, &old);
    if (entry_present(&old))
        give_heap(store, &old, false);
}

static void put_data(Store *store, uint64_t page, const void *bytes,
                     uint64_t block) {
    void *copy = device_write(store->device, DEVICE_DATA, block);
    bytes_copy(copy, bytes, PLATFORM_BLOCK_BYTES);
    FormatEntry entry = entry_of(block, store->pending.generation,
                                 hash_of(copy, PLATFORM_BLOCK_BYTES));
    store->pending.pages++;
    put_entry(store, page, &entry);
}

Status store_put_page(Store *store, uint64_t page, const void *bytes) {
    CHECK(store->phase == COMMIT_PAGES);
    Status status = make_sure(store);
    if (status == STATUS_OK)
        status = pagemap_prepare(store->heap, page);
    if (status != STATUS_OK)
        return status;
    if (bytes_all_zero(bytes, PLATFORM_BLOCK_BYTES)) {
        FormatEntry zero = {0};
        put_entry(store, page, &zero);
        return STATUS_OK;
    }
    if (!device_has_room(store->device))
        return STATUS_BUSY;
    uint64_t block;
    if (!space_take_block(store->space, &block))
        return space_why(store->space);
    put_data(store, page, bytes, block);
    return STATUS_OK;
}

/* ---- Places for all metadata ---- */

/* Gives a dirty metadata page its block in this commit. */
static Status place_page(Store *store, uint64_t key, MetaPage *page) {
    FormatEntry old;
    Status status = radix_get(store->meta, key, &old);
    if (status == STATUS_OK)
        status = radix_prepare(store->meta, key);
    if (status != STATUS_OK)
        return status;
    if (!space_take_pair(store->space, &page->block))
        return space_why(store->space);
    if (entry_present(&old))
        give_meta(store, &old);
    page->state = META_PAGE_PLACED;
    return STATUS_OK;
}

static Status place_directory(Store *store) {
    Status status = STATUS_OK;
    for (uint32_t i = 0;
         status == STATUS_OK && i < store->record_places / FORMAT_RECORDS; i++)
        if (store->directory_pages[i].state == META_PAGE_DIRTY)
            status = place_page(store, i, &store->directory_pages[i]);
    return status;
}

/* Placing a space page changes bits, perhaps of pages not yet placed. */
static Status place_space(Store *store, bool *placed_out) {
    *placed_out = false;
    for (uint64_t i = space_next_dirty(store->space, 0); i != UINT64_MAX;
         i = space_next_dirty(store->space, i + 1)) {
        MetaPage *page = &store->space_pages[i];
        if (page->state == META_PAGE_PLACED)
            continue;
        Status status = place_page(store, FORMAT_SPACE_FIRST + i, page);
        if (status != STATUS_OK)
            return status;
        *placed_out = true;
    }
    return STATUS_OK;
}

static Status place_metadata(Store *store) {
    Status status = deadlist_pack(store);
    if (status == STATUS_OK)
        status = place_directory(store);
    bool again = true;
    while (status == STATUS_OK && again) {
        status = place_space(store, &again);
        if (status == STATUS_OK && radix_unassigned(store->meta)) {
            status = radix_assign(store->meta, store->space,
                                  commit_meta_node_freed, store);
            again = true;
        }
    }
    return status;
}

static Status record_pending(Store *store) {
    Status status = directory_place(store, &store->pending_place);
    if (status != STATUS_OK)
        return status;
    store->pending.heap = pagemap_root(store->heap);
    store->records[store->pending_place] = store->pending;
    store->pending_recorded = true;
    directory_touch(store, store->pending_place);
    return STATUS_OK;
}

/* What this commit writes in all is known when all has its place; its record,
 * which is written then, says it. */
static void record_bytes(Store *store) {
    uint64_t so_far =
        device_blocks_written(store->device) - store->blocks_before;
    store->pending.bytes =
        (so_far + 2 * room_placed_pairs(store)) * PLATFORM_BLOCK_BYTES;
    store->records[store->pending_place].bytes = store->pending.bytes;
}

/* ---- The phases ---- */

static Status begin_nodes(Store *store) {
    Status status = make_sure(store);
    if (status != STATUS_OK)
        return status;
    store->phase = COMMIT_NODES;
    status = pagemap_assign(store->heap, store->space, commit_heap_node_freed,
                            store);
    if (status == STATUS_OK)
        deadlist_known(store);
    return status;
}

static Status step_nodes(Store *store, uint32_t *budget) {
    if (!pagemap_write(store->heap, store->pending.generation, budget))
        return STATUS_BUSY;
    Status status = record_pending(store);
    if (status != STATUS_OK)
        return status;
    retention_apply(store);
    abandon_step(store);
    store->phase = COMMIT_DEADLIST;
    status = place_metadata(store);
    if (status == STATUS_OK)
        record_bytes(store);
    return status;
}

static Status step_deadlist(Store *store) {
    if (!deadlist_write(store))
        return STATUS_BUSY;
    store->phase = COMMIT_DIRECTORY;
    return STATUS_OK;
}

/* Writes one placed page and names it in the meta tree. */
static Status write_page(Store *store, uint64_t key, MetaPage *page,
                         const void *bytes) {
    if (!device_write_pair(store->device, page->block, bytes))
        return STATUS_BUSY;
    FormatEntry old;
    FormatEntry entry = entry_of(page->block, store->pending.generation,
                                 hash_of(bytes, PLATFORM_BLOCK_BYTES));
    Status status = radix_set(store->meta, key, &entry, &old);
    CHECK(status == STATUS_OK); /* it was prepared */
    page->state = META_PAGE_WRITTEN;
    return STATUS_OK;
}

static Status step_directory(Store *store) {
    Status status = STATUS_OK;
    for (uint32_t i = 0;
         status == STATUS_OK && i < store->record_places / FORMAT_RECORDS; i++)
        if (store->directory_pages[i].state == META_PAGE_PLACED)
            status = write_page(store, i, &store->directory_pages[i],
                                &store->records[i * FORMAT_RECORDS]);
    if (status == STATUS_OK)
        store->phase = COMMIT_SPACE;
    return status;
}

static Status step_space(Store *store) {
    Status status = STATUS_OK;
    for (uint64_t i = space_next_dirty(store->space, 0);
         status == STATUS_OK && i != UINT64_MAX;
         i = space_next_dirty(store->space, i + 1)) {
        status =
            write_page(store, FORMAT_SPACE_FIRST + i, &store->space_pages[i],
                       space_page(store->space, i));
        if (status == STATUS_OK)
            space_page_clean(store->space, i);
    }
    if (status == STATUS_OK)
        store->phase = COMMIT_META_NODES;
    return status;
}

static Status step_meta_nodes(Store *store, uint32_t *budget) {
    if (!radix_write(store->meta, store->pending.generation, budget))
        return STATUS_BUSY;
    device_push(store->device);
    store->phase = COMMIT_DATA_SYNC;
    return STATUS_OK;
}

/* Waits for the device, then starts a flush and goes to `next`. */
static Status step_sync(Store *store, CommitPhase next) {
    if (!device_idle(store->device, false))
        return STATUS_BUSY;
    Status status = device_take_error(store->device);
    if (status != STATUS_OK)
        return status;
    device_flush(store->device);
    store->phase = next;
    return STATUS_OK;
}

static FormatSuper new_super(const Store *store) {
    FormatSuper super = store->super;
    super.incarnation = store->incarnation;
    super.generation = store->pending.generation;
    super.free_blocks = space_free_blocks(store->space);
    super.free_pairs = space_free_pairs(store->space);
    super.records = store->record_places;
    super.wall_us = store->pending.wall_us;
    super.heap = store->pending.heap;
    super.meta = radix_root(store->meta);
    super.hash = hash_of(&super, offsetof(FormatSuper, hash));
    return super;
}

static Status step_super(Store *store) {
    if (!device_idle(store->device, false))
        return STATUS_BUSY;
    Status status = device_take_error(store->device);
    if (status != STATUS_OK)
        return status;
    store->super = new_super(store);
    uint64_t slot = store->pending.generation % FORMAT_RING;
    uint64_t places[] = {slot, store->super.layout.blocks - FORMAT_RING + slot};
    for (int i = 0; i < 2; i++) {
        uint8_t *block = device_write(
            store->device, i ? DEVICE_MIRROR : DEVICE_META, places[i]);
        bytes_fill(block, 0, PLATFORM_BLOCK_BYTES);
        bytes_copy(block, &store->super, sizeof store->super);
    }
    device_push(store->device);
    store->phase = COMMIT_SUPER_SYNC;
    return STATUS_OK;
}

static void set_meta_pages(Store *store, MetaPageState from, MetaPageState to) {
    for (uint32_t i = 0; i < store->record_places / FORMAT_RECORDS; i++)
        if (store->directory_pages[i].state == from)
            store->directory_pages[i].state = (uint8_t)to;
    for (uint64_t i = 0; i < space_page_count(store->space); i++) {
        if (store->space_pages[i].state != from)
            continue;
        store->space_pages[i].state = (uint8_t)to;
        if (to == META_PAGE_DIRTY)
            space_page_dirty(store->space, i);
    }
}

static Status step_last_wait(Store *store) {
    if (!device_idle(store->device, false))
        return STATUS_BUSY;
    Status status = device_take_error(store->device);
    if (status != STATUS_OK)
        return status;
    store->durable = store->pending.generation;
    store->last_pages = store->pending.pages;
    store->last_bytes = store->pending.bytes;
    set_meta_pages(store, META_PAGE_WRITTEN, META_PAGE_CLEAN);
    pagemap_durable(store->heap);
    radix_durable(store->meta);
    pagemap_trim(store->heap, NODES_KEPT);
    radix_trim(store->meta, NODES_KEPT);
    deadlist_durable(store);
    store->doomed_after = store->durable;
    store->newest_supers[1] = store->newest_supers[0];
    store->newest_supers[0] = store->durable;
    space_ended(store->space);
    space_durable(store->space);
    store->phase = COMMIT_NONE;
    return STATUS_OK;
}

static Status step(Store *store, uint32_t *budget) {
    switch (store->phase) {
    case COMMIT_NONE:
        break;
    case COMMIT_PAGES:
        return begin_nodes(store);
    case COMMIT_NODES:
        return step_nodes(store, budget);
    case COMMIT_DEADLIST:
        return step_deadlist(store);
    case COMMIT_DIRECTORY:
        return step_directory(store);
    case COMMIT_SPACE:
        return step_space(store);
    case COMMIT_META_NODES:
        return step_meta_nodes(store, budget);
    case COMMIT_DATA_SYNC:
        return step_sync(store, COMMIT_SUPER);
    case COMMIT_SUPER:
        return step_super(store);
    case COMMIT_SUPER_SYNC:
        return step_sync(store, COMMIT_LAST_WAIT);
    case COMMIT_LAST_WAIT:
        return step_last_wait(store);
    }
    CHECK(!"commit: no generation under way");
    return STATUS_INVALID;
}

Status store_finish(Store *store, uint32_t budget) {
    while (store->phase != COMMIT_NONE) {
        Status status = step(store, &budget);
        if (status == STATUS_OK)
            TRACE(store, "generation %lu is at step %d",
                  store->pending.generation, (int)store->phase);
        if (status == STATUS_OK)
            continue;
        if (status != STATUS_BUSY)
            store_doom(store, status);
        return status;
    }
    return STATUS_OK;
}

void store_doom(Store *store, Status why) {
    CHECK(store->phase != COMMIT_NONE);
    device_push(store->device);
    while (!device_idle(store->device, true))
        continue;
    Status status = device_take_error(store->device);
    log_line("store: generation %lu did not become durable: %s",
             store->pending.generation,
             status_text(why == STATUS_OK ? status : why));
    if (store->pending_recorded) {
        store->records[store->pending_place] = (FormatRecord){0};
        directory_touch(store, store->pending_place);
    }
    if (store->phase >= COMMIT_SUPER_SYNC)
        store->unsure = store->pending.generation;
    if (!store->unsure)
        deadlist_doomed(store);
    space_ended(store->space);
    /* What was placed but not written keeps its place for the next commit. */
    set_meta_pages(store, META_PAGE_WRITTEN, META_PAGE_DIRTY);
    pagemap_doomed(store->heap);
    radix_doomed(store->meta);
    store->phase = COMMIT_NONE;
}
