/* The past for programs: apps/lib/system/generation.rev is the other half. */
#include "vm/past/past_native.h"

#include "kernel/base/alloc.h"
#include "kernel/base/log.h"
#include "kernel/base/utf8.h"
#include "vm/code/module.h"
#include "vm/heap/heap.h"
#include "vm/past/past_copy.h"
#include "vm/past/past_text.h"
#include "vm/run/domain.h"
#include "vm/run/exception.h"
#include "vm/run/native.h"
#include "vm/run/native_call.h"
#include "vm/run/thread.h"
#include "vm/run/thread_tree.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"

enum {
    GENERATION_NUMBERS = 6,
    SHOWN_BYTES = 1 << 16,
    WHY_BYTES = 160,
    PIN_COST = 200,  /* beside the disk's time */
    PAGE_COST = 100, /* a page that is read and verified */
    COPIES_AT_ONCE = 1000,
    COPY_COST = 20,
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

static NativeResult refuse_with(NativeCall *call, Text *why) {
    return native_throw(call, CLASS_ValueError, "%s", text_end(why));
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
    Status status = past_open(generation, &past);
    if (status == STATUS_OK)
        return past;
    refuse(call, generation, status);
    return NULL;
}

/* ---- Pins ---- */

static NativeResult pinned(NativeCall *call, Status status) {
    native_charge(call, PIN_COST);
    if (status == STATUS_OK)
        return NATIVE_DONE;
    if (status == STATUS_NO_SPACE)
        return native_throw(call, CLASS_IoError,
                            "so little of the disk is free that nothing more "
                            "may be pinned");
    if (status == STATUS_LIMIT)
        return native_throw(call, CLASS_IoError, "too many are pinned");
    return refuse(call, call->arguments[0], status);
}

/* A name that is too long is cut between two characters. */
static NativeResult pin(NativeCall *call) {
    const String *name = native_reference(call, 1);
    char kept[FORMAT_MARK_NAME] = {0};
    size_t length = utf8_cut(name->bytes, name->length, sizeof kept - 1);
    bytes_copy(kept, name->bytes, length);
    Store *store = memory_store();
    return pinned(call, store ? store_pin(store, call->arguments[0],
                                          FORMAT_OWNER_PERSON, kept)
                              : STATUS_NOT_FOUND);
}

static NativeResult unpin(NativeCall *call) {
    Store *store = memory_store();
    Status status =
        store ? store_unpin(store, call->arguments[0]) : STATUS_NOT_FOUND;
    if (status == STATUS_NOT_FOUND)
        return native_throw(call, CLASS_ValueError,
                            "generation %lu is not pinned", call->arguments[0]);
    return pinned(call, status);
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
        return refuse_with(call, &why);
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

/* ---- Copying ---- */

/* What the call gives at once, or the copy of an object is begun. */
static NativeResult begin_copy(NativeCall *call, PastCopy *copy) {
    const String *path = native_reference(call, 1);
    PastValue value;
    Status status = past_text_find(copy->past, path->bytes, path->length,
                                   &value, copy->why);
    if (status != STATUS_OK)
        return NATIVE_FAILED;
    if (!past_find_is_reference(value)) {
        uint32_t id = CLASS_Int + value.kind - MODULE_INT;
        Object *box = native_box(call, id, value.value);
        return box ? native_give(call, box) : NATIVE_FAILED;
    }
    if (!value.value)
        return native_give(call, NULL);
    status = past_copy_begin(copy, value.value);
    call->progress = copy->state ? &copy->state->head : NULL;
    return status == STATUS_OK ? NATIVE_STEP : NATIVE_FAILED;
}

static NativeResult go_on(NativeCall *call, PastCopy *copy) {
    Status status = past_copy_step(copy, COPIES_AT_ONCE);
    native_charge(call, COPIES_AT_ONCE * COPY_COST);
    if (status == STATUS_OK)
        return native_give(call, past_copy_result(copy));
    return status == STATUS_BUSY ? NATIVE_STEP : NATIVE_FAILED;
}

static NativeResult past_copy(NativeCall *call) {
    char sentence[WHY_BYTES];
    Text why = text_on(sentence, sizeof sentence);
    Past *past = open_past(call);
    if (!past)
        return NATIVE_FAILED;
    PastCopy copy = {.past = past,
                     .domain = call->domain,
                     .state = (Array *)call->progress,
                     .why = &why};
    NativeResult result =
        copy.state ? go_on(call, &copy) : begin_copy(call, &copy);
    native_charge(call, past_pages_read(past) * PAGE_COST);
    bool starved = past_starved(past);
    past_close(past);
    if (result != NATIVE_FAILED || call->failed != STATUS_OK)
        return result;
    if (copy.blocked != STATUS_OK) { /* again, when it can be written */
        call->failed = copy.blocked;
        return NATIVE_FAILED;
    }
    if (starved)
        return refuse(call, 0, STATUS_NO_MEMORY);
    return refuse_with(call, &why);
}

/* ---- Wishes ---- */

static PastWish wish;

static NativeResult ask(NativeCall *call, PastWish asked) {
    if (wish.kind != PAST_WISH_NONE)
        return native_throw(call, CLASS_IoError,
                            "another app is going through time just now");
    wish = asked;
    return NATIVE_PARK;
}

/* All results are above. */
enum { NOT_HAPPENED = -1 };

static NativeResult go_back(NativeCall *call) {
    uint64_t generation = call->arguments[0];
    Past *past = open_past(call); /* it can be read */
    if (!past)
        return NATIVE_FAILED;
    past_close(past);
    return ask(call, (PastWish){PAST_WISH_RETURN, generation, 0});
}

/* The app is named as it was then. */
static NativeResult take_back(NativeCall *call) {
    const String *name = native_reference(call, 1);
    Domain domain;
    uint64_t address;
    Past *past = open_past(call);
    if (!past)
        return NATIVE_FAILED;
    Status status =
        past_app(past, name->bytes, name->length, &domain, &address);
    past_close(past);
    if (status == STATUS_NOT_FOUND)
        return native_throw(call, CLASS_ValueError,
                            "no such app ran in generation %lu",
                            call->arguments[0]);
    if (status != STATUS_OK)
        return refuse(call, call->arguments[0], status);
    return ask(call,
               (PastWish){PAST_WISH_APP, call->arguments[0], domain.number});
}

static Status answer(Thread *thread, int64_t result, const char *why) {
    Status status;
    if (!why)
        return thread_complete(thread, (uint64_t)result, false);
    Object *error = exception_new(thread->domain, CLASS_IoError, why, &status);
    if (!error && status != STATUS_LIMIT)
        return status;
    return thread_complete_throw(thread,
                                 error ? error : thread->domain->memory_error);
}

static bool is_asking(const Thread *thread) {
    const NativeEntry *entry =
        thread->wait == WAIT_NATIVE && thread->calling
            ? native_call_entry(thread->domain, thread->calling)
            : NULL;
    return entry && (entry->run == go_back || entry->run == take_back);
}

/* The one thread that waits for an answer, or NULL. */
static Thread *asking(void) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        Thread *waiters = domain ? domain->waiters : NULL;
        Thread *at = thread_tree_first(domain, waiters, WAITS_ANSWER);
        for (; at && at->key == WAITS_ANSWER;
             at = thread_tree_next(domain, waiters, at))
            if (is_asking(at))
                return at;
    }
    return NULL;
}

PastWish past_native_wish(void) {
    if (wish.kind != PAST_WISH_NONE && !asking())
        wish = (PastWish){0};
    return wish;
}

Status past_native_answer(int64_t result, const char *why) {
    Thread *thread = asking();
    Status status = thread ? answer(thread, result, why) : STATUS_OK;
    if (status == STATUS_OK)
        wish = (PastWish){0};
    return status;
}

/* After a restart nobody knows of the wish any more: either it was not obeyed,
 * or this is the present that was left, come back. */
static void restore_asking(Thread *thread) {
    wish = (PastWish){0};
    if (thread_complete(thread, (uint64_t)(int64_t)NOT_HAPPENED, false) !=
        STATUS_OK)
        log_line("vm: a call that wanted to go back goes on waiting");
}

/* ---- Apps ---- */

static NativeResult restart_app(NativeCall *call) {
    Domain *domain = native_running_app(call, call->arguments[0]);
    if (!domain)
        return NATIVE_FAILED;
    Status status = vm_restart_app(domain);
    heap_hurry = true; /* it may be the one that runs */
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

static NativeResult end_app(NativeCall *call) {
    Domain *domain = native_running_app(call, call->arguments[0]);
    if (!domain)
        return NATIVE_FAILED;
    if (!native_write(call, domain, sizeof *domain))
        return NATIVE_FAILED;
    if (!trash_put(domain, "a person ended it")) {
        call->failed = STATUS_BUSY;
        return NATIVE_FAILED;
    }
    heap_hurry = true; /* it may be the one that runs */
    return NATIVE_DONE;
}

/* For each app in the trash, the one ended last first: number and bytes. */
static NativeResult trash_numbers(NativeCall *call) {
    size_t count = 0;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        count += ROOT->domains[i] && trash_holds(ROOT->domains[i]);
    Array *list = native_new_array(call, CLASS_IntArray, 2 * count);
    if (!list)
        return NATIVE_FAILED;
    int32_t before = INT32_MAX;
    for (size_t at = 0; at < count; at++) {
        const Domain *next = NULL;
        for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
            const Domain *domain = ROOT->domains[i];
            if (domain && trash_holds(domain) && domain->exit_code < before &&
                (!next || domain->exit_code > next->exit_code))
                next = domain;
        }
        list->at.words[2 * at] = next->number;
        list->at.words[2 * at + 1] = next->used_bytes;
        before = next->exit_code;
    }
    native_charge(call, (count + 1) * ROOT_DOMAINS_MAX);
    return native_give(call, list);
}

/* The app in the trash with the number that is the argument; NULL: there is
 * none, an exception. */
static Domain *in_trash(NativeCall *call) {
    Domain *domain = heap_domain(call->arguments[0]);
    if (domain && trash_holds(domain))
        return domain;
    native_throw(call, CLASS_ValueError,
                 "no app with number %lu is in the trash", call->arguments[0]);
    return NULL;
}

static NativeResult take_from_trash(NativeCall *call) {
    Domain *domain = in_trash(call);
    if (!domain)
        return NATIVE_FAILED;
    call->failed = trash_take(domain);
    heap_hurry = true; /* its windows come between slices */
    return call->failed == STATUS_OK ? NATIVE_DONE : NATIVE_FAILED;
}

static NativeResult drop_from_trash(NativeCall *call) {
    Domain *domain = in_trash(call);
    if (!domain || !native_write(call, domain, sizeof *domain))
        return NATIVE_FAILED;
    if (!trash_drop(domain, "a person emptied the trash")) {
        call->failed = STATUS_BUSY;
        return NATIVE_FAILED;
    }
    heap_hurry = true; /* its memory is given back between slices */
    return NATIVE_DONE;
}

void past_native_register(void) {
    static const NativeEntry entries[] = {
        {"system.generationNumbers", "()[I", generation_numbers, NULL},
        {"system.pinName", "(I)Lcore.String;", pin_name, NULL},
        {"system.pinGeneration", "(ILcore.String;)V", pin, NULL},
        {"system.unpinGeneration", "(I)V", unpin, NULL},
        {"system.pastText", "(ILcore.String;I)Lcore.String;", past_text, NULL},
        {"system.pastCopy", "(ILcore.String;)Lcore.Object;", past_copy, NULL},
        {"system.returnTo", "(I)I", go_back, restore_asking},
        {"system.returnApp", "(ILcore.String;)I", take_back, restore_asking},
        {"system.restartApp", "(I)V", restart_app, NULL},
        {"system.endApp", "(I)V", end_app, NULL},
        {"system.trashNumbers", "()[I", trash_numbers, NULL},
        {"system.takeFromTrash", "(I)V", take_from_trash, NULL},
        {"system.dropFromTrash", "(I)V", drop_from_trash, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
