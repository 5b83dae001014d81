/* The hash of blocks: two XXH64 with different seeds, in one pass. Both
 * multiply each word by the same prime, so one product serves both: a quarter
 * less work, and twice as much of it beside each other. The algorithm is that
 * of xxHash's specification; the library's is its twin in the tests. */
#include "persist/format.h"

#define PRIME_1 0x9E3779B185EBCA87ull
#define PRIME_2 0xC2B2AE3D27D4EB4Full
#define PRIME_3 0x165667B19E3779F9ull
#define PRIME_4 0x85EBCA77C2B2AE63ull
#define PRIME_5 0x27D4EB2F165667C5ull

enum { LANES = 4, STRIPE = 32 };

static inline uint64_t rotated(uint64_t value, int bits) {
    return value << bits | value >> (64 - bits);
}

static inline uint64_t mixed(uint64_t lane, uint64_t product) {
    return rotated(lane + product, 31) * PRIME_1;
}

static inline void mix_word(uint64_t *a, uint64_t *b, const uint8_t *at) {
    uint64_t product = bytes_get64(at) * PRIME_2;
    *a = mixed(*a, product);
    *b = mixed(*b, product);
}

static void begin(uint64_t seed, uint64_t lanes[LANES]) {
    lanes[0] = seed + PRIME_1 + PRIME_2;
    lanes[1] = seed + PRIME_2;
    lanes[2] = seed;
    lanes[3] = seed - PRIME_1;
}

static uint64_t merged(const uint64_t lanes[LANES]) {
    uint64_t hash = rotated(lanes[0], 1) + rotated(lanes[1], 7) +
                    rotated(lanes[2], 12) + rotated(lanes[3], 18);
    for (int i = 0; i < LANES; i++)
        hash = (hash ^ mixed(0, lanes[i] * PRIME_2)) * PRIME_1 + PRIME_4;
    return hash;
}

/* What is left after the last whole stripe. */
static uint64_t finished(uint64_t hash, const uint8_t *at, size_t left) {
    for (; left >= 8; left -= 8, at += 8) {
        hash ^= mixed(0, bytes_get64(at) * PRIME_2);
        hash = rotated(hash, 27) * PRIME_1 + PRIME_4;
    }
    if (left >= 4) {
        hash ^= bytes_get32(at) * PRIME_1;
        hash = rotated(hash, 23) * PRIME_2 + PRIME_3;
        left -= 4;
        at += 4;
    }
    for (; left > 0; left--, at++)
        hash = rotated(hash ^ *at * PRIME_5, 11) * PRIME_1;
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    return hash ^ hash >> 32;
}

Hash hash_of(const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    size_t left = count;
    uint64_t first = PRIME_5, second = FORMAT_SECOND_SEED + PRIME_5;
    if (count >= STRIPE) {
        uint64_t a[LANES], b[LANES];
        begin(0, a);
        begin(FORMAT_SECOND_SEED, b);
        for (; left >= STRIPE; left -= STRIPE, at += STRIPE) {
            mix_word(&a[0], &b[0], at);
            mix_word(&a[1], &b[1], at + 8);
            mix_word(&a[2], &b[2], at + 16);
            mix_word(&a[3], &b[3], at + 24);
        }
        first = merged(a);
        second = merged(b);
    }
    return (Hash){finished(first + count, at, left),
                  finished(second + count, at, left)};
}
