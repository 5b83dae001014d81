/* Natives of core.String that compare texts and search in them, in steps where
 * they are long. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "vm/native/text_search.h"
#include "vm/run/native.h"

static String *text_at(const NativeCall *call, size_t index) {
    return native_reference(call, index);
}

/* ---- Comparing ---- */

/* Compares the first `count` bytes of the two in steps; true: the order is
 * known, of those of this step. */
static bool compare_step(NativeCall *call, const char *a, const char *b,
                         uint64_t count, int *order_out) {
    uint64_t at = call->steps[0],
             end = native_step_end(at, count, NATIVE_STEP_COPY);
    *order_out = __builtin_memcmp(a + at, b + at, end - at);
    native_charge(call, (end - at) / 32);
    call->steps[0] = end;
    return *order_out || end == count;
}

static NativeResult are_equal(NativeCall *call, const void *progress,
                              const char *a, const char *b, uint64_t count) {
    int order;
    return compare_step(call, a, b, count, &order)
               ? native_bool(call, order == 0)
               : native_go_on(call, progress, call->steps[0]);
}

static NativeResult equals(NativeCall *call) {
    const String *a = text_at(call, 0), *b = text_at(call, 1);
    if (!b || b->head.class_id != CLASS_String || a->length != b->length)
        return native_bool(call, false);
    if (a == b)
        return native_bool(call, true);
    return are_equal(call, a, a->bytes, b->bytes, a->length);
}

/* FNV-1a over the bytes. */
static NativeResult hash(NativeCall *call) {
    const String *text = text_at(call, 0);
    uint64_t at = call->steps[0];
    uint64_t value = call->progress ? call->steps[1] : 0xcbf29ce484222325u;
    uint64_t end = native_step_end(at, text->length, NATIVE_STEP_BYTES);
    native_charge(call, end - at);
    for (; at < end; at++)
        value = (value ^ (uint8_t)text->bytes[at]) * 0x100000001b3u;
    call->steps[1] = value;
    return at < text->length ? native_go_on(call, text, at)
                             : native_int(call, (int64_t)(value ^ value >> 32));
}

/* By bytes, which is by code points. */
static NativeResult compare_to(NativeCall *call) {
    const String *a = text_at(call, 0), *b = text_at(call, 1);
    int order;
    if (!compare_step(call, a->bytes, b->bytes, bytes_min(a->length, b->length),
                      &order))
        return native_go_on(call, a, call->steps[0]);
    if (order == 0)
        order = a->length < b->length ? -1 : a->length > b->length;
    return native_int(call, order < 0 ? -1 : order > 0);
}

/* ---- Searching ---- */

/* A part up to this long is searched for with what text_search.c makes of it;
 * to look at a longer one would take too long for a step. */
enum {
    PART_MOST = 1 << 12,
    PLACES = 1 << 13, /* that are searched in a step */
};

/* ---- Longer parts: by a hash that rolls over the text ---- */

/* The search for a part of which not even one look at the whole fits into a
 * step; backwards, all bytes are counted from the end. Karp and Rabin,
 * "Efficient randomized pattern-matching algorithms", 1987, modulo 2^64. Its
 * steps: first the hashes of the part and of the text at the first place are
 * made (progress in the text; how many bytes, the hashes); then the second
 * rolls (progress in the part; the place, the hashes); and where they are the
 * same, the bytes are compared (progress in the thread; the place, the hash,
 * how many are the same). */
#define ROLL_BASE 0x9E3779B97F4A7C15u

typedef struct Roll {
    const String *text, *part;
    bool back;
    uint64_t power; /* of the base, for the byte that goes */
} Roll;

static uint8_t byte_of(const String *text, uint64_t place, bool back) {
    return (uint8_t)text->bytes[back ? text->length - 1 - place : place];
}

static uint64_t power_of_base(uint64_t exponent) {
    uint64_t power = 1, square = ROLL_BASE;
    for (; exponent > 0; exponent /= 2, square *= square)
        power *= exponent % 2 ? square : 1;
    return power;
}

static NativeResult roll_first(NativeCall *call, const Roll *roll,
                               uint64_t from) {
    uint64_t count = roll->part->length, at = call->steps[0];
    uint64_t end = native_step_end(at, count, NATIVE_STEP_BYTES / 4);
    native_charge(call, (end - at) * 4);
    for (; at < end; at++) {
        call->steps[1] =
            call->steps[1] * ROLL_BASE + byte_of(roll->part, at, roll->back);
        call->steps[2] = call->steps[2] * ROLL_BASE +
                         byte_of(roll->text, from + at, roll->back);
    }
    return at < count ? native_go_on(call, roll->text, at)
                      : native_go_on(call, roll->part, from);
}

/* To the next place; false: there is none. */
static bool roll_on(const Roll *roll, uint64_t *place, uint64_t *hash) {
    uint64_t count = roll->part->length;
    if (*place == roll->text->length - count)
        return false;
    *hash -= byte_of(roll->text, *place, roll->back) * roll->power;
    *hash = *hash * ROLL_BASE + byte_of(roll->text, *place + count, roll->back);
    ++*place;
    return true;
}

static NativeResult roll_over(NativeCall *call, const Roll *roll) {
    uint64_t at = call->steps[0], wanted = call->steps[1];
    uint64_t hash = call->steps[2], left = NATIVE_STEP_BYTES / 4;
    native_charge(call, NATIVE_STEP_BYTES);
    for (; left > 0 && hash != wanted; left--)
        if (!roll_on(roll, &at, &hash))
            return native_int(call, -1);
    call->steps[2] = left > 0 ? 0 : hash;
    return left > 0 ? native_go_on(call, call->thread, at)
                    : native_go_on(call, roll->part, at);
}

static NativeResult roll_compare(NativeCall *call, const Roll *roll) {
    const String *text = roll->text, *part = roll->part;
    uint64_t at = call->steps[0], same = call->steps[2];
    uint64_t end = native_step_end(same, part->length, NATIVE_STEP_COPY);
    uint64_t place = roll->back ? text->length - part->length - at : at;
    native_charge(call, (end - same) / 32);
    if (bytes_equal(text->bytes + place + same, part->bytes + same,
                    end - same)) {
        call->steps[2] = end;
        return end < part->length ? native_go_on(call, call->thread, at)
                                  : native_int(call, (int64_t)place);
    }
    call->steps[2] = call->steps[1];
    return roll_on(roll, &at, &call->steps[2]) ? native_go_on(call, part, at)
                                               : native_int(call, -1);
}

/* The first place, counted from the end when it goes back, from `from` on. */
static NativeResult find_long(NativeCall *call, bool back, uint64_t from) {
    const Roll roll = {text_at(call, 0), text_at(call, 1), back,
                       power_of_base(text_at(call, 1)->length - 1)};
    const void *progress = call->progress;
    if (roll.text == roll.part)
        return native_int(call, 0);
    if (!progress || progress == roll.text)
        return roll_first(call, &roll, from);
    return progress == roll.part ? roll_over(call, &roll)
                                 : roll_compare(call, &roll);
}

/* ---- Where a text is in another ---- */

static NativeResult find(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    int64_t wanted = native_integer(call, 2);
    uint64_t from = wanted < 0 ? 0 : (uint64_t)wanted;
    if (from > text->length || text->length - from < part->length)
        return native_int(call, -1);
    if (part->length > PART_MOST)
        return find_long(call, false, from);
    uint64_t at = call->progress ? call->steps[0] : from;
    uint64_t places = bytes_min(text->length - part->length - at + 1, PLACES);
    uint64_t end = at + places - 1 + part->length;
    uint64_t found =
        text_search_first(text->bytes, end, part->bytes, part->length, at);
    uint64_t seen = found == UINT64_MAX ? places : found - at;
    native_charge(call, (seen + part->length) * 2);
    if (found != UINT64_MAX)
        return native_int(call, (int64_t)found);
    return end < text->length ? native_go_on(call, text, at + places)
                              : native_int(call, -1);
}

static NativeResult find_last(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    int64_t wanted = native_integer(call, 2);
    if (text->length < part->length || wanted <= 0)
        return native_int(call, -1);
    uint64_t all = text->length - part->length + 1;
    uint64_t before = bytes_min((uint64_t)wanted, all);
    if (part->length > PART_MOST)
        return find_long(call, true, all - before);
    if (call->progress)
        before = call->steps[0];
    uint64_t places = bytes_min(before, PLACES);
    uint64_t start = before - places;
    uint64_t found =
        text_search_last(text->bytes + start, places - 1 + part->length,
                         part->bytes, part->length, places);
    uint64_t seen = found == UINT64_MAX ? places : places - found;
    native_charge(call, (seen + part->length) * 2);
    if (found != UINT64_MAX)
        return native_int(call, (int64_t)(start + found));
    return start > 0 ? native_go_on(call, text, start) : native_int(call, -1);
}

static NativeResult starts_with(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    if (text->length < part->length)
        return native_bool(call, false);
    return are_equal(call, text, text->bytes, part->bytes, part->length);
}

static NativeResult ends_with(NativeCall *call) {
    const String *text = text_at(call, 0), *part = text_at(call, 1);
    if (text->length < part->length)
        return native_bool(call, false);
    return are_equal(call, text, text->bytes + text->length - part->length,
                     part->bytes, part->length);
}

#define TEXT "Lcore.String;"

void core_native_register_text_find(void) {
    static const NativeEntry entries[] = {
        {"core.String.equals", "(?Lcore.Object;)B", equals, NULL},
        {"core.String.hash", "()I", hash, NULL},
        {"core.String.compareTo", "(" TEXT ")I", compare_to, NULL},
        {"core.String.find", "(" TEXT "I)I", find, NULL},
        {"core.String.findLast", "(" TEXT "I)I", find_last, NULL},
        {"core.String.startsWith", "(" TEXT ")B", starts_with, NULL},
        {"core.String.endsWith", "(" TEXT ")B", ends_with, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
