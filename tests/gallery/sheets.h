/* The sheets of the gallery: pure drawing, also compared in unit tests. */
#ifndef TESTS_GALLERY_SHEETS_H
#define TESTS_GALLERY_SHEETS_H

#include "gui/canvas.h"
#include "gui/theme.h"

typedef struct Sheet {
    const char *name;
    int32_t width, height; /* pixels */
    void (*draw)(Canvas *canvas, const Theme *theme);
} Sheet;

extern const Sheet sheets[]; /* the last has no name */

#endif
