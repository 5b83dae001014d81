/* The natives that are known, and what their bodies call. */
#include "vm/run/native.h"

#include <stdarg.h>

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/text.h"
#include "vm/heap/boxes.h"
#include "vm/heap/heap.h"
#include "vm/run/worker.h"

#define TABLES_MAX 64u

static struct {
    const NativeEntry *entries;
    size_t count;
} tables[TABLES_MAX];
static size_t table_count;

void native_register(const NativeEntry *entries, size_t count) {
    for (size_t i = 0; i < table_count; i++)
        if (tables[i].entries == entries)
            return;
    CHECK(table_count < TABLES_MAX);
    tables[table_count].entries = entries;
    tables[table_count++].count = count;
}

static bool same(const char *a, const char *b, size_t b_bytes) {
    return text_length(a) == b_bytes && bytes_equal(a, b, b_bytes);
}

const NativeEntry *native_find(const char *name, size_t name_bytes,
                               const char *signature, size_t signature_bytes) {
    const NativeEntry *entry;
    for (size_t i = 0; (entry = native_at(i)); i++)
        if (same(entry->name, name, name_bytes) &&
            same(entry->signature, signature, signature_bytes))
            return entry;
    return NULL;
}

const NativeEntry *native_at(size_t index) {
    for (size_t i = 0; i < table_count; i++) {
        if (index < tables[i].count)
            return &tables[i].entries[index];
        index -= tables[i].count;
    }
    return NULL;
}

/* ---- For the bodies ---- */

NativeResult native_throw(NativeCall *call, uint32_t error, const char *format,
                          ...) {
    Text text = text_on(call->message, sizeof call->message);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    call->error = error;
    return NATIVE_FAILED;
}

Object *native_new(NativeCall *call, uint32_t class_id) {
    const Class *of = worker_class(class_id);
    CHECK(of->shape == SHAPE_OBJECT);
    return heap_allocate(call->domain, class_id, of->instance_words * 8ull,
                         &call->failed);
}

Array *native_new_array(NativeCall *call, uint32_t class_id, uint64_t length) {
    native_charge(call, length / 64);
    return heap_new_array(call->domain, class_id, length, &call->failed);
}

String *native_new_string(NativeCall *call, uint64_t length_bytes) {
    uint64_t size = heap_array_bytes(length_bytes, 0);
    native_charge(call, length_bytes / 64);
    String *string = (String *)heap_allocate(call->domain, CLASS_String, size,
                                             &call->failed);
    if (!string)
        return NULL;
    string->length = length_bytes;
    string->head.flags |= OBJECT_IMMUTABLE;
    call->failed = heap_write(string, size);
    return call->failed == STATUS_OK ? string : NULL;
}

String *native_text(NativeCall *call, const char *bytes, size_t count) {
    String *string = native_new_string(call, count);
    if (string)
        bytes_copy(string->bytes, bytes, count);
    return string;
}

Object *native_box(NativeCall *call, uint32_t class_id, uint64_t value) {
    return boxes_make(call->domain, class_id, value, &call->failed);
}

bool native_write(NativeCall *call, const void *address, uint64_t size_bytes) {
    call->failed = heap_write(address, size_bytes);
    return call->failed == STATUS_OK;
}
