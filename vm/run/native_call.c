/* Calling natives: finding the C function, checking the arguments. */
#include "vm/run/native_call.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/code/module.h"
#include "vm/heap/rights.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"

#define CACHE 1024u
#define CALL_COST 10u /* units of any call of a native */

/* Which C function a Method is bound to; transient, found again by name. */
static struct {
    const Method *method;
    const NativeEntry *entry;
    uint32_t needs; /* RIGHT_... */
} cache[CACHE];

void native_call_forget(void) {
    bytes_fill(cache, 0, sizeof cache);
}

static const NativeEntry *look_up(const Method *method) {
    char buffer[3 * MODULE_NAME_BYTES_MAX];
    Text name = text_on(buffer, sizeof buffer);
    const String *prefix =
        method->owner ? method->owner->name : method->module->name;
    text_add_bytes(&name, prefix->bytes, prefix->length);
    text_add_char(&name, '.');
    text_add_bytes(&name, method->name->bytes, method->name->length);
    return natives_find(name.bytes, name.length, method->signature->bytes,
                        method->signature->length);
}

static size_t slot_of(const Method *method) {
    return (uint64_t)(uintptr_t)method / 16 * 0x9E3779B97F4A7C15u >> 54;
}

/* Puts it into its place of the cache, with the right that it needs. */
static bool bind(const Method *method) {
    const NativeEntry *entry = look_up(method);
    if (!entry)
        return false;
    size_t slot = slot_of(method);
    cache[slot].method = method;
    cache[slot].entry = entry;
    cache[slot].needs = natives_need(entry->name);
    return true;
}

static bool is_bound(const Method *method) {
    return cache[slot_of(method)].method == method || bind(method);
}

/* What look_up() reads of a method that a thread names. */
static bool is_native(const Domain *domain, const Method *method) {
    if (!trust_is_near(domain, method, CLASS_Method) ||
        !(method->flags & MODULE_NATIVE) ||
        !trust_is_array(domain, method->name, CLASS_String) ||
        !trust_is_array(domain, method->signature, CLASS_String))
        return false;
    const String *const *prefix = NULL;
    if (method->owner && trust_is_near(domain, method->owner, CLASS_Class))
        prefix = (const String *const *)&method->owner->name;
    else if (!method->owner &&
             trust_is_near(domain, method->module, CLASS_Module))
        prefix = (const String *const *)&method->module->name;
    return prefix && trust_is_array(domain, *prefix, CLASS_String);
}

const NativeEntry *native_call_entry(const Domain *domain,
                                     const Method *method) {
    trust_need(is_native(domain, method), domain,
               "a thread waits for no native");
    return is_bound(method) ? cache[slot_of(method)].entry : NULL;
}

#define BRING_BYTES (16ull << 20) /* what memory_bring takes at once */

static Status bring_all(uint64_t address, uint64_t bytes) {
    Status status = STATUS_OK;
    for (uint64_t at = 0; at < bytes && status == STATUS_OK; at += BRING_BYTES)
        status = memory_bring(address + at, bytes_min(bytes - at, BRING_BYTES));
    return status;
}

/* The bytes of an argument, all of which are in a region. */
static uint64_t bytes_of(const Object *object) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    trust_need(address % 16 == 0 && trust_is_attached(address, sizeof *object),
               worker.domain, TRUST_STRAY);
    uint64_t bytes = heap_object_bytes(object);
    trust_need(bytes > 0 &&
                   bytes <= MEMORY_REGION_BYTES - address % MEMORY_REGION_BYTES,
               worker.domain, TRUST_STRAY);
    return bytes;
}

/* Brings in the pages of an argument that a body reads with C pointers, many in
 * one go, before it begins. That is all it is for: where RAM is short, any page
 * that is brought in may evict one of these, even the last of a long argument
 * its first, and the body's access faults it in again. So once a slice is
 * enough. */
static Status bring(const Object *object) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    uint64_t bytes = bytes_of(object);
    if (address / PLATFORM_PAGE_BYTES ==
        (address + bytes - 1) / PLATFORM_PAGE_BYTES)
        return STATUS_OK;
    const Object **brought =
        &worker.brought[address / 16 %
                        (sizeof worker.brought / sizeof worker.brought[0])];
    if (*brought == object)
        return STATUS_OK;
    Status status = bring_all(address, bytes);
    if (status == STATUS_OK)
        *brought = object;
    return status;
}

static bool check_reference(NativeCall *call, uint64_t packed, Object *object,
                            size_t index) {
    uint32_t id = (uint32_t)(packed >> 32);
    if (!object) {
        if (packed >> 8 & MODULE_NULLABLE)
            return true;
        native_throw(call, CLASS_NullError, "argument %zu is null", index);
        return false;
    }
    call->failed = bring(object);
    if (call->failed != STATUS_OK)
        return false;
    const Class *of = class_get(id);
    if (!(of->flags & MODULE_INTERFACE) || class_is_a(class_of(object), of))
        return true;
    native_throw(call, CLASS_CastError, "argument %zu has another class",
                 index);
    return false;
}

static bool check_range(NativeCall *call, const uint64_t *parameter,
                        uint64_t value, size_t index) {
    int64_t number = (int64_t)value;
    if (!(parameter[0] >> 8 & MODULE_RANGE) ||
        (number >= (int64_t)parameter[1] && number <= (int64_t)parameter[2]))
        return true;
    native_throw(call, CLASS_ValueError,
                 "argument %zu is %ld, allowed are %ld to %ld", index, number,
                 (int64_t)parameter[1], (int64_t)parameter[2]);
    return false;
}

static bool take_arguments(NativeCall *call, const Method *method,
                           const uint16_t *list) {
    const uint64_t *parameter = method->parameters->at.words;
    bool has_this = method->owner && !(method->flags & MODULE_STATIC);
    for (size_t i = 0; i < method->argument_count;
         i++, parameter += NATIVE_PARAMETER_WORDS) {
        size_t place = (uint16_t)(parameter[0] >> 16);
        uint64_t value = worker.frame[list[place]];
        uint8_t kind = (uint8_t)parameter[0];
        size_t index = i + !has_this;
        call->arguments[i] = value;
        if (kind >= MODULE_CLASS
                ? !check_reference(call, parameter[0], (Object *)value, index)
                : !check_range(call, parameter, value, index))
            return false;
    }
    return true;
}

static NativeResult refuse(NativeCall *call, uint32_t needs) {
    const RightRow *row = rights_row((RightPlace)__builtin_ctz(needs));
    return native_throw(call, CLASS_RightError,
                        "this app was not given the right \"%s\" to %s",
                        row->name, row->what);
}

NativeResult native_call(Method *method, const uint16_t *list) {
    NativeCall *call = &worker.call;
    size_t slot = slot_of(method);
    call->thread = worker.thread;
    call->domain = worker.domain;
    call->method = method;
    call->result = 0;
    call->waiting = NULL;
    call->progress = worker.thread->progress;
    for (size_t i = 0; i < sizeof call->steps / sizeof call->steps[0]; i++)
        call->steps[i] = call->progress ? worker.thread->steps[i] : 0;
    call->cost = CALL_COST;
    call->wait = WAIT_NATIVE;
    call->failed = STATUS_OK;
    call->error = CLASS_NONE;
    if (!is_bound(method))
        return native_throw(call, CLASS_IoError,
                            "this build has no such native");
    if (cache[slot].needs & ~call->domain->rights)
        return refuse(call, cache[slot].needs);
    if (!take_arguments(call, method, list))
        return NATIVE_FAILED;
    NativeResult result = cache[slot].entry->run(call);
    if (result == NATIVE_STEP) {
        HEAP_SET(worker.thread->progress, call->progress);
        bytes_copy(worker.thread->steps, call->steps, sizeof call->steps);
    } else if (worker.thread->progress && result != NATIVE_FAILED)
        HEAP_SET(worker.thread->progress, NULL);
    return result;
}
