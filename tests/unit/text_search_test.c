/* Tests of vm/native/text_search.c against its naive twin. */
#include "vm/native/text_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static uint64_t naive_first(const char *text, uint64_t length, const char *part,
                            uint64_t count, uint64_t from) {
    for (uint64_t i = from; i <= length && length - i >= count; i++)
        if (memcmp(text + i, part, count) == 0)
            return i;
    return UINT64_MAX;
}

static uint64_t naive_last(const char *text, uint64_t length, const char *part,
                           uint64_t count, uint64_t before) {
    uint64_t found = UINT64_MAX;
    for (uint64_t i = 0; i < before && i <= length && length - i >= count; i++)
        if (memcmp(text + i, part, count) == 0)
            found = i;
    return found;
}

TEST("a text is found where the naive search finds it, from both sides") {
    uint64_t seed = 3, state = seed;
    for (int round = 0; round < 60000; round++) {
        char text[40], part[12];
        uint64_t length = test_random(&state) % 40;
        uint64_t count = test_random(&state) % 12;
        unsigned letters = 1 + test_random(&state) % 3;
        for (uint64_t i = 0; i < length; i++)
            text[i] = (char)('a' + test_random(&state) % letters);
        for (uint64_t i = 0; i < count; i++)
            part[i] = (char)('a' + test_random(&state) % letters);
        uint64_t place = test_random(&state) % 44;
        bool good = text_search_first(text, length, part, count, place) ==
                        naive_first(text, length, part, count, place) &&
                    text_search_last(text, length, part, count, place) ==
                        naive_last(text, length, part, count, place);
        if (!good)
            printf("  seed %lu round %d: %.*s in %.*s at %lu\n", seed, round,
                   (int)count, part, (int)length, text, place);
        EXPECT(good);
    }
}

TEST("a text that is made to be slow is searched in linear time") {
    uint64_t length = 4u << 20, count = 2u << 20;
    char *text = malloc(length), *part = malloc(count);
    memset(text, 'a', length);
    memset(part, 'a', count);
    part[count / 2] = 'b';
    EXPECT_EQUAL(text_search_first(text, length, part, count, 0), UINT64_MAX);
    EXPECT_EQUAL(text_search_last(text, length, part, count, length),
                 UINT64_MAX);
    free(text);
    free(part);
}
