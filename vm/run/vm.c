/* The VM's start: a fresh heap, or one that came back. */
#include "vm/run/vm.h"

#include "kernel/base/log.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/run/boot.h"
#include "vm/run/commit.h"
#include "vm/run/failed.h"
#include "vm/run/trusted.h"
#include "vm/run/grants.h"
#include "vm/run/guard.h"
#include "vm/run/native_call.h"
#include "vm/run/restarts.h"
#include "vm/run/scheduler.h"
#include "vm/run/slots.h"
#include "vm/run/thread.h"
#include "vm/run/thread_tree.h"
#include "vm/run/trash.h"
#include "vm/run/worker.h"

static Domain *restoring; /* the app that is coming back, */
static Status restored;   /* and what became of it */
static uint32_t place;    /* its place in the root */
static void (*print)(const Domain *domain, const char *bytes, size_t count);

/* ---- Start ---- */

static Status start_transient(void) {
    guard_start();
    failed_start();
    restarts_start();
    trash_start();
    native_call_forget();
    trusted_start();
    collect_start();
    worker_start();
    return class_start();
}

Status vm_create(void) {
    Status status = start_transient();
    if (status == STATUS_OK)
        status = boot_create();
    if (status != STATUS_OK)
        return status;
    scheduler_start();
    commit_start();
    return STATUS_OK;
}

/* ---- After a restart ---- */

static void restore_waiter(Thread *thread) {
    const NativeEntry *entry =
        thread->calling ? native_call_entry(thread->domain, thread->calling)
                        : NULL;
    if (entry && entry->restored)
        entry->restored(thread);
}

/* The calls of natives that wait for an answer of C, which does not know of
 * them any more. */
static void restore_waiters(Domain *domain) {
    Thread *at = thread_tree_first(domain, domain->waiters, WAITS_ANSWER),
           *next;
    for (; at && at->key == WAITS_ANSWER; at = next) {
        next = thread_tree_next(domain, domain->waiters, at);
        restore_waiter(at);
    }
}

/* Whoever has no room for the boxes goes on without them. */
static void share_boxes(void) {
    Status status = boxes_share();
    if (status != STATUS_OK)
        log_line("vm: small values have boxes of their own: %s",
                 status_text(status));
}

Status vm_restore_app(Domain *domain) {
    commit_again();
    restarts_forget(domain);
    collect_forget(domain);
    class_forget_own();
    slots_look(domain);
    restore_waiters(domain);
    return grants_restore(domain);
}

static bool is_lost(Status status) {
    return status == STATUS_CORRUPT || status == STATUS_IO_ERROR;
}

static void restore_one(void) {
    restore_waiters(restoring);
    restored = grants_restore(restoring);
}

static void look_at_place(void) {
    restored = trust_is_domain(place) ? STATUS_OK : STATUS_CORRUPT;
}

static void look_at_name(void) {
    if (!trust_is_array(restoring, restoring->name, CLASS_String))
        restored = STATUS_CORRUPT;
}

/* What is no domain, or one that cannot be read any more. */
static void give_up_place(void) {
    log_line("app: number %u stopped: nothing of it can be read any more",
             place);
    HEAP_SET(ROOT->domains[place], NULL);
    guard_gone(place);
}

/* So that whoever owns a page can be looked for. */
static void give_up_none(void) {
    for (place = 1; place < ROOT_DOMAINS_MAX; place++)
        if (ROOT->domains[place] && !trust_may_be_domain(ROOT->domains[place]))
            give_up_place();
}

/* An app is given up whose own object or regions cannot be read, or are none;
 * one that lost something else is stopped. The others come back, and older
 * generations have it whole. */
static Status restore_slot(void) {
    restoring = ROOT->domains[place];
    restored = STATUS_CORRUPT;
    guard_run(look_at_place, NULL);
    if (restored == STATUS_OK && place > 0 && !vm_guarded(look_at_name))
        return STATUS_OK;
    if (is_lost(restored) && place > 0) {
        give_up_place();
        return STATUS_OK;
    }
    if (restored != STATUS_OK)
        return restored;
    return vm_guarded(restore_one) ? restored : STATUS_OK;
}

Status vm_restore(void) {
    if (ROOT->magic != ROOT_MAGIC || ROOT->layout != ROOT_LAYOUT ||
        ROOT->opcodes != OP_COUNT)
        return STATUS_OTHER_FORMAT;
    Status status = start_transient();
    trust_need(ROOT->next_region > 0 && ROOT->next_region <= REGION_MAX, NULL,
               "its number of regions is none");
    /* A generation whose record was lost knows fewer regions than its root. */
    if (status == STATUS_OK)
        status = memory_attach((uint32_t)ROOT->next_region - 1);
    scheduler_start();
    if (status == STATUS_OK)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    const char *wrong = trust_root();
    trust_need(!wrong, NULL, wrong);
    if (ROOT->next_turn > ROOT_DOMAINS_MAX)
        ROOT->next_turn = 0;
    ROOT->boot++;
    grants_start();
    commit_start();
    share_boxes();
    give_up_none();
    for (place = 0; place < ROOT_DOMAINS_MAX && status == STATUS_OK; place++)
        if (ROOT->domains[place])
            status = restore_slot();
    return status;
}

/* ---- For natives ---- */

bool vm_test_mode(void) {
    const char *test = platform_setting("test");
    return test && text_equal(test, "1");
}

void vm_set_print(void (*sink)(const Domain *domain, const char *bytes,
                               size_t count)) {
    print = sink;
}

void vm_print(const Domain *domain, const char *bytes, size_t count) {
    if (print)
        print(domain, bytes, count);
}
