/* paint.h: a picture as a list of commands in bytes, drawn in bounded steps.
 *
 * Widgets describe what they look like in such a list (paint.def has the
 * commands); a native draws it into a bitmap, a step at a time, so that other
 * programs run in between. Any byte string is safe: each command is checked
 * whenever it is read, so a list may even change between two steps; the worst
 * that happens is another picture, or an end with STATUS_INVALID.
 *
 * What is drawn does not depend on how the work was cut into steps. */
#ifndef GUI_PAINT_H
#define GUI_PAINT_H

#include "gui/canvas.h"
#include "gui/theme.h"

#define PAINT_MAX_BYTES (1u << 20)
#define PAINT_MAX_TEXT 4096u /* bytes of one text or path */
#define PAINT_MAX_FIELDS 10
#define PAINT_MAX_SCALE 4
#define PAINT_MAX_DEPTH (CANVAS_DEPTH - 4) /* icons and others push, too */

typedef enum PaintCode {
    PAINT_NONE,
#define PAINT(name, fields) PAINT_##name,
#include "gui/paint.def"
#undef PAINT
    PAINT_CODES
} PaintCode;

/* One command, read. */
typedef struct PaintCommand {
    PaintCode code;
    int32_t fields[PAINT_MAX_FIELDS]; /* without the text; scaled */
    const uint8_t *text;              /* within the list */
    size_t text_bytes;
} PaintCommand;

/* Reads the command at `*offset` and moves behind it. INVALID: no such command,
 * cut off, or too long a text. */
Status paint_read(const uint8_t *list, size_t size_bytes, int32_t scale,
                  size_t *offset, PaintCommand *command_out);

/* A picture being drawn. Volatile: after a restart it begins anew. */
typedef struct Paint {
    const uint8_t *list;
    size_t size_bytes;
    const Bitmap *images;
    uint32_t image_count;
    const Theme *theme;
    int32_t scale;
    size_t offset;     /* of the command that is next or half done */
    int32_t rows_done; /* of that command, pixels of the bitmap */
    Canvas canvas;
} Paint;

/* Starts drawing into a bitmap with its origin in the corner. List, images and
 * theme stay until the end. Checks the whole list first: INVALID (a damaged
 * list, an unknown picture, PUSH and POP not in pairs) or LIMIT (too long a
 * list, more than PAINT_MAX_DEPTH pushes): nothing was drawn. */
Status paint_begin(Paint *paint, Bitmap bitmap, const uint8_t *list,
                   size_t size_bytes, const Bitmap *images,
                   uint32_t image_count, const Theme *theme, int32_t scale);

/* Draws on until about `budget` pixels' worth of work is done (at least one
 * row of one command). OK: the picture is complete. BUSY: not yet. INVALID: the
 * list changed into something that is none. */
Status paint_step(Paint *paint, uint32_t budget);

#endif
