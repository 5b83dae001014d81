/* decor.h: what surrounds the windows: their frames, the task bar, menus.
 *
 * Pure drawing: the window manager (wm/) says what is where and in which state,
 * and asks here which part of a frame is at a point, so that what is drawn and
 * what can be clicked come from one place. All sizes are pixels at scale 1.
 *
 * A frame is the whole rectangle of a window with its title bar and its line
 * of 1 pixel, without the shadow. Corners are round but for maximised windows,
 * which have neither line nor shadow. */
#ifndef GUI_DECOR_H
#define GUI_DECOR_H

#include "gui/theme.h"

typedef enum DecorPart {
    DECOR_NOTHING, /* outside */
    DECOR_CONTENT,
    DECOR_TITLE, /* drags the window */
    DECOR_MINIMISE,
    DECOR_MAXIMISE, /* or restore */
    DECOR_CLOSE,
    DECOR_TOP, /* edges and corners resize */
    DECOR_BOTTOM,
    DECOR_LEFT,
    DECOR_RIGHT,
    DECOR_TOP_LEFT,
    DECOR_TOP_RIGHT,
    DECOR_BOTTOM_LEFT,
    DECOR_BOTTOM_RIGHT,
} DecorPart;

typedef struct DecorWindow {
    Rect frame;
    const char *title; /* UTF-8 */
    size_t title_bytes;
    bool active, maximised;
    bool fixed;        /* cannot be resized: no maximise button, no edges */
    DecorPart hover;   /* the part under the pointer */
    DecorPart pressed; /* the part that a button is held on */
} DecorWindow;

/* How far outside the frame, and inside it, an edge can be grasped. */
enum { DECOR_GRASP_OUTSIDE = 5, DECOR_GRASP_INSIDE = 3 };

/* The content's rectangle in a frame, and the frame around a content. */
Rect decor_content(Rect frame, bool maximised);
Rect decor_frame(Rect content, bool maximised);

/* Everything that drawing the window may touch: frame and shadow. */
Rect decor_extent(const DecorWindow *window, const Theme *theme);

DecorPart decor_part(const DecorWindow *window, int32_t x, int32_t y);

/* The rectangle of a title bar button, also for tooltips and tests; empty where
 * the frame has no room for it. */
Rect decor_button(const DecorWindow *window, DecorPart part);

/* The cursor (CursorShape) that a part asks for. */
uint32_t decor_cursor(DecorPart part);

/* Shadow, title bar, buttons and line; not the content. Drawn before it. */
void decor_window(Canvas *canvas, const DecorWindow *window,
                  const Theme *theme);

/* A piece of one row of the content, premultiplied pixels: `row` counts from
 * the content's top, `x` from its left. The round corners at the bottom are
 * left as they are. */
void decor_content_row(Canvas *canvas, const DecorWindow *window, int32_t row,
                       int32_t x, const uint32_t *row_pixels, int32_t count);

/* ---- Task bar, menus, tooltips ---- */

typedef struct DecorItem {
    Rect rect;
    uint32_t icon; /* Icon; ICON_NONE: no room is kept for one */
    const char *text;
    size_t text_bytes;
    const char *note; /* at the right, such as a shortcut; NULL: none */
    size_t note_bytes;
    bool active; /* the chosen one, the window with the focus */
    bool open;   /* a window that is on the screen, in the bar */
    bool calls;  /* and one that came behind the others */
    bool hover, pressed, disabled;
} DecorItem;

/* The background of the bar, with its line at the top. */
void decor_bar(Canvas *canvas, Rect rect, const Theme *theme);

/* A window or the launcher in the bar. */
void decor_bar_item(Canvas *canvas, const DecorItem *item, const Theme *theme);

/* The tray's dot: filled when the newest generation is durable. */
void decor_durable(Canvas *canvas, Rect rect, bool durable, const Theme *theme);

/* A panel that floats above the windows: menus, the launcher, switchers. With
 * its shadow; decor_panel_extent says how far that reaches. */
void decor_panel(Canvas *canvas, Rect rect, const Theme *theme);
Rect decor_panel_extent(Rect rect, const Theme *theme);

void decor_menu_item(Canvas *canvas, const DecorItem *item, const Theme *theme);
void decor_menu_line(Canvas *canvas, Rect rect, const Theme *theme);

#endif
