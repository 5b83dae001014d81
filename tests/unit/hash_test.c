/* The hash of blocks beside the library that defines it. */
#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#include <xxhash.h>
#pragma GCC diagnostic pop

#include "persist/format.h"
#include "tests/test.h"

static bool is_right(const void *bytes, size_t count) {
    Hash wanted = {XXH64(bytes, count, 0),
                   XXH64(bytes, count, FORMAT_SECOND_SEED)};
    return hash_equal(hash_of(bytes, count), wanted);
}

TEST("the hash of any number of bytes, anywhere, is two XXH64") {
    static uint8_t bytes[PLATFORM_BLOCK_BYTES + 8];
    uint64_t state = 1;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)test_random(&state);
    for (size_t count = 0; count <= 200; count++)
        for (size_t start = 0; start < 8; start++)
            EXPECT(is_right(bytes + start, count));
    EXPECT(is_right(bytes + 3, PLATFORM_BLOCK_BYTES));
}
