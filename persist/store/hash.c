/* The hash of blocks: two XXH64 with different seeds. */
#include "persist/store/format.h"

#include "kernel/lib/xxhash.h"

Hash hash_of(const void *bytes, size_t count) {
    return (Hash){XXH64(bytes, count, 0),
                  XXH64(bytes, count, FORMAT_SECOND_SEED)};
}
