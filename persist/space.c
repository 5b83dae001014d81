/* The map of free blocks. */
#include "persist/space.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

enum { META_SHARE = 8, CHUNK = 32 };

typedef struct SpacePage {
    uint64_t *used; /* bits, as on the disk; NULL: not loaded */
    uint64_t *held; /* bits; NULL: none is held */
    bool dirty;
} SpacePage;

/* Blocks given back in one generation. */
typedef struct HeldList {
    uint64_t *blocks;
    size_t count, capacity;
} HeldList;

struct Space {
    uint64_t blocks, distance;
    uint64_t free_blocks, held_blocks;
    uint64_t free_pairs;  /* of zero bits */
    uint64_t pairs;       /* of them without a held block */
    uint64_t pair_cursor; /* a block */
    uint64_t data_cursor; /* a place, see block_of_place */
    uint64_t share;       /* pairs at the front that data takes last */
    uint64_t page_count;
    SpacePage *pages;
    HeldList fresh, old; /* given back since, and before, the last durable */
    SpaceReader *reader;
    void *context;
};

uint64_t space_pair_distance(const Space *space) {
    return space->distance;
}

uint64_t space_free_blocks(const Space *space) {
    return space->free_blocks;
}

uint64_t space_available(const Space *space) {
    return space->free_blocks - space->held_blocks;
}

uint64_t space_free_pairs(const Space *space) {
    return space->free_pairs;
}

uint64_t space_pairs(const Space *space) {
    return space->pairs;
}

uint64_t space_page_count(const Space *space) {
    return space->page_count;
}

/* ---- Bits ---- */

static bool load(Space *space, uint64_t index) {
    SpacePage *page = &space->pages[index];
    if (page->used)
        return true;
    uint64_t *used = alloc_take(PLATFORM_BLOCK_BYTES);
    if (!used)
        return false;
    Status status = space->reader(space->context, index, used);
    if (status != STATUS_OK) {
        log_line("recovery: space map page %lu: %s; its blocks are not used",
                 index, status_text(status));
        bytes_fill(used, 0xFF, PLATFORM_BLOCK_BYTES);
    }
    page->used = used;
    return true;
}

static bool bit(const uint64_t *words, uint64_t block) {
    uint64_t at = block % FORMAT_SPACE_BITS;
    return words && (words[at / 64] >> (at % 64) & 1);
}

static void set_bit(uint64_t *words, uint64_t block, bool value) {
    uint64_t at = block % FORMAT_SPACE_BITS;
    uint64_t mask = 1ull << (at % 64);
    words[at / 64] = value ? words[at / 64] | mask : words[at / 64] & ~mask;
}

static SpacePage *page_of(Space *space, uint64_t block) {
    return &space->pages[block / FORMAT_SPACE_BITS];
}

static bool can_take(Space *space, uint64_t block) {
    SpacePage *page = page_of(space, block);
    return load(space, block / FORMAT_SPACE_BITS) && !bit(page->used, block) &&
           !bit(page->held, block);
}

/* The other block of the pair; 0 for a block that is in none. */
static uint64_t partner_of(const Space *space, uint64_t block) {
    if (block < FORMAT_RING || block >= FORMAT_RING + 2 * space->distance)
        return 0;
    return block < FORMAT_RING + space->distance ? block + space->distance
                                                 : block - space->distance;
}

static bool is_zero(Space *space, uint64_t block) {
    return load(space, block / FORMAT_SPACE_BITS) &&
           !bit(page_of(space, block)->used, block);
}

static void take(Space *space, uint64_t block) {
    SpacePage *page = page_of(space, block);
    uint64_t partner = partner_of(space, block);
    space->pairs -= partner && can_take(space, partner);
    space->free_pairs -= partner && is_zero(space, partner);
    set_bit(page->used, block, true);
    page->dirty = true;
    space->free_blocks--;
}

bool space_used(Space *space, uint64_t block) {
    return !load(space, block / FORMAT_SPACE_BITS) ||
           bit(page_of(space, block)->used, block);
}

/* ---- Opening ---- */

static void take_rings(Space *space) {
    for (uint64_t i = 0; i < FORMAT_RING; i++) {
        take(space, i);
        take(space, space->blocks - FORMAT_RING + i);
    }
}

/* Blocks beyond the end of the disk, in the last page, count as used. */
static void take_overhang(Space *space) {
    for (uint64_t block = space->blocks;
         block < space->page_count * FORMAT_SPACE_BITS; block++)
        set_bit(page_of(space, block)->used, block, true);
}

static bool make_fresh(Space *space) {
    for (uint64_t i = 0; i < space->page_count; i++) {
        space->pages[i].used = alloc_take(PLATFORM_BLOCK_BYTES);
        space->pages[i].dirty = true;
        if (!space->pages[i].used)
            return false;
    }
    space->free_blocks = space->blocks;
    space->free_pairs = space->pairs = space->distance;
    take_rings(space);
    take_overhang(space);
    return true;
}

Space *space_open(uint64_t blocks, bool fresh, uint64_t free_blocks,
                  uint64_t free_pairs, SpaceReader *reader, void *context) {
    CHECK(blocks >= FORMAT_MIN_BLOCKS);
    Space *space = alloc_take(sizeof *space);
    if (!space)
        return NULL;
    uint64_t middle = blocks - 2 * FORMAT_RING;
    *space = (Space){.blocks = blocks,
                     .distance = middle / 2,
                     .free_blocks = free_blocks,
                     .free_pairs = free_pairs,
                     .pairs = free_pairs,
                     .reader = reader,
                     .context = context,
                     .page_count =
                         (blocks + FORMAT_SPACE_BITS - 1) / FORMAT_SPACE_BITS};
    space->pair_cursor = FORMAT_RING;
    space->share = space->distance / META_SHARE / CHUNK * CHUNK;
    space->data_cursor = 2 * space->share;
    space->pages = alloc_take(space->page_count * sizeof *space->pages);
    if (space->pages && (!fresh || make_fresh(space)))
        return space;
    space_close(space);
    return NULL;
}

void space_close(Space *space) {
    if (!space)
        return;
    for (uint64_t i = 0; space->pages && i < space->page_count; i++) {
        alloc_give(space->pages[i].used);
        alloc_give(space->pages[i].held);
    }
    alloc_give(space->pages);
    alloc_give(space->fresh.blocks);
    alloc_give(space->old.blocks);
    alloc_give(space);
}

/* ---- Taking ---- */

/* The first block that can be taken in [from, to), or `to`. */
static uint64_t find_free(Space *space, uint64_t from, uint64_t to) {
    while (from < to) {
        SpacePage *page = page_of(space, from);
        uint64_t word = from % FORMAT_SPACE_BITS / 64;
        if (from % 64 == 0 && page->used && page->used[word] == UINT64_MAX) {
            from += 64;
            continue;
        }
        if (can_take(space, from))
            return from;
        from++;
    }
    return to;
}

/* Data goes through places: 32 blocks of the front half, the 32 that pair with
 * them, and so on; at the end what does not fill 32, and a block in no pair. */
static uint64_t block_of_place(const Space *space, uint64_t place) {
    uint64_t whole = space->distance / CHUNK * CHUNK;
    uint64_t rest = space->distance - whole;
    if (place < 2 * whole) {
        uint64_t chunk = place / (2 * CHUNK), within = place % (2 * CHUNK);
        return FORMAT_RING + chunk * CHUNK + within % CHUNK +
               (within >= CHUNK ? space->distance : 0);
    }
    place -= 2 * whole;
    return FORMAT_RING + whole +
           (place < rest ? place : place - rest + space->distance);
}

static bool take_place_between(Space *space, uint64_t from, uint64_t to,
                               uint64_t *block_out) {
    for (uint64_t place = from; place < to; place++) {
        uint64_t block = block_of_place(space, place);
        if (!can_take(space, block))
            continue;
        take(space, block);
        space->data_cursor = place + 1;
        *block_out = block;
        return true;
    }
    return false;
}

bool space_take_block(Space *space, uint64_t *block_out) {
    uint64_t places = space->blocks - 2 * FORMAT_RING;
    uint64_t start = 2 * space->share;
    uint64_t cursor = space->data_cursor < start ? start : space->data_cursor;
    if (space_available(space) == 0)
        return false;
    return take_place_between(space, cursor, places, block_out) ||
           take_place_between(space, start, cursor, block_out) ||
           take_place_between(space, 0, start, block_out);
}

static bool take_pair_between(Space *space, uint64_t from, uint64_t to,
                              uint64_t *block_out) {
    for (uint64_t at = find_free(space, from, to); at < to;
         at = find_free(space, at + 1, to)) {
        if (!can_take(space, at + space->distance))
            continue;
        take(space, at);
        take(space, at + space->distance);
        space->pair_cursor = at + 1;
        *block_out = at;
        return true;
    }
    return false;
}

bool space_take_pair(Space *space, uint64_t *block_out) {
    uint64_t end = FORMAT_RING + space->distance;
    uint64_t share_end = FORMAT_RING + space->share;
    if (space->pairs == 0)
        return false;
    /* The front share first: it keeps metadata together. */
    return take_pair_between(space, space->pair_cursor, share_end, block_out) ||
           take_pair_between(space, FORMAT_RING, end, block_out);
}

/* ---- Giving back ---- */

/* Remembers a held block. Without memory for that it stays used for ever (a
 * check of the disk finds it), which loses space but nothing else. */
static bool hold(Space *space, uint64_t block) {
    SpacePage *page = page_of(space, block);
    HeldList *list = &space->fresh;
    if (!page->held)
        page->held = alloc_take(PLATFORM_BLOCK_BYTES);
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 256;
        uint64_t *blocks =
            alloc_resize(list->blocks, list->capacity * sizeof *blocks,
                         capacity * sizeof *blocks);
        if (!blocks)
            return false;
        list->blocks = blocks;
        list->capacity = capacity;
    }
    if (!page->held)
        return false;
    list->blocks[list->count++] = block;
    set_bit(page->held, block, true);
    space->held_blocks++;
    return true;
}

static void give_one(Space *space, uint64_t block) {
    if (!load(space, block / FORMAT_SPACE_BITS))
        return;
    SpacePage *page = page_of(space, block);
    CHECK(bit(page->used, block));
    if (!hold(space, block))
        return;
    set_bit(page->used, block, false);
    page->dirty = true;
    space->free_blocks++;
    uint64_t partner = partner_of(space, block);
    space->free_pairs += partner && is_zero(space, partner);
}

void space_give(Space *space, uint64_t block, bool pair) {
    CHECK(block >= FORMAT_RING && block < space->blocks - FORMAT_RING);
    give_one(space, block);
    if (pair)
        give_one(space, block + space->distance);
}

void space_durable(Space *space) {
    for (size_t i = 0; i < space->old.count; i++) {
        uint64_t block = space->old.blocks[i];
        uint64_t partner = partner_of(space, block);
        set_bit(page_of(space, block)->held, block, false);
        space->pairs += partner && can_take(space, partner);
    }
    space->held_blocks -= space->old.count;
    space->old.count = 0;
    HeldList empty = space->old;
    space->old = space->fresh;
    space->fresh = empty;
}

/* ---- Pages ---- */

uint64_t space_next_dirty(const Space *space, uint64_t from) {
    for (uint64_t i = from; i < space->page_count; i++)
        if (space->pages[i].dirty)
            return i;
    return UINT64_MAX;
}

const void *space_page(const Space *space, uint64_t index) {
    CHECK(space->pages[index].used);
    return space->pages[index].used;
}

void space_page_clean(Space *space, uint64_t index) {
    space->pages[index].dirty = false;
}

void space_page_dirty(Space *space, uint64_t index) {
    space->pages[index].dirty = true;
}

/* ---- Check ---- */

static const char *check_block(Space *space, uint64_t block,
                               uint64_t *free_count) {
    bool used = space_used(space, block);
    bool ring = block < FORMAT_RING || block >= space->blocks - FORMAT_RING;
    *free_count += !used;
    if (ring && !used)
        return "a block of the rings is free";
    if (used && bit(page_of(space, block)->held, block))
        return "a held block is used";
    return NULL;
}

static bool pairs_are_right(Space *space) {
    uint64_t zeros = 0, takeable = 0;
    for (uint64_t i = 0; i < space->distance; i++) {
        uint64_t block = FORMAT_RING + i, partner = block + space->distance;
        zeros += is_zero(space, block) && is_zero(space, partner);
        takeable += can_take(space, block) && can_take(space, partner);
    }
    return zeros == space->free_pairs && takeable == space->pairs;
}

const char *space_check(Space *space) {
    uint64_t free_count = 0;
    for (uint64_t block = 0; block < space->blocks; block++) {
        const char *wrong = check_block(space, block, &free_count);
        if (wrong)
            return wrong;
    }
    if (free_count != space->free_blocks)
        return "the count of free blocks is wrong";
    if (!pairs_are_right(space))
        return "the count of free pairs is wrong";
    if (space->old.count + space->fresh.count != space->held_blocks)
        return "the count of held blocks is wrong";
    return NULL;
}
