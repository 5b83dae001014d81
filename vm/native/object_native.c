/* Natives of core.Object, arrays and exceptions. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/identity.h"
#include "vm/run/exception.h"
#include "vm/run/native.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"

/* The table of hashes has not changed since the growth began. */
static bool grows_on(const NativeCall *call) {
    return call->progress && call->steps[1] == call->domain->hash_count &&
           call->steps[2] == call->domain->hashes_made;
}

/* A larger table is filled in steps; progress is that one, steps[0] the place
 * in the old one. */
static NativeResult grow_hashes(NativeCall *call, uint64_t length) {
    enum { A_PLACE = 4, PLACES = NATIVE_STEP_UNITS / A_PLACE };
    Domain *domain = call->domain;
    Array *larger = (Array *)(void *)call->progress;
    if (!grows_on(call)) {
        larger = native_new_array(call, CLASS_IntArray, length);
        call->steps[0] = 0;
        call->steps[1] = domain->hash_count;
        call->steps[2] = domain->hashes_made;
    }
    if (!larger)
        return NATIVE_FAILED;
    uint64_t before = call->steps[0];
    call->progress = &larger->head;
    call->failed = identity_grow(domain, larger, PLACES, &call->steps[0]);
    native_charge(call, (call->steps[0] - before) * A_PLACE);
    return call->failed == STATUS_OK     ? NATIVE_DONE
           : call->failed == STATUS_BUSY ? NATIVE_STEP
                                         : NATIVE_FAILED;
}

static NativeResult object_hash(NativeCall *call) {
    uint64_t hash, length = identity_wants(call->domain);
    NativeResult grown = length ? grow_hashes(call, length) : NATIVE_DONE;
    if (grown != NATIVE_DONE)
        return grown;
    native_charge(call, 10); /* the search */
    call->failed =
        identity_hash(call->domain, native_reference(call, 0), &hash);
    if (call->failed != STATUS_OK)
        return NATIVE_FAILED;
    return native_int(call, (int64_t)(hash * 0x9E3779B97F4A7C15u >> 16));
}

static NativeResult class_name(NativeCall *call) {
    return native_give(call, class_of(native_reference(call, 0))->name);
}

/* ---- Arrays ---- */

static bool is_array(const Object *object) {
    return object->class_id >= CLASS_IntArray &&
           object->class_id <= CLASS_ObjectArray;
}

static NativeResult no_range(NativeCall *call, uint64_t from, uint64_t count,
                             uint64_t length) {
    return native_throw(call, CLASS_BoundsError, "%ld items at %ld of %lu",
                        (int64_t)count, (int64_t)from, length);
}

static bool in_range(uint64_t from, uint64_t count, const Array *array) {
    return from <= array->length && count <= array->length - from;
}

/* In steps, from the end when the first would overwrite what the next copy. */
static NativeResult copy_bytes(NativeCall *call, uint8_t *to,
                               const uint8_t *from, uint64_t count) {
    uint64_t done = call->steps[0];
    uint64_t now = bytes_min(NATIVE_STEP_COPY, count - done);
    uint64_t at = to > from ? count - done - now : done;
    if (now && !native_write(call, to + at, now))
        return NATIVE_FAILED;
    bytes_move(to + at, from + at, now);
    native_charge(call, now / 16);
    call->steps[0] = done + now;
    call->progress = native_reference(call, 2);
    return done + now < count ? NATIVE_STEP : NATIVE_DONE;
}

/* Objects that an array of the calling domain takes come from it or from the
 * system domain, so references are copied as they are. */
static NativeResult copy_items(NativeCall *call) {
    const Array *from = native_reference(call, 0);
    uint64_t from_index = call->arguments[1], to_index = call->arguments[3];
    uint64_t count = call->arguments[4];
    Array *to = native_reference(call, 2);
    if (!is_array(&from->head) || to->head.class_id != from->head.class_id)
        return native_throw(call, CLASS_CastError,
                            "copyItems needs two arrays of one kind");
    if (!in_range(from_index, count, from))
        return no_range(call, from_index, count, from->length);
    if (!in_range(to_index, count, to))
        return no_range(call, to_index, count, to->length);
    unsigned shift = heap_element_shift(to->head.class_id);
    return copy_bytes(call, to->at.bytes + (to_index << shift),
                      from->at.bytes + (from_index << shift), count << shift);
}

/* ---- Exceptions ---- */

static NativeResult exception_trace(NativeCall *call) {
    char buffer[4096];
    Text text = text_on(buffer, sizeof buffer);
    vm_describe_trace(native_reference(call, 0), &text);
    native_charge(call, text.length / 4);
    size_t skip = text.length > 0; /* the end of the line before the first */
    String *made = native_text(call, text.bytes + skip, text.length - skip);
    return made ? native_give(call, made) : NATIVE_FAILED;
}

void core_native_register_object(void) {
    static const NativeEntry entries[] = {
        {"core.Object.hash", "()I", object_hash, NULL},
        {"core.Object.className", "()Lcore.String;", class_name, NULL},
        {"core.copyItems", "(Lcore.Object;ILcore.Object;II)V", copy_items,
         NULL},
        {"core.Exception.trace", "()Lcore.String;", exception_trace, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
