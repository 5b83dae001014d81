/* Bitmaps that notice writes outside. */
#include "tests/unit/gui_support.h"

#include <stdlib.h>

#include "gui/fonts.h"
#include "kernel/base/check.h"
#include "kernel/system/assets.h"
#include "tests/test.h"

#define GUARD_PIXEL 0x5a5aa5a5u

Bitmap gui_guarded(int32_t width, int32_t height, uint64_t seed, bool opaque) {
    size_t stride = (size_t)(width + 2 * GUARD);
    size_t count = stride * (size_t)(height + 2 * GUARD);
    uint32_t *memory = malloc(count * sizeof *memory);
    CHECK(memory);
    for (size_t i = 0; i < count; i++)
        memory[i] = GUARD_PIXEL;
    Bitmap bitmap = {memory + GUARD * stride + GUARD, width, height, stride};
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            Colour colour = (Colour)test_random(&seed);
            *bitmap_at(&bitmap, x, y) =
                bitmap_pixel(opaque ? colour | 0xff000000u : colour);
        }
    return bitmap;
}

bool gui_guards_hold(const Bitmap *bitmap) {
    for (int32_t y = -GUARD; y < bitmap->height + GUARD; y++)
        for (int32_t x = -GUARD; x < bitmap->width + GUARD; x++) {
            const uint32_t *row =
                bitmap->pixels + y * (ptrdiff_t)bitmap->stride;
            if (!rect_has(bitmap_rect(bitmap), x, y) && row[x] != GUARD_PIXEL)
                return false;
        }
    return true;
}

void gui_guarded_free(Bitmap *bitmap) {
    free(bitmap->pixels - GUARD * bitmap->stride - GUARD);
}

int32_t gui_between(uint64_t *state, int32_t low, int32_t high) {
    uint64_t span = (uint64_t)((int64_t)high - low + 1);
    return (int32_t)(low + (int64_t)(test_random(state) % span));
}

Colour gui_colour(uint64_t *state) {
    Colour colour = (Colour)test_random(state);
    switch (test_random(state) % 4) {
    case 0:
        return colour;
    case 1:
        return colour & 0xffffff;
    default:
        return colour | 0xff000000u;
    }
}

void gui_fonts(void) {
    CHECK(fonts_open(assets_find) == STATUS_OK);
}
