/* What the tests of gui share: bitmaps that notice writes outside. */
#ifndef TESTS_UNIT_GUI_SUPPORT_H
#define TESTS_UNIT_GUI_SUPPORT_H

#include "gui/bitmap.h"
#include "gui/canvas.h"

#define GUARD 5 /* pixels around the bitmap, in the same memory */

/* A bitmap of random opaque or premultiplied pixels within guard pixels. */
Bitmap gui_guarded(int32_t width, int32_t height, uint64_t seed, bool opaque);
bool gui_guards_hold(const Bitmap *bitmap);
void gui_guarded_free(Bitmap *bitmap);

/* A random number from `low` to `high`. */
int32_t gui_between(uint64_t *state, int32_t low, int32_t high);

/* A random colour: opaque, transparent, or anything between. */
Colour gui_colour(uint64_t *state);

/* Opens the fonts once for all tests. */
void gui_fonts(void);

#endif
