/* The VM's start: a fresh heap, or one that came back. */
#include "vm/run/vm.h"

#include "kernel/base/log.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/run/boot.h"
#include "vm/run/commit.h"
#include "vm/run/failed.h"
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
static void (*print)(const Domain *domain, const char *bytes, size_t count);

/* ---- Start ---- */

static Status start_transient(void) {
    guard_start();
    failed_start();
    restarts_start();
    trash_start();
    native_call_forget();
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
        thread->calling ? native_call_entry(thread->calling) : NULL;
    if (entry && entry->restored)
        entry->restored(thread);
}

/* The calls of natives that wait for an answer of C, which does not know of
 * them any more. */
static void restore_waiters(Domain *domain) {
    Thread *at = thread_tree_first(domain->waiters, WAITS_ANSWER), *next;
    for (; at && at->key == WAITS_ANSWER; at = next) {
        next = thread_tree_next(domain->waiters, at);
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

/* An app whose own object cannot be read is given up; one that lost something
 * else is stopped, and the others come back. Older generations have it whole.
 */
static Status restore_slot(Domain **slot) {
    restoring = *slot;
    restored = memory_bring((uintptr_t)*slot, sizeof **slot);
    if (is_lost(restored) && slot > ROOT->domains) {
        uint32_t place = (uint32_t)(slot - ROOT->domains);
        log_line("app: number %u stopped: nothing of it can be read any more",
                 place);
        HEAP_SET(*slot, NULL);
        guard_gone(place);
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
    /* A generation whose record was lost knows fewer regions than its root. */
    Status status = memory_attach((uint32_t)ROOT->next_region - 1);
    if (status == STATUS_OK)
        status = start_transient();
    scheduler_start();
    if (status == STATUS_OK)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    ROOT->boot++;
    grants_start();
    commit_start();
    share_boxes();
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && status == STATUS_OK; i++)
        if (ROOT->domains[i])
            status = restore_slot(&ROOT->domains[i]);
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
