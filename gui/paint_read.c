/* Paint lists: reading commands and the figures of paths. */
#include "gui/paint_read.h"

#include "kernel/base/bytes.h"

static const char *const field_lists[PAINT_CODES] = {
    NULL,
#define PAINT(name, fields) fields,
#include "gui/paint.def"
#undef PAINT
};

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

/* ---- Paths ---- */

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

bool paint_read_path(const PaintCommand *command, int32_t scale, Path *path) {
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
