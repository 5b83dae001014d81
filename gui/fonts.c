/* Faces behind the roles, and the caches of characters, pairs and glyphs. */
#include "gui/fonts.h"

#include "gui/kerning.h"
#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/lib/face.h"

/* ---- Faces ---- */

typedef struct OpenFace {
    Face *face;
    uint32_t size; /* pixels that the face is set to; 0: none yet */
    Kerning kerning;
} OpenFace;

static OpenFace faces[FONT_ROLES];
static bool opened;

static const char *const asset_names[FONT_ROLES] = {
    "font/ui", "font/semibold", "font/title", "font/mono", "font/fallback"};

/* ---- Caches: each is a table indexed by a hash of its key ---- */

enum {
    CHARS = 2048,
    PAIRS = 2048,
    GLYPHS = 4096, /* of which at most three quarters are used */
    GLYPH_BYTES = 1 << 20,
};

typedef struct CharEntry {
    uint64_t key; /* 0: free */
    FontChar character;
} CharEntry;

typedef struct PairEntry {
    uint64_t key;
    int32_t units;
} PairEntry;

typedef struct GlyphEntry {
    uint64_t key;
    FontGlyph glyph;
} GlyphEntry;

typedef struct Caches {
    CharEntry chars[CHARS];
    PairEntry pairs[PAIRS];
    GlyphEntry glyphs[GLYPHS];
    uint32_t glyph_count;
    size_t used_bytes;
    uint8_t coverage[GLYPH_BYTES];
} Caches;

static Caches *caches;
static uint64_t work;

/* Units for what is not in the caches. */
enum { WORK_CHAR = 10, WORK_PAIR = 5, WORK_GLYPH = 2000, WORK_PIXELS = 8 };

uint64_t fonts_work(void) {
    return work;
}

static uint32_t hash(uint64_t key) {
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 40);
}

static void forget_glyphs(void) {
    bytes_fill(caches->glyphs, 0, sizeof caches->glyphs);
    caches->glyph_count = 0;
    caches->used_bytes = 0;
}

void fonts_forget(void) {
    if (!caches)
        return;
    bytes_fill(caches->chars, 0, sizeof caches->chars);
    bytes_fill(caches->pairs, 0, sizeof caches->pairs);
    forget_glyphs();
}

static Status open_face(uint32_t role,
                        bool (*find)(const char *, const uint8_t **,
                                     size_t *)) {
    const uint8_t *data;
    size_t size_bytes;
    if (!find(asset_names[role], &data, &size_bytes))
        return STATUS_NOT_FOUND;
    Status status = face_open(data, size_bytes, &faces[role].face);
    if (status != STATUS_OK)
        return status;
    size_t table_bytes;
    const uint8_t *table = face_table(faces[role].face, "GPOS", &table_bytes);
    if (role != FONT_MONO)
        kerning_open(&faces[role].kerning, table, table_bytes);
    return STATUS_OK;
}

Status fonts_open(bool (*find)(const char *name, const uint8_t **data_out,
                               size_t *size_bytes_out)) {
    if (opened)
        return STATUS_OK;
    caches = alloc_take(sizeof *caches);
    Status status = caches ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t role = 0; role < FONT_ROLES && status == STATUS_OK; role++)
        status = open_face(role, find);
    opened = true;
    if (status != STATUS_OK)
        fonts_close();
    return status;
}

void fonts_close(void) {
    for (uint32_t role = 0; role < FONT_ROLES; role++)
        face_close(faces[role].face);
    bytes_fill(faces, 0, sizeof faces);
    alloc_give(caches);
    caches = NULL;
    opened = false;
}

/* ---- Fonts ---- */

static Font proper(Font font) {
    if (font.role >= FONT_ROLES)
        font.role = FONT_UI;
    if (font.size < FONTS_MIN_SIZE)
        font.size = FONTS_MIN_SIZE;
    if (font.size > FONTS_MAX_SIZE)
        font.size = FONTS_MAX_SIZE;
    return font;
}

/* The face of a role, set to a size; NULL when no fonts are open. */
static Face *face_at(uint32_t role, uint32_t size) {
    OpenFace *open = &faces[role];
    if (open->face && open->size != size) {
        if (face_set_size(open->face, size) != STATUS_OK)
            return NULL;
        open->size = size;
    }
    return open->face;
}

FontMeasures fonts_measures(Font font) {
    font = proper(font);
    Face *face = face_at(font.role, font.size);
    if (!face)
        return (FontMeasures){0};
    FaceMeasures from = face_measures(face);
    return (FontMeasures){
        .ascent = (from.ascent + 63) >> 6,
        .descent = (from.descent + 63) >> 6,
        .line_height = (from.ascent + from.descent + 63) >> 6,
        .cap_height = (from.cap_height + 32) >> 6,
        .x_height = (from.x_height + 32) >> 6,
        .cap_height64 = from.cap_height,
    };
}

static int32_t advance_of(uint32_t role, uint32_t size, uint32_t glyph) {
    int32_t advance64 = 0;
    Face *face = face_at(role, size);
    if (!face || face_advance(face, glyph, &advance64) != STATUS_OK)
        return 0;
    return advance64;
}

/* The width of a column of the mono font: whole pixels. */
static int32_t column64(uint32_t size) {
    Face *face = face_at(FONT_MONO, size);
    int32_t advance64 =
        face ? advance_of(FONT_MONO, size, face_glyph(face, 'n')) : 0;
    return advance64 < 32 ? 64 : (advance64 + 32) & ~63;
}

static FontChar find_char(Font font, uint32_t code_point) {
    FontChar found = {0, font.role, 0};
    Face *face = face_at(font.role, font.size);
    if (!face || code_point < 32 || (code_point >= 127 && code_point < 160))
        return found; /* control characters take no room */
    found.glyph = face_glyph(face, code_point);
    if (found.glyph == 0 && font.role != FONT_FALLBACK) {
        face = face_at(FONT_FALLBACK, font.size);
        found.glyph = face ? face_glyph(face, code_point) : 0;
        if (found.glyph != 0)
            found.face = FONT_FALLBACK;
    }
    found.advance64 = advance_of(found.face, font.size, found.glyph);
    if (font.role == FONT_MONO) {
        int32_t column = column64(font.size);
        int32_t columns = (found.advance64 + column / 2) / column;
        found.advance64 = columns > 1 && found.face == FONT_FALLBACK
                              ? columns * column
                              : column;
    }
    return found;
}

FontChar fonts_char(Font font, uint32_t code_point) {
    font = proper(font);
    if (!caches)
        return (FontChar){0};
    uint64_t key = (uint64_t)1 << 40 | (uint64_t)font.role << 32 |
                   (uint64_t)font.size << 24 | (code_point & 0xffffff);
    CharEntry *entry = &caches->chars[hash(key) % CHARS];
    if (entry->key != key) {
        work += WORK_CHAR;
        entry->key = key;
        entry->character = find_char(font, code_point);
    }
    return entry->character;
}

int32_t fonts_kern(Font font, FontChar left, FontChar right) {
    font = proper(font);
    if (!caches || left.face != right.face || left.glyph == 0 ||
        right.glyph == 0 || font.role == FONT_MONO || left.face >= FONT_ROLES ||
        faces[left.face].kerning.count == 0)
        return 0;
    const OpenFace *open = &faces[left.face];
    uint64_t key = (uint64_t)1 << 40 | (uint64_t)left.face << 32 |
                   (uint64_t)(left.glyph & 0xffff) << 16 |
                   (right.glyph & 0xffff);
    PairEntry *entry = &caches->pairs[hash(key) % PAIRS];
    if (entry->key != key) {
        work += WORK_PAIR;
        entry->key = key;
        entry->units = kerning_between(&open->kerning, left.glyph, right.glyph);
    }
    int32_t em = (int32_t)face_units(open->face);
    return em > 0 ? entry->units * 64 * font.size / em : 0;
}

/* ---- Glyphs ---- */

/* The entry for the key, or the free one where it belongs. */
static GlyphEntry *glyph_entry(uint64_t key) {
    uint32_t i = hash(key) % GLYPHS;
    while (caches->glyphs[i].key != 0 && caches->glyphs[i].key != key)
        i = (i + 1) % GLYPHS;
    return &caches->glyphs[i];
}

static FontGlyph keep_image(FaceImage image) {
    FontGlyph glyph = {NULL, (int16_t)image.width, (int16_t)image.height,
                       (int16_t)image.left, (int16_t)image.top};
    uint8_t *to = caches->coverage + caches->used_bytes;
    glyph.coverage = to;
    for (int32_t row = 0; row < image.height; row++)
        bytes_copy(to + row * image.width, image.coverage + row * image.pitch,
                   (size_t)image.width);
    caches->used_bytes += (size_t)image.width * (size_t)image.height;
    return glyph;
}

const FontGlyph *fonts_glyph(Font font, FontChar character, uint32_t shift) {
    font = proper(font);
    if (!caches || character.face >= FONT_ROLES)
        return NULL;
    shift &= 3;
    uint64_t key = (uint64_t)1 << 40 | (uint64_t)character.face << 32 |
                   (uint64_t)font.size << 24 | (uint64_t)shift << 16 |
                   (character.glyph & 0xffff);
    GlyphEntry *entry = glyph_entry(key);
    if (entry->key == key)
        return &entry->glyph;
    FaceImage image;
    Face *face = face_at(character.face, font.size);
    work += WORK_GLYPH + (uint64_t)font.size * font.size / WORK_PIXELS;
    if (!face ||
        face_draw(face, character.glyph, shift * 16, &image) != STATUS_OK ||
        image.width > 1024 || image.height > 1024)
        return NULL;
    size_t needed = (size_t)image.width * (size_t)image.height;
    if (caches->glyph_count >= GLYPHS / 4 * 3 ||
        needed > GLYPH_BYTES - caches->used_bytes) {
        forget_glyphs();
        entry = glyph_entry(key);
    }
    if (needed > GLYPH_BYTES)
        return NULL;
    entry->key = key;
    entry->glyph = keep_image(image);
    caches->glyph_count++;
    return &entry->glyph;
}
