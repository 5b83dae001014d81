/* The part of <stdlib.h> that the third-party libraries use; see string.h.
 * There is no malloc: each library is given an allocator of ours. */
#ifndef LIB_STDLIB_H
#define LIB_STDLIB_H

#include <stddef.h>

#define qsort libc_qsort
#define abs __builtin_abs

/* Sorts in place. The order of equal elements is not kept, but it is the same
 * on every machine. */
void libc_qsort(void *elements, size_t count, size_t size_bytes,
                int (*compare)(const void *, const void *));

#endif
