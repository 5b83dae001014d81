/* Bump allocation in blocks of the transient memory. */
#include "vm/compiler/arena.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"

struct ArenaBlock {
    ArenaBlock *next;
    uint64_t padding;
};

#define BLOCK_BYTES ((size_t)64 * 1024)

enum {
    TAKE_UNITS = 8,
    BYTES_A_UNIT = 64, /* made zero */
};

static void new_block(Arena *arena, size_t size_bytes) {
    size_t wanted = size_bytes + sizeof(ArenaBlock);
    if (wanted < BLOCK_BYTES)
        wanted = BLOCK_BYTES;
    if (wanted > arena->limit_bytes - arena->taken_bytes)
        __builtin_longjmp(arena->escape, 1);
    ArenaBlock *block = alloc_take(wanted);
    if (!block)
        __builtin_longjmp(arena->escape, 1);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->taken_bytes += wanted;
    arena->at = (char *)(block + 1);
    arena->end = (char *)block + wanted;
}

void *arena_take(Arena *arena, size_t size_bytes) {
    if (size_bytes > arena->limit_bytes ||
        (uintptr_t)__builtin_frame_address(0) < arena->stack_end)
        __builtin_longjmp(arena->escape, 1);
    size_bytes = (size_bytes + 15) & ~(size_t)15;
    work_add(TAKE_UNITS + size_bytes / BYTES_A_UNIT);
    if (!arena->at || (size_t)(arena->end - arena->at) < size_bytes)
        new_block(arena, size_bytes);
    void *memory = arena->at;
    arena->at += size_bytes;
    return memory;
}

char *arena_copy(Arena *arena, const char *bytes, size_t count) {
    char *copy = arena_take(arena, count + 1);
    bytes_copy(copy, bytes, count);
    return copy;
}

void *arena_grow(Arena *arena, const void *old, size_t old_bytes,
                 size_t new_bytes) {
    void *memory = arena_take(arena, new_bytes);
    if (old_bytes)
        bytes_copy(memory, old, old_bytes);
    return memory;
}

void arena_free(Arena *arena) {
    while (arena->blocks) {
        ArenaBlock *next = arena->blocks->next;
        alloc_give(arena->blocks);
        arena->blocks = next;
    }
    arena->at = arena->end = NULL;
    arena->taken_bytes = 0;
}
