/* Making paint lists. */
#include "gui/paint_write.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"

static const char *const field_lists[PAINT_CODES] = {
    NULL,
#define PAINT(name, fields) fields,
#include "gui/paint.def"
#undef PAINT
};

static int32_t cut(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

static size_t put_field(uint8_t *to, char kind, int32_t value) {
    switch (kind) {
    case 'x':
    case 'p':
        bytes_put16(to, (uint16_t)cut(value, INT16_MIN, INT16_MAX));
        return 2;
    case 'h':
        bytes_put16(to, (uint16_t)cut(value, 0, UINT16_MAX));
        return 2;
    case 'k':
        bytes_put32(to, (uint32_t)value);
        return 4;
    default: /* 'l', 'b' */
        *to = (uint8_t)cut(value, 0, UINT8_MAX);
        return 1;
    }
}

void paint_write(PaintWriter *writer, PaintCode code, const int32_t *fields,
                 const void *text, size_t text_bytes) {
    CHECK(code > PAINT_NONE && code < PAINT_CODES);
    uint8_t command[1 + 4 * PAINT_MAX_FIELDS + 2];
    size_t size = 0;
    command[size++] = (uint8_t)code;
    bool has_text = false;
    for (const char *kind = field_lists[code]; *kind; kind++) {
        if (*kind == 't')
            has_text = true;
        else
            size += put_field(command + size, *kind, *fields++);
    }
    text_bytes = has_text ? bytes_min(text_bytes, PAINT_MAX_TEXT) : 0;
    if (has_text) {
        bytes_put16(command + size, (uint16_t)text_bytes);
        size += 2;
    }
    if (size + text_bytes > writer->capacity - writer->size_bytes) {
        writer->full = true;
        return;
    }
    bytes_copy(writer->bytes + writer->size_bytes, command, size);
    if (text_bytes > 0)
        bytes_copy(writer->bytes + writer->size_bytes + size, text, text_bytes);
    writer->size_bytes += size + text_bytes;
}
