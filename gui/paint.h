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
#include "gui/typeset.h"

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

/* A picture being drawn. Volatile: after a restart it begins anew. */
typedef struct Paint {
    const uint8_t *list;
    size_t size_bytes;
    const Bitmap *images;
    uint32_t image_count;
    const Theme *theme;
    int32_t scale;
    uint64_t work;        /* units so far (vm/run/worker.h) */
    size_t checked;       /* bytes of the list */
    uint32_t depth;       /* pushes, in those */
    size_t offset;        /* of the command that is next or half done; of it, */
    int32_t rows_done;    /* pixels of the bitmap */
    int32_t columns_done; /* and of the next row, */
    TypesetLabel label;   /* or of a text */
    Canvas canvas;
} Paint;

/* Begins to draw into a bitmap with its origin in the corner. List, images and
 * theme stay until the end. */
void paint_begin(Paint *paint, Bitmap bitmap, const uint8_t *list,
                 size_t size_bytes, const Bitmap *images, uint32_t image_count,
                 const Theme *theme, int32_t scale);

/* Checks the whole list, then draws, for about `most` units of work (at least a
 * part of a row or a character). OK: the picture is complete. BUSY: not yet.
 * INVALID (a damaged list, an unknown picture, PUSH and POP not in pairs) or
 * LIMIT (too long a list, more than PAINT_MAX_DEPTH pushes). */
Status paint_step(Paint *paint, uint32_t most);

/* Before that nothing is drawn; what is wrong later has changed meanwhile. */
bool paint_is_checked(const Paint *paint);

#endif
