/* Exceptions as text: class, message, and where. */
#include "vm/run/vm.h"

#include "kernel/base/bytes.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/run/exception.h"
#include "vm/run/worker.h"

/* The line of an instruction; 0: unknown. */
static uint32_t line_of(const Method *method, uint64_t place) {
    uint32_t line = 0;
    const Array *lines = method->lines;
    for (uint64_t i = 0; lines && i < lines->length; i++)
        if (lines->at.words[i] >> 32 <= place)
            line = (uint32_t)lines->at.words[i];
    return line;
}

/* Line `number` of a module's list of files. */
static void add_file(Text *text, const String *files, uint32_t number) {
    uint64_t from = 0, to = 0;
    for (; to < files->length; to++) {
        if (files->bytes[to] != '\n')
            continue;
        if (number-- == 0)
            break;
        from = to + 1;
    }
    text_add_bytes(text, files->bytes + from, to - from);
}

static void describe_frame(const Method *method, uint64_t place, Text *text) {
    const String *name = method->name;
    uint32_t line = line_of(method, place);
    text_add(text, "\n  at ");
    if (method->owner)
        text_add_format(text, "%.*s.", (int)method->owner->name->length,
                        method->owner->name->bytes);
    text_add_format(text, "%.*s (", (int)name->length, name->bytes);
    add_file(text, method->module->file, line >> 20);
    text_add_format(text, ":%u)", line & 0xFFFFF);
}

/* The domain of its region. What a program, or who forged a heap, put into an
 * exception in place of what belongs there is left out. */
static const Domain *domain_of(const Object *exception) {
    return region_header(region_of((uint64_t)(uintptr_t)exception))->owner;
}

void vm_describe_trace(const Object *exception, Text *text) {
    const Domain *domain = domain_of(exception);
    const uint64_t *words = (const uint64_t *)(const void *)exception;
    const Array *methods = (const Array *)words[EXCEPTION_METHODS];
    const Array *places = (const Array *)words[EXCEPTION_PLACES];
    bool good = trust_is_array(domain, methods, CLASS_ObjectArray) &&
                trust_is_array(domain, places, CLASS_IntArray);
    uint64_t count = good ? bytes_min(methods->length, places->length) : 0;
    for (uint64_t i = 0; i < count; i++) {
        const Method *method = (const Method *)methods->at.references[i];
        if (trust_is_near(domain, method, CLASS_Method) && method->name)
            describe_frame(method, places->at.words[i], text);
    }
}

void vm_describe(const Object *exception, Text *text) {
    const Class *of = class_of(exception);
    const String *message =
        (const String *)*object_word((Object *)exception, EXCEPTION_MESSAGE);
    text_add_format(text, "%.*s", (int)of->name->length, of->name->bytes);
    if (trust_is_array(domain_of(exception), message, CLASS_String))
        text_add_format(text, ": %.*s", (int)bytes_min(message->length, 400),
                        message->bytes);
    vm_describe_trace(exception, text);
}
