/* Natives of core.String and of text building, which go in steps where texts
 * are long. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "vm/run/native.h"
#include "kernel/base/utf8.h"

static String *text_at(const NativeCall *call, size_t index) {
    return native_reference(call, index);
}

static bool is_boundary(const String *text, uint64_t offset) {
    return offset == text->length ||
           (offset < text->length &&
            ((uint8_t)text->bytes[offset] & 0xC0) != 0x80);
}

/* ---- Long texts go in steps ---- */

/* The bytes that go into a new text, one piece after the other. */
typedef struct Piece {
    const char *bytes;
    uint64_t length;
} Piece;

/* Copies what of the pieces comes from byte `at` of all to `end`. */
static void copy_span(char *to, const Piece *pieces, uint64_t at,
                      uint64_t end) {
    for (; at < end; pieces++) {
        uint64_t count = pieces->length > at ? pieces->length - at : 0;
        count = bytes_min(count, end - at);
        if (count)
            bytes_copy(to, pieces->bytes + at, count);
        to += count;
        uint64_t before = bytes_min(at, pieces->length);
        at -= before;
        end -= before + count;
    }
}

/* A new text of so many bytes. */
static NativeResult give_pieces(NativeCall *call, const Piece *pieces,
                                uint64_t sum) {
    String *made = (String *)call->progress;
    if (!made)
        made = native_new_string(call, sum);
    if (!made)
        return NATIVE_FAILED;
    uint64_t at = call->steps[0],
             end = native_step_end(at, sum, NATIVE_STEP_COPY);
    if (end > at && !native_write(call, made->bytes + at, end - at))
        return NATIVE_FAILED;
    copy_span(made->bytes + at, pieces, at, end);
    native_charge(call, (end - at) / 16);
    return end < sum ? native_go_on(call, made, end) : native_give(call, made);
}

/* The whole text is its own part; the empty String of the system domain is not
 * shared: a new one. */
static NativeResult give_part(NativeCall *call, const String *text,
                              uint64_t from, uint64_t end) {
    if (from == 0 && end == text->length)
        return native_give(call, text);
    Piece piece = {text->bytes + from, end - from};
    return give_pieces(call, &piece, end - from);
}

/* ---- Reading ---- */

static NativeResult byte_length(NativeCall *call) {
    return native_int(call, (int64_t)text_at(call, 0)->length);
}

static NativeResult length(NativeCall *call) {
    enum { A_UNIT = 8 };
    const String *text = text_at(call, 0);
    uint64_t at = call->steps[0], count = call->steps[1];
    uint64_t end =
        native_step_end(at, text->length, NATIVE_STEP_UNITS * A_UNIT);
    native_charge(call, (end - at) / A_UNIT);
    for (; at < end; at++)
        count += ((uint8_t)text->bytes[at] & 0xC0) != 0x80;
    call->steps[1] = count;
    return at < text->length ? native_go_on(call, text, at)
                             : native_int(call, (int64_t)count);
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

/* ---- Making new ones ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Looks for both ends first, with progress in the text, and then makes the
 * part, which begins at steps[2]. */
static NativeResult trim(NativeCall *call) {
    const String *text = text_at(call, 0);
    const String *made = (const String *)call->progress;
    if (made && made != text) {
        Piece rest = {text->bytes + call->steps[2], made->length};
        return give_pieces(call, &rest, made->length);
    }
    uint64_t from = call->steps[0], end = text->length - call->steps[1];
    uint64_t left = NATIVE_STEP_BYTES;
    for (; left > 0 && from < end && is_blank(text->bytes[from]); left--)
        from++;
    for (; left > 0 && end > from && is_blank(text->bytes[end - 1]); left--)
        end--;
    native_charge(call, NATIVE_STEP_BYTES - left);
    call->steps[1] = text->length - end;
    if (left == 0)
        return native_go_on(call, text, from);
    call->progress = NULL;
    call->steps[0] = 0;
    call->steps[2] = from;
    return give_part(call, text, from, end);
}

/* ASCII and Latin-1 letters; y with diaeresis and the micro sign have no
 * partner there. */
static NativeResult change_case(NativeCall *call, bool upper) {
    const String *text = text_at(call, 0);
    String *made = (String *)call->progress;
    if (!made)
        made = native_new_string(call, text->length);
    if (!made)
        return NATIVE_FAILED;
    char first = upper ? 'a' : 'A', last = upper ? 'z' : 'Z';
    uint8_t low = upper ? 0xA0 : 0x80;
    uint64_t at = call->steps[0];
    uint64_t end = native_step_end(at, text->length, NATIVE_STEP_BYTES / 2);
    if (end > at && !native_write(call, made->bytes + at, end - at))
        return NATIVE_FAILED;
    native_charge(call, (end - at) * 2);
    for (; at < end; at++) {
        char c = text->bytes[at];
        uint8_t byte = (uint8_t)c;
        bool latin = at && (uint8_t)text->bytes[at - 1] == 0xC3 &&
                     byte >= low && byte < low + 0x1F && byte != low + 0x17;
        bool change = (c >= first && c <= last) || latin;
        made->bytes[at] = change ? (char)(byte ^ 0x20) : c;
    }
    return at < text->length ? native_go_on(call, made, at)
                             : native_give(call, made);
}

static NativeResult lower(NativeCall *call) {
    return change_case(call, false);
}

static NativeResult upper(NativeCall *call) {
    return change_case(call, true);
}

static NativeResult join(NativeCall *call, size_t count) {
    Piece pieces[4];
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        pieces[i] = (Piece){text_at(call, i)->bytes, text_at(call, i)->length};
        sum += pieces[i].length;
    }
    for (size_t i = 0; i < count; i++)
        if (pieces[i].length == sum)
            return native_give(call, text_at(call, i)); /* others are empty */
    return give_pieces(call, pieces, sum);
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

/* The String at a place, or NULL. Parts may change between two steps. */
static const String *part_at(const Array *parts, uint64_t place) {
    const Object *part =
        place < parts->length ? parts->at.references[place] : NULL;
    return part && part->class_id == CLASS_String ? (const String *)part : NULL;
}

static NativeResult not_texts(NativeCall *call) {
    return native_throw(call, CLASS_ValueError, "not all are texts");
}

/* Adds up the bytes of all parts with the separator between them, in steps with
 * progress in the parts; then makes the text. */
static NativeResult count_joined(NativeCall *call, const Array *parts,
                                 const String *separator) {
    enum { A_PART = 4 };
    uint64_t at = call->steps[0], sum = call->steps[1];
    uint64_t end =
        native_step_end(at, parts->length, NATIVE_STEP_UNITS / A_PART);
    native_charge(call, (end - at) * A_PART);
    for (; at < end; at++) {
        const String *part = part_at(parts, at);
        if (!part)
            return not_texts(call);
        sum += part->length + (at ? separator->length : 0);
    }
    call->steps[1] = sum;
    if (at < parts->length)
        return native_go_on(call, parts, at);
    String *made = native_new_string(call, sum);
    if (!made)
        return NATIVE_FAILED;
    if (sum == 0)
        return native_give(call, made);
    call->steps[1] = call->steps[2] = 0;
    return native_go_on(call, made, 0);
}

/* How much of the bytes from `at` on goes into what is left of the step. */
static uint64_t put_piece(String *made, uint64_t *to, const String *piece,
                          uint64_t *at, uint64_t *left) {
    uint64_t count = bytes_min(piece->length - *at, *left);
    count = bytes_min(count, made->length - *to);
    bytes_copy(made->bytes + *to, piece->bytes + *at, count);
    *to += count;
    *at += count;
    *left -= count;
    return count;
}

/* Steps: the part, how much of the separator before it and of it is there, and
 * how much of the whole. */
static NativeResult put_joined(NativeCall *call, const Array *parts,
                               const String *separator, String *made) {
    enum { A_PART = 32 }; /* bytes that it costs to go to the next */
    uint64_t at = call->steps[0], in = call->steps[1], to = call->steps[2];
    uint64_t from = to, left = NATIVE_STEP_COPY;
    if (!native_write(call, made->bytes + to,
                      bytes_min(left, made->length - to)))
        return NATIVE_FAILED;
    while (at < parts->length && left > A_PART) {
        const String *part = part_at(parts, at);
        uint64_t before = at ? separator->length : 0, behind = 0;
        if (!part)
            return not_texts(call);
        if (in < before)
            put_piece(made, &to, separator, &in, &left);
        if (in >= before) {
            behind = in - before;
            if (behind > part->length)
                return not_texts(call); /* it changed */
            in += put_piece(made, &to, part, &behind, &left);
        }
        if (in < before + part->length)
            break; /* the step is over, or the parts have become longer */
        at++;
        in = 0;
        left -= bytes_min(left, A_PART);
    }
    native_charge(call, (NATIVE_STEP_COPY - left) / 16);
    if (at == parts->length && to == made->length)
        return native_give(call, made);
    if (at == parts->length || (to == made->length && to == from))
        return not_texts(call); /* they changed */
    call->steps[1] = in;
    call->steps[2] = to;
    return native_go_on(call, made, at);
}

static NativeResult join_texts(NativeCall *call) {
    const Array *parts = native_reference(call, 0);
    const String *separator = text_at(call, 1);
    Object *progress = call->progress;
    if (!progress || progress == &parts->head)
        return count_joined(call, parts, separator);
    return put_joined(call, parts, separator, (String *)progress);
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
    uint64_t at = call->steps[0];
    uint64_t end = native_step_end(at, text->length, NATIVE_STEP_COPY);
    uint8_t *to = into->at.bytes + offset;
    if (end > at && !native_write(call, to + at, end - at))
        return NATIVE_FAILED;
    bytes_copy(to + at, text->bytes + at, end - at);
    native_charge(call, (end - at) / 16);
    return end < text->length ? native_go_on(call, text, end) : NATIVE_DONE;
}

static NativeResult not_utf8(NativeCall *call) {
    return native_throw(call, CLASS_ValueError, "the bytes are not UTF-8");
}

/* Where a character begins, at or a little before `at`. */
static uint64_t whole_characters(const String *text, uint64_t at) {
    for (int i = 0; i < 3 && at > 0 && !is_boundary(text, at); i++)
        at--;
    return at;
}

/* The bytes may change between two steps: so they are copied (steps[0] of them)
 * and what was copied is looked at (steps[1]). */
static NativeResult text_of_bytes(NativeCall *call) {
    const Array *bytes = native_reference(call, 0);
    uint64_t from = call->arguments[1], count = call->arguments[2];
    if (from > bytes->length || count > bytes->length - from)
        return native_throw(call, CLASS_BoundsError, "%ld bytes at %ld of %lu",
                            (int64_t)count, (int64_t)from, bytes->length);
    const char *start = (const char *)bytes->at.bytes + from;
    if (count <= NATIVE_STEP_BYTES && !utf8_valid(start, count))
        return not_utf8(call);
    String *made = (String *)call->progress;
    uint64_t done = call->steps[0];
    if (!made || done < count) {
        Piece piece = {start, count};
        NativeResult result = give_pieces(call, &piece, count);
        if (result != NATIVE_DONE || count <= NATIVE_STEP_BYTES)
            return result;
        return native_go_on(call, (void *)(uintptr_t)call->result, count);
    }
    uint64_t at = call->steps[1],
             end = native_step_end(at, count, NATIVE_STEP_BYTES);
    if (end < count)
        end = whole_characters(made, end);
    native_charge(call, end - at);
    if (!utf8_valid(made->bytes + at, end - at))
        return not_utf8(call);
    call->steps[1] = end;
    return end < count ? native_go_on(call, made, count)
                       : native_give(call, made);
}

#define TEXT "Lcore.String;"

void core_native_register_text(void) {
    static const NativeEntry entries[] = {
        {"core.String.byteLength", "()I", byte_length, NULL},
        {"core.String.length", "()I", length, NULL},
        {"core.String.charAt", "(I)C", char_at, NULL},
        {"core.String.byteAt", "(I)Y", byte_at, NULL},
        {"core.String.slice", "(II)" TEXT, slice, NULL},
        {"core.String.trim", "()" TEXT, trim, NULL},
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
