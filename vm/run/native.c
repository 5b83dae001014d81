/* What the bodies of natives call. */
#include "vm/run/native.h"

#include <stdarg.h>

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/text.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"

#define MEMORY_BYTES 64 /* of a new object, for a unit */

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

/* The memory of a new object; whoever fills it in charges for that. A large one
 * is owed for, as in the interpreter. */
static void charge_memory(NativeCall *call, uint64_t size) {
    uint64_t units = size / MEMORY_BYTES;
    if (size > HEAP_MEDIUM_BYTES)
        worker_owes(units);
    else
        native_charge(call, units);
}

Array *native_new_array(NativeCall *call, uint32_t class_id, uint64_t length) {
    Array *array =
        heap_new_array(call->domain, class_id, length, &call->failed);
    if (array)
        charge_memory(call, heap_object_bytes(&array->head));
    return array;
}

String *native_new_string(NativeCall *call, uint64_t length_bytes) {
    return native_new_string_of(call, call->domain, length_bytes);
}

String *native_new_string_of(NativeCall *call, Domain *domain,
                             uint64_t length_bytes) {
    uint64_t size = heap_array_bytes(length_bytes, 0);
    String *string =
        (String *)heap_allocate(domain, CLASS_String, size, &call->failed);
    if (!string)
        return NULL;
    charge_memory(call, size);
    string->length = length_bytes;
    string->head.flags |= OBJECT_IMMUTABLE;
    call->failed = heap_write(string, bytes_min(size, NATIVE_STEP_COPY));
    return call->failed == STATUS_OK ? string : NULL;
}

String *native_text(NativeCall *call, const char *bytes, size_t count) {
    String *string = native_new_string(call, count);
    if (!string || !native_write(call, string, heap_array_bytes(count, 0)))
        return NULL;
    native_charge(call, count / 16);
    bytes_copy(string->bytes, bytes, count);
    return string;
}

Object *native_box(NativeCall *call, uint32_t class_id, uint64_t value) {
    return boxes_make(call->domain, class_id, value, &call->failed);
}

Domain *native_running_app(NativeCall *call, uint64_t number) {
    Domain *domain = heap_domain(number);
    int code;
    native_charge(call, ROOT_DOMAINS_MAX / 8); /* looked through */
    if (domain && domain != ROOT->domains[0] && !vm_app_ended(domain, &code))
        return domain;
    native_throw(call, CLASS_ValueError, "no app with number %lu runs", number);
    return NULL;
}

bool native_write(NativeCall *call, const void *address, uint64_t size_bytes) {
    call->failed = heap_write(address, size_bytes);
    return call->failed == STATUS_OK;
}
