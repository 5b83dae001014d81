/* surface.h: the pixels of a window as they lie in persistent memory.
 *
 * A header page (or several) with the size and a table of tiles, then a page of
 * 4,096 bytes for each tile of 64 x 16 pixels. A tile of one opaque colour is
 * only that colour in the table; its page holds nothing of worth. Pixels are
 * 0xFFRRGGBB.
 *
 * Pictures are drawn elsewhere, in transient memory, and committed whole: only
 * tiles that differ are written, each announced, within one call. So whoever
 * looks between two safepoints sees a finished picture. Which ones differ can
 * be found before, in steps.
 *
 *   OFFSET SIZE MEANING
 *        0    4 width     4 4 height, pixels, 1 to SURFACE_SIDE_MAX
 *        8    4 columns  12 4 rows, tiles
 *       16    8 stamp of what it was drawn for (scale, theme, fonts)
 *       24    8 zero
 *       32    4 per tile: its colour, or 0 when its page has the pixels */
#ifndef WM_SURFACE_H
#define WM_SURFACE_H

#include "gui/bitmap.h"
#include "kernel/base/status.h"

enum {
    SURFACE_TILE_WIDTH = 64,
    SURFACE_TILE_HEIGHT = 16,
    SURFACE_TILE_BYTES = 4096,
    SURFACE_SIDE_MAX = 4096,
    SURFACE_TILES_MOST = 8192, /* so that a commit has a bound */
};

typedef struct Surface {
    uint32_t width, height;
    uint32_t columns, rows;
    uint64_t stamp;
    uint64_t zero;
    uint32_t colours[];
} Surface;

_Static_assert(sizeof(Surface) == 32, "surface header");

/* What announces a change of these bytes, and what gives pages back. */
typedef struct SurfaceMemory {
    Status (*write)(void *address, size_t size_bytes);
    Status (*discard)(void *address, size_t size_bytes);
} SurfaceMemory;

/* Bytes that a surface of this size needs, from a page boundary on; 0 when the
 * size is not allowed. */
size_t surface_bytes(uint32_t width, uint32_t height);
/* The height that a surface of this width may have. */
int32_t surface_height_most(int32_t width);

/* The bit of each tile of `count` from this one on, in `differs_out`: it is
 * another than the picture's; of a new surface, of one colour, for NULL. How
 * many are. */
uint32_t surface_compare(const Surface *surface, const Bitmap *picture,
                         uint32_t colour, uint32_t tile, uint32_t count,
                         uint64_t *differs_out);

/* Makes an empty surface (one colour) in announced header pages. */
void surface_make(Surface *surface, uint32_t width, uint32_t height,
                  uint32_t colour);

/* True when what is there can be a surface that fits in `size_bytes`. */
bool surface_valid(const Surface *surface, size_t size_bytes);

/* Takes over the picture, of the surface's size, drawn for what the stamp says:
 * the tiles that differ by these bits, or, with NULL, are found to. What
 * changed is added to *changed_out. On an error nothing of the tile at hand is
 * changed, and the same call can be made again. */
Status surface_commit(Surface *surface, const Bitmap *picture, uint64_t stamp,
                      const uint64_t *differs, const SurfaceMemory *memory,
                      Rect *changed_out);

/* Pixels (x .. x+count, y) in `row_out`; all inside the surface. */
void surface_row(const Surface *surface, uint32_t x, uint32_t y, uint32_t count,
                 uint32_t *row_out);

#endif
