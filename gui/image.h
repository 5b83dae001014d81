/* image.h: pictures in files (PNG, JPEG) to bitmaps. The files may come from
 * outside: see kernel/lib/picture.h for the limits. */
#ifndef GUI_IMAGE_H
#define GUI_IMAGE_H

#include "gui/bitmap.h"

/* Decodes a file into a new bitmap, which the caller frees. INVALID: neither
 * PNG nor JPEG, or damaged. LIMIT, NO_MEMORY. */
Status image_decode(const void *file, size_t size_bytes, Bitmap *bitmap_out);

#endif
