/* The map of free blocks. */
#include "persist/store/space.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

enum { META_SHARE = 8, CHUNK = 32 };

typedef struct SpacePage {
    uint64_t *used; /* bits, as on the disk; NULL: not loaded */
    uint64_t *held; /* bits; NULL: none is held */
    bool dirty;
    bool unread; /* the disk failed; tried again in the next generation */
} SpacePage;

/* Blocks given back in one generation. */
typedef struct HeldList {
    uint64_t *blocks;
    size_t count, capacity;
} HeldList;

struct Space {
    FormatLayout layout;
    uint64_t free_blocks, held_blocks;
    uint64_t free_pairs;  /* of zero bits */
    uint64_t pairs;       /* of them without a held block */
    uint64_t pair_cursor; /* a block */
    uint64_t data_cursor; /* a place, see block_of_place */
    uint64_t share;       /* pairs at the front that data takes last */
    uint64_t places;      /* blocks of all segments */
    uint64_t page_count;
    SpacePage *pages;
    HeldList fresh, old; /* given back since, and before, the last durable */
    HeldList own; /* written and given back by the generation under way */
    SpaceReader *reader;
    void *context;
};

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
    if (page->used || page->unread)
        return page->used;
    uint64_t *used = alloc_take(PLATFORM_BLOCK_BYTES);
    if (!used)
        return false;
    Status status = space->reader(space->context, index, used);
    if (status != STATUS_OK)
        log_line("recovery: space map page %lu: %s; its blocks are not used",
                 index, status_text(status));
    page->unread = status == STATUS_IO_ERROR;
    if (page->unread || status == STATUS_NO_MEMORY) {
        alloc_give(used);
        return false;
    }
    if (status != STATUS_OK)
        bytes_fill(used, 0xFF, PLATFORM_BLOCK_BYTES);
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
    const FormatLayout *layout = &space->layout;
    for (uint64_t i = 0; i < layout->segment_count; i++) {
        uint64_t half = layout->segments[i].blocks / 2;
        uint64_t offset = block - layout->segments[i].first;
        if (block < layout->segments[i].first || offset >= 2 * half)
            continue;
        return offset < half ? block + half : block - half;
    }
    return 0;
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

static void give_one(Space *space, uint64_t block, SpaceReuse reuse);

static void take_edges(Space *space) {
    for (uint64_t i = 0; i < FORMAT_EDGE; i++) {
        take(space, i);
        take(space, space->layout.blocks - FORMAT_EDGE + i);
    }
}

/* Blocks beyond the end of the disk, in the last page, count as used. */
static void set_overhang(Space *space, bool used) {
    for (uint64_t block = space->layout.blocks;
         block < space->page_count * FORMAT_SPACE_BITS; block++)
        set_bit(page_of(space, block)->used, block, used);
}

/* Zeroed pages from `from` on; false: no memory. */
static bool make_pages(Space *space, uint64_t from) {
    for (uint64_t i = from; i < space->page_count; i++) {
        space->pages[i].used = alloc_take(PLATFORM_BLOCK_BYTES);
        space->pages[i].dirty = true;
        if (!space->pages[i].used)
            return false;
    }
    return true;
}

static bool make_fresh(Space *space) {
    if (!make_pages(space, 0))
        return false;
    space->free_blocks = space->layout.blocks;
    space->free_pairs = space->pairs = space->layout.segments[0].blocks / 2;
    take_edges(space);
    set_overhang(space, true);
    return true;
}

static uint64_t pages_for(uint64_t blocks) {
    return (blocks + FORMAT_SPACE_BITS - 1) / FORMAT_SPACE_BITS;
}

Space *space_open(const FormatLayout *layout, bool fresh, uint64_t free_blocks,
                  uint64_t free_pairs, SpaceReader *reader, void *context) {
    CHECK(layout->blocks >= FORMAT_MIN_BLOCKS);
    Space *space = alloc_take(sizeof *space);
    if (!space)
        return NULL;
    *space = (Space){.layout = *layout,
                     .free_blocks = free_blocks,
                     .free_pairs = free_pairs,
                     .pairs = free_pairs,
                     .reader = reader,
                     .context = context,
                     .page_count = pages_for(layout->blocks)};
    for (uint64_t i = 0; i < layout->segment_count; i++)
        space->places += layout->segments[i].blocks;
    space->pair_cursor = layout->segments[0].first;
    space->share = layout->segments[0].blocks / 2 / META_SHARE / CHUNK * CHUNK;
    space->data_cursor = 2 * space->share;
    space->pages = alloc_take(space->page_count * sizeof *space->pages);
    if (space->pages && (!fresh || make_fresh(space)))
        return space;
    space_close(space);
    return NULL;
}

Status space_grow(Space *space, const FormatLayout *layout) {
    uint64_t old_blocks = space->layout.blocks, old_count = space->page_count;
    uint64_t half = layout->segments[layout->segment_count - 1].blocks / 2;
    SpacePage *pages = alloc_resize(space->pages, old_count * sizeof *pages,
                                    pages_for(layout->blocks) * sizeof *pages);
    if (!pages)
        return STATUS_NO_MEMORY;
    space->pages = pages;
    if (!load(space, old_count - 1))
        return pages[old_count - 1].unread ? STATUS_IO_ERROR : STATUS_NO_MEMORY;
    set_overhang(space, false);
    space->page_count = pages_for(layout->blocks);
    if (!make_pages(space, old_count))
        return STATUS_NO_MEMORY;
    space->layout = *layout;
    set_overhang(space, true);
    space->pages[old_count - 1].dirty = true;
    space->places += layout->segments[layout->segment_count - 1].blocks;
    space->free_blocks += layout->blocks - old_blocks;
    space->free_pairs += half - FORMAT_EDGE;
    space->pairs += half - FORMAT_EDGE;
    for (uint64_t i = 0; i < FORMAT_EDGE; i++) {
        take(space, layout->blocks - FORMAT_EDGE + i);
        give_one(space, old_blocks - FORMAT_EDGE + i, SPACE_AFTER_TWO);
    }
    return STATUS_OK;
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
    alloc_give(space->own.blocks);
    alloc_give(space);
}

static void count_all(Space *space) {
    space->free_blocks = space->free_pairs = 0;
    for (uint64_t block = 0; block < space->layout.blocks; block++) {
        uint64_t partner = format_partner(&space->layout, block);
        space->free_blocks += is_zero(space, block);
        space->free_pairs +=
            partner && is_zero(space, block) && is_zero(space, partner);
    }
    space->pairs = space->free_pairs;
}

Status space_rebuild(Space *space, const uint8_t *used) {
    CHECK(space->held_blocks == 0);
    for (uint64_t i = 0; i < space->page_count; i++) {
        SpacePage *page = &space->pages[i];
        if (!page->used)
            page->used = alloc_take(PLATFORM_BLOCK_BYTES);
        if (!page->used)
            return STATUS_NO_MEMORY;
        page->dirty = true;
    }
    for (uint64_t block = 0; block < space->layout.blocks; block++)
        set_bit(page_of(space, block)->used, block,
                used[block / 8] >> (block % 8) & 1);
    set_overhang(space, true);
    for (uint64_t i = 0; i < FORMAT_EDGE; i++) {
        uint64_t rear = space->layout.blocks - FORMAT_EDGE + i;
        set_bit(page_of(space, i)->used, i, true);
        set_bit(page_of(space, rear)->used, rear, true);
    }
    count_all(space);
    return STATUS_OK;
}

Status space_add(Space *space, const uint8_t *used) {
    CHECK(space->held_blocks == 0);
    for (uint64_t i = 0; i < space->page_count; i++)
        if (!load(space, i))
            return space->pages[i].unread ? STATUS_IO_ERROR : STATUS_NO_MEMORY;
    for (uint64_t block = 0; block < space->layout.blocks; block++) {
        if (!(used[block / 8] >> (block % 8) & 1))
            continue;
        set_bit(page_of(space, block)->used, block, true);
        page_of(space, block)->dirty = true;
    }
    count_all(space);
    return STATUS_OK;
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

/* Data goes through the places of a segment: 32 blocks of the front half, the
 * 32 that pair with them, and so on; at the end what does not fill 32, and a
 * block in no pair. */
static uint64_t block_in_segment(const FormatSegment *segment, uint64_t place) {
    uint64_t half = segment->blocks / 2;
    uint64_t whole = half / CHUNK * CHUNK, rest = half - whole;
    if (place < 2 * whole) {
        uint64_t chunk = place / (2 * CHUNK), within = place % (2 * CHUNK);
        return segment->first + chunk * CHUNK + within % CHUNK +
               (within >= CHUNK ? half : 0);
    }
    place -= 2 * whole;
    return segment->first + whole +
           (place < rest ? place : place - rest + half);
}

static uint64_t block_of_place(const Space *space, uint64_t place) {
    const FormatSegment *segment = space->layout.segments;
    while (place >= segment->blocks)
        place -= segment++->blocks;
    return block_in_segment(segment, place);
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
    uint64_t places = space->places;
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
        uint64_t partner = format_partner(&space->layout, at);
        if (!can_take(space, partner))
            continue;
        take(space, at);
        take(space, partner);
        space->pair_cursor = at + 1;
        *block_out = at;
        return true;
    }
    return false;
}

bool space_take_pair(Space *space, uint64_t *block_out) {
    const FormatSegment *segments = space->layout.segments;
    if (space->pairs == 0)
        return false;
    /* The front share first: it keeps metadata together. */
    if (take_pair_between(space, space->pair_cursor,
                          segments[0].first + space->share, block_out))
        return true;
    for (uint64_t i = 0; i < space->layout.segment_count; i++)
        if (take_pair_between(space, segments[i].first,
                              segments[i].first + segments[i].blocks / 2,
                              block_out))
            return true;
    return false;
}

Status space_why(const Space *space) {
    for (uint64_t i = 0; i < space->page_count; i++)
        if (space->pages[i].unread)
            return STATUS_IO_ERROR;
    return STATUS_NO_SPACE;
}

/* ---- Giving back ---- */

/* Remembers a held block. Without memory for that it stays used for ever (a
 * check of the disk finds it), which loses space but nothing else. */
static bool hold(Space *space, uint64_t block, HeldList *list) {
    SpacePage *page = page_of(space, block);
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

static void give_one(Space *space, uint64_t block, SpaceReuse reuse) {
    if (!load(space, block / FORMAT_SPACE_BITS))
        return;
    SpacePage *page = page_of(space, block);
    CHECK(bit(page->used, block));
    if (reuse != SPACE_AT_ONCE &&
        !hold(space, block,
              reuse == SPACE_AFTER_END ? &space->own : &space->fresh))
        return;
    set_bit(page->used, block, false);
    page->dirty = true;
    space->free_blocks++;
    uint64_t partner = partner_of(space, block);
    space->free_pairs += partner && is_zero(space, partner);
    space->pairs +=
        reuse == SPACE_AT_ONCE && partner && can_take(space, partner);
}

void space_give(Space *space, uint64_t block, bool pair, SpaceReuse reuse) {
    CHECK(block >= FORMAT_EDGE && block < space->layout.blocks - FORMAT_EDGE);
    give_one(space, block, reuse);
    if (pair)
        give_one(space, format_partner(&space->layout, block), reuse);
}

/* What is held in the list can be given out from now on. */
static void release(Space *space, HeldList *list) {
    for (size_t i = 0; i < list->count; i++) {
        uint64_t block = list->blocks[i];
        uint64_t partner = partner_of(space, block);
        set_bit(page_of(space, block)->held, block, false);
        space->pairs += partner && can_take(space, partner);
    }
    space->held_blocks -= list->count;
    list->count = 0;
}

void space_ended(Space *space) {
    release(space, &space->own);
    for (uint64_t i = 0; i < space->page_count; i++)
        space->pages[i].unread = false;
}

void space_durable(Space *space) {
    release(space, &space->old);
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
    bool edge =
        block < FORMAT_EDGE || block >= space->layout.blocks - FORMAT_EDGE;
    *free_count += !used;
    if (edge && !used)
        return "a block of the edges is free";
    if (used && bit(page_of(space, block)->held, block))
        return "a held block is used";
    return NULL;
}

static bool pairs_are_right(Space *space) {
    uint64_t zeros = 0, takeable = 0;
    for (uint64_t block = 0; block < space->layout.blocks; block++) {
        uint64_t partner = format_partner(&space->layout, block);
        if (partner == 0)
            continue;
        zeros += is_zero(space, block) && is_zero(space, partner);
        takeable += can_take(space, block) && can_take(space, partner);
    }
    return zeros == space->free_pairs && takeable == space->pairs;
}

const char *space_check(Space *space) {
    uint64_t free_count = 0;
    for (uint64_t block = 0; block < space->layout.blocks; block++) {
        const char *wrong = check_block(space, block, &free_count);
        if (wrong)
            return wrong;
    }
    if (free_count != space->free_blocks)
        return "the count of free blocks is wrong";
    if (!pairs_are_right(space))
        return "the count of free pairs is wrong";
    if (space->old.count + space->fresh.count + space->own.count !=
        space->held_blocks)
        return "the count of held blocks is wrong";
    return NULL;
}
