/* The inner loops with SSE2, four pixels at a time; the same bytes as the
 * plain ones in pixels.c, which also do the pixels that are left over. */
#include "gui/pixels.h"

/* gcc's vectors of 16 bytes; every x86-64 CPU has SSE2 behind them. */
typedef uint8_t Bytes16 __attribute__((vector_size(16)));
typedef uint16_t Words8 __attribute__((vector_size(16)));
typedef uint32_t Pixels4 __attribute__((vector_size(16), aligned(4)));

static inline Words8 low_words(Bytes16 bytes) {
    Bytes16 zero = {0};
    return (Words8)__builtin_shufflevector(bytes, zero, 0, 16, 1, 17, 2, 18, 3,
                                           19, 4, 20, 5, 21, 6, 22, 7, 23);
}

static inline Words8 high_words(Bytes16 bytes) {
    Bytes16 zero = {0};
    return (Words8)__builtin_shufflevector(bytes, zero, 8, 24, 9, 25, 10, 26,
                                           11, 27, 12, 28, 13, 29, 14, 30, 15,
                                           31);
}

/* The low bytes of sixteen words. */
static inline Bytes16 narrow(Words8 low, Words8 high) {
    return __builtin_shufflevector((Bytes16)low, (Bytes16)high, 0, 2, 4, 6, 8,
                                   10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

static inline Words8 words_part(Words8 values, Words8 part) {
    Words8 product = values * part + 128;
    return (product + (product >> 8)) >> 8;
}

/* Two pixels over two; `values` are the pixels' words. */
static inline Words8 words_over(Words8 under, Words8 values) {
    Words8 alpha =
        __builtin_shufflevector(values, values, 3, 3, 3, 3, 7, 7, 7, 7);
    return words_part(under, 255 - alpha) + values;
}

static inline Pixels4 load(const uint32_t *from) {
    return *(const Pixels4 *)(const void *)from;
}

static inline void store(uint32_t *to, Pixels4 four) {
    *(Pixels4 *)(void *)to = four;
}

static inline Pixels4 over4(Pixels4 under, Pixels4 four) {
    Words8 low =
        words_over(low_words((Bytes16)under), low_words((Bytes16)four));
    Words8 high =
        words_over(high_words((Bytes16)under), high_words((Bytes16)four));
    return (Pixels4)narrow(low & 255, high & 255);
}

static void fill(uint32_t *to, size_t count, uint32_t pixel) {
    Pixels4 four = {pixel, pixel, pixel, pixel};
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        store(to + i, four);
    for (; i < count; i++)
        to[i] = pixel;
}

static void cover(uint32_t *to, size_t count, uint32_t pixel) {
    Pixels4 four = {pixel, pixel, pixel, pixel};
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        store(to + i, over4(load(to + i), four));
    pixels_plain.cover(to + i, count - i, pixel);
}

static void blend(uint32_t *to, const uint32_t *from, size_t count) {
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        store(to + i, over4(load(to + i), load(from + i)));
    pixels_plain.blend(to + i, from + i, count - i);
}

static void tint(uint32_t *to, const uint8_t *coverage, size_t count,
                 uint32_t pixel) {
    Pixels4 four = {pixel, pixel, pixel, pixel};
    Words8 words = low_words((Bytes16)four);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const uint8_t *part = coverage + i;
        if (!(part[0] | part[1] | part[2] | part[3]))
            continue;
        Words8 low = {part[0], part[0], part[0], part[0],
                      part[1], part[1], part[1], part[1]};
        Words8 high = {part[2], part[2], part[2], part[2],
                       part[3], part[3], part[3], part[3]};
        Bytes16 thin = narrow(words_part(words, low), words_part(words, high));
        store(to + i, over4(load(to + i), (Pixels4)thin));
    }
    pixels_plain.tint(to + i, coverage + i, count - i, pixel);
}

const PixelLoops pixels_sse2 = {fill, cover, blend, tint};
