/* Natives of limits. apps/lib/system/limits.rev is the other half. */
#include "wm/limits_native.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/ring.h"

enum {
    NUMBERS = 4, /* of a limit: used, limit, smallest, largest */
    WINDOW_UNITS = 8,
};

/* ---- What an app has ---- */

static uint64_t most_of(const Domain *domain,
                        uint64_t (*ask)(const Seat *seat)) {
    uint64_t most = 0;
    for (const Seat *seat = seat_first_of(domain); seat; seat = seat->next_own)
        most = bytes_max(most, ask(seat));
    return most;
}

static uint64_t title_bytes(const Seat *seat) {
    return seat->title_bytes;
}

/* Nobody knows whose text it is. */
static uint64_t clipboard_bytes(void) {
    const String *text = desk_exists() ? *desk_clipboard() : NULL;
    return text ? text->length : 0;
}

static uint64_t used(const Domain *domain, Limit limit) {
    switch (limit) {
    case LIMIT_MEMORY:
        return domain->used_bytes;
    case LIMIT_THREADS:
        return domain->thread_count;
    case LIMIT_TIMERS:
        return domain->sleeper_count;
    case LIMIT_LOG:
        return limits_logged(domain);
    case LIMIT_WINDOWS:
        return seat_count_of(domain);
    case LIMIT_SURFACES:
        return seat_surface_bytes(domain, NULL);
    case LIMIT_EVENTS:
        return most_of(domain, ring_late);
    case LIMIT_CLIPBOARD:
        return clipboard_bytes();
    case LIMIT_TITLE:
        return most_of(domain, title_bytes);
    case LIMIT_CODE:
        return domain->code_bytes;
    case LIMIT_COUNT:
        break;
    }
    return 0;
}

/* ---- Natives ---- */

/* A line for each: name, tab, unit. */
static NativeResult limit_names(NativeCall *call) {
    char buffer[400];
    Text text = text_on(buffer, sizeof buffer);
    for (Limit i = 0; i < LIMIT_COUNT; i++)
        text_add_format(&text, "%s\t%s\n", limits_row(i)->name,
                        limits_row(i)->unit);
    String *names = native_text(call, text.bytes, text.length);
    return names ? native_give(call, names) : NATIVE_FAILED;
}

static NativeResult limit_numbers(NativeCall *call) {
    const Domain *domain = native_running_app(call, call->arguments[0]);
    if (!domain)
        return NATIVE_FAILED;
    Array *list = native_new_array(call, CLASS_IntArray, LIMIT_COUNT * NUMBERS);
    if (!list)
        return NATIVE_FAILED;
    uint64_t *to = list->at.words;
    for (Limit i = 0; i < LIMIT_COUNT; i++) {
        *to++ = used(domain, i);
        *to++ = limits_get(domain, i);
        *to++ = limits_row(i)->smallest;
        *to++ = limits_row(i)->largest;
    }
    native_charge(call,
                  LIMIT_COUNT * WINDOW_UNITS * (1 + seat_count_of(domain)));
    return native_give(call, list);
}

static NativeResult set_limit(NativeCall *call) {
    Domain *domain = native_running_app(call, call->arguments[0]);
    uint64_t place = call->arguments[1], value = call->arguments[2];
    if (!domain)
        return NATIVE_FAILED;
    if (place >= LIMIT_COUNT)
        return native_throw(call, CLASS_BoundsError, "there are %d limits",
                            LIMIT_COUNT);
    if (!native_write(call, domain, sizeof *domain))
        return NATIVE_FAILED;
    const LimitRow *row = limits_row((Limit)place);
    if (!limits_set(domain, (Limit)place, value))
        return native_throw(call, CLASS_ValueError,
                            "the limit %s is from %lu to %lu", row->name,
                            row->smallest, row->largest);
    return NATIVE_DONE;
}

void limits_native_register(void) {
    static const NativeEntry entries[] = {
        {"system.limitNames", "()Lcore.String;", limit_names, NULL},
        {"system.limitNumbers", "(I)[I", limit_numbers, NULL},
        {"system.setLimit", "(III)V", set_limit, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
