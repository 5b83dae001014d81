/* The clipboard's natives; its text is kept by the desk. */
#include "wm/clipboard.h"

#include "kernel/base/bytes.h"
#include "kernel/base/keymap.h"
#include "vm/heap/rights.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "wm/desk.h"

enum {
    PASTES_MOST = 64,      /* of keys that an app has not heard of yet */
    COPIED_BYTES = 16,     /* for a unit of work */
    OWNER_AT = 32,         /* bit of DESK_COMING */
    WORTH_BYTES = 1 << 20, /* of the system's memory, to be collected */
};

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

/* A large text goes in steps. What is half done lies where a return to the past
 * finds it right: a copy for an app in its own domain, good while the clipboard
 * has the same text; one for the clipboard with the desk, which alone refers to
 * it, good while no other began to come. */

static NativeResult refuse_reader(NativeCall *call) {
    return native_throw(call, CLASS_RightError,
                        "the clipboard is read after the paste key was "
                        "pressed here, once");
}

/* Another text lies there since the step before. */
static bool is_another(const NativeCall *call, const String *text) {
    const String *copy = (const String *)call->progress;
    return copy && (!text || text->length != copy->length ||
                    call->steps[1] != *desk_word(DESK_COPIES));
}

static NativeResult text_of_clipboard(NativeCall *call) {
    const String *text = desk_exists() ? *desk_clipboard() : NULL;
    if (is_another(call, text))
        call->progress = NULL, call->steps[0] = 0;
    String *copy = (String *)call->progress;
    if (!copy && !may_read(call))
        return refuse_reader(call);
    if (!copy)
        copy = native_new_string(call, text ? text->length : 0);
    uint64_t at = call->steps[0],
             end =
                 copy ? native_step_end(at, copy->length, NATIVE_STEP_COPY) : 0;
    if (!copy || !native_write(call, copy->bytes + at, end - at) ||
        !native_write(call, call->domain, sizeof *call->domain))
        return NATIVE_FAILED;
    if (!call->progress && !has_right(call) && desk_exists())
        call->domain->pastes--;
    if (end > at)
        bytes_copy(copy->bytes + at, text->bytes + at, end - at);
    native_charge(call, (end - at) / COPIED_BYTES);
    if (end == copy->length)
        return native_give(call, copy);
    call->steps[1] = *desk_word(DESK_COPIES);
    return native_go_on(call, copy, end);
}

static NativeResult refuse_writer(NativeCall *call) {
    return native_throw(call, CLASS_RightError,
                        "the clipboard is written by the app that had the "
                        "last press of a key or button");
}

static NativeResult check_writer(NativeCall *call, const String *text) {
    if (!may_write(call))
        return refuse_writer(call);
    if (text->length > limits_get(call->domain, LIMIT_CLIPBOARD))
        return limits_refuse(call, LIMIT_CLIPBOARD);
    return NATIVE_STEP;
}

static bool announce_desk(NativeCall *call) {
    Array *references = desk_references();
    if (!native_write(call, references, heap_object_bytes(&references->head)))
        return false;
    call->failed = desk_announce();
    return call->failed == STATUS_OK;
}

/* The desk's copy, empty; false: no room. */
static bool begin_coming(NativeCall *call, const String *text) {
    String *copy = native_new_string_of(call, ROOT->domains[0], text->length);
    if (!copy || !announce_desk(call))
        return false;
    HEAP_SET(*desk_coming(), copy);
    uint64_t begun = (uint32_t)(*desk_word(DESK_COMING) + 1);
    *desk_word(DESK_COMING) = call->steps[1] =
        call->domain->number << OWNER_AT | begun;
    return true;
}

/* Once more in the past of an app a text may have come already; one that began
 * later counts as the one that replaced it. */
static bool still_comes(const NativeCall *call, const String *text) {
    const String *copy = *desk_coming();
    return copy && copy->length == text->length &&
           call->steps[1] == *desk_word(DESK_COMING);
}

static NativeResult set_clipboard(NativeCall *call) {
    const String *text = native_reference(call, 0);
    if (!desk_exists())
        return native_throw(call, CLASS_IoError, "there is no desktop");
    if (!call->progress) {
        NativeResult good = check_writer(call, text);
        if (good != NATIVE_STEP)
            return good;
        if (!begin_coming(call, text))
            return NATIVE_FAILED;
    } else if (!still_comes(call, text)) {
        return NATIVE_DONE;
    }
    String *copy = *desk_coming();
    uint64_t at = call->steps[0],
             end = native_step_end(at, text->length, NATIVE_STEP_COPY);
    if (!native_write(call, copy->bytes + at, end - at) ||
        !native_write(call, call->domain, sizeof *call->domain) ||
        !announce_desk(call))
        return NATIVE_FAILED;
    bytes_copy(copy->bytes + at, text->bytes + at, end - at);
    native_charge(call, (end - at) / COPIED_BYTES);
    if (end < text->length)
        return native_go_on(call, text, end);
    HEAP_SET(*desk_coming(), NULL);
    if (!may_write(call)) /* the person went on elsewhere meanwhile */
        return refuse_writer(call);
    HEAP_SET(*desk_clipboard(), copy);
    /* Whoever types faster than it copies pastes what it copied. */
    if (call->domain->paste_of == *desk_word(DESK_COPIES))
        call->domain->paste_of++;
    ++*desk_word(DESK_COPIES);
    return NATIVE_DONE;
}

void clipboard_forget(const Domain *domain) {
    if (!desk_exists())
        return;
    const Array *references = desk_references();
    bool copied = *desk_word(DESK_COMING) >> OWNER_AT == domain->number;
    if (copied && *desk_coming() &&
        heap_write(references, heap_object_bytes(&references->head)) ==
            STATUS_OK)
        HEAP_SET(*desk_coming(), NULL);
    if (copied || ROOT->domains[0]->since_bytes >= WORTH_BYTES)
        heap_wish(ROOT->domains[0]);
}

void clipboard_register(void) {
    static const NativeEntry entries[] = {
        {"ui.clipboard", "()Lcore.String;", text_of_clipboard, NULL},
        {"ui.setClipboard", "(Lcore.String;)V", set_clipboard, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
