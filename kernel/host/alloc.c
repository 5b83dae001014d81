/* Transient memory of the hosted machine: the C library's. */
#include "kernel/base/alloc.h"

#include <stdlib.h>
#include <string.h>

void *alloc_take(size_t size_bytes) {
    if (size_bytes < 4096)
        return calloc(1, size_bytes ? size_bytes : 1);
    void *memory = aligned_alloc(4096, (size_bytes + 4095) & ~(size_t)4095);
    if (memory)
        memset(memory, 0, size_bytes);
    return memory;
}

void alloc_give(void *memory) {
    free(memory);
}

void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes) {
    void *larger = alloc_take(new_bytes);
    if (!larger)
        return NULL;
    if (memory)
        memcpy(larger, memory, old_bytes < new_bytes ? old_bytes : new_bytes);
    free(memory);
    return larger;
}
