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

/* Draws with the pen starting at x on the baseline; returns where the pen
 * stopped, in whole pixels rounded up. */
int32_t typeset_draw(Canvas *canvas, Font font, int32_t x, int32_t baseline,
                     const char *text, size_t size_bytes, Colour colour);

/* The width in pixels, rounded up. */
int32_t typeset_width(Font font, const char *text, size_t size_bytes);

/* Where the pen stands before the character at `offset` (or inside which
 * `offset` is), in pixels from the start, to the nearest: a caret's place. */
int32_t typeset_x(Font font, const char *text, size_t size_bytes,
                  size_t offset);

/* The boundary between characters that is nearest to x pixels from the start:
 * where a click puts the caret. */
size_t typeset_hit(Font font, const char *text, size_t size_bytes, int32_t x);

/* How many bytes fit in `width` pixels, whole characters only. With
 * `ellipsis`, and when not all fits, room for "…" is left. */
size_t typeset_fit(Font font, const char *text, size_t size_bytes,
                   int32_t width, bool ellipsis);

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
