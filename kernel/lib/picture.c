/* Pictures by stb_image. */
#include "kernel/lib/picture.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"

/* Every block of the decoder carries its size in front, so that the sum can be
 * kept: 4 bytes a pixel decoded, as much again for filters and planes, and the
 * unpacked stream. */
#define BUDGET_BYTES (PICTURE_MAX_PIXELS * (size_t)16)
#define HEAD_BYTES 16

static size_t used_bytes;
static Status failure; /* of an allocation since decoding began */

static void *take(size_t size_bytes) {
    if (size_bytes > BUDGET_BYTES - used_bytes) {
        failure = STATUS_LIMIT;
        return NULL;
    }
    size_t *block = alloc_take(size_bytes + HEAD_BYTES);
    if (!block) {
        failure = STATUS_NO_MEMORY;
        return NULL;
    }
    *block = size_bytes;
    used_bytes += size_bytes;
    return (uint8_t *)block + HEAD_BYTES;
}

static void give(void *memory) {
    if (!memory)
        return;
    size_t *block = (size_t *)(void *)((uint8_t *)memory - HEAD_BYTES);
    used_bytes -= *block;
    alloc_give(block);
}

static void *resize(void *memory, size_t old_bytes, size_t new_bytes) {
    void *larger = take(new_bytes);
    if (larger && memory) {
        bytes_copy(larger, memory, bytes_min(old_bytes, new_bytes));
        give(memory);
    }
    return larger;
}

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_NO_THREAD_LOCALS
#define STBI_NO_FAILURE_STRINGS
#define STBI_MAX_DIMENSIONS PICTURE_MAX_SIDE
#define STBI_ASSERT(condition) CHECK(condition)
#define STBI_MALLOC(size) take(size)
#define STBI_REALLOC_SIZED(memory, old, size) resize(memory, old, size)
#define STBI_FREE(memory) give(memory)
#include <stb_image.h>

Status picture_decode(const void *file, size_t size_bytes, uint8_t **rgba_out,
                      uint32_t *width_out, uint32_t *height_out) {
    int width = 0, height = 0, channels = 0;
    *rgba_out = NULL;
    if (size_bytes > PICTURE_MAX_FILE_BYTES)
        return STATUS_LIMIT;
    failure = STATUS_OK;
    if (!stbi_info_from_memory(file, (int)size_bytes, &width, &height,
                               &channels))
        return failure != STATUS_OK ? failure : STATUS_INVALID;
    if (width <= 0 || height <= 0)
        return STATUS_INVALID;
    if ((uint32_t)width > PICTURE_MAX_SIDE ||
        (uint32_t)height > PICTURE_MAX_SIDE ||
        (uint32_t)width * (uint32_t)height > PICTURE_MAX_PIXELS)
        return STATUS_LIMIT;
    *rgba_out = stbi_load_from_memory(file, (int)size_bytes, &width, &height,
                                      &channels, 4);
    if (!*rgba_out)
        return failure != STATUS_OK ? failure : STATUS_INVALID;
    *width_out = (uint32_t)width;
    *height_out = (uint32_t)height;
    return STATUS_OK;
}

void picture_free(uint8_t *rgba) {
    give(rgba);
}
