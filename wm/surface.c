/* Surfaces: tiles, commits, rows. */
#include "wm/surface.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"

enum { PAGE = 4096 };

static size_t header_bytes(uint32_t columns, uint32_t rows) {
    size_t bytes = sizeof(Surface) + (size_t)columns * rows * sizeof(uint32_t);
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

static uint32_t columns_of(uint32_t width) {
    return (width + SURFACE_TILE_WIDTH - 1) / SURFACE_TILE_WIDTH;
}

static uint32_t rows_of(uint32_t height) {
    return (height + SURFACE_TILE_HEIGHT - 1) / SURFACE_TILE_HEIGHT;
}

size_t surface_bytes(uint32_t width, uint32_t height) {
    if (width < 1 || height < 1 || width > SURFACE_SIDE_MAX ||
        height > SURFACE_SIDE_MAX)
        return 0;
    uint32_t columns = columns_of(width), rows = rows_of(height);
    if (columns * rows > SURFACE_TILES_MOST)
        return 0;
    return header_bytes(columns, rows) +
           (size_t)columns * rows * SURFACE_TILE_BYTES;
}

int32_t surface_height_most(int32_t width) {
    int32_t rows = SURFACE_TILES_MOST / (int32_t)columns_of((uint32_t)width);
    int32_t most = rows * SURFACE_TILE_HEIGHT;
    return most < SURFACE_SIDE_MAX ? most : SURFACE_SIDE_MAX;
}

void surface_make(Surface *surface, uint32_t width, uint32_t height,
                  uint32_t colour) {
    *surface = (Surface){.width = width,
                         .height = height,
                         .columns = columns_of(width),
                         .rows = rows_of(height)};
    for (uint32_t i = 0; i < surface->columns * surface->rows; i++)
        surface->colours[i] = colour | 0xFF000000u;
}

bool surface_valid(const Surface *surface, size_t size_bytes) {
    size_t needed = surface_bytes(surface->width, surface->height);
    return needed > 0 && needed <= size_bytes &&
           surface->columns == columns_of(surface->width) &&
           surface->rows == rows_of(surface->height);
}

static uint32_t *tile_pixels(const Surface *surface, uint32_t tile) {
    uintptr_t at = (uintptr_t)surface +
                   header_bytes(surface->columns, surface->rows) +
                   (size_t)tile * SURFACE_TILE_BYTES;
    return (uint32_t *)at;
}

/* The picture's pixels under a tile, with its last ones repeated beyond the
 * edge so that a one-coloured edge stays one-coloured. */
static void cut_tile(const Bitmap *picture, uint32_t column, uint32_t row,
                     uint32_t *tile) {
    int32_t x0 = (int32_t)column * SURFACE_TILE_WIDTH;
    int32_t y0 = (int32_t)row * SURFACE_TILE_HEIGHT;
    for (int32_t y = 0; y < SURFACE_TILE_HEIGHT; y++) {
        int32_t from_y =
            y0 + y < picture->height ? y0 + y : picture->height - 1;
        for (int32_t x = 0; x < SURFACE_TILE_WIDTH; x++) {
            int32_t from_x =
                x0 + x < picture->width ? x0 + x : picture->width - 1;
            *tile++ = *bitmap_at(picture, from_x, from_y) | 0xFF000000u;
        }
    }
}

/* The tile's colour when it has only one, else 0. */
static uint32_t only_colour(const uint32_t *tile) {
    for (int i = 1; i < SURFACE_TILE_BYTES / 4; i++)
        if (tile[i] != tile[0])
            return 0;
    return tile[0];
}

static bool tile_is(const Surface *surface, uint32_t tile,
                    const uint32_t *wanted, uint32_t colour) {
    if (colour || surface->colours[tile])
        return surface->colours[tile] == colour;
    return bytes_equal(tile_pixels(surface, tile), wanted, SURFACE_TILE_BYTES);
}

static Status put_tile(Surface *surface, uint32_t tile, const uint32_t *wanted,
                       uint32_t colour, const SurfaceMemory *memory) {
    Status status = memory->write(&surface->colours[tile], sizeof(uint32_t));
    if (status != STATUS_OK)
        return status;
    uint32_t *pixels = tile_pixels(surface, tile);
    if (colour && !surface->colours[tile])
        status = memory->discard(pixels, SURFACE_TILE_BYTES);
    else if (!colour)
        status = memory->write(pixels, SURFACE_TILE_BYTES);
    if (status != STATUS_OK)
        return status;
    if (!colour)
        bytes_copy(pixels, wanted, SURFACE_TILE_BYTES);
    surface->colours[tile] = colour;
    return STATUS_OK;
}

/* The tile as the picture has it, and its colour when that is the only one. */
static uint32_t tile_of(const Bitmap *picture, uint32_t tile,
                        uint32_t *wanted_out) {
    uint32_t columns = columns_of((uint32_t)picture->width);
    cut_tile(picture, tile % columns, tile / columns, wanted_out);
    return only_colour(wanted_out);
}

uint32_t surface_compare(const Surface *surface, const Bitmap *picture,
                         uint32_t colour, uint32_t tile, uint32_t count,
                         uint64_t *differs_out) {
    uint32_t wanted[SURFACE_TILE_BYTES / 4], found = 0;
    for (; count > 0; tile++, count--) {
        uint32_t only = tile_of(picture, tile, wanted);
        bool same = surface ? tile_is(surface, tile, wanted, only)
                            : only == (colour | 0xFF000000u);
        uint64_t bit = (uint64_t)1 << tile % 64;
        differs_out[tile / 64] &= ~bit;
        differs_out[tile / 64] |= same ? 0 : bit;
        found += !same;
    }
    return found;
}

static Status commit_tile(Surface *surface, const Bitmap *picture,
                          uint32_t tile, bool is_known,
                          const SurfaceMemory *memory, Rect *changed_out) {
    uint32_t wanted[SURFACE_TILE_BYTES / 4];
    uint32_t colour = tile_of(picture, tile, wanted);
    if (!is_known && tile_is(surface, tile, wanted, colour))
        return STATUS_OK;
    Status status = put_tile(surface, tile, wanted, colour, memory);
    Rect place = {(int32_t)(tile % surface->columns) * SURFACE_TILE_WIDTH,
                  (int32_t)(tile / surface->columns) * SURFACE_TILE_HEIGHT,
                  SURFACE_TILE_WIDTH, SURFACE_TILE_HEIGHT};
    if (status == STATUS_OK)
        *changed_out = rect_around(*changed_out, place);
    return status;
}

Status surface_commit(Surface *surface, const Bitmap *picture, uint64_t stamp,
                      const uint64_t *differs, const SurfaceMemory *memory,
                      Rect *changed_out) {
    Status status = STATUS_OK;
    uint32_t count = surface->columns * surface->rows;
    CHECK(picture->width == (int32_t)surface->width &&
          picture->height == (int32_t)surface->height);
    for (uint32_t tile = 0; tile < count && status == STATUS_OK; tile++)
        if (!differs || differs[tile / 64] >> tile % 64 & 1)
            status = commit_tile(surface, picture, tile, differs != NULL,
                                 memory, changed_out);
    if (status != STATUS_OK || surface->stamp == stamp)
        return status;
    status = memory->write(&surface->stamp, sizeof surface->stamp);
    if (status == STATUS_OK)
        surface->stamp = stamp;
    return status;
}

void surface_row(const Surface *surface, uint32_t x, uint32_t y, uint32_t count,
                 uint32_t *row_out) {
    while (count > 0) {
        uint32_t within = x % SURFACE_TILE_WIDTH;
        uint32_t run = SURFACE_TILE_WIDTH - within;
        uint32_t tile =
            y / SURFACE_TILE_HEIGHT * surface->columns + x / SURFACE_TILE_WIDTH;
        uint32_t colour = surface->colours[tile];
        if (run > count)
            run = count;
        if (colour)
            for (uint32_t i = 0; i < run; i++)
                row_out[i] = colour;
        else
            bytes_copy(row_out,
                       tile_pixels(surface, tile) +
                           y % SURFACE_TILE_HEIGHT * SURFACE_TILE_WIDTH +
                           within,
                       run * sizeof *row_out);
        row_out += run;
        x += run;
        count -= run;
    }
}
