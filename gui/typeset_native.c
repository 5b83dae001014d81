/* Measuring text for programs: functions of module "ui", in steps where texts
 * are long. */
#include "gui/typeset_native.h"

#include "gui/typeset.h"
#include "vm/run/native.h"

static Font font_of(const NativeCall *call) {
    int64_t role = native_integer(call, 0), size = native_integer(call, 1);
    return (Font){role >= 0 && role < FONT_FALLBACK ? (uint8_t)role : FONT_UI,
                  size < FONTS_MIN_SIZE   ? FONTS_MIN_SIZE
                  : size > FONTS_MAX_SIZE ? FONTS_MAX_SIZE
                                          : (uint8_t)size};
}

static int32_t pixels(int64_t value) {
    return value < 0                ? 0
           : value > INT32_MAX / 64 ? INT32_MAX / 64
                                    : (int32_t)value;
}

/* In steps: where the pen is, and what kerning needs of the character before
 * it. */
static NativeResult measure(NativeCall *call, const char *text, size_t size,
                            TypesetWanted wanted, int64_t value) {
    const uint64_t *steps = call->steps;
    TypesetPen pen = {
        .offset = steps[0],
        .x64 = (int64_t)steps[1],
        .last = {.glyph = (uint32_t)steps[2],
                 .face = (uint8_t)(steps[2] >> 32)},
    };
    int64_t answer;
    native_charge(call, typeset_piece(font_of(call), text, size, wanted, value,
                                      &pen, NATIVE_STEP_UNITS, &answer));
    if (answer != TYPESET_NOT_YET)
        return native_int(call, answer);
    call->steps[1] = (uint64_t)pen.x64;
    call->steps[2] = (uint64_t)pen.last.face << 32 | pen.last.glyph;
    return native_go_on(call, native_reference(call, 2), pen.offset);
}

static NativeResult text_width(NativeCall *call) {
    const String *text = native_reference(call, 2);
    return measure(call, text->bytes, text->length, TYPESET_WIDTH, 0);
}

static NativeResult text_x(NativeCall *call) {
    const String *text = native_reference(call, 2);
    uint64_t offset = call->arguments[3];
    if (offset > text->length)
        return native_throw(call, CLASS_BoundsError,
                            "offset %ld of a text of %lu bytes",
                            (int64_t)offset, text->length);
    return measure(call, text->bytes, text->length, TYPESET_X, (int64_t)offset);
}

static NativeResult text_hit(NativeCall *call) {
    const String *text = native_reference(call, 2);
    return measure(call, text->bytes, text->length, TYPESET_HIT,
                   pixels(native_integer(call, 3)));
}

static NativeResult text_fit(NativeCall *call) {
    const String *text = native_reference(call, 2);
    return measure(call, text->bytes, text->length, TYPESET_FIT,
                   pixels(native_integer(call, 3)));
}

static bool is_boundary(const String *text, uint64_t offset) {
    return offset == text->length ||
           (offset < text->length &&
            ((uint8_t)text->bytes[offset] & 0xC0) != 0x80);
}

/* As text_fit, of the text between two offsets, without making that a text. */
static NativeResult text_fit_part(NativeCall *call) {
    const String *text = native_reference(call, 2);
    uint64_t from = call->arguments[3], end = call->arguments[4];
    if (!is_boundary(text, from) || !is_boundary(text, end) || end < from)
        return native_throw(call, CLASS_BoundsError,
                            "bytes %ld to %ld of a text of %lu bytes",
                            (int64_t)from, (int64_t)end, text->length);
    return measure(call, text->bytes + from, end - from, TYPESET_FIT,
                   pixels(native_integer(call, 5)));
}

void typeset_native_register(void) {
    static const NativeEntry entries[] = {
        {"ui.textWidth", "(IILcore.String;)I", text_width, NULL},
        {"ui.textX", "(IILcore.String;I)I", text_x, NULL},
        {"ui.textHit", "(IILcore.String;I)I", text_hit, NULL},
        {"ui.textFit", "(IILcore.String;I)I", text_fit, NULL},
        {"ui.textFitPart", "(IILcore.String;III)I", text_fit_part, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
