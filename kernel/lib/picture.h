/* picture.h: PNG and JPEG files to pixels; the adapter to stb_image.
 *
 * The input may come from outside and be hostile: sizes are limited before
 * anything large is allocated, and all memory of the decoder counts against a
 * budget. stb_image itself was not written to be hostile-proof. */
#ifndef LIB_PICTURE_H
#define LIB_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"

#define PICTURE_MAX_FILE_BYTES (64u << 20)
#define PICTURE_MAX_SIDE 8192u         /* pixels */
#define PICTURE_MAX_PIXELS (16u << 20) /* width times height */

/* Decodes a file. `*rgba_out`: width * height * 4 bytes R, G, B, A, colours
 * not multiplied with alpha; the caller gives it back with picture_free.
 * INVALID: neither PNG nor JPEG, or damaged. LIMIT: larger than the limits
 * above. NO_MEMORY. */
Status picture_decode(const void *file, size_t size_bytes, uint8_t **rgba_out,
                      uint32_t *width_out, uint32_t *height_out);
void picture_free(uint8_t *rgba);

#endif
