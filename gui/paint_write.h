/* paint_write.h: making paint lists in C: for natives, the desktop's own
 * pictures and tests. */
#ifndef GUI_PAINT_WRITE_H
#define GUI_PAINT_WRITE_H

#include "gui/paint.h"

/* A list on a buffer that the caller owns. A command that does not fit is left
 * out whole, and `full` says so. */
typedef struct PaintWriter {
    uint8_t *bytes;
    size_t size_bytes, capacity;
    bool full;
} PaintWriter;

/* A colour of the theme, with an opacity of 1 to 255. */
#define PAINT_WRITE_THEME(name, opacity)                                       \
    (THEME_NUMBER_##name | (uint32_t)(opacity) << 8)

/* Adds a command. `fields` are as many as paint.def says, without the text;
 * each is cut to the range of its kind. */
void paint_write(PaintWriter *writer, PaintCode code, const int32_t *fields,
                 const void *text, size_t text_bytes);

#endif
