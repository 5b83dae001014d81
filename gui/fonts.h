/* fonts.h: the desktop's fonts, and a cache of what was asked of them.
 *
 * A Font is a role and a size; the files behind the roles are assets
 * (fonts/fonts.list). A character that a font lacks comes from the fallback
 * font, and one that no font has is that font's box. All of it is transient
 * and bounded: a full cache is emptied and fills again. */
#ifndef GUI_FONTS_H
#define GUI_FONTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"

typedef enum FontRole {
    FONT_UI,       /* controls and running text */
    FONT_SEMIBOLD, /* headings, the active window's title */
    FONT_TITLE,    /* large text, 18 pixels and more */
    FONT_MONO,     /* code: every character is equally wide */
    FONT_FALLBACK, /* what the others lack; not asked for by name */
    FONT_ROLES,
} FontRole;

#define FONTS_MIN_SIZE 6
#define FONTS_MAX_SIZE 128

typedef struct Font {
    uint8_t role; /* FontRole; any other value counts as FONT_UI */
    uint8_t size; /* of the em in pixels; cut to the limits above */
} Font;

/* Opens the fonts. `find` is asked for assets such as "font/ui"
 * (kernel/system/assets.h); their data stays. NOT_FOUND, INVALID, NO_MEMORY: no
 * text can be drawn. A second call does nothing. */
Status fonts_open(bool (*find)(const char *name, const uint8_t **data_out,
                               size_t *size_bytes_out));

/* Gives all memory back; for tests. */
void fonts_close(void);

/* Empties the caches; every text looks the same afterwards. */
void fonts_forget(void);

/* Units of work (vm/run/worker.h) for what was not in the caches, so far. */
uint64_t fonts_work(void);

/* Whole pixels; ascent and descent are positive. */
typedef struct FontMeasures {
    int32_t ascent, descent, line_height, cap_height, x_height;
    int32_t cap_height64; /* 1/64 pixel */
} FontMeasures;

FontMeasures fonts_measures(Font font);

/* A character in a font: the face it comes from, and what kerning needs. */
typedef struct FontChar {
    uint32_t glyph;
    uint8_t face;      /* FontRole of the face that has it */
    int32_t advance64; /* 1/64 pixel */
} FontChar;

FontChar fonts_char(Font font, uint32_t code_point);

/* By how much, in 1/64 pixel, the pen moves more between two characters. */
int32_t fonts_kern(Font font, FontChar left, FontChar right);

typedef struct FontGlyph {
    const uint8_t *coverage; /* rows of `width` bytes */
    int16_t width, height;   /* pixels */
    int16_t left, top;       /* first pixel right of the pen, above baseline */
} FontGlyph;

/* The picture of a character, `shift` quarters of a pixel to the right. Valid
 * until the next call; NULL when it cannot be drawn. */
const FontGlyph *fonts_glyph(Font font, FontChar character, uint32_t shift);

#endif
