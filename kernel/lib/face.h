/* face.h: one font file as outlines, measures and grey glyphs; the adapter to
 * FreeType, the only file besides ftsystem.c that sees its headers.
 *
 * Glyphs are hinted lightly (vertically only), so a glyph may be shifted by a
 * fraction of a pixel to the right without losing its shape. No floating point
 * is involved, and every machine links the same objects: the same call gives
 * the same bytes everywhere. Fonts are the project's own assets and trusted:
 * never open a font that came from outside. */
#ifndef LIB_FACE_H
#define LIB_FACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"

typedef struct Face Face;

/* Opens a font file in memory, which must stay until face_close. INVALID: not
 * a scalable font. NO_MEMORY. */
Status face_open(const void *data, size_t size_bytes, Face **face_out);
void face_close(Face *face);

/* Chooses the size of the em in pixels, 1 to 512, for the calls below. */
Status face_set_size(Face *face, uint32_t pixels);

/* The number of the glyph for a code point; 0 when the font has none (glyph 0
 * is the font's own "missing" box). */
uint32_t face_glyph(Face *face, uint32_t code_point);

/* Measures at the current size, in 1/64 pixel. `descent` is positive. */
typedef struct FaceMeasures {
    int32_t ascent, descent, line_height, cap_height, x_height;
} FaceMeasures;

FaceMeasures face_measures(Face *face);

/* Units of the em in font tables. */
uint32_t face_units(Face *face);

/* How far the pen moves, unhinted, in 1/64 pixel. */
Status face_advance(Face *face, uint32_t glyph, int32_t *advance_out);

typedef struct FaceImage {
    const uint8_t *coverage; /* rows of `pitch` bytes, 0 to 255 */
    int32_t width, height;   /* pixels, may be 0 x 0 */
    int32_t pitch;           /* bytes from row to row, at least width */
    int32_t left, top;       /* first pixel right of the pen, above baseline */
} FaceImage;

/* Draws a glyph shifted right by 0 to 63 64ths of a pixel. The image is valid
 * until the next call with this face. INVALID: no such glyph. */
Status face_draw(Face *face, uint32_t glyph, uint32_t shift,
                 FaceImage *image_out);

/* A table of the file by its four letters, within the data of face_open; NULL
 * when the font has none. */
const uint8_t *face_table(Face *face, const char letters[4], size_t *size_out);

#endif
