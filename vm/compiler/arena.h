/* Arena: the compiler's only memory; given back all at once.
 *
 * Whoever owns the arena sets `escape` by __builtin_setjmp before the first
 * use: when memory ends, or the stack, arena_take goes there and never returns
 * NULL. So no other part of the compiler looks at allocation failures; and
 * whatever goes deep takes memory on its way. */
#ifndef COMPILER_ARENA_H
#define COMPILER_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "vm/compiler/work.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    ArenaBlock *blocks;
    char *at, *end;
    size_t taken_bytes;
    size_t limit_bytes;  /* more than this counts as no memory */
    uintptr_t stack_end; /* nor deeper than this; 0: no limit */
    void **escape;       /* five words for __builtin_longjmp */
} Arena;

/* Zeroed, aligned to 16. */
void *arena_take(Arena *arena, size_t size_bytes);

/* A copy with a zero behind it. */
char *arena_copy(Arena *arena, const char *bytes, size_t count);

/* A larger copy of an array; the old one stays until the end. */
void *arena_grow(Arena *arena, const void *old, size_t old_bytes,
                 size_t new_bytes);

void arena_free(Arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))

/* Room for one more element of `list->items` (count, capacity beside it). */
#define ARENA_PUSH(arena, list)                                                \
    ((list)->count < (list)->capacity                                          \
         ? (void)0                                                             \
         : (void)((list)->items = arena_grow(                                  \
                      (arena), (list)->items,                                  \
                      (list)->count * sizeof *(list)->items,                   \
                      ((list)->capacity =                                      \
                           (list)->capacity ? (list)->capacity * 2 : 8) *      \
                          sizeof *(list)->items)),                             \
     &(list)->items[(list)->count++])

#endif
