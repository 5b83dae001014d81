/* icons.h: the desktop's own line icons, of one weight, at any size. */
#ifndef GUI_ICONS_H
#define GUI_ICONS_H

#include "gui/canvas.h"

typedef enum Icon {
#define ICON(name, words) ICON_##name,
#include "gui/icons.def"
#undef ICON
    ICON_COUNT
} Icon;

/* Draws an icon `size` pixels wide and high with its corner at (x, y). The
 * strokes are 1.5 pixels up to a size of 24, and grow with it from there. An
 * unknown number draws nothing. */
void icons_draw(Canvas *canvas, uint32_t icon, int32_t x, int32_t y,
                int32_t size, Colour colour);

/* In the middle of a rectangle. */
void icons_draw_in(Canvas *canvas, uint32_t icon, Rect rect, int32_t size,
                   Colour colour);

/* Draws any words of the form that icons.def describes, on a grid of `grid`
 * units; for cursors and for tests. False: the words are not of that form;
 * what came before the fault is drawn. */
bool icons_draw_words(Canvas *canvas, const char *words, int32_t grid,
                      int32_t x, int32_t y, int32_t size, int32_t stroke,
                      Colour colour);

/* The same, with all figures filled. */
bool icons_fill_words(Canvas *canvas, const char *words, int32_t grid,
                      int32_t x, int32_t y, int32_t size, Colour colour);

#endif
