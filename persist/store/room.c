/* What a generation takes: at most, and whether the disk has room for it; and
 * when it is known. */
#include "persist/store/store_parts.h"

/* Directory, space map, deadlist, their nodes. */
enum { COMMIT_PAIRS = 64 };

/* The heap's nodes, and one deadlist block for each 224 of the pages and nodes
 * that are replaced. */
CommitRoom room_for_commit(const Store *store, uint64_t pages,
                           uint32_t regions) {
    uint64_t pairs = pagemap_pairs(store->heap, pages, regions) +
                     pages / FORMAT_DEAD_PER_BLOCK + COMMIT_PAIRS;
    return (CommitRoom){.pairs = pairs, .blocks = pages + 2 * pairs};
}

/* Of what is left, half must be pairs for metadata. */
bool store_has_room_leaving(const Store *store, uint64_t pages,
                            uint32_t regions, uint64_t left) {
    CommitRoom room = room_for_commit(store, pages, regions);
    return space_pairs(store->space) >= room.pairs + left / 4 &&
           space_available(store->space) >= room.blocks + left;
}

bool store_has_room(const Store *store, uint64_t pages, uint32_t regions) {
    return store_has_room_leaving(store, pages, regions, 0);
}

uint64_t store_available(const Store *store) {
    return space_available(store->space);
}

void store_want_free(Store *store, uint64_t blocks) {
    store->wanted_free = blocks;
}

static uint64_t count_placed(const MetaPage *pages, uint64_t count) {
    uint64_t placed = 0;
    for (uint64_t i = 0; i < count; i++)
        placed += pages[i].state == META_PAGE_PLACED;
    return placed;
}

uint64_t room_placed_pairs(const Store *store) {
    uint64_t pairs = 1 + radix_dirty_nodes(store->meta);
    for (const DeadBlock *block = store->dead_next; block; block = block->next)
        pairs++;
    pairs += count_placed(store->directory_pages,
                          store->record_places / FORMAT_RECORDS);
    return pairs +
           count_placed(store->space_pages, space_page_count(store->space));
}
