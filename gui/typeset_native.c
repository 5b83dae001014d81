/* Measuring text for programs: functions of module "ui". */
#include "gui/typeset_native.h"

#include "gui/typeset.h"
#include "vm/run/native.h"

enum { UNITS_PER_BYTE = 4 };

static Font font_of(const NativeCall *call) {
    int64_t role = native_integer(call, 0), size = native_integer(call, 1);
    return (Font){role >= 0 && role < FONT_FALLBACK ? (uint8_t)role : FONT_UI,
                  size < FONTS_MIN_SIZE   ? FONTS_MIN_SIZE
                  : size > FONTS_MAX_SIZE ? FONTS_MAX_SIZE
                                          : (uint8_t)size};
}

static const String *text_of(NativeCall *call) {
    const String *text = native_reference(call, 2);
    native_charge(call, text->length * UNITS_PER_BYTE);
    return text;
}

static int32_t pixels(int64_t value) {
    return value < 0                ? 0
           : value > INT32_MAX / 64 ? INT32_MAX / 64
                                    : (int32_t)value;
}

static NativeResult text_width(NativeCall *call) {
    const String *text = text_of(call);
    return native_int(call,
                      typeset_width(font_of(call), text->bytes, text->length));
}

static NativeResult text_x(NativeCall *call) {
    const String *text = text_of(call);
    uint64_t offset = call->arguments[3];
    if (offset > text->length)
        return native_throw(call, CLASS_BoundsError,
                            "offset %ld of a text of %lu bytes",
                            (int64_t)offset, text->length);
    return native_int(
        call, typeset_x(font_of(call), text->bytes, text->length, offset));
}

static NativeResult text_hit(NativeCall *call) {
    const String *text = text_of(call);
    return native_int(
        call, (int64_t)typeset_hit(font_of(call), text->bytes, text->length,
                                   pixels(native_integer(call, 3))));
}

static NativeResult text_fit(NativeCall *call) {
    const String *text = text_of(call);
    return native_int(
        call, (int64_t)typeset_fit(font_of(call), text->bytes, text->length,
                                   pixels(native_integer(call, 3)), false));
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
    native_charge(call, (end - from) * UNITS_PER_BYTE);
    return native_int(call, (int64_t)typeset_fit(
                                font_of(call), text->bytes + from, end - from,
                                pixels(native_integer(call, 5)), false));
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
