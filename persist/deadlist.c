/* Deadlists: which blocks a generation's parent used and it does not.
 *
 * With the generations p < x < s kept, x may be deleted: what deadlist(s) names
 * and was born after p, only x used. Format 0.1 deletes the oldest only, so p
 * is none and all of deadlist(s) goes. */
#include "persist/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

static bool remember(DeadList *list, FormatDead dead) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 256;
        FormatDead *grown =
            alloc_resize(list->dead, list->capacity * sizeof *grown,
                         capacity * sizeof *grown);
        if (!grown)
            return false;
        list->dead = grown;
        list->capacity = capacity;
    }
    list->dead[list->count++] = dead;
    return true;
}

void deadlist_add(Store *store, const FormatEntry *entry, bool pair) {
    uint64_t block = entry_block(entry);
    if (entry_birth(entry) > store->durable) {
        space_give(store->space, block, pair);
        return;
    }
    FormatDead dead = {.block = block | (pair ? FORMAT_DEAD_PAIR : 0),
                       .birth = entry_birth(entry)};
    if (!remember(&store->dead, dead))
        log_line("store: no memory; block %lu is lost until a check", block);
}

Status deadlist_assign(Store *store) {
    size_t needed =
        (store->dead.count + FORMAT_DEAD_PER_BLOCK - 1) / FORMAT_DEAD_PER_BLOCK;
    alloc_give(store->dead_places);
    store->dead_places_count = store->dead_places_written = 0;
    store->dead_next = (FormatEntry){0};
    store->dead_places = alloc_take(needed * sizeof *store->dead_places);
    if (!store->dead_places)
        return STATUS_NO_MEMORY;
    while (store->dead_places_count < needed) {
        uint64_t *place = &store->dead_places[store->dead_places_count];
        if (!space_take_pair(store->space, place))
            return STATUS_NO_SPACE;
        store->dead_places_count++;
    }
    return STATUS_OK;
}

static bool write_block(Store *store, FormatDeadlist *block) {
    size_t first = store->dead_places_written * FORMAT_DEAD_PER_BLOCK;
    size_t count = bytes_min(store->dead.count - first, FORMAT_DEAD_PER_BLOCK);
    uint64_t place = store->dead_places[store->dead_places_written];
    *block =
        (FormatDeadlist){.next = store->dead_next, .count = (uint32_t)count};
    bytes_copy(block->dead, &store->dead.dead[first],
               count * sizeof block->dead[0]);
    if (!device_write_pair(store->device, place, store->super.pair_distance,
                           block))
        return false;
    store->dead_next = entry_of(place, store->pending.generation,
                                hash_of(block, sizeof *block));
    store->dead_places_written++;
    return true;
}

bool deadlist_write(Store *store) {
    FormatDeadlist block;
    while (store->dead_places_written < store->dead_places_count)
        if (!write_block(store, &block))
            return false;
    store->pending.deadlist = store->dead_next;
    store->pending.dead_count = store->dead.count;
    return true;
}

void deadlist_doomed(Store *store) {
    for (size_t i = 0; i < store->dead_places_count; i++)
        space_give(store->space, store->dead_places[i], true);
    store->dead_places_count = 0;
}

void deadlist_durable(Store *store) {
    store->dead.count = 0;
    store->dead_places_count = 0;
}

/* Gives back what one block of a deadlist names. Damaged numbers cannot come
 * so far: the block's hash was verified. */
static void give_all(Store *store, const FormatDeadlist *block) {
    for (uint32_t i = 0; i < block->count; i++) {
        uint64_t dead = block->dead[i].block;
        space_give(store->space, dead & ~FORMAT_DEAD_PAIR,
                   dead & FORMAT_DEAD_PAIR);
    }
}

static void free_deadlist(Store *store, FormatRecord *record) {
    FormatDeadlist *block = alloc_take(sizeof *block);
    FormatEntry at = record->deadlist;
    while (entry_present(&at)) {
        Status status =
            block ? device_read_meta(store->device, &at,
                                     store->super.pair_distance, block)
                  : STATUS_NO_MEMORY;
        if (status != STATUS_OK) {
            log_line("recovery: deadlist of generation %lu: %s; its blocks "
                     "stay used",
                     record->generation, status_text(status));
            break;
        }
        give_all(store, block);
        space_give(store->space, entry_block(&at), true);
        at = block->next;
    }
    alloc_give(block);
    record->deadlist = (FormatEntry){0};
    record->dead_count = 0;
}

void deadlist_delete_oldest(Store *store) {
    uint32_t oldest = directory_next(store, 0);
    CHECK(oldest != UINT32_MAX);
    uint64_t number = store->records[oldest].generation;
    uint32_t next = directory_next(store, number);
    CHECK(next != UINT32_MAX);
    CHECK(!entry_present(&store->records[oldest].deadlist));
    free_deadlist(store, &store->records[next]);
    directory_touch(store, next);
    store->records[oldest] = (FormatRecord){0};
    directory_touch(store, oldest);
}
