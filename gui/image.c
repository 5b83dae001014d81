/* Pictures: from the decoder's bytes to premultiplied pixels. */
#include "gui/image.h"

#include "kernel/lib/picture.h"

Status image_decode(const void *file, size_t size_bytes, Bitmap *bitmap_out) {
    uint8_t *rgba;
    uint32_t width, height;
    *bitmap_out = (Bitmap){0};
    Status status = picture_decode(file, size_bytes, &rgba, &width, &height);
    if (status != STATUS_OK)
        return status;
    status = bitmap_make((int32_t)width, (int32_t)height, bitmap_out);
    if (status == STATUS_OK) {
        for (size_t i = 0; i < (size_t)width * height; i++) {
            const uint8_t *at = rgba + i * 4;
            bitmap_out->pixels[i] =
                bitmap_pixel((uint32_t)at[3] << 24 | (uint32_t)at[0] << 16 |
                             (uint32_t)at[1] << 8 | at[2]);
        }
    }
    picture_free(rgba);
    return status;
}
