/* Transient memory: small objects in slabs, a page as a frame of the direct
 * map, more as an area with a guard page.
 *
 * What an address is can be seen from it: areas have their own range, a page
 * of the direct map that begins at the address is a single page, anything
 * else lies in a slab, whose header is at the start of its page. */
#include "kernel/base/alloc.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/list.h"
#include "kernel/pc/area.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"

#define PAGE_BYTES 4096u
#define SLAB_HEADER_BYTES 64u
#define SLAB_ROOM (PAGE_BYTES - SLAB_HEADER_BYTES)
#define SLAB_MAGIC 0x536c6162u /* "Slab" */
#define SLAB_MAP_WORDS 4

typedef struct Slab {
    ListLink link;    /* in alloc_partial, while an object is free */
    uint32_t magic;   /* SLAB_MAGIC */
    uint16_t class;   /* index in alloc_sizes */
    uint16_t used;    /* objects taken */
    uint64_t free[4]; /* a bit for each object, 1: free */
} Slab;
_Static_assert(sizeof(Slab) <= SLAB_HEADER_BYTES, "the slab's header grew");

/* Multiples of 16 that fill SLAB_ROOM well. */
static const uint16_t alloc_sizes[] = {16,  32,  48,  64,  80,   96,   112,
                                       128, 160, 192, 240, 288,  336,  400,
                                       496, 576, 672, 800, 1008, 1344, 2016};
#define ALLOC_CLASSES (sizeof alloc_sizes / sizeof *alloc_sizes)
#define SMALL_MAX 2016u

static List alloc_partial[ALLOC_CLASSES]; /* slabs with free objects */
static bool alloc_ready;

static void make_ready(void) {
    for (size_t i = 0; i < ALLOC_CLASSES; i++)
        list_init(&alloc_partial[i]);
    alloc_ready = true;
}

static uint16_t class_for(size_t bytes) {
    uint16_t class = 0;
    while (alloc_sizes[class] < bytes)
        class ++;
    return class;
}

static Slab *slab_make(uint16_t class) {
    uint64_t frame = paging_zeroed_frame();
    if (!frame)
        return NULL;
    Slab *slab = paging_direct(frame);
    slab->magic = SLAB_MAGIC;
    slab->class = class;
    uint32_t count = SLAB_ROOM / alloc_sizes[class];
    for (uint32_t i = 0; i < count; i++)
        slab->free[i / 64] |= 1ull << i % 64;
    list_append(&alloc_partial[class], &slab->link);
    return slab;
}

static bool slab_full(const Slab *slab) {
    return slab->used == SLAB_ROOM / alloc_sizes[slab->class];
}

static void *take_small(size_t bytes) {
    if (!alloc_ready)
        make_ready();
    uint16_t class = class_for(bytes);
    ListLink *first = list_first(&alloc_partial[class]);
    Slab *slab = first ? LIST_ELEMENT(first, Slab, link) : slab_make(class);
    if (!slab)
        return NULL;
    uint32_t word = 0;
    while (slab->free[word] == 0)
        word++;
    uint32_t bit = (uint32_t)__builtin_ctzll(slab->free[word]);
    slab->free[word] &= slab->free[word] - 1;
    slab->used++;
    if (slab_full(slab))
        list_remove(&slab->link);
    uint8_t *object = (uint8_t *)slab + SLAB_HEADER_BYTES +
                      (word * 64 + bit) * alloc_sizes[class];
    bytes_fill(object, 0, alloc_sizes[class]);
    return object;
}

static Slab *slab_of(const void *object) {
    Slab *slab = (Slab *)((uintptr_t)object & ~(uintptr_t)(PAGE_BYTES - 1));
    CHECK(slab->magic == SLAB_MAGIC);
    return slab;
}

static void give_small(void *object) {
    Slab *slab = slab_of(object);
    uint32_t offset =
        (uint32_t)((uintptr_t)object % PAGE_BYTES - SLAB_HEADER_BYTES);
    uint32_t index = offset / alloc_sizes[slab->class];
    CHECK(offset % alloc_sizes[slab->class] == 0);
    CHECK(!(slab->free[index / 64] >> index % 64 & 1));
    if (slab_full(slab))
        list_append(&alloc_partial[slab->class], &slab->link);
    slab->free[index / 64] |= 1ull << index % 64;
    slab->used--;
    if (slab->used > 0)
        return;
    list_remove(&slab->link);
    slab->magic = 0;
    frames_give((uintptr_t)slab - PAGING_DIRECT);
}

static bool in_direct_map(const void *memory) {
    return (uintptr_t)memory >= PAGING_DIRECT &&
           (uintptr_t)memory < PAGING_DIRECT_END;
}

static bool is_page(const void *memory) {
    return in_direct_map(memory) && (uintptr_t)memory % PAGE_BYTES == 0;
}

void *alloc_take(size_t size_bytes) {
    if (size_bytes <= SMALL_MAX)
        return take_small(size_bytes);
    if (size_bytes <= PAGE_BYTES) {
        uint64_t frame = paging_zeroed_frame();
        return frame ? paging_direct(frame) : NULL;
    }
    if (size_bytes > SIZE_MAX - PAGE_BYTES)
        return NULL;
    return area_take((size_bytes + PAGE_BYTES - 1) / PAGE_BYTES);
}

void alloc_give(void *memory) {
    if (!memory)
        return;
    if (is_page(memory))
        frames_give((uintptr_t)memory - PAGING_DIRECT);
    else if (in_direct_map(memory))
        give_small(memory);
    else
        area_give(memory);
}

/* The bytes that can be used in place. */
static size_t room_of(const void *memory) {
    if (is_page(memory))
        return PAGE_BYTES;
    if (in_direct_map(memory))
        return alloc_sizes[slab_of(memory)->class];
    return area_pages(memory) * PAGE_BYTES;
}

void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes) {
    if (!memory)
        return alloc_take(new_bytes);
    size_t kept = bytes_min(old_bytes, new_bytes);
    size_t room = room_of(memory);
    CHECK(old_bytes <= room);
    if (new_bytes <= room && new_bytes >= room / 2) {
        bytes_fill((uint8_t *)memory + kept, 0, room - kept);
        return memory;
    }
    void *moved = alloc_take(new_bytes);
    if (!moved)
        return NULL;
    bytes_copy(moved, memory, kept);
    alloc_give(memory);
    return moved;
}
