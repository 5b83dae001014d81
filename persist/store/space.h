/* space.h: which blocks of the disk are free.
 *
 * One bit a block, 1 for used, in pages that the meta tree keeps and that are
 * read when first needed. A block that a durable generation used and that is
 * given back stays held until two later generations are durable, so that the
 * last durable generation and the one before it stay whole while the next is
 * written. One that no superblock can name is free again earlier, but not while
 * a write to it may be under way: two writes of one block end in any order.
 *
 * Invariants (space_check):
 *  1. free_blocks is the number of zero bits.
 *  2. A held block's bit is zero, and it is never given out.
 *  3. The bits of the edges (rings and marks) are one.
 *  4. A pair is taken only from a segment: block and format_partner.
 *  5. free_pairs is the number of pairs of zero bits; space_pairs those of them
 *     without a held block. */
#ifndef PERSIST_STORE_SPACE_H
#define PERSIST_STORE_SPACE_H

#include "persist/store/format.h"

typedef struct Space Space;

/* Reads space page `index` into `page`; zeros when there is none yet. */
typedef Status SpaceReader(void *context, uint64_t index, void *page);

/* The map of a disk. With `fresh` all but the edges is free; otherwise pages
 * come from `reader`, and `free_blocks` and `free_pairs` from the superblock.
 * NULL: no memory. */
Space *space_open(const FormatLayout *layout, bool fresh, uint64_t free_blocks,
                  uint64_t free_pairs, SpaceReader *reader, void *context);
void space_close(Space *space);

/* Makes all pages anew: a bit a block in `used` says what is used besides the
 * edges. Nothing may be held. NO_MEMORY: only space_close may follow. */
Status space_rebuild(Space *space, const uint8_t *used);

/* Marks what is used besides: a bit a block in `used`. Nothing may be held.
 * IO_ERROR: a part of the map cannot be read now; NO_MEMORY. */
Status space_add(Space *space, const uint8_t *used);

/* The disk grew: `layout` has one segment more. The old rear edge is given back
 * (and held), the new one is used. NO_MEMORY, IO_ERROR: only space_close may
 * follow. */
Status space_grow(Space *space, const FormatLayout *layout);

/* Zero bits, held blocks among them: what the superblock records. */
uint64_t space_free_blocks(const Space *space);
uint64_t space_free_pairs(const Space *space);
/* Blocks, and pairs for metadata, that can be given out now. */
uint64_t space_available(const Space *space);
uint64_t space_pairs(const Space *space);

/* A block for data; false when none is free. Data uses up both halves of pairs,
 * 32 blocks of one, then 32 of the other, so that the other pairs stay whole.
 */
bool space_take_block(Space *space, uint64_t *block_out);

/* A pair of metadata blocks; false when there is none. */
bool space_take_pair(Space *space, uint64_t *block_out);

/* Why nothing was taken: NO_SPACE, or IO_ERROR where a part of the map cannot
 * be read now. */
Status space_why(const Space *space);

/* When a block that is given back can be given out again. */
typedef enum SpaceReuse {
    SPACE_AFTER_TWO, /* when two later generations are durable */
    SPACE_AFTER_END, /* when the generation under way, which wrote it, ended */
    SPACE_AT_ONCE,   /* no superblock names it, and no write is under way */
} SpaceReuse;

/* Gives a block, or with `pair` both of a pair, back. */
void space_give(Space *space, uint64_t block, bool pair, SpaceReuse reuse);

/* A generation became durable: see above. */
void space_durable(Space *space);

/* The generation under way became durable or was doomed, and the device is
 * idle. */
void space_ended(Space *space);

/* The pages whose bits changed since space_page_clean: index of the first from
 * `from` on, or UINT64_MAX. */
uint64_t space_next_dirty(const Space *space, uint64_t from);
/* The bytes of a page (loaded and valid until close). */
const void *space_page(const Space *space, uint64_t index);
void space_page_clean(Space *space, uint64_t index);
void space_page_dirty(Space *space, uint64_t index);
uint64_t space_page_count(const Space *space);

/* True when the bit of the block is set; loads its page. */
bool space_used(Space *space, uint64_t block);

/* NULL, or the sentence of the invariant that does not hold. Loads all. */
const char *space_check(Space *space);

#endif
