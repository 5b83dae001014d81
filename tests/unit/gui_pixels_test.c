/* Tests of gui/pixels.c and pixels_sse2.c against a naive twin. */
#include "gui/pixels.h"

#include <stdio.h>
#include <string.h>

#include "gui/bitmap.h"
#include "tests/test.h"

enum { MOST = 70 };

/* The definition: for each byte, above + under * (255 - alpha) / 255. */
static uint32_t naive_over(uint32_t under, uint32_t above) {
    uint32_t rest = 255 - (above >> 24), result = 0;
    for (uint32_t shift = 0; shift < 32; shift += 8) {
        uint32_t left = ((under >> shift & 255) * rest * 2 + 255) / 510;
        result |= (((above >> shift & 255) + left) & 255) << shift;
    }
    return result;
}

static uint32_t naive_thin(uint32_t pixel, uint32_t part) {
    uint32_t result = 0;
    for (uint32_t shift = 0; shift < 32; shift += 8)
        result |= ((pixel >> shift & 255) * part * 2 + 255) / 510 << shift;
    return result;
}

static void naive_run(int which, uint32_t *to, const uint32_t *from,
                      const uint8_t *coverage, size_t count, uint32_t pixel) {
    for (size_t i = 0; i < count; i++) {
        if (which == 0)
            to[i] = pixel;
        else if (which == 1)
            to[i] = naive_over(to[i], pixel);
        else if (which == 2)
            to[i] = naive_over(to[i], from[i]);
        else
            to[i] = naive_over(to[i], naive_thin(pixel, coverage[i]));
    }
}

static void run(const PixelLoops *loops, int which, uint32_t *to,
                const uint32_t *from, const uint8_t *coverage, size_t count,
                uint32_t pixel) {
    if (which == 0)
        loops->fill(to, count, pixel);
    else if (which == 1)
        loops->cover(to, count, pixel);
    else if (which == 2)
        loops->blend(to, from, count);
    else
        loops->tint(to, coverage, count, pixel);
}

static uint32_t random_pixel(uint64_t *state) {
    uint32_t any = (uint32_t)test_random(state);
    switch (test_random(state) % 5) {
    case 0:
        return any; /* not even premultiplied: still equal bytes */
    case 1:
        return 0;
    case 2:
        return any | 0xff000000u;
    default:
        return bitmap_pixel(any);
    }
}

TEST("plain and SSE2 loops do what the naive ones do, byte for byte") {
    uint64_t state = 20, seed = state;
    for (int round = 0; round < 4000; round++) {
        uint32_t a[MOST], b[MOST], c[MOST], from[MOST];
        uint8_t coverage[MOST];
        size_t start = test_random(&state) % 4;
        size_t count = test_random(&state) % (MOST - 4);
        uint32_t pixel = random_pixel(&state);
        for (size_t i = 0; i < MOST; i++) {
            a[i] = b[i] = c[i] = random_pixel(&state);
            from[i] = random_pixel(&state);
            uint8_t any = (uint8_t)test_random(&state);
            coverage[i] = any < 60 ? 0 : any > 200 ? 255 : any;
        }
        int which = round % 4;
        naive_run(which, a + start, from, coverage, count, pixel);
        run(&pixels_plain, which, b + start, from, coverage, count, pixel);
        run(&pixels_sse2, which, c + start, from, coverage, count, pixel);
        if (memcmp(a, b, sizeof a) != 0 || memcmp(a, c, sizeof a) != 0) {
            printf("  seed %lu round %d\n", (unsigned long)seed, round);
            EXPECT(memcmp(a, b, sizeof a) == 0);
            EXPECT(memcmp(a, c, sizeof a) == 0);
            return;
        }
    }
}

TEST("parts of 255 are rounded to the nearest for all values") {
    for (uint32_t value = 0; value < 256; value++)
        for (uint32_t part = 0; part < 256; part++)
            if (bitmap_part(value, part) != (value * part * 2 + 255) / 510)
                EXPECT_EQUAL(bitmap_part(value, part),
                             (value * part * 2 + 255) / 510);
}

static uint64_t clock_ns;

static uint64_t ticking(void) {
    return clock_ns += 1000;
}

TEST("calibrating chooses among the two forms and changes no result") {
    pixels_calibrate(ticking);
    EXPECT(pixels_loops.blend == pixels_plain.blend ||
           pixels_loops.blend == pixels_sse2.blend);
    EXPECT(pixels_loops.tint == pixels_plain.tint ||
           pixels_loops.tint == pixels_sse2.tint);
}
