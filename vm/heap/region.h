/* region.h: how a region of 64 MiB is laid out.
 *
 * A domain owns whole regions; a region belongs to one domain for ever. Its
 * first 14 MiB are side tables, untouched parts of which cost nothing:
 *
 *   0x0000000   4 KiB   region 0 only: the system root (object.h)
 *   0x0001000   4 KiB   RegionHeader
 *   0x0002000  32 KiB   2,048 x RegionBlock
 *   0x0010000 512 KiB   object starts: a bit per 16 bytes, in words of 64 bits;
 *                       a word covers 1 KiB, so only the owner of a block, who
 *                       alone allocates in it, writes it
 *   0x0100000   1 MiB   per line of 256 bytes its birth epoch, 4 bytes; 0: free
 *   0x0200000   4 MiB   per 16 bytes a count byte, for counting; all zero
 *   0x0600000   8 MiB   per 8 bytes a log byte, for counting; all zero
 *   0x0E00000  50 MiB   1,600 blocks of 32 KiB */
#ifndef VM_HEAP_REGION_H
#define VM_HEAP_REGION_H

#include "vm/heap/object.h"

#define REGION_LINE_BYTES 256u
#define REGION_BLOCK_BYTES 32768u
#define REGION_BLOCK_LINES (REGION_BLOCK_BYTES / REGION_LINE_BYTES)
#define REGION_BLOCKS 2048u
#define REGION_FIRST_BLOCK 448u
#define REGION_HEADER_AT 0x1000u
#define REGION_BLOCKS_AT 0x2000u
#define REGION_STARTS_AT 0x10000u
#define REGION_LINES_AT 0x100000u
#define REGION_COUNTS_AT 0x200000u
#define REGION_LOGS_AT 0x600000u
#define REGION_OBJECTS_AT 0xE00000u
#define REGION_MAX (PLATFORM_RANGE_BYTES / MEMORY_REGION_BYTES)
#define REGION_MAGIC 0x4e4f494745524d56ull

_Static_assert(REGION_OBJECTS_AT == REGION_FIRST_BLOCK * REGION_BLOCK_BYTES,
               "blocks begin where the tables end");
_Static_assert(REGION_BLOCKS *REGION_BLOCK_BYTES == MEMORY_REGION_BYTES,
               "a region is 2,048 blocks");

typedef struct RegionHeader {
    uint64_t magic;
    uint64_t domain; /* number */
    uint32_t index;
    uint32_t next; /* the domain's next region; 0: none */
    Domain *owner;
} RegionHeader;

typedef enum RegionBlockState {
    BLOCK_FREE,  /* reads as zeros */
    BLOCK_USED,  /* lines hold small objects */
    BLOCK_EMPTY, /* no objects, but not zero */
    BLOCK_LARGE, /* first block of a large object, `run` blocks */
    BLOCK_TAIL,  /* further block of a large object */
} RegionBlockState;

typedef struct RegionBlock {
    uint8_t state;
    uint8_t zero;
    uint16_t free_lines; /* at the last sweep */
    uint32_t run;
    uint64_t spare;
} RegionBlock;

_Static_assert(sizeof(RegionBlock) == 16, "2,048 entries fill 32 KiB");

static inline uint64_t region_address(uint32_t index) {
    return MEMORY_ROOT + index * MEMORY_REGION_BYTES;
}

static inline uint32_t region_of(uint64_t address) {
    return (uint32_t)((address - MEMORY_ROOT) / MEMORY_REGION_BYTES);
}

static inline RegionHeader *region_header(uint32_t index) {
    return (RegionHeader *)(region_address(index) + REGION_HEADER_AT);
}

static inline RegionBlock *region_block(uint32_t index, uint32_t block) {
    return (RegionBlock *)(region_address(index) + REGION_BLOCKS_AT) + block;
}

static inline uint64_t region_block_address(uint32_t index, uint32_t block) {
    return region_address(index) + (uint64_t)block * REGION_BLOCK_BYTES;
}

static inline uint32_t region_block_of(uint64_t address) {
    return (uint32_t)(address % MEMORY_REGION_BYTES / REGION_BLOCK_BYTES);
}

/* The birth epochs of a block's lines: 128 of them. */
static inline uint32_t *region_lines(uint32_t index, uint32_t block) {
    return (uint32_t *)(region_address(index) + REGION_LINES_AT) +
           block * REGION_BLOCK_LINES;
}

/* The word of start bits that covers an address, and its bit there. */
static inline uint64_t *region_start_word(uint64_t address) {
    uint64_t base = address & ~(MEMORY_REGION_BYTES - 1);
    return (uint64_t *)(base + REGION_STARTS_AT) + (address - base) / 1024;
}

static inline uint64_t region_start_bit(uint64_t address) {
    return 1ull << (address / 16 % 64);
}

#endif
