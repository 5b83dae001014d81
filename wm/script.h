/* script.h: what UI scripts ask: where a widget is, whether a text is seen, and
 * which pixels say nothing. */
#ifndef WM_SCRIPT_H
#define WM_SCRIPT_H

#include "wm/window_object.h"
#include "wm/wm.h"

/* The middle of the visible widget (or part of a frame, or item of
 * the bar) with this role and name; and whether a visible widget or title has
 * this text. */
bool script_find(const char *role, const char *name, int32_t *x_out,
                 int32_t *y_out);
bool script_shows(const char *text);

/* The parts of the screen that say nothing about the world: the
 * pointer, the clock (but in test mode), and widgets whose pixels move by
 * themselves. Their number; those that are too many are joined. */
uint32_t script_masks(Rect *rects_out, uint32_t capacity);

/* A search in a tree of widgets. */
typedef struct ScriptSearch {
    const char *role, *name; /* or, with role NULL, the text `name` */
    const Domain *domain;    /* whose widgets they are; NULL: made by C */
    uint32_t left;           /* steps, of those that one window may take */
    bool found;
    uint64_t x, y; /* the middle, from the window's content, modulo 2^64 */
} ScriptSearch;

/* Looks for the first visible widget that matches; ends whatever the links and
 * numbers of the tree are. */
void script_search(const WidgetObject *root, ScriptSearch *search);

#endif
