/* The clipboard's natives; its text is kept by the desk. */
#include "wm/clipboard.h"

#include "kernel/base/keymap.h"
#include "vm/heap/rights.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "wm/desk.h"

enum { PASTES_MOST = 64 }; /* of keys that an app has not heard of yet */

/* ---- What a press gives ---- */

static bool is_paste(const InputEvent *event) {
    return event->kind == INPUT_KEY && event->usage == KEY_V &&
           (event->modifiers & INPUT_CTRL) && !(event->modifiers & INPUT_ALT);
}

static void give_paste(Domain *domain) {
    if (heap_write(domain, sizeof *domain) != STATUS_OK)
        return;
    if (domain->paste_of != *desk_word(DESK_COPIES))
        domain->pastes = 0;
    domain->paste_of = *desk_word(DESK_COPIES);
    domain->pastes += domain->pastes < PASTES_MOST;
}

void clipboard_press(Domain *domain, const InputEvent *event) {
    bool key_or_button =
        event->kind == INPUT_KEY || event->kind == INPUT_BUTTON;
    if (!key_or_button || !event->down || !desk_exists())
        return;
    if (*desk_word(DESK_PRESSED) != domain->number &&
        desk_announce() == STATUS_OK)
        *desk_word(DESK_PRESSED) = domain->number;
    if (is_paste(event))
        give_paste(domain);
}

static bool has_right(const NativeCall *call) {
    return call->domain->rights & RIGHT_CLIPBOARD;
}

static bool may_read(const NativeCall *call) {
    return has_right(call) || !desk_exists() ||
           (call->domain->pastes > 0 &&
            call->domain->paste_of == *desk_word(DESK_COPIES));
}

static bool may_write(const NativeCall *call) {
    return has_right(call) || !desk_exists() ||
           *desk_word(DESK_PRESSED) == call->domain->number;
}

/* ---- Natives ---- */

/* In one go: an app that goes back may refer to nothing of the system that a
 * collection can free meanwhile, so no copy is left half done in a thread. */
static NativeResult text_of_clipboard(NativeCall *call) {
    const String *text = desk_exists() ? *desk_clipboard() : NULL;
    if (!may_read(call))
        return native_throw(call, CLASS_RightError,
                            "the clipboard is read after the paste key was "
                            "pressed here, once");
    if (!native_write(call, call->domain, sizeof *call->domain))
        return NATIVE_FAILED;
    String *copy =
        native_text(call, text ? text->bytes : "", text ? text->length : 0);
    if (!copy)
        return NATIVE_FAILED;
    if (!has_right(call) && desk_exists())
        call->domain->pastes--;
    return native_give(call, copy);
}

static NativeResult set_clipboard(NativeCall *call) {
    const String *text = native_reference(call, 0);
    if (!may_write(call))
        return native_throw(call, CLASS_RightError,
                            "the clipboard is written by the app that had the "
                            "last press of a key or button");
    if (text->length > limits_get(call->domain, LIMIT_CLIPBOARD))
        return limits_refuse(call, LIMIT_CLIPBOARD);
    if (!desk_exists())
        return native_throw(call, CLASS_IoError, "there is no desktop");
    native_charge(call, text->length / 16);
    Array *references = desk_references();
    String *copy = heap_new_string(ROOT->domains[0], text->bytes, text->length,
                                   &call->failed);
    if (!copy ||
        !native_write(call, references, heap_object_bytes(&references->head)) ||
        (call->failed = desk_announce()) != STATUS_OK)
        return NATIVE_FAILED;
    HEAP_SET(*desk_clipboard(), copy);
    ++*desk_word(DESK_COPIES);
    return NATIVE_DONE;
}

void clipboard_register(void) {
    static const NativeEntry entries[] = {
        {"ui.clipboard", "()Lcore.String;", text_of_clipboard, NULL},
        {"ui.setClipboard", "(Lcore.String;)V", set_clipboard, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
