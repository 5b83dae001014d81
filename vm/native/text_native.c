/* Natives of core.String and of text building. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "vm/run/native.h"
#include "vm/native/text_search.h"
#include "kernel/base/utf8.h"

static String *text_at(const NativeCall *call, size_t index) {
    return native_reference(call, index);
}

static bool is_boundary(const String *text, uint64_t offset) {
    return offset == text->length ||
           (offset < text->length &&
            ((uint8_t)text->bytes[offset] & 0xC0) != 0x80);
}

/* The whole text is its own part; the empty String of the system domain is not
 * shared: a new one. */
static NativeResult give_part(NativeCall *call, const String *text,
                              uint64_t from, uint64_t end) {
    if (from == 0 && end == text->length)
        return native_give(call, text);
    String *part = native_new_string(call, end - from);
    if (!part)
        return NATIVE_FAILED;
    bytes_copy(part->bytes, text->bytes + from, end - from);
    return native_give(call, part);
}

/* ---- Reading ---- */

static NativeResult byte_length(NativeCall *call) {
    return native_int(call, (int64_t)text_at(call, 0)->length);
}

static NativeResult length(NativeCall *call) {
    const String *text = text_at(call, 0);
    int64_t count = 0;
    for (uint64_t i = 0; i < text->length; i++)
        count += ((uint8_t)text->bytes[i] & 0xC0) != 0x80;
    native_charge(call, text->length / 8);
    return native_int(call, count);
}

static NativeResult no_offset(NativeCall *call, int64_t offset) {
    return native_throw(call, CLASS_BoundsError,
                        "no character begins at byte %ld of %lu", offset,
                        text_at(call, 0)->length);
}

static NativeResult char_at(NativeCall *call) {
    const String *text = text_at(call, 0);
    uint64_t offset = call->arguments[1];
    if (offset >= text->length || !is_boundary(text, offset))
        return no_offset(call, (int64_t)offset);
    return native_int(call, utf8_get(text->bytes + offset));
}

static NativeResult byte_at(NativeCall *call) {
    const String *text = text_at(call, 0);
    uint64_t offset = call->arguments[1];
    if (offset >= text->length)
        return native_throw(call, CLASS_BoundsError, "byte %ld of %lu",
                            (int64_t)offset, text->length);
    return native_int(call, (uint8_t)text->bytes[offset]);
}

static NativeResult slice(NativeCall *call) {
    const String *text = text_at(call, 0);
    uint64_t from = call->arguments[1], end = call->arguments[2];
    if (!is_boundary(text, from))
        return no_offset(call, (int64_t)from);
    if (!is_boundary(text, end) || end < from)
        return no_offset(call, (int64_t)end);
    return give_part(call, text, from, end);
}

/* ---- Comparing ---- */

static NativeResult equals(NativeCall *call) {
    const String *a = text_at(call, 0), *b = text_at(call, 1);
    if (!b || b->head.class_id != CLASS_String)
        return native_bool(call, false);
    native_charge(call, a->length / 32);
    return native_bool(call,
                       a == b || (a->length == b->length &&
                                  bytes_equal(a->bytes, b->bytes, a->length)));
}

/* FNV-1a over the bytes. */
static NativeResult hash(NativeCall *call) {
    const String *text = text_at(call, 0);
    uint64_t value = 0xcbf29ce484222325u;
    for (uint64_t i = 0; i < text->length; i++)
        value = (value ^ (uint8_t)text->bytes[i]) * 0x100000001b3u;
    native_charge(call, text->length / 4);
    return native_int(call, (int64_t)(value ^ value >> 32));
}

/* By bytes, which is by code points. */
static NativeResult compare_to(NativeCall *call) {
    const String *a = text_at(call, 0), *b = text_at(call, 1);
    uint64_t count = bytes_min(a->length, b->length);
    int order = __builtin_memcmp(a->bytes, b->bytes, count);
    native_charge(call, count / 32);
    if (order == 0)
        order = a->length < b->length ? -1 : a->length > b->length;
    return native_int(call, order < 0 ? -1 : order > 0);
}

/* ---- Searching ---- */

static bool is_at(const String *text, uint64_t offset, const String *part) {
    return text->length - offset >= part->length &&
           bytes_equal(text->bytes + offset, part->bytes, part->length);
}

/* The first place at or after `from`; UINT64_MAX: none. */
static uint64_t find_from(const String *text, const String *part,
                          uint64_t from) {
    return text_search_first(text->bytes, text->length, part->bytes,
                             part->length, from);
}

static NativeResult find(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    int64_t from = native_integer(call, 2);
    native_charge(call, (text->length + part->length) / 2);
    if (from < 0)
        from = 0;
    return native_int(call, (int64_t)find_from(text, part, (uint64_t)from));
}

static NativeResult find_last(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    int64_t before = native_integer(call, 2);
    native_charge(call, (text->length + part->length) / 2);
    if (before < 0)
        before = 0;
    return native_int(call, (int64_t)text_search_last(text->bytes, text->length,
                                                      part->bytes, part->length,
                                                      (uint64_t)before));
}

static NativeResult starts_with(NativeCall *call) {
    return native_bool(call, is_at(text_at(call, 0), 0, text_at(call, 1)));
}

static NativeResult ends_with(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    return native_bool(call,
                       text->length >= part->length &&
                           is_at(text, text->length - part->length, part));
}

/* ---- Making new ones ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static NativeResult trim(NativeCall *call) {
    const String *text = text_at(call, 0);
    uint64_t from = 0, end = text->length;
    while (from < end && is_blank(text->bytes[from]))
        from++;
    while (end > from && is_blank(text->bytes[end - 1]))
        end--;
    return give_part(call, text, from, end);
}

static uint64_t count_parts(const String *text, const String *part) {
    uint64_t count = 0, at = 0;
    while ((at = find_from(text, part, at)) != UINT64_MAX) {
        at += part->length;
        count++;
    }
    return count;
}

static NativeResult replace(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    const String *with = text_at(call, 2);
    if (!part->length)
        return native_throw(call, CLASS_ValueError, "nothing to replace");
    uint64_t count = count_parts(text, part), growth;
    uint64_t kept = text->length - count * part->length;
    native_charge(call, text->length / 2);
    if (__builtin_mul_overflow(count, with->length, &growth) ||
        growth > (1ull << 40))
        return native_throw(call, CLASS_MemoryError, "the text is too long");
    String *made = native_new_string(call, kept + growth);
    if (!made)
        return NATIVE_FAILED;
    char *to = made->bytes;
    uint64_t from = 0, at;
    while ((at = find_from(text, part, from)) != UINT64_MAX) {
        bytes_copy(to, text->bytes + from, at - from);
        bytes_copy(to + (at - from), with->bytes, with->length);
        to += at - from + with->length;
        from = at + part->length;
    }
    bytes_copy(to, text->bytes + from, text->length - from);
    return native_give(call, made);
}

/* ASCII and Latin-1 letters; y with diaeresis and the micro sign have no
 * partner there. */
static NativeResult change_case(NativeCall *call, bool upper) {
    const String *text = text_at(call, 0);
    String *made = native_new_string(call, text->length);
    if (!made)
        return NATIVE_FAILED;
    char first = upper ? 'a' : 'A', last = upper ? 'z' : 'Z';
    uint8_t low = upper ? 0xA0 : 0x80;
    for (uint64_t i = 0; i < text->length; i++) {
        char c = text->bytes[i];
        uint8_t byte = (uint8_t)c;
        bool latin = i && (uint8_t)text->bytes[i - 1] == 0xC3 && byte >= low &&
                     byte < low + 0x1F && byte != low + 0x17;
        bool change = (c >= first && c <= last) || latin;
        made->bytes[i] = change ? (char)(byte ^ 0x20) : c;
    }
    return native_give(call, made);
}

static NativeResult lower(NativeCall *call) {
    return change_case(call, false);
}

static NativeResult upper(NativeCall *call) {
    return change_case(call, true);
}

static NativeResult join(NativeCall *call, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += text_at(call, i)->length;
    for (size_t i = 0; i < count; i++)
        if (text_at(call, i)->length == sum)
            return native_give(call, text_at(call, i)); /* others are empty */
    String *made = native_new_string(call, sum);
    if (!made)
        return NATIVE_FAILED;
    char *to = made->bytes;
    for (size_t i = 0; i < count; i++) {
        const String *part = text_at(call, i);
        bytes_copy(to, part->bytes, part->length);
        to += part->length;
    }
    return native_give(call, made);
}

static NativeResult join2(NativeCall *call) {
    return join(call, 2);
}

static NativeResult join3(NativeCall *call) {
    return join(call, 3);
}

static NativeResult join4(NativeCall *call) {
    return join(call, 4);
}

/* Bytes of all parts with the separator between them; UINT64_MAX: one is no
 * String. Lengths of objects are so small that the sum fits. */
static uint64_t joined_bytes(const Array *parts, const String *separator) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < parts->length; i++) {
        const Object *part = parts->at.references[i];
        if (!part || part->class_id != CLASS_String)
            return UINT64_MAX;
        sum += ((const String *)(const void *)part)->length;
        sum += i ? separator->length : 0;
    }
    return sum;
}

static NativeResult join_texts(NativeCall *call) {
    const Array *parts = native_reference(call, 0);
    const String *separator = text_at(call, 1);
    uint64_t sum = joined_bytes(parts, separator);
    native_charge(call, parts->length * 2 + sum / 64);
    if (sum == UINT64_MAX)
        return native_throw(call, CLASS_ValueError, "not all are texts");
    String *made = native_new_string(call, sum);
    if (!made)
        return NATIVE_FAILED;
    char *to = made->bytes;
    for (uint64_t i = 0; i < parts->length; i++) {
        const String *part = (const String *)parts->at.references[i];
        if (i)
            bytes_copy(to, separator->bytes, separator->length);
        to += i ? separator->length : 0;
        bytes_copy(to, part->bytes, part->length);
        to += part->length;
    }
    return native_give(call, made);
}

static NativeResult char_text(NativeCall *call) {
    char bytes[4];
    unsigned count = (unsigned)utf8_put((uint32_t)call->arguments[0], bytes);
    String *made = native_text(call, bytes, count);
    return made ? native_give(call, made) : NATIVE_FAILED;
}

/* ---- Bytes ---- */

static NativeResult put_text(NativeCall *call) {
    const String *text = text_at(call, 0);
    Array *into = native_reference(call, 1);
    uint64_t offset = call->arguments[2];
    if (offset > into->length || into->length - offset < text->length)
        return native_throw(call, CLASS_BoundsError, "%lu bytes at %ld of %lu",
                            text->length, (int64_t)offset, into->length);
    if (!text->length)
        return NATIVE_DONE;
    if (!native_write(call, into->at.bytes + offset, text->length))
        return NATIVE_FAILED;
    bytes_copy(into->at.bytes + offset, text->bytes, text->length);
    native_charge(call, text->length / 64);
    return NATIVE_DONE;
}

static NativeResult text_of_bytes(NativeCall *call) {
    const Array *bytes = native_reference(call, 0);
    uint64_t from = call->arguments[1], count = call->arguments[2];
    if (from > bytes->length || count > bytes->length - from)
        return native_throw(call, CLASS_BoundsError, "%ld bytes at %ld of %lu",
                            (int64_t)count, (int64_t)from, bytes->length);
    const char *start = (const char *)bytes->at.bytes + from;
    native_charge(call, count / 16);
    if (!utf8_valid(start, count))
        return native_throw(call, CLASS_ValueError, "the bytes are not UTF-8");
    String *made = native_text(call, start, count);
    return made ? native_give(call, made) : NATIVE_FAILED;
}

#define TEXT "Lcore.String;"

void core_native_register_text(void) {
    static const NativeEntry entries[] = {
        {"core.String.byteLength", "()I", byte_length, NULL},
        {"core.String.length", "()I", length, NULL},
        {"core.String.charAt", "(I)C", char_at, NULL},
        {"core.String.byteAt", "(I)Y", byte_at, NULL},
        {"core.String.slice", "(II)" TEXT, slice, NULL},
        {"core.String.equals", "(?Lcore.Object;)B", equals, NULL},
        {"core.String.hash", "()I", hash, NULL},
        {"core.String.compareTo", "(" TEXT ")I", compare_to, NULL},
        {"core.String.find", "(" TEXT "I)I", find, NULL},
        {"core.String.findLast", "(" TEXT "I)I", find_last, NULL},
        {"core.String.startsWith", "(" TEXT ")B", starts_with, NULL},
        {"core.String.endsWith", "(" TEXT ")B", ends_with, NULL},
        {"core.String.trim", "()" TEXT, trim, NULL},
        {"core.String.replace", "(" TEXT TEXT ")" TEXT, replace, NULL},
        {"core.String.lower", "()" TEXT, lower, NULL},
        {"core.String.upper", "()" TEXT, upper, NULL},
        {"core.join2", "(" TEXT TEXT ")" TEXT, join2, NULL},
        {"core.join3", "(" TEXT TEXT TEXT ")" TEXT, join3, NULL},
        {"core.join4", "(" TEXT TEXT TEXT TEXT ")" TEXT, join4, NULL},
        {"core.joinTexts", "([O" TEXT ")" TEXT, join_texts, NULL},
        {"core.charText", "(C)" TEXT, char_text, NULL},
        {"core.putText", "(" TEXT "[YI)V", put_text, NULL},
        {"core.textOfBytes", "([YII)" TEXT, text_of_bytes, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
