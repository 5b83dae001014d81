/* format.h: what lies on the disk, byte by byte. Format 0.3. docs/format.md
 * tells the same in prose and tables; `make run-reader` compares the constants,
 * and reads images with a program that knows only the document.
 *
 * The disk is an array of blocks of 4 KiB; numbers are little-endian.
 *
 *   blocks             what
 *   0 .. 63            ring of superblocks; that of generation g is at g mod 64
 *   64 .. 79           marks: two halves of 8 blocks, written in turn
 *   80 .. N-81         data and metadata, given out by the space map
 *   N-80 .. N-65       mirror of the marks
 *   N-64 .. N-1        mirror of the ring
 *
 * N is in the superblock, and so are the segments: the middle part as it was
 * made, and one more for each time the disk grew. Metadata (nodes, directory,
 * space map, deadlists) is kept twice: in a block b of the first half of a
 * segment, and in b + half of the segment's blocks. Data pages are kept once.
 *
 * Everything is reached from a superblock by entries, and an entry holds the
 * hash of what it names: no block vouches for itself, so a lost or misdirected
 * write is seen. Two trees of nodes hang there:
 *
 *   heap tree  page number (35 bits, 5 levels of 7) -> data page; one root
 *              block for each kept generation, with what changed lately and
 *              the root of a tree, which shares unchanged nodes with others
 *   meta tree  21 bits, 3 levels -> directory pages (from 0) and space map
 *              pages (from 2^18); only the newest root counts
 *
 * A superblock of generation 0 marks a disk on which nothing is durable yet.
 *
 * A zero entry stands for a page, or a whole subtree, of zeros. Blocks never
 * change in place while a superblock that may be read reaches them. */
#ifndef PERSIST_STORE_FORMAT_H
#define PERSIST_STORE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/base/bytes.h"
#include "kernel/platform.h"

enum {
    FORMAT_MAJOR = 0,
    FORMAT_MINOR = 3,
    FORMAT_RING = 64,      /* superblocks in each ring */
    FORMAT_MARKS_HALF = 8, /* blocks of a half of the marks */
    FORMAT_MARKS = 16,     /* both halves */
    FORMAT_EDGE = 80,      /* ring and marks, at each end of the disk */
    FORMAT_SEGMENTS = 8,
    FORMAT_MIN_BLOCKS = 1024, /* smallest disk: 4 MiB */
    FORMAT_FANOUT = 128,      /* entries of a node */
    FORMAT_FANOUT_BITS = 7,
    FORMAT_HEAP_LEVELS = 5,
    FORMAT_META_LEVELS = 3,
    FORMAT_RECENT = 72,           /* pages that a root block names itself, */
    FORMAT_ROOT_DEAD = 72,        /* and dead */
    FORMAT_SPACE_FIRST = 1 << 18, /* meta key of the first space page */
    FORMAT_SPACE_BITS = 4096 * 8, /* blocks that a space page describes */
    FORMAT_RECORDS = 32,          /* records of a directory page */
    FORMAT_DEAD_PER_BLOCK = 224,
    FORMAT_DEAD_LINKS = 12,
    FORMAT_MARK_NAME = 40, /* bytes */
};

/* "REVENANT" read as a little-endian number. */
#define FORMAT_MAGIC 0x544E414E45564552ull

/* Hash of a block: XXH64 with seed 0, then with seed FORMAT_SECOND_SEED. */
#define FORMAT_SECOND_SEED 0x9E3779B97F4A7C15ull
typedef struct Hash {
    uint64_t first, second;
} Hash;

/* OFFSET SIZE MEANING
 *      0    6 block number
 *      6    6 generation in which it was written (birth)
 *     12    4 flags: FORMAT_PRESENT
 *     16   16 hash of the block's 4,096 bytes */
typedef struct FormatEntry {
    uint8_t block[6];
    uint8_t birth[6];
    uint8_t flags[4];
    Hash hash;
} FormatEntry;
_Static_assert(sizeof(FormatEntry) == 32, "entry");
_Static_assert(offsetof(FormatEntry, hash) == 16, "entry hash");

enum { FORMAT_PRESENT = 1 };

typedef struct FormatNode {
    FormatEntry entries[FORMAT_FANOUT];
} FormatNode;
_Static_assert(sizeof(FormatNode) == PLATFORM_BLOCK_BYTES, "node");

/* A block that the generation's parent uses and it does not. */
typedef struct FormatDead {
    uint64_t block; /* bit 63: metadata, both blocks of the pair */
    uint64_t birth;
} FormatDead;
#define FORMAT_DEAD_PAIR (1ull << 63)

/* A page that changed since the tree of its root block was written. */
typedef struct FormatRecent {
    uint64_t page;
    FormatEntry entry; /* zero: the page is zeros now */
} FormatRecent;
_Static_assert(sizeof(FormatRecent) == 40, "recent page");

/* Root block of a generation's heap. Where it names a page itself, what the
 * tree says of that page is out of date: the block there is no longer this
 * generation's. So a small generation writes this block and no node; nor a
 * deadlist, if its dead fit here. They count for the generation that has
 * FORMAT_DEAD_IN_ROOT, not for another one with the same root block. */
typedef struct FormatRoot {
    FormatEntry tree;    /*  0 32 root node of the tree, or zero */
    uint64_t count;      /* 32  8 of recent pages */
    uint64_t dead_count; /* 40  8 */
    uint64_t zero[2];    /* 48 16 */
    FormatRecent recent[FORMAT_RECENT]; /* 64 2880 in rising order of pages */
    FormatDead dead[FORMAT_ROOT_DEAD];  /* 2944 1152 */
} FormatRoot;
_Static_assert(sizeof(FormatRoot) == PLATFORM_BLOCK_BYTES, "root block");
_Static_assert(offsetof(FormatRoot, recent) == 64, "recent pages");
_Static_assert(offsetof(FormatRoot, dead) == 2944, "dead of a root block");

/* One generation. OFFSET SIZE MEANING in the comments. */
typedef struct FormatRecord {
    uint64_t generation;  /*   0 8 number; 0: this place is free */
    uint64_t parent;      /*   8 8 the kept generation before it; 0: none */
    uint64_t branch;      /*  16 8 line of generations */
    int64_t wall_us;      /*  24 8 UTC of the barrier */
    FormatEntry heap;     /*  32 32 root block of its heap, or zero */
    FormatEntry deadlist; /*  64 32 root of its deadlist, or zero */
    uint64_t pages;       /*  96 8 data pages written by it */
    uint64_t bytes;       /* 104 8 all bytes written by it */
    uint32_t regions;     /* 112 4 attached regions: 0 .. regions-1 */
    uint32_t flags;       /* 116 4 FORMAT_PINNED, ... */
    uint64_t cursor;      /* 120 8 dying: pages below are given back */
} FormatRecord;
_Static_assert(sizeof(FormatRecord) * FORMAT_RECORDS == PLATFORM_BLOCK_BYTES,
               "record");
_Static_assert(offsetof(FormatRecord, deadlist) == 64, "record deadlist");
_Static_assert(offsetof(FormatRecord, regions) == 112, "record regions");

enum {
    FORMAT_PINNED = 1,       /* a person or an app wants it kept */
    FORMAT_DYING = 2,        /* end of an abandoned branch, being given back */
    FORMAT_DEAD_IN_ROOT = 4, /* its deadlist is in its root block */
};

/* Another block of the same deadlist, and the newest birth in it and below. */
typedef struct FormatDeadLink {
    FormatEntry at;
    uint64_t newest;
} FormatDeadLink;
_Static_assert(sizeof(FormatDeadLink) == 40, "deadlist link");

/* A deadlist is a heap of blocks: nothing below a link is newer than it says,
 * so that all dead that are newer than a given generation are found without
 * reading the rest. */
typedef struct FormatDeadlist {
    uint32_t links, dead;                    /*  0  8 counts */
    uint64_t zero[3];                        /*  8 24 */
    FormatDeadLink link[FORMAT_DEAD_LINKS];  /*  32 480 */
    FormatDead entry[FORMAT_DEAD_PER_BLOCK]; /* 512 3584 */
} FormatDeadlist;
_Static_assert(sizeof(FormatDeadlist) == PLATFORM_BLOCK_BYTES, "deadlist");
_Static_assert(offsetof(FormatDeadlist, entry) == 512, "deadlist entries");

/* ---- Marks: facts that no return to an older generation takes back ---- */

/* "REVMARKS" read as a little-endian number. */
#define FORMAT_MARKS_MAGIC 0x534B52414D564552ull

typedef struct FormatMarksHead {
    uint64_t magic;    /*  0 FORMAT_MARKS_MAGIC */
    uint64_t sequence; /*  8 the half with the higher one counts */
    uint64_t count;    /* 16 marks that follow, at 64 + 64 i */
    uint64_t zero[3];  /* 24 */
    Hash hash;         /* 48 of the head with this zero, and the marks */
} FormatMarksHead;
_Static_assert(sizeof(FormatMarksHead) == 64, "head of the marks");

/* Kinds of marks; append only. Unknown ones are kept as they are. */
enum {
    FORMAT_MARK_START = 1,  /* value: starts in a row that did not last */
    FORMAT_MARK_PIN = 2,    /* value: a pinned generation; its name */
    FORMAT_MARK_RETURN = 3, /* value: the generation that the next start goes
                               back to, if the newest is still `newest` */
    FORMAT_MARK_DAMAGE = 4, /* value: the generation from which a world grew in
                               which the page `newest` was found damaged */
    FORMAT_MARK_DENIED = 5, /* value: an owner of memory that lacks what the
                               mask `newest` says */
    FORMAT_MARK_DENIED_TO = 6, /* the same of all owners up to `value` */
};

typedef struct FormatMark {
    uint32_t kind;               /*  0 */
    uint32_t owner;              /*  4 of a pin: FORMAT_OWNER_... */
    uint64_t value;              /*  8 */
    uint64_t newest;             /* 16 as the kind says; else 0 */
    char name[FORMAT_MARK_NAME]; /* 24 UTF-8, zeros behind */
} FormatMark;
_Static_assert(sizeof(FormatMark) == 64, "mark");

/* Who wants a generation kept; append only. */
enum {
    FORMAT_OWNER_PERSON = 1,
    FORMAT_OWNER_RETURN = 2, /* the present that was left for an older one */
};

/* ---- Superblocks ---- */

typedef struct FormatSegment {
    uint64_t first;  /* block */
    uint64_t blocks; /* first + i and first + blocks / 2 + i are a pair */
} FormatSegment;

typedef struct FormatLayout {
    uint64_t blocks;                         /*  0 N */
    uint64_t segment_count;                  /*  8 1 to FORMAT_SEGMENTS */
    FormatSegment segments[FORMAT_SEGMENTS]; /* 16, in rising order */
} FormatLayout;
_Static_assert(sizeof(FormatLayout) == 144, "layout");

/* The first 512 bytes of a superblock's block; the rest is zero. */
typedef struct FormatSuper {
    uint64_t magic;        /*   0 FORMAT_MAGIC */
    uint16_t major, minor; /*   8 format of this image */
    uint16_t min_reader;   /*  12 oldest minor that can read it */
    uint16_t min_writer;   /*  14 oldest minor that can write it */
    uint8_t lineage[16];   /*  16 random, from formatting */
    uint64_t incarnation;  /*  32 how often this disk was started */
    uint64_t generation;   /*  40 */
    uint64_t branch;       /*  48 branch that goes on */
    uint64_t next_branch;  /*  56 number of the next new branch */
    uint64_t free_blocks;  /*  64 zero bits of the space map */
    uint64_t free_pairs;   /*  72 pairs with two zero bits */
    uint64_t records;      /*  80 directory places in use or free: 0 .. */
    int64_t wall_us;       /*  88 UTC when written */
    uint64_t zero[4];      /*  96 */
    FormatEntry heap;      /* 128 root block of the newest heap */
    FormatEntry meta;      /* 160 root of the meta tree */
    FormatLayout layout;   /* 192 */
    uint8_t reserved[160]; /* 336 zero */
    Hash hash;             /* 496 of bytes 0 .. 495 */
} FormatSuper;
_Static_assert(sizeof(FormatSuper) == 512, "superblock");
_Static_assert(offsetof(FormatSuper, heap) == 128, "superblock heap");
_Static_assert(offsetof(FormatSuper, layout) == 192, "superblock layout");
_Static_assert(offsetof(FormatSuper, hash) == 496, "superblock hash");

#define FORMAT_MASK48 0xFFFFFFFFFFFFull

static inline uint64_t entry_block(const FormatEntry *entry) {
    return bytes_get64(entry->block) & FORMAT_MASK48;
}

static inline uint64_t entry_birth(const FormatEntry *entry) {
    return bytes_get64(entry->birth) & FORMAT_MASK48;
}

static inline bool entry_present(const FormatEntry *entry) {
    return bytes_get32(entry->flags) & FORMAT_PRESENT;
}

static inline FormatEntry entry_of(uint64_t block, uint64_t birth, Hash hash) {
    FormatEntry entry = {.hash = hash};
    bytes_copy(entry.block, &block, sizeof entry.block);
    bytes_copy(entry.birth, &birth, sizeof entry.birth);
    bytes_put32(entry.flags, FORMAT_PRESENT);
    return entry;
}

/* The same block, written in the same generation, or none in both. */
static inline bool entry_same(const FormatEntry *a, const FormatEntry *b) {
    return entry_present(a) == entry_present(b) &&
           (!entry_present(a) || (entry_block(a) == entry_block(b) &&
                                  entry_birth(a) == entry_birth(b)));
}

/* How many keys an entry of a node at this level stands for; leaves are level
 * 0. */
static inline uint64_t format_span(unsigned level) {
    return 1ull << (FORMAT_FANOUT_BITS * level);
}

/* The second block of the pair that begins with `block`; 0: none does. */
static inline uint64_t format_partner(const FormatLayout *layout,
                                      uint64_t block) {
    for (uint64_t i = 0; i < layout->segment_count; i++) {
        const FormatSegment *segment = &layout->segments[i];
        if (block >= segment->first &&
            block - segment->first < segment->blocks / 2)
            return block + segment->blocks / 2;
    }
    return 0;
}

/* ---- hash.c ---- */

Hash hash_of(const void *bytes, size_t count);

static inline bool hash_equal(Hash a, Hash b) {
    return a.first == b.first && a.second == b.second;
}

#endif
