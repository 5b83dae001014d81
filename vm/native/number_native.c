/* Natives of numbers: text of them, formats, and mathematics. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "kernel/lib/math.h"
#include "kernel/base/decimal.h"
#include "vm/run/native.h"
#include "kernel/base/number_text.h"
#include "kernel/base/utf8.h"

static NativeResult give_text(NativeCall *call, const Text *text) {
    String *made = native_text(call, text->bytes, text->length);
    return made ? native_give(call, made) : NATIVE_FAILED;
}

/* Of the digits of a double: long division by hand. */
static uint64_t digits_cost(double value) {
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    int64_t exponent = (int64_t)(bits >> 52 & 0x7FF) - 1023;
    return 100 + 2 * (uint64_t)(exponent < 0 ? -exponent : exponent);
}

static NativeResult int_text(NativeCall *call) {
    char buffer[72];
    Text text = text_on(buffer, sizeof buffer);
    number_text_int(&text, native_integer(call, 0), 10);
    return give_text(call, &text);
}

static NativeResult double_text(NativeCall *call) {
    char buffer[64];
    Text text = text_on(buffer, sizeof buffer);
    number_text_double(&text, native_double(call, 0));
    native_charge(call, digits_cost(native_double(call, 0)));
    return give_text(call, &text);
}

static NativeResult same_bits(NativeCall *call) {
    return native_int(call, native_integer(call, 0));
}

/* ---- Formats ---- */

enum {
    DIGIT_COST = 10,
    FORMAT_MOST = 1000, /* bytes, most of them zeros of a number */
    FORMAT_COST = 40,
};

static bool read_format(NativeCall *call, NumberFormat *format) {
    const String *text = native_reference(call, 1);
    native_charge(call, FORMAT_COST);
    if (text->length <= FORMAT_MOST &&
        number_text_read(text->bytes, text->length, format))
        return true;
    native_throw(call, CLASS_ValueError, "%.*s is no format",
                 (int)bytes_min(text->length, 60), text->bytes);
    return false;
}

static uint64_t count_characters(const char *bytes, size_t count) {
    uint64_t characters = 0;
    for (size_t i = 0; i < count; i++)
        characters += ((uint8_t)bytes[i] & 0xC0) != 0x80;
    return characters;
}

static char *put_fill(char *to, const char *fill, unsigned fill_bytes,
                      uint64_t count) {
    for (; count > 0; count--, to += fill_bytes)
        bytes_copy(to, fill, fill_bytes);
    return to;
}

/* The text with filling on its sides, `usual` when the format does not say
 * which. A sign of `sign` bytes stays in front of zeros. */
static NativeResult give_padded(NativeCall *call, const NumberFormat *format,
                                const char *bytes, size_t count, char usual,
                                size_t sign) {
    char fill[4];
    native_charge(call, count / 4);
    uint64_t have = count_characters(bytes, count);
    uint64_t missing = format->width > have ? format->width - have : 0;
    char align = format->align ? format->align : usual;
    bool zeros = format->zeros && !format->align;
    unsigned fill_bytes = (unsigned)utf8_put(zeros ? '0' : format->fill, fill);
    uint64_t left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
    if (!zeros)
        sign = 0;
    native_charge(call, missing);
    String *made = native_new_string(call, count + missing * fill_bytes);
    if (!made)
        return NATIVE_FAILED;
    bytes_copy(made->bytes, bytes, sign);
    char *to = put_fill(made->bytes + sign, fill, fill_bytes, left);
    bytes_copy(to, bytes + sign, count - sign);
    put_fill(to + count - sign, fill, fill_bytes, missing - left);
    return native_give(call, made);
}

static NativeResult format_int(NativeCall *call) {
    NumberFormat format;
    char buffer[72];
    Text text = text_on(buffer, sizeof buffer);
    if (!read_format(call, &format))
        return NATIVE_FAILED;
    number_text_int(&text, native_integer(call, 0), format.base);
    return give_padded(call, &format, text.bytes, text.length, '>',
                       native_integer(call, 0) < 0);
}

static NativeResult format_double(NativeCall *call) {
    NumberFormat format;
    char buffer[480];
    Text text = text_on(buffer, sizeof buffer);
    if (!read_format(call, &format))
        return NATIVE_FAILED;
    if (format.digits < 0)
        number_text_double(&text, native_double(call, 0));
    else
        number_text_fixed(&text, native_double(call, 0),
                          (unsigned)format.digits);
    native_charge(call, digits_cost(native_double(call, 0)) +
                            text.length * DIGIT_COST);
    return give_padded(call, &format, text.bytes, text.length, '>',
                       text.bytes[0] == '-');
}

static NativeResult format_text(NativeCall *call) {
    NumberFormat format;
    const String *text = native_reference(call, 0);
    if (!read_format(call, &format))
        return NATIVE_FAILED;
    if (text->length / 4 >= format.width) /* it has as many characters */
        return native_give(call, text);
    return give_padded(call, &format, text->bytes, text->length, '<', 0);
}

/* ---- Reading doubles ---- */

enum {
    DOUBLE_MOST = 10000, /* characters; no number needs so many */
    DIGITS_READ = 700,   /* of which no more count (decimal.c) */
};

/* [-]digits[.digits][e[+-]digits], without anything else. */
static bool is_double(const String *text) {
    const char *at = text->bytes, *end = at + text->length;
    const char *from;
    if (text->length > DOUBLE_MOST)
        return false;
    if (at < end && *at == '-')
        at++;
    for (from = at; at < end && *at >= '0' && *at <= '9';)
        at++;
    if (at == from)
        return false;
    if (at < end && *at == '.') {
        for (from = ++at; at < end && *at >= '0' && *at <= '9';)
            at++;
        if (at == from)
            return false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        for (from = at; at < end && *at >= '0' && *at <= '9';)
            at++;
        if (at == from)
            return false;
    }
    return at == end;
}

static NativeResult text_is_double(NativeCall *call) {
    const String *text = native_reference(call, 0);
    native_charge(call, bytes_min(text->length, DOUBLE_MOST) / 4);
    return native_bool(call, is_double(text));
}

static NativeResult parse_double(NativeCall *call) {
    const String *text = native_reference(call, 0);
    if (!is_double(text))
        return native_throw(call, CLASS_ValueError, "the text is no number");
    bool negative = text->bytes[0] == '-';
    double value =
        decimal_to_double(text->bytes + negative, text->length - negative);
    native_charge(call, 3000 + bytes_min(text->length, DIGITS_READ) * 10 +
                            text->length / 4);
    return native_give_double(call, negative ? -value : value);
}

/* ---- Mathematics ---- */

static NativeResult floor_native(NativeCall *call) {
    return native_give_double(call, math_floor(native_double(call, 0)));
}

static NativeResult ceil_native(NativeCall *call) {
    return native_give_double(call, math_ceil(native_double(call, 0)));
}

static NativeResult sin_native(NativeCall *call) {
    return native_give_double(call, math_sin(native_double(call, 0)));
}

static NativeResult cos_native(NativeCall *call) {
    return native_give_double(call, math_cos(native_double(call, 0)));
}

static NativeResult tan_native(NativeCall *call) {
    return native_give_double(call, math_tan(native_double(call, 0)));
}

static NativeResult exp_native(NativeCall *call) {
    return native_give_double(call, math_exp(native_double(call, 0)));
}

static NativeResult log_native(NativeCall *call) {
    return native_give_double(call, math_log(native_double(call, 0)));
}

static NativeResult atan2_native(NativeCall *call) {
    double y = native_double(call, 0), x = native_double(call, 1);
    return native_give_double(call, math_atan2(y, x));
}

static NativeResult pow_native(NativeCall *call) {
    double x = native_double(call, 0), y = native_double(call, 1);
    return native_give_double(call, math_pow(x, y));
}

void core_native_register_number(void) {
    static const NativeEntry entries[] = {
        {"core.intText", "(I)Lcore.String;", int_text, NULL},
        {"core.doubleText", "(D)Lcore.String;", double_text, NULL},
        {"core.doubleBits", "(D)I", same_bits, NULL},
        {"core.doubleOfBits", "(I)D", same_bits, NULL},
        {"core.formatInt", "(ILcore.String;)Lcore.String;", format_int, NULL},
        {"core.formatDouble", "(DLcore.String;)Lcore.String;", format_double,
         NULL},
        {"core.formatText", "(Lcore.String;Lcore.String;)Lcore.String;",
         format_text, NULL},
        {"core.String.isDouble", "()B", text_is_double, NULL},
        {"core.String.parseDouble", "()D", parse_double, NULL},
        {"core.Math.floor", "(D)D", floor_native, NULL},
        {"core.Math.ceil", "(D)D", ceil_native, NULL},
        {"core.Math.sin", "(D)D", sin_native, NULL},
        {"core.Math.cos", "(D)D", cos_native, NULL},
        {"core.Math.tan", "(D)D", tan_native, NULL},
        {"core.Math.atan2", "(DD)D", atan2_native, NULL},
        {"core.Math.exp", "(D)D", exp_native, NULL},
        {"core.Math.log", "(D)D", log_native, NULL},
        {"core.Math.pow", "(DD)D", pow_native, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
