/* The clipboard's natives; its text is kept by the desk. */
#include "wm/clipboard.h"

#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "wm/desk.h"

/* In one go: an app that goes back may refer to nothing of the system that a
 * collection can free meanwhile, so no copy is left half done in a thread. */
static NativeResult text_of_clipboard(NativeCall *call) {
    const String *text = *desk_clipboard();
    String *copy =
        native_text(call, text ? text->bytes : "", text ? text->length : 0);
    return copy ? native_give(call, copy) : NATIVE_FAILED;
}

static NativeResult set_clipboard(NativeCall *call) {
    const String *text = native_reference(call, 0);
    if (text->length > limits_get(call->domain, LIMIT_CLIPBOARD))
        return limits_refuse(call, LIMIT_CLIPBOARD);
    native_charge(call, text->length / 16);
    Array *references = desk_references();
    String *copy = heap_new_string(ROOT->domains[0], text->bytes, text->length,
                                   &call->failed);
    if (!copy ||
        !native_write(call, references, heap_object_bytes(&references->head)))
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
