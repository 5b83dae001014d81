/* Fonts by FreeType. */
#include "kernel/lib/face.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_ADVANCES_H
#include FT_OUTLINE_H
#include FT_TRUETYPE_TABLES_H

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"

struct Face {
    FT_Face face;
    const uint8_t *data;
    size_t size_bytes;
};

static FT_Library library; /* one for all faces, made with the first */

/* Vertical hints only: stems keep their places between the pixels. */
#define LOAD_FLAGS (FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP)
#define LARGEST_SIZE 512

static Status status_of(FT_Error error) {
    if (error == 0)
        return STATUS_OK;
    return error == FT_Err_Out_Of_Memory ? STATUS_NO_MEMORY : STATUS_INVALID;
}

Status face_open(const void *data, size_t size_bytes, Face **face_out) {
    *face_out = NULL;
    if (size_bytes > INT32_MAX)
        return STATUS_LIMIT;
    FT_Error error = library ? 0 : FT_Init_FreeType(&library);
    if (error != 0)
        return status_of(error);
    Face *face = alloc_take(sizeof *face);
    if (!face)
        return STATUS_NO_MEMORY;
    face->data = data;
    face->size_bytes = size_bytes;
    error =
        FT_New_Memory_Face(library, data, (FT_Long)size_bytes, 0, &face->face);
    if (error == 0 && !FT_IS_SCALABLE(face->face)) {
        FT_Done_Face(face->face);
        error = FT_Err_Unknown_File_Format;
    }
    if (error != 0) {
        alloc_give(face);
        return status_of(error);
    }
    *face_out = face;
    return STATUS_OK;
}

void face_close(Face *face) {
    if (!face)
        return;
    FT_Done_Face(face->face);
    alloc_give(face);
}

Status face_set_size(Face *face, uint32_t pixels) {
    if (pixels == 0 || pixels > LARGEST_SIZE)
        return STATUS_LIMIT;
    return status_of(FT_Set_Pixel_Sizes(face->face, 0, pixels));
}

uint32_t face_glyph(Face *face, uint32_t code_point) {
    return FT_Get_Char_Index(face->face, code_point);
}

uint32_t face_units(Face *face) {
    return face->face->units_per_EM;
}

FaceMeasures face_measures(Face *face) {
    FT_Face from = face->face;
    FT_Fixed scale = from->size->metrics.y_scale;
    TT_OS2 *os2 = FT_Get_Sfnt_Table(from, FT_SFNT_OS2);
    FaceMeasures measures = {
        .ascent = (int32_t)FT_MulFix(from->ascender, scale),
        .descent = (int32_t)-FT_MulFix(from->descender, scale),
        .line_height = (int32_t)FT_MulFix(from->height, scale),
    };
    if (os2 && os2->version >= 2) {
        measures.cap_height = (int32_t)FT_MulFix(os2->sCapHeight, scale);
        measures.x_height = (int32_t)FT_MulFix(os2->sxHeight, scale);
    } else {
        measures.cap_height = measures.ascent * 3 / 4;
        measures.x_height = measures.ascent / 2;
    }
    return measures;
}

Status face_advance(Face *face, uint32_t glyph, int32_t *advance_out) {
    FT_Fixed advance = 0; /* 16.16 pixels, and without hints unrounded */
    FT_Error error = FT_Get_Advance(
        face->face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP, &advance);
    *advance_out = (int32_t)(advance >> 10);
    return status_of(error);
}

Status face_draw(Face *face, uint32_t glyph, uint32_t shift,
                 FaceImage *image_out) {
    *image_out = (FaceImage){0};
    FT_GlyphSlot slot = face->face->glyph;
    FT_Error error = FT_Load_Glyph(face->face, glyph, LOAD_FLAGS);
    if (error == 0 && slot->format == FT_GLYPH_FORMAT_OUTLINE)
        FT_Outline_Translate(&slot->outline, (FT_Pos)(shift & 63), 0);
    if (error == 0)
        error = FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL);
    if (error != 0)
        return status_of(error);
    if (slot->bitmap.pixel_mode != FT_PIXEL_MODE_GRAY || slot->bitmap.pitch < 0)
        return STATUS_INVALID;
    image_out->coverage = slot->bitmap.buffer;
    image_out->width = (int32_t)slot->bitmap.width;
    image_out->height = (int32_t)slot->bitmap.rows;
    image_out->pitch = slot->bitmap.pitch;
    image_out->left = slot->bitmap_left;
    image_out->top = slot->bitmap_top;
    return STATUS_OK;
}

static uint32_t big32(const uint8_t *at) {
    return __builtin_bswap32(bytes_get32(at));
}

const uint8_t *face_table(Face *face, const char letters[4], size_t *size_out) {
    /* Directory of an sfnt file: at 4 the count (16 bits), from 12 on entries
     * of 16 bytes: letters, checksum, offset, length. OpenType 1.9, "otff". */
    *size_out = 0;
    if (face->size_bytes < 12)
        return NULL;
    size_t count = (size_t)face->data[4] << 8 | face->data[5];
    if (face->size_bytes < 12 + count * 16)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = face->data + 12 + i * 16;
        size_t offset = big32(entry + 8), size = big32(entry + 12);
        if (!bytes_equal(entry, letters, 4))
            continue;
        if (offset > face->size_bytes || size > face->size_bytes - offset)
            return NULL;
        *size_out = size;
        return face->data + offset;
    }
    return NULL;
}
