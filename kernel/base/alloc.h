/* Transient memory: what does not survive a restart.
 *
 * Each machine defines these two (kernel/host/alloc.c, kernel/pc/alloc.c).
 * Never call them from an interrupt; the fault of a page of the persistent
 * range may, because it comes only from code that is not within them. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* `size_bytes` zeroed bytes, aligned to 16, from 4,096 bytes on to a page.
 * NULL when there is no memory; the caller says what then happens. Size 0
 * gives a valid pointer. */
void *alloc_take(size_t size_bytes);

/* Gives back what alloc_take gave; NULL is allowed. */
void alloc_give(void *memory);

/* A larger or smaller copy of `memory` (NULL: a new one) with the first bytes
 * kept and new bytes zero. On NULL the old memory is untouched. */
void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes);

#endif
