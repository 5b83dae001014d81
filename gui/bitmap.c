/* Bitmaps in transient memory. */
#include "gui/bitmap.h"

#include "kernel/base/alloc.h"

Status bitmap_make(int32_t width, int32_t height, Bitmap *bitmap_out) {
    *bitmap_out = (Bitmap){0};
    if (width < 1 || height < 1 || width > BITMAP_MAX_SIDE ||
        height > BITMAP_MAX_SIDE)
        return STATUS_LIMIT;
    size_t count = (size_t)width * (size_t)height;
    uint32_t *pixels = alloc_take(count * sizeof *pixels);
    if (!pixels)
        return STATUS_NO_MEMORY;
    *bitmap_out = (Bitmap){pixels, width, height, (size_t)width};
    return STATUS_OK;
}

void bitmap_free(Bitmap *bitmap) {
    alloc_give(bitmap->pixels);
    *bitmap = (Bitmap){0};
}

Colour bitmap_mix(Colour a, Colour b, uint32_t part) {
    Colour mixed = 0;
    for (uint32_t shift = 0; shift < 32; shift += 8) {
        uint32_t from = a >> shift & 255, to = b >> shift & 255;
        /* Rounded once: two rounded parts of a gradient go up and down. */
        mixed |= (from * (255 - part) + to * part + 127) / 255 << shift;
    }
    return mixed;
}
