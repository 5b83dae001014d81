/* The clipboard's natives; its text is kept by the desk. */
#include "wm/clipboard.h"

#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "wm/desk.h"

/* Some bytes of `from` from steps[0] on; false: they cannot be written now. */
static bool copy_some(NativeCall *call, String *to, const String *from) {
    uint64_t at = call->steps[0];
    uint64_t end = native_step_end(at, from->length, NATIVE_STEP_COPY);
    if (!native_write(call, to->bytes + at, end - at))
        return false;
    bytes_copy(to->bytes + at, from->bytes + at, end - at);
    native_charge(call, (end - at) / 16);
    call->steps[0] = end;
    return true;
}

/* What is copied and the copy, since the clipboard may get another text in
 * between. */
static Array *begin_copy(NativeCall *call, const String *text) {
    String *copy = native_new_string(call, text->length);
    Array *both = copy ? native_new_array(call, CLASS_ObjectArray, 2) : NULL;
    if (!both)
        return NULL;
    HEAP_SET(both->at.references[0], text);
    HEAP_SET(both->at.references[1], copy);
    return both;
}

static NativeResult text_of_clipboard(NativeCall *call) {
    const String *text = *desk_clipboard();
    Array *both = (Array *)(void *)call->progress;
    if (!both && (!text || text->length <= NATIVE_STEP_COPY)) {
        String *copy =
            native_text(call, text ? text->bytes : "", text ? text->length : 0);
        return copy ? native_give(call, copy) : NATIVE_FAILED;
    }
    if (!both)
        both = begin_copy(call, text);
    if (!both)
        return NATIVE_FAILED;
    text = (const String *)both->at.references[0];
    String *copy = (String *)both->at.references[1];
    if (!copy_some(call, copy, text))
        return NATIVE_FAILED;
    return call->steps[0] < text->length
               ? native_go_on(call, both, call->steps[0])
               : native_give(call, copy);
}

/* An empty String of so many bytes, of the system's. */
static String *new_text(NativeCall *call, uint64_t length) {
    uint64_t size = heap_array_bytes(length, 0);
    String *text = (String *)heap_allocate(ROOT->domains[0], CLASS_String, size,
                                           &call->failed);
    if (!text || !native_write(call, text, sizeof *text))
        return NULL;
    text->length = length;
    text->head.flags |= OBJECT_IMMUTABLE;
    return text;
}

static NativeResult set_clipboard(NativeCall *call) {
    const String *text = native_reference(call, 0);
    String *copy = (String *)(void *)call->progress;
    if (!copy && text->length > limits_get(call->domain, LIMIT_CLIPBOARD))
        return limits_refuse(call, LIMIT_CLIPBOARD);
    if (!copy)
        copy = new_text(call, text->length);
    if (!copy || !copy_some(call, copy, text))
        return NATIVE_FAILED;
    if (call->steps[0] < text->length)
        return native_go_on(call, copy, call->steps[0]);
    Array *references = desk_references();
    if (!native_write(call, references, heap_object_bytes(&references->head)))
        return NATIVE_FAILED;
    HEAP_SET(*desk_clipboard(), copy);
    return NATIVE_DONE;
}

void clipboard_register(void) {
    static const NativeEntry entries[] = {
        {"ui.clipboard", "()Lcore.String;", text_of_clipboard, NULL},
        {"ui.setClipboard", "(Lcore.String;)V", set_clipboard, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
