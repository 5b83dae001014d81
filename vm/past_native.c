/* The past for programs: apps/lib/system/generation.rev is the other half. */
#include "vm/past_native.h"

#include "kernel/base/alloc.h"
#include "kernel/base/utf8.h"
#include "vm/domain.h"
#include "vm/native.h"
#include "vm/past_text.h"
#include "vm/vm.h"
#include "vm/worker.h"

enum {
    GENERATION_NUMBERS = 6,
    SHOWN_BYTES = 1 << 16,
    WHY_BYTES = 160,
    PAGE_COST = 100, /* a page that is read and verified */
};

/* ---- Kept generations ---- */

static NativeResult generation_numbers(NativeCall *call) {
    const Store *store = memory_store();
    uint32_t count = store ? store_record_count(store) : 0;
    Array *list = native_new_array(call, CLASS_IntArray,
                                   (uint64_t)count * GENERATION_NUMBERS);
    if (!list)
        return NATIVE_FAILED;
    uint64_t *to = list->at.words;
    for (uint32_t i = 0; i < count; i++) {
        FormatRecord record = store_record(store, i);
        *to++ = record.generation;
        *to++ = (uint64_t)record.wall_us;
        *to++ = record.pages;
        *to++ = record.branch;
        *to++ = record.parent;
        *to++ = record.flags & FORMAT_PINNED;
    }
    native_charge(call, count * 4ull);
    return native_give(call, list);
}

static NativeResult pin_name(NativeCall *call) {
    const Store *store = memory_store();
    const char *name = store ? store_pin_name(store, call->arguments[0]) : NULL;
    size_t length = name ? text_length(name) : 0;
    if (!name || !utf8_valid(name, length))
        name = "", length = 0;
    String *copy = native_text(call, name, length);
    return copy ? native_give(call, copy) : NATIVE_FAILED;
}

/* ---- Rights and errors ---- */

static bool is_allowed(NativeCall *call) {
    if (call->domain->rights & DOMAIN_MAY_TRAVEL)
        return true;
    native_throw(call, CLASS_IoError,
                 "this app was not given the right to go through time");
    return false;
}

static NativeResult refuse(NativeCall *call, uint64_t generation,
                           Status status) {
    if (status == STATUS_NO_MEMORY)
        return native_throw(call, CLASS_MemoryError,
                            "no memory to look at a generation");
    if (status == STATUS_NOT_FOUND)
        return native_throw(call, CLASS_ValueError,
                            "generation %lu is not kept", generation);
    return native_throw(call, CLASS_IoError, "generation %lu: %s", generation,
                        status_text(status));
}

/* NULL: it was thrown why. */
static Past *open_past(NativeCall *call) {
    Past *past;
    uint64_t generation = call->arguments[0];
    if (!is_allowed(call))
        return NULL;
    Status status = past_open(generation, &past);
    if (status == STATUS_OK)
        return past;
    refuse(call, generation, status);
    return NULL;
}

/* ---- Looking ---- */

static NativeResult show(NativeCall *call, Past *past, char *buffer) {
    const String *path = native_reference(call, 1);
    char sentence[WHY_BYTES];
    Text why = text_on(sentence, sizeof sentence);
    Text text = text_on(buffer, SHOWN_BYTES);
    Status status = past_text_show(past, path->bytes, path->length,
                                   (unsigned)call->arguments[2], &text, &why);
    native_charge(call, past_pages_read(past) * PAGE_COST);
    if (past_starved(past))
        return refuse(call, 0, STATUS_NO_MEMORY);
    if (status != STATUS_OK)
        return native_throw(call, CLASS_ValueError, "%s", text_end(&why));
    if (text.cut) /* not within a character */
        text.length = utf8_before(text.bytes, text.length);
    String *shown = native_text(call, text.bytes, text.length);
    return shown ? native_give(call, shown) : NATIVE_FAILED;
}

static NativeResult past_text(NativeCall *call) {
    Past *past = open_past(call);
    if (!past)
        return NATIVE_FAILED;
    char *buffer = alloc_take(SHOWN_BYTES);
    NativeResult result =
        buffer ? show(call, past, buffer) : refuse(call, 0, STATUS_NO_MEMORY);
    alloc_give(buffer);
    past_close(past);
    return result;
}

/* ---- Apps ---- */

/* A running app by its number; NULL: it was thrown why. */
static Domain *running_app(NativeCall *call, uint64_t number) {
    Domain *domain = domain_find(number);
    int code;
    if (!is_allowed(call))
        return NULL;
    if (domain && domain != ROOT->domains[0] && !vm_app_ended(domain, &code))
        return domain;
    native_throw(call, CLASS_ValueError, "no app with number %lu runs", number);
    return NULL;
}

static NativeResult restart_app(NativeCall *call) {
    Domain *domain = running_app(call, call->arguments[0]);
    if (!domain)
        return NATIVE_FAILED;
    Status status = vm_restart_app(domain);
    worker.hurry = true; /* it may be the one that runs */
    switch ((int)status) {
    case STATUS_OK:
        return NATIVE_DONE;
    case STATUS_NOT_FOUND:
        return native_throw(call, CLASS_ValueError,
                            "it is not known what this app was started from");
    case STATUS_LIMIT:
        return native_throw(call, CLASS_MemoryError, "there are too many apps");
    default:
        call->failed = status;
        return NATIVE_FAILED;
    }
}

void past_native_register(void) {
    static const NativeEntry entries[] = {
        {"system.generationNumbers", "()[I", generation_numbers, NULL},
        {"system.pinName", "(I)Lcore.String;", pin_name, NULL},
        {"system.pastText", "(ILcore.String;I)Lcore.String;", past_text, NULL},
        {"system.restartApp", "(I)V", restart_app, NULL},
    };
    native_register(entries, sizeof entries / sizeof entries[0]);
}
