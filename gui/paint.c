/* Paint lists: reading, checking and drawing in steps. A command that is more
 * than the budget is drawn in bands of rows, by narrowing the clip. */
#include "gui/paint.h"

#include "gui/icons.h"
#include "gui/path.h"
#include "gui/shadow.h"
#include "gui/shape.h"
#include "gui/stroke.h"
#include "gui/typeset.h"
#include "kernel/base/bytes.h"

static const char *const field_lists[PAINT_CODES] = {
    NULL,
#define PAINT(name, fields) fields,
#include "gui/paint.def"
#undef PAINT
};

/* ---- Reading ---- */

typedef struct Reader {
    const uint8_t *list;
    size_t size_bytes, offset;
    bool bad;
} Reader;

static const uint8_t *take(Reader *reader, size_t count) {
    static const uint8_t zeros[4];
    if (reader->bad || count > reader->size_bytes - reader->offset) {
        reader->bad = true;
        return zeros;
    }
    reader->offset += count;
    return reader->list + reader->offset - count;
}

static int32_t take_field(Reader *reader, char kind, int32_t scale) {
    switch (kind) {
    case 'x':
        return (int16_t)bytes_get16(take(reader, 2)) * scale;
    case 'l':
        return *take(reader, 1) * scale;
    case 'p':
        return (int16_t)bytes_get16(take(reader, 2));
    case 'b':
        return *take(reader, 1);
    case 'h':
        return bytes_get16(take(reader, 2));
    default: /* 'k' */
        return (int32_t)bytes_get32(take(reader, 4));
    }
}

Status paint_read(const uint8_t *list, size_t size_bytes, int32_t scale,
                  size_t *offset, PaintCommand *command_out) {
    Reader reader = {list, size_bytes, *offset, *offset >= size_bytes};
    *command_out = (PaintCommand){0};
    uint8_t code = *take(&reader, 1);
    if (reader.bad || code == PAINT_NONE || code >= PAINT_CODES)
        return STATUS_INVALID;
    command_out->code = (PaintCode)code;
    size_t count = 0;
    for (const char *kind = field_lists[code]; *kind; kind++) {
        if (*kind != 't') {
            command_out->fields[count++] = take_field(&reader, *kind, scale);
            continue;
        }
        command_out->text_bytes = bytes_get16(take(&reader, 2));
        if (command_out->text_bytes > PAINT_MAX_TEXT)
            return STATUS_INVALID;
        command_out->text = take(&reader, command_out->text_bytes);
    }
    *offset = reader.offset;
    return reader.bad ? STATUS_INVALID : STATUS_OK;
}

static Colour colour_of(const Paint *paint, int32_t field) {
    uint32_t value = (uint32_t)field;
    if (value >> 24)
        return value;
    Colour colour = theme_colour(paint->theme, value & 255);
    uint32_t opacity = value >> 8 & 255;
    return opacity ? bitmap_faded(colour, opacity) : colour;
}

/* ---- Paths ---- */

static Path shared_path; /* drawing happens on one thread */

static int32_t take_length(Reader *reader, int32_t scale) {
    return (int16_t)bytes_get16(take(reader, 2)) * (PATH_UNIT / 16) * scale;
}

/* How many points follow a byte of a path; -1 for no such byte. */
static int points_of(uint8_t verb) {
    switch (verb) {
    case 'Z':
        return 0;
    case 'M':
    case 'L':
        return 1;
    case 'Q':
        return 2;
    case 'C':
        return 3;
    default:
        return -1;
    }
}

static void add_figure(Path *path, uint8_t verb, const int32_t *p) {
    if (path->full)
        return; /* the rest would be left out: no need to cut up its curves */
    if (verb == 'M')
        path_move(path, p[0], p[1]);
    else if (verb == 'L')
        path_line(path, p[0], p[1]);
    else if (verb == 'Q')
        path_quad(path, p[0], p[1], p[2], p[3]);
    else if (verb == 'C')
        path_cubic(path, p[0], p[1], p[2], p[3], p[4], p[5]);
    else
        path_close(path);
}

/* Makes the path of figures in bytes; with NULL only looks whether they are
 * well formed, which costs less. False: they are damaged. */
static bool read_path(const PaintCommand *command, int32_t scale, Path *path) {
    Reader reader = {command->text, command->text_bytes, 0, false};
    if (path)
        path_begin(path);
    while (!reader.bad && reader.offset < reader.size_bytes) {
        uint8_t verb = *take(&reader, 1);
        int points = points_of(verb);
        int32_t p[6] = {0};
        for (int i = 0; i < 2 * points; i++)
            p[i] = take_length(&reader, scale);
        if (reader.bad || points < 0)
            return false;
        if (path)
            add_figure(path, verb, p);
    }
    return !reader.bad;
}

static int32_t stroke_width(const PaintCommand *command, int32_t scale) {
    return command->fields[0] * (PATH_UNIT / 16) * scale;
}

/* ---- Pixels in the list ---- */

static bool has_pixels(const PaintCommand *command) {
    const int32_t *f = command->fields;
    return (uint64_t)f[2] * (uint64_t)f[3] * 4 == command->text_bytes;
}

static void draw_pixels(Paint *paint, const PaintCommand *command) {
    static uint32_t pixels[PAINT_MAX_TEXT / 4];
    const int32_t *f = command->fields;
    if (!has_pixels(command))
        return;
    for (size_t i = 0; i < command->text_bytes / 4; i++)
        pixels[i] = bytes_get32(command->text + i * 4) | 0xFF000000u;
    Bitmap from = {pixels, f[2], f[3], (size_t)f[2]};
    Rect to = {f[0], f[1], f[2] * paint->scale, f[3] * paint->scale};
    canvas_stretch(&paint->canvas, &from, bitmap_rect(&from), to,
                   CANVAS_NEAREST);
}

/* ---- Checking ---- */

static Status check(const Paint *paint, const PaintCommand *command,
                    uint32_t *depth) {
    if (command->code == PAINT_PUSH && ++*depth > PAINT_MAX_DEPTH)
        return STATUS_LIMIT;
    if (command->code == PAINT_POP && (*depth)-- == 0)
        return STATUS_INVALID;
    if (command->code == PAINT_IMAGE &&
        (uint32_t)command->fields[0] >= paint->image_count)
        return STATUS_INVALID;
    if (command->code == PAINT_PATH && !read_path(command, paint->scale, NULL))
        return STATUS_INVALID;
    if (command->code == PAINT_PIXELS && !has_pixels(command))
        return STATUS_INVALID;
    return STATUS_OK;
}

static Status check_all(const Paint *paint) {
    uint32_t depth = 0;
    for (size_t offset = 0; offset < paint->size_bytes;) {
        PaintCommand command;
        Status status = paint_read(paint->list, paint->size_bytes, paint->scale,
                                   &offset, &command);
        if (status == STATUS_OK)
            status = check(paint, &command, &depth);
        if (status != STATUS_OK)
            return status;
    }
    return depth == 0 ? STATUS_OK : STATUS_INVALID;
}

Status paint_begin(Paint *paint, Bitmap bitmap, const uint8_t *list,
                   size_t size_bytes, const Bitmap *images,
                   uint32_t image_count, const Theme *theme, int32_t scale) {
    paint->list = list;
    paint->size_bytes = size_bytes;
    paint->images = images;
    paint->image_count = image_count;
    paint->theme = theme;
    paint->scale = scale < 1                 ? 1
                   : scale > PAINT_MAX_SCALE ? PAINT_MAX_SCALE
                                             : scale;
    paint->offset = 0;
    paint->rows_done = 0;
    canvas_begin(&paint->canvas, bitmap);
    if (size_bytes > PAINT_MAX_BYTES)
        return STATUS_LIMIT;
    return check_all(paint);
}

/* ---- Drawing ---- */

static Rect rect_of(const int32_t *fields) {
    return (Rect){fields[0], fields[1], fields[2], fields[3]};
}

static Font font_of(const int32_t *fields) {
    int32_t size = fields[1] > FONTS_MAX_SIZE ? FONTS_MAX_SIZE : fields[1];
    return (Font){(uint8_t)fields[0], (uint8_t)size};
}

static TypesetAlign align_of(int32_t field) {
    return field == TYPESET_MIDDLE || field == TYPESET_END ? (TypesetAlign)field
                                                           : TYPESET_START;
}

/* The rows that a command may touch, as a rectangle for canvas_visible; for a
 * path, it is made in shared_path on the way. */
static Rect extent_of(const Paint *paint, const PaintCommand *command) {
    const int32_t *f = command->fields;
    const Rect everything = {-(1 << 24), -(1 << 24), 1 << 25, 1 << 25};
    switch (command->code) {
    case PAINT_SHADOW:
        return shadow_extent(rect_of(f), (Shadow){f[6], f[5], f[4], 0});
    case PAINT_TEXT:
        return (Rect){everything.x, f[3] - 2 * FONTS_MAX_SIZE, everything.width,
                      4 * FONTS_MAX_SIZE};
    case PAINT_ICON:
        return (Rect){f[1], f[2], f[3], f[3]};
    case PAINT_IMAGE:
        return rect_of(f + 2);
    case PAINT_PIXELS:
        return (Rect){f[0], f[1], f[2] * paint->scale, f[3] * paint->scale};
    case PAINT_PATH:
        if (!read_path(command, paint->scale, &shared_path))
            return (Rect){0};
        return path_extent(&shared_path, stroke_width(command, paint->scale));
    case PAINT_LABEL:
        return rect_inset(rect_of(f + 3), -2 * FONTS_MAX_SIZE);
    case PAINT_FILL:
    case PAINT_GRADIENT:
    case PAINT_FRAME:
    case PAINT_ROUND:
    case PAINT_ROUND_LINE:
        return rect_of(f);
    case PAINT_NONE:
    case PAINT_PUSH:
    case PAINT_CLIP:
    case PAINT_MOVE:
    case PAINT_POP:
    case PAINT_CODES:
        break;
    }
    return everything;
}

/* Work of one row besides its pixels. */
static uint32_t row_cost(const PaintCommand *command) {
    if (command->code == PAINT_PATH)
        return shared_path.count * 4;
    return 16;
}

/* Commands that change the canvas. False: it is another command, or the list
 * changed and the pair is missing; then nothing happens. */
static bool steer(Canvas *canvas, const PaintCommand *command) {
    const int32_t *f = command->fields;
    switch ((int)command->code) {
    case PAINT_PUSH:
        return canvas_push(canvas);
    case PAINT_POP:
        return canvas_pop(canvas);
    case PAINT_CLIP:
        canvas_clip(canvas, rect_of(f));
        return true;
    case PAINT_MOVE:
        canvas_move(canvas, f[0], f[1]);
        return true;
    default:
        return false;
    }
}

static void draw_text(Paint *paint, const PaintCommand *command) {
    const int32_t *f = command->fields;
    const char *text = (const char *)command->text;
    if (command->code == PAINT_TEXT)
        typeset_draw(&paint->canvas, font_of(f), f[2], f[3], text,
                     command->text_bytes, colour_of(paint, f[4]));
    else
        typeset_label(&paint->canvas, font_of(f), rect_of(f + 3),
                      align_of(f[2]), text, command->text_bytes,
                      colour_of(paint, f[7]));
}

static void draw_path(Paint *paint, const PaintCommand *command) {
    int32_t width = stroke_width(command, paint->scale);
    Colour colour = colour_of(paint, command->fields[1]);
    if (width == 0)
        path_fill(&paint->canvas, &shared_path, colour);
    else
        stroke_draw(&paint->canvas, &shared_path, width, colour);
}

static void draw(Paint *paint, const PaintCommand *command) {
    Canvas *canvas = &paint->canvas;
    const int32_t *f = command->fields;
    switch ((int)command->code) {
    case PAINT_FILL:
        canvas_fill(canvas, rect_of(f), colour_of(paint, f[4]));
        break;
    case PAINT_GRADIENT:
        canvas_gradient(canvas, rect_of(f), colour_of(paint, f[4]),
                        colour_of(paint, f[5]));
        break;
    case PAINT_FRAME:
        canvas_frame(canvas, rect_of(f), f[4], colour_of(paint, f[5]));
        break;
    case PAINT_ROUND:
        shape_fill(canvas, rect_of(f), f[4], colour_of(paint, f[5]));
        break;
    case PAINT_ROUND_LINE:
        shape_stroke(canvas, rect_of(f), f[4], f[5], colour_of(paint, f[6]));
        break;
    case PAINT_SHADOW:
        shadow_draw(canvas, rect_of(f),
                    (Shadow){f[6], f[5], f[4], colour_of(paint, f[7])});
        break;
    case PAINT_ICON:
        icons_draw(canvas, (uint32_t)f[0], f[1], f[2], f[3],
                   colour_of(paint, f[4]));
        break;
    case PAINT_IMAGE:
        if ((uint32_t)f[0] < paint->image_count)
            canvas_stretch(canvas, &paint->images[f[0]], rect_of(f + 6),
                           rect_of(f + 2),
                           f[1] ? CANVAS_BILINEAR : CANVAS_NEAREST);
        break;
    case PAINT_PIXELS:
        draw_pixels(paint, command);
        break;
    case PAINT_PATH:
        draw_path(paint, command);
        break;
    default:
        draw_text(paint, command);
        break;
    }
}

/* Draws as many rows of the command as the budget allows, at least one; returns
 * what it cost. `*done` says whether it was the rest of the command. */
static uint64_t draw_rows(Paint *paint, const PaintCommand *command,
                          uint32_t budget, bool *done) {
    Canvas *canvas = &paint->canvas;
    CanvasState kept = canvas->now;
    Rect seen = canvas_visible(canvas, extent_of(paint, command));
    uint64_t row = (uint64_t)seen.width + row_cost(command);
    int32_t left = seen.height - paint->rows_done;
    int32_t rows = left;
    if (row * (uint64_t)(left > 0 ? left : 0) > budget)
        rows = (int32_t)(budget / row) > 0 ? (int32_t)(budget / row) : 1;
    *done = rows >= left;
    if (rows > 0) {
        Rect band = {seen.x, seen.y + paint->rows_done, seen.width, rows};
        canvas->now.clip = rect_common(kept.clip, band);
        draw(paint, command);
        canvas->now = kept;
    }
    paint->rows_done = *done ? 0 : paint->rows_done + rows;
    return row * (uint64_t)(rows > 0 ? rows : 0) + command->text_bytes * 8 + 16;
}

Status paint_step(Paint *paint, uint32_t budget) {
    uint64_t spent = 0;
    while (paint->offset < paint->size_bytes) {
        if (spent > 0 && spent >= budget)
            return STATUS_BUSY;
        PaintCommand command;
        size_t next = paint->offset;
        Status status = paint_read(paint->list, paint->size_bytes, paint->scale,
                                   &next, &command);
        if (status != STATUS_OK)
            return status;
        bool done = true;
        if (steer(&paint->canvas, &command))
            spent += 16;
        else if (command.code < PAINT_PUSH || command.code == PAINT_PIXELS)
            spent += draw_rows(paint, &command,
                               budget > spent ? (uint32_t)(budget - spent) : 1,
                               &done);
        else
            return STATUS_INVALID; /* a POP or PUSH too many */
        if (done)
            paint->offset = next;
    }
    return STATUS_OK;
}
