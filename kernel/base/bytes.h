/* Bytes: copying, comparing, and little-endian numbers in byte arrays.
 *
 * Names for the compiler's builtins, so that no file above the door includes
 * a libc header. Hosted they end in libc, on the pc in kernel/pc/string.c. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ranges must not overlap. */
static inline void bytes_copy(void *to, const void *from, size_t count) {
    __builtin_memcpy(to, from, count);
}

/* The ranges may overlap. */
static inline void bytes_move(void *to, const void *from, size_t count) {
    __builtin_memmove(to, from, count);
}

static inline void bytes_fill(void *to, uint8_t value, size_t count) {
    __builtin_memset(to, value, count);
}

static inline bool bytes_equal(const void *a, const void *b, size_t count) {
    return __builtin_memcmp(a, b, count) == 0;
}

static inline size_t bytes_min(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline size_t bytes_max(size_t a, size_t b) {
    return a > b ? a : b;
}

/* True when all bytes are zero. */
static inline bool bytes_all_zero(const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    if (count == 0)
        return true;
    return at[0] == 0 && __builtin_memcmp(at, at + 1, count - 1) == 0;
}

/* Unaligned little-endian access; all our machines are little-endian, and the
 * compiler makes one instruction of each. */
static inline uint64_t bytes_get64(const void *at) {
    uint64_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t bytes_get32(const void *at) {
    uint32_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}

static inline uint16_t bytes_get16(const void *at) {
    uint16_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}

static inline void bytes_put64(void *at, uint64_t value) {
    __builtin_memcpy(at, &value, sizeof value);
}

static inline void bytes_put32(void *at, uint32_t value) {
    __builtin_memcpy(at, &value, sizeof value);
}

static inline void bytes_put16(void *at, uint16_t value) {
    __builtin_memcpy(at, &value, sizeof value);
}

#endif
