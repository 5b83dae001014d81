/* pixels.h: the inner loops of all drawing, over one row of pixels.
 *
 * Each exists as plain C and with SSE2, and both give equal bytes for any
 * input, so the choice is only one of speed: SSE2 is five times faster on a CPU
 * and several times slower in an emulator. pixels_calibrate measures and
 * chooses; before it, and by default, the plain form is used. */
#ifndef GUI_PIXELS_H
#define GUI_PIXELS_H

#include <stddef.h>
#include <stdint.h>

/* All pixels are premultiplied. Rows must not overlap. */
typedef struct PixelLoops {
    /* Sets `count` pixels. */
    void (*fill)(uint32_t *to, size_t count, uint32_t pixel);
    /* Puts one pixel over each. */
    void (*cover)(uint32_t *to, size_t count, uint32_t pixel);
    /* Puts a row over a row. */
    void (*blend)(uint32_t *to, const uint32_t *from, size_t count);
    /* Puts `pixel`, made thinner by each coverage (0 to 255), over each. */
    void (*tint)(uint32_t *to, const uint8_t *coverage, size_t count,
                 uint32_t pixel);
} PixelLoops;

extern const PixelLoops pixels_plain, pixels_sse2;

/* The loops in use. */
extern PixelLoops pixels_loops;

/* Measures both forms of each loop for some 2 ms and keeps the faster. */
void pixels_calibrate(uint64_t (*now_ns)(void));

#endif
