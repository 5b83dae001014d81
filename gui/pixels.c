/* The inner loops in plain C, and the choice between the two forms. */
#include "gui/pixels.h"

#include "kernel/base/bytes.h"

/* Two bytes of a pixel at a time, in the low bytes of 16-bit lanes. */
#define LANES 0x00ff00ffu

static inline uint32_t lanes_part(uint32_t lanes, uint32_t part) {
    uint32_t product = lanes * part + 0x00800080u;
    return (product + (product >> 8 & LANES)) >> 8 & LANES;
}

/* `pixel` over `under`; `rest` is 255 minus the alpha of `pixel`. */
static inline uint32_t over(uint32_t under, uint32_t pixel, uint32_t rest) {
    uint32_t low = lanes_part(under & LANES, rest) + (pixel & LANES);
    uint32_t high = lanes_part(under >> 8 & LANES, rest) + (pixel >> 8 & LANES);
    return (low & LANES) | (high & LANES) << 8;
}

static void fill(uint32_t *to, size_t count, uint32_t pixel) {
    uint64_t pair = (uint64_t)pixel << 32 | pixel;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        bytes_put64(to + i, pair);
        bytes_put64(to + i + 2, pair);
    }
    for (; i < count; i++)
        to[i] = pixel;
}

static void cover(uint32_t *to, size_t count, uint32_t pixel) {
    uint32_t rest = 255 - (pixel >> 24);
    for (size_t i = 0; i < count; i++)
        to[i] = over(to[i], pixel, rest);
}

static void blend(uint32_t *to, const uint32_t *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t pixel = from[i], alpha = pixel >> 24;
        if (alpha == 255)
            to[i] = pixel;
        else if (pixel != 0)
            to[i] = over(to[i], pixel, 255 - alpha);
    }
}

static void tint(uint32_t *to, const uint8_t *coverage, size_t count,
                 uint32_t pixel) {
    for (size_t i = 0; i < count; i++) {
        uint32_t part = coverage[i];
        if (part == 0)
            continue;
        uint32_t thin = lanes_part(pixel & LANES, part) |
                        lanes_part(pixel >> 8 & LANES, part) << 8;
        to[i] = over(to[i], thin, 255 - (thin >> 24));
    }
}

const PixelLoops pixels_plain = {fill, cover, blend, tint};

PixelLoops pixels_loops = {fill, cover, blend, tint};

/* ---- The choice ---- */

enum { SAMPLE = 1024, ROUNDS = 24, TRIES = 3 };

static uint32_t sample_to[SAMPLE], sample_from[SAMPLE];
static uint8_t sample_coverage[SAMPLE];

static void prepare_samples(void) {
    for (uint32_t i = 0; i < SAMPLE; i++) {
        sample_to[i] = 0xffc0d0e0u;
        sample_from[i] = (i % 3 + 1) * 0x20101010u;
        sample_coverage[i] = (uint8_t)(i * 37);
    }
}

static void run_loop(const PixelLoops *loops, int which) {
    if (which == 0)
        loops->fill(sample_to, SAMPLE, 0xff336699u);
    else if (which == 1)
        loops->cover(sample_to, SAMPLE, 0x40101010u);
    else if (which == 2)
        loops->blend(sample_to, sample_from, SAMPLE);
    else
        loops->tint(sample_to, sample_coverage, SAMPLE, 0xff1c2024u);
}

/* The shortest of a few tries: whatever disturbs only makes it longer. */
static uint64_t measure_ns(const PixelLoops *loops, int which,
                           uint64_t (*now_ns)(void)) {
    uint64_t best_ns = UINT64_MAX;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        uint64_t start_ns = now_ns();
        for (int round = 0; round < ROUNDS; round++)
            run_loop(loops, which);
        uint64_t took_ns = now_ns() - start_ns;
        if (took_ns < best_ns)
            best_ns = took_ns;
    }
    return best_ns;
}

static const PixelLoops *faster(int which, uint64_t (*now_ns)(void)) {
    uint64_t plain_ns = measure_ns(&pixels_plain, which, now_ns);
    uint64_t sse2_ns = measure_ns(&pixels_sse2, which, now_ns);
    return sse2_ns < plain_ns ? &pixels_sse2 : &pixels_plain;
}

void pixels_calibrate(uint64_t (*now_ns)(void)) {
    prepare_samples();
    pixels_loops.fill = faster(0, now_ns)->fill;
    pixels_loops.cover = faster(1, now_ns)->cover;
    pixels_loops.blend = faster(2, now_ns)->blend;
    pixels_loops.tint = faster(3, now_ns)->tint;
}
