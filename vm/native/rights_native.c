/* Natives of rights. */
#include "vm/native/rights_native.h"

#include "kernel/base/text.h"
#include "vm/heap/heap.h"
#include "vm/run/native.h"
#include "vm/run/thread.h"
#include "vm/run/grants.h"

enum { NAMES_BYTES = 800 };

/* A line for each: name, tab, what an app with it may do. */
static NativeResult right_names(NativeCall *call) {
    char buffer[NAMES_BYTES];
    Text text = text_on(buffer, sizeof buffer);
    for (RightPlace i = 0; i < RIGHT_COUNT; i++)
        text_add_format(&text, "%s\t%s\n", rights_row(i)->name,
                        rights_row(i)->what);
    String *names = native_text(call, text.bytes, text.length);
    return names ? native_give(call, names) : NATIVE_FAILED;
}

/* NULL: an exception says that there is no such app. */
static Domain *app_of(NativeCall *call) {
    uint64_t number = call->arguments[0];
    Domain *domain = heap_domain(number);
    native_charge(call, ROOT_DOMAINS_MAX / 8); /* looked through */
    if (domain && domain != ROOT->domains[0])
        return domain;
    native_throw(call, CLASS_ValueError, "there is no app with number %lu",
                 number);
    return NULL;
}

/* Its rights, those that are for always, and how much others reach of it. */
static NativeResult right_numbers(NativeCall *call) {
    const Domain *domain = app_of(call);
    Array *list = domain ? native_new_array(call, CLASS_IntArray, 3) : NULL;
    if (!list)
        return NATIVE_FAILED;
    uint64_t *to = list->at.words;
    *to++ = domain->rights;
    *to++ = domain->rights & domain->lasting;
    *to++ = domain->gate_count;
    return native_give(call, list);
}

static NativeResult set_right(NativeCall *call) {
    Domain *domain = app_of(call);
    uint64_t right = call->arguments[1], grant = call->arguments[2];
    if (!domain)
        return NATIVE_FAILED;
    if (right >= RIGHT_COUNT || grant >= GRANTS)
        return native_throw(call, CLASS_BoundsError, "there are %d rights",
                            RIGHT_COUNT);
    Status status = grants_set(domain, (RightPlace)right, (Grant)grant);
    if (status == STATUS_IO_ERROR || status == STATUS_LIMIT)
        return native_throw(call, CLASS_IoError,
                            "the disk does not keep what was taken back: %s",
                            status_text(status));
    call->failed = status;
    return status == STATUS_OK ? NATIVE_DONE : NATIVE_FAILED;
}

/* ---- Asking ---- */

static NativeResult ask_right(NativeCall *call) {
    Domain *domain = call->domain;
    if (call->arguments[0] >= RIGHT_COUNT)
        return native_throw(call, CLASS_BoundsError, "there are %d rights",
                            RIGHT_COUNT);
    uint32_t bit = 1u << call->arguments[0];
    if ((domain->rights | domain->refused) & bit)
        return native_bool(call, domain->rights & bit);
    if (thread_waiter(domain, &domain->head))
        return native_throw(call, CLASS_IoError,
                            "this app has asked already, and waits");
    if (!native_write(call, domain, sizeof *domain))
        return NATIVE_FAILED;
    grants_ask(domain, (RightPlace)call->arguments[0]);
    call->waiting = &domain->head;
    return NATIVE_PARK;
}

void rights_native_register(void) {
    static const NativeEntry entries[] = {
        {"system.rightNames", "()Lcore.String;", right_names, NULL},
        {"system.rightNumbers", "(I)[I", right_numbers, NULL},
        {"system.setRight", "(III)V", set_right, NULL},
        {"system.askRight", "(I)B", ask_right, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
