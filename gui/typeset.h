/* typeset.h: lines of text: drawing, measuring, and finding places in them.
 *
 * Text is UTF-8 of a given length; damaged bytes show as U+FFFD, control
 * characters take no room, a line break does not break. The pen moves in 1/64
 * pixel, glyphs are drawn at quarters of a pixel (whole pixels in the mono
 * font), and drawing and measuring go through the same steps, so what was
 * measured is what is drawn. */
#ifndef GUI_TYPESET_H
#define GUI_TYPESET_H

#include "gui/canvas.h"
#include "gui/fonts.h"

/* A pen between two characters; zeros: at the start. */
typedef struct TypesetPen {
    size_t offset; /* of the next character */
    int64_t x64;   /* 1/64 pixel from the start */
    FontChar last; /* the one before; glyph 0 at the start */
} TypesetPen;

/* Units of work (vm/run/worker.h) for each character, beside fonts_work(). */
#define TYPESET_A_CHARACTER 2

/* Draws with the pen starting at x on the baseline, for about `most` units of
 * work from `pen` on, which is moved: behind the text when all is drawn.
 * Returns the work. */
uint64_t typeset_draw_piece(Canvas *canvas, Font font, int32_t x,
                            int32_t baseline, const char *text,
                            size_t size_bytes, Colour colour, TypesetPen *pen,
                            uint64_t most);

/* The same as a whole; returns where the pen stopped, in whole pixels rounded
 * up. */
static inline int32_t typeset_draw(Canvas *canvas, Font font, int32_t x,
                                   int32_t baseline, const char *text,
                                   size_t size_bytes, Colour colour) {
    TypesetPen pen = {0};
    typeset_draw_piece(canvas, font, x, baseline, text, size_bytes, colour,
                       &pen, UINT64_MAX);
    return rect_clamp((int64_t)x + ((pen.x64 + 63) >> 6));
}

/* The width in pixels, rounded up. */
int32_t typeset_width(Font font, const char *text, size_t size_bytes);

#define TYPESET_NOT_YET INT64_MIN

/* What can be asked of a text. */
typedef enum TypesetWanted {
    TYPESET_WIDTH, /* as typeset_width */
    TYPESET_X,     /* where the pen stands before the character at this offset,
                      or inside which it is, in pixels from the start, to the
                      nearest: a caret's place */
    TYPESET_HIT,   /* the boundary between characters that is nearest to so many
                      pixels from the start: where a click puts the caret */
    TYPESET_FIT,   /* how many bytes fit in so many pixels, whole characters */
} TypesetWanted;

/* Goes on from the pen for about `most` units of work and moves it; the answer,
 * or TYPESET_NOT_YET. Returns the work. */
uint64_t typeset_piece(Font font, const char *text, size_t size_bytes,
                       TypesetWanted wanted, int64_t value, TypesetPen *pen,
                       uint64_t most, int64_t *answer_out);

/* How many bytes belong to the first line when text is set `width` pixels wide:
 * up to a line break, else after the last space that fits, else what fits, but
 * at least one character. The line break and the spaces at the end of the line
 * are counted in; `*shown_out` is the bytes without them. */
size_t typeset_break(Font font, const char *text, size_t size_bytes,
                     int32_t width, size_t *shown_out);

typedef enum TypesetAlign {
    TYPESET_START,
    TYPESET_MIDDLE,
    TYPESET_END,
} TypesetAlign;

/* One line in a rectangle, its capitals in the middle of the height; what does
 * not fit is cut and ends in "…". */
void typeset_label(Canvas *canvas, Font font, Rect rect, TypesetAlign align,
                   const char *text, size_t size_bytes, Colour colour);

/* How far a label is; zeros: it begins. */
typedef struct TypesetLabel {
    enum { TYPESET_FITS, TYPESET_DRAWS, TYPESET_DONE } state;
    bool cut;
    int32_t x;
    TypesetPen pen, fitting; /* what is next, and the end of what fits */
} TypesetLabel;

/* The same for about `most` units of work. Returns the work. */
uint64_t typeset_label_piece(Canvas *canvas, Font font, Rect rect,
                             TypesetAlign align, const char *text,
                             size_t size_bytes, Colour colour,
                             TypesetLabel *label, uint64_t most);

/* Text broken into lines of `height` pixels each from `rect`'s top on, at most
 * `most` of them, as wide as `rect`, whose height does not matter. The height
 * that they take; a NULL canvas only measures. */
int32_t typeset_lines(Canvas *canvas, Font font, Rect rect, int32_t height,
                      int32_t most, const char *text, size_t size_bytes,
                      Colour colour);

/* The baseline that puts capitals in the middle between `top` and `top` +
 * `height`, rounded down the screen: so in rows of even height the fonts of 12
 * and 13 pixels, of all roles, share one. */
int32_t typeset_baseline(Font font, int32_t top, int32_t height);

#endif
