/* Paint lists: checking and drawing in steps. A command that is more
 * than a step is drawn in bands of rows, by narrowing the clip; texts go on
 * from a character. */
#include "gui/paint.h"

#include "gui/icons.h"
#include "gui/paint_read.h"
#include "gui/path.h"
#include "gui/shadow.h"
#include "gui/shape.h"
#include "gui/stroke.h"
#include "gui/typeset.h"
#include "kernel/base/bytes.h"

/* Units of work, by measure: tests/bench/sweep.c. */
enum {
    WORK_COMMAND = 2, /* of reading it */
    WORK_BAND = 16,
    WEIGHT_UNIT = 192, /* of which a pixel is so many: */
    WEIGHT_OPAQUE = 3,
    WEIGHT_LAID = 16, /* over what is there */
    WEIGHT_PATH = 32,
    WEIGHT_ICON = 64,
    WEIGHT_IMAGE = 96,
    COLUMNS_LEAST = 4, /* of a row that is drawn in parts */
};

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

static Status check(Paint *paint, const PaintCommand *command) {
    if (command->code == PAINT_PUSH && ++paint->depth > PAINT_MAX_DEPTH)
        return STATUS_LIMIT;
    if (command->code == PAINT_POP && paint->depth-- == 0)
        return STATUS_INVALID;
    if (command->code == PAINT_IMAGE &&
        (uint32_t)command->fields[0] >= paint->image_count)
        return STATUS_INVALID;
    if (command->code == PAINT_PATH &&
        !paint_read_path(command, paint->scale, NULL))
        return STATUS_INVALID;
    if (command->code == PAINT_PIXELS && !has_pixels(command))
        return STATUS_INVALID;
    return STATUS_OK;
}

/* Looks at what comes next; BUSY: the work is done for now. */
static Status check_step(Paint *paint, uint64_t until) {
    if (paint->size_bytes > PAINT_MAX_BYTES)
        return STATUS_LIMIT;
    while (paint->checked < paint->size_bytes) {
        PaintCommand command;
        size_t next = paint->checked;
        if (paint->work >= until)
            return STATUS_BUSY;
        Status status = paint_read(paint->list, paint->size_bytes, paint->scale,
                                   &next, &command);
        if (status == STATUS_OK)
            status = check(paint, &command);
        if (status != STATUS_OK)
            return status;
        paint->work += WORK_COMMAND + command.text_bytes / 8;
        paint->checked = next;
    }
    return paint->depth == 0 ? STATUS_OK : STATUS_INVALID;
}

bool paint_is_checked(const Paint *paint) {
    return paint->checked == paint->size_bytes && paint->depth == 0;
}

void paint_begin(Paint *paint, Bitmap bitmap, const uint8_t *list,
                 size_t size_bytes, const Bitmap *images, uint32_t image_count,
                 const Theme *theme, int32_t scale) {
    *paint = (Paint){
        .list = list,
        .size_bytes = size_bytes,
        .images = images,
        .image_count = image_count,
        .theme = theme,
        .scale = scale < 1                 ? 1
                 : scale > PAINT_MAX_SCALE ? PAINT_MAX_SCALE
                                           : scale,
    };
    canvas_begin(&paint->canvas, bitmap);
}

/* ---- What it touches ---- */

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
        if (!paint_read_path(command, paint->scale, &shared_path))
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

/* ---- What it costs, in units of work (vm/run/worker.h) ---- */

static uint32_t laid(const Paint *paint, int32_t field) {
    return colour_of(paint, field) >> 24 == 255 ? WEIGHT_OPAQUE : WEIGHT_LAID;
}

/* Of a pixel, in parts of a unit. */
static uint32_t weight(const Paint *paint, const PaintCommand *command) {
    const int32_t *f = command->fields;
    switch ((int)command->code) {
    case PAINT_FILL:
        return laid(paint, f[4]);
    case PAINT_GRADIENT:
        return laid(paint, f[4]) | laid(paint, f[5]);
    case PAINT_FRAME:
    case PAINT_ROUND:
        return laid(paint, f[5]);
    case PAINT_ROUND_LINE:
        return laid(paint, f[6]);
    case PAINT_PATH:
        return WEIGHT_PATH;
    case PAINT_ICON:
    case PAINT_PIXELS:
        return WEIGHT_ICON;
    case PAINT_IMAGE:
        return WEIGHT_IMAGE;
    default:
        return WEIGHT_LAID;
    }
}

/* How far in from its edges a command draws at most; its inside stays empty. */
static int32_t edge(const PaintCommand *command) {
    const int32_t *f = command->fields;
    switch ((int)command->code) {
    case PAINT_FRAME:
        return f[4];
    case PAINT_ROUND_LINE:
        return f[5] > f[4] ? f[5] : f[4];
    case PAINT_SHADOW:
        return SHADOW_MAX_SIDE;
    default:
        return 1 << 24;
    }
}

/* Of the pixels of a row that are in `seen`; all in the canvas's coordinates.
 */
static uint64_t row_work(const Paint *paint, const PaintCommand *command,
                         Rect extent, Rect seen, int32_t y) {
    int64_t in = edge(command), pixels = seen.width;
    if (y >= extent.y + in && y < rect_bottom(extent) - in && 2 * in < pixels)
        pixels = 2 * in;
    uint64_t work = 1 + (uint64_t)pixels * weight(paint, command) / WEIGHT_UNIT;
    if (command->code == PAINT_PATH)
        work +=
            stroke_row_work(&shared_path, stroke_width(command, paint->scale),
                            seen.x, y, seen.width);
    return work;
}

/* Of the command itself, each time that it is gone on with. */
static uint64_t band_work(const PaintCommand *command) {
    const int32_t *f = command->fields;
    uint64_t work = WORK_BAND + command->text_bytes / 4;
    if (command->code == PAINT_SHADOW)
        work += shadow_work((Shadow){f[6], f[5], f[4], 0});
    return work;
}

/* ---- Drawing ---- */

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

/* Goes on with a text, character by character. */
static bool draw_text(Paint *paint, const PaintCommand *command,
                      uint64_t until) {
    const int32_t *f = command->fields;
    const char *text = (const char *)command->text;
    size_t size = command->text_bytes;
    TypesetLabel *label = &paint->label;
    uint64_t left = until > paint->work ? until - paint->work : 1;
    if (!canvas_sees(&paint->canvas, extent_of(paint, command)))
        return true;
    if (command->code == PAINT_LABEL) {
        paint->work += typeset_label_piece(
            &paint->canvas, font_of(f), rect_of(f + 3), align_of(f[2]), text,
            size, colour_of(paint, f[7]), label, left);
        return label->state == TYPESET_DONE;
    }
    paint->work +=
        typeset_draw_piece(&paint->canvas, font_of(f), f[2], f[3], text, size,
                           colour_of(paint, f[4]), &label->pen, left);
    return label->pen.offset >= size;
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
    default:
        draw_path(paint, command);
        break;
    }
}

/* What of the command is drawn next: as many rows as there is work for, at
 * least one; or a part of one that is more than all the work of a step. */
static Rect next_band(const Paint *paint, const PaintCommand *command,
                      Rect extent, Rect seen, uint64_t until, uint64_t most,
                      uint64_t *work_out) {
    Rect band = {seen.x, seen.y + paint->rows_done, seen.width, 0};
    *work_out = 0;
    for (; paint->rows_done + band.height < seen.height; band.height++) {
        uint64_t row =
            row_work(paint, command, extent, seen, band.y + band.height);
        if (band.height > 0 && paint->work + *work_out + row > until)
            return band;
        *work_out += row;
        if (row <= most && paint->columns_done == 0)
            continue;
        uint64_t part = (uint64_t)seen.width * most / row;
        int32_t left = seen.width - paint->columns_done;
        int32_t width = part < COLUMNS_LEAST ? COLUMNS_LEAST : (int32_t)part;
        band.x += paint->columns_done;
        band.width = width < left ? width : left;
        band.height = 1;
        *work_out = row * (uint64_t)(band.width > 0 ? band.width : 0) /
                    (uint64_t)seen.width;
        return band;
    }
    return band;
}

/* Goes on with the command; true: it is complete. */
static bool draw_band(Paint *paint, const PaintCommand *command, uint64_t until,
                      uint64_t most) {
    Canvas *canvas = &paint->canvas;
    CanvasState kept = canvas->now;
    uint64_t work;
    Rect extent = extent_of(paint, command);
    Rect seen = canvas_visible(canvas, extent);
    paint->work += band_work(command);
    if (paint->rows_done >= seen.height || paint->columns_done >= seen.width)
        return true; /* nothing is seen, or the list has changed */
    seen = rect_moved(seen, -kept.x, -kept.y);
    Rect band = next_band(paint, command, extent, seen, until, most, &work);
    canvas->now.clip = rect_common(kept.clip, rect_moved(band, kept.x, kept.y));
    draw(paint, command);
    canvas->now = kept;
    paint->work += work;
    if (rect_right(band) < rect_right(seen)) {
        paint->columns_done += band.width;
        return false;
    }
    paint->columns_done = 0;
    paint->rows_done += band.height;
    return paint->rows_done >= seen.height;
}

/* True: the command is complete. */
static bool go_on(Paint *paint, const PaintCommand *command, uint64_t until,
                  uint64_t most) {
    bool is_text = command->code == PAINT_TEXT || command->code == PAINT_LABEL;
    bool done = is_text ? draw_text(paint, command, until)
                        : draw_band(paint, command, until, most);
    if (done) {
        paint->rows_done = paint->columns_done = 0;
        paint->label = (TypesetLabel){0};
    }
    return done;
}

Status paint_step(Paint *paint, uint32_t most) {
    uint64_t until = paint->work + (most > 0 ? most : 1);
    if (!paint_is_checked(paint)) {
        Status status = check_step(paint, until);
        if (status != STATUS_OK)
            return status;
    }
    while (paint->offset < paint->size_bytes) {
        if (paint->work >= until)
            return STATUS_BUSY;
        PaintCommand command;
        size_t next = paint->offset;
        Status status = paint_read(paint->list, paint->size_bytes, paint->scale,
                                   &next, &command);
        if (status != STATUS_OK)
            return status;
        bool done = true;
        paint->work += WORK_COMMAND;
        if (command.code < PAINT_PUSH || command.code == PAINT_PIXELS)
            done = go_on(paint, &command, until, most);
        else if (!steer(&paint->canvas, &command))
            return STATUS_INVALID; /* a POP or PUSH too many */
        if (done)
            paint->offset = next;
    }
    return STATUS_OK;
}
