/* paint_read.h: what paint lists consist of (paint.h). */
#ifndef GUI_PAINT_READ_H
#define GUI_PAINT_READ_H

#include "gui/paint.h"
#include "gui/path.h"

/* Reads the command at `*offset` and moves behind it. INVALID: no such command,
 * cut off, or too long a text. */
Status paint_read(const uint8_t *list, size_t size_bytes, int32_t scale,
                  size_t *offset, PaintCommand *command_out);

/* Makes the path of figures in bytes; with NULL only looks whether they are
 * well formed, which costs less. False: they are damaged. */
bool paint_read_path(const PaintCommand *command, int32_t scale, Path *path);

#endif
