/* The machine: starting, restoring, apps, and the order in which threads run.
 */
#include "vm/run/vm.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/trace.h"
#include "persist/memory/snapshot.h"
#include "vm/code/loader.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/collect.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/run/boot.h"
#include "vm/run/domain.h"
#include "vm/run/exception.h"
#include "vm/run/guard.h"
#include "vm/run/interpreter.h"
#include "vm/run/native_call.h"
#include "vm/run/room.h"
#include "vm/run/stack.h"
#include "vm/run/thread.h"
#include "vm/run/worker.h"

#define SLICE_COUNT 20000u
#define HANDLER_NS 1000000000ull /* a `restarted` handler has so long */
#define ROOM_WAIT_NS 5000000ull  /* between two tries of what was refused */

static struct {
    bool pressed;         /* nothing at all can be written */
    bool refused;         /* something that was done for one domain */
    uint32_t stress;      /* counts of a slice, then a collection; 0: off */
    uint64_t clock_ns;    /* platform time when experienced_ns was set */
    uint64_t restored_ns; /* experienced time of the last vm_restore */
    uint64_t barrier;     /* calls of commit() before the last barrier */
    uint64_t covered;     /* the same, at any time: no barrier is wanted */
    uint64_t ended;       /* calls of commit() that wait no more */
    uint64_t slices;
    void (*print)(const Domain *domain, const char *bytes, size_t count);
    bool wanted; /* a program asked for a snapshot */
    uint64_t durable;
    SliceEnd slice_end;
    uint64_t budget, until_ns; /* of this vm_run, and its answer */
    bool held;                 /* apps do not run, but for this one */
    const Domain *except;
    Domain *restoring;
    Status restored;
} vm;

/* ---- Start ---- */

static Status start_transient(void) {
    vm.pressed = vm.refused = false;
    room_start();
    guard_start();
    vm.clock_ns = platform_now_ns();
    native_call_forget();
    worker_start();
    return class_start();
}

Status vm_create(void) {
    Status status = start_transient();
    if (status == STATUS_OK)
        status = boot_create();
    vm.barrier = vm.covered = vm.ended = 0;
    vm.restored_ns = 0;
    return status;
}

/* ---- After a restart ---- */

static void restore_waiter(Thread *thread) {
    if (thread->wait == WAIT_COMMIT) {
        if (thread_complete(thread, 0, false) != STATUS_OK) {
            log_line("vm: a call of commit() goes on waiting");
            vm.ended = 0;
        }
        return;
    }
    if (thread->wait != WAIT_NATIVE || !thread->calling)
        return;
    const NativeEntry *entry = native_call_entry(thread->calling);
    if (entry && entry->restored)
        entry->restored(thread);
}

static Method *handler_method(const Object *handler) {
    Class *of = class_of(handler);
    const Array *vtable = of->vtable;
    for (uint64_t i = 0; i < vtable->length; i++) {
        Method *method = (Method *)vtable->at.references[i];
        if (method->argument_count == 1 && method->code &&
            (symbols_equal(method->name, "restarted", 9) ||
             symbols_equal(method->name, "invoke0", 7)))
            return method;
    }
    return NULL;
}

/* A thread at the head of the queue for one handler. */
static Status queue_handler(Domain *domain, Object *handler) {
    Status status;
    Method *method = handler_method(handler);
    if (!method)
        return STATUS_OK;
    Thread *thread = thread_new(domain, method, handler, &status);
    if (!thread)
        return status;
    thread->handler = 1;
    status = thread_start(thread);
    while (status == STATUS_OK && domain->run_first != thread)
        status = thread_rotate(domain->run_first);
    return status;
}

static Status restore_domain(Domain *domain) {
    Status status = STATUS_OK;
    for (Thread *at = domain->waiters, *next; at; at = next) {
        next = at->next;
        restore_waiter(at);
    }
    for (uint64_t i = domain->restarted_count; i-- > 0;)
        if (status == STATUS_OK && domain->state == DOMAIN_RUNNING)
            status = queue_handler(domain, domain->restarted->at.references[i]);
    return status;
}

/* Whoever has no room for the boxes goes on without them. */
static void share_boxes(void) {
    Status status = boxes_share();
    if (status != STATUS_OK)
        log_line("vm: small values have boxes of their own: %s",
                 status_text(status));
}

Status vm_restore_app(Domain *domain) {
    return restore_domain(domain);
}

static bool is_lost(Status status) {
    return status == STATUS_CORRUPT || status == STATUS_IO_ERROR;
}

static void restore_one(void) {
    vm.restored = vm_unless_lost(restore_domain(vm.restoring));
}

/* An app whose own object cannot be read is given up; one that lost something
 * else is stopped, and the others come back. Older generations have it whole.
 */
static Status restore_slot(Domain **slot) {
    vm.restoring = *slot;
    vm.restored = memory_bring((uintptr_t)*slot, sizeof **slot);
    if (is_lost(vm.restored) && slot > ROOT->domains) {
        uint32_t place = (uint32_t)(slot - ROOT->domains);
        log_line("app: number %u stopped: nothing of it can be read any more",
                 place);
        HEAP_SET(*slot, NULL);
        guard_gone(place);
        return STATUS_OK;
    }
    if (vm.restored != STATUS_OK)
        return vm.restored;
    return vm_guarded(restore_one) ? vm.restored : STATUS_OK;
}

Status vm_restore(void) {
    if (ROOT->magic != ROOT_MAGIC || ROOT->layout != ROOT_LAYOUT ||
        ROOT->opcodes != OP_COUNT)
        return STATUS_OTHER_FORMAT;
    Status status = start_transient();
    if (status == STATUS_OK)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    ROOT->boot++;
    vm.barrier = vm.covered = ROOT->commits;
    vm.durable = snapshot_durable();
    vm.restored_ns = ROOT->experienced_ns;
    share_boxes();
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && status == STATUS_OK; i++)
        if (ROOT->domains[i])
            status = restore_slot(&ROOT->domains[i]);
    return status;
}

/* ---- Modules and apps ---- */

Status vm_load_module(const void *bytes, size_t count, bool system,
                      Module **module_out, Text *why) {
    return loader_load(bytes, count, system, module_out, why);
}

/* Pushes `$init` of the module, then of its imports, so that the imports' run
 * first; each once. */
static Status push_initialisers(Thread *thread, Module *module,
                                uint8_t *pushed) {
    Status status = STATUS_OK;
    if (pushed[module->number])
        return STATUS_OK;
    pushed[module->number] = 1;
    if (module->initialise)
        status = stack_push(thread, module->initialise, NULL);
    const Array *imports = module->imports;
    for (uint64_t i = 0; i < imports->length && status == STATUS_OK; i++)
        status = push_initialisers(thread, (Module *)imports->at.references[i],
                                   pushed);
    return status;
}

static Array *make_arguments(Domain *domain, size_t count,
                             const char *const *arguments, Status *status) {
    Array *list = heap_new_array(domain, CLASS_ObjectArray, count, status);
    for (size_t i = 0; list && i < count; i++) {
        String *text = heap_new_string(domain, arguments[i],
                                       text_length(arguments[i]), status);
        if (!text)
            return NULL;
        HEAP_SET(list->at.references[i], text);
    }
    return list;
}

/* The function of this name when its types are these. */
static Method *entry_point(const Module *module, const char *name,
                           const char *signature) {
    Method *method = loader_function(module, name);
    bool good =
        method && method->code &&
        symbols_equal(method->signature, signature, text_length(signature));
    return good ? method : NULL;
}

static Status start_main(Domain *domain, Module *module, Array *arguments) {
    static uint8_t pushed[UINT16_MAX + 1];
    Method *method = entry_point(module, "$main", "([O)V");
    if (!method)
        method = entry_point(module, "main", "()V");
    if (!method)
        return STATUS_NOT_FOUND;
    Status status;
    Thread *thread = thread_new(domain, method, &arguments->head, &status);
    if (!thread)
        return status;
    bytes_fill(pushed, 0, sizeof pushed);
    status = push_initialisers(thread, module, pushed);
    return status == STATUS_OK ? thread_start(thread) : status;
}

Status vm_start_app(const char *module_name, const char *name,
                    uint64_t limit_bytes, size_t argument_count,
                    const char *const *arguments, Domain **domain_out) {
    Module *module = symbols_module(module_name, text_length(module_name));
    if (!module)
        return STATUS_NOT_FOUND;
    Status status = domain_create(name, limit_bytes, domain_out);
    if (status != STATUS_OK)
        return status;
    HEAP_SET((*domain_out)->program, module);
    status = domain_attach(*domain_out, module);
    Array *list = NULL;
    if (status == STATUS_OK)
        list = make_arguments(*domain_out, argument_count, arguments, &status);
    if (status == STATUS_OK)
        status = start_main(*domain_out, module, list);
    if (status != STATUS_OK) {
        Status killed = domain_kill(*domain_out);
        if (killed != STATUS_OK)
            log_line("vm: the new app's memory is not free yet");
    }
    return status;
}

/* A zero-terminated copy, cut if need be. */
static void copy_name(char *to, size_t capacity, const String *name) {
    Text text = text_on(to, capacity);
    if (name)
        text_add_bytes(&text, name->bytes, name->length);
    text_end(&text);
}

Status vm_restart_app(Domain *domain) {
    char module[MODULE_NAME_BYTES_MAX + 1], name[MODULE_NAME_BYTES_MAX + 1];
    if (!domain->program)
        return STATUS_NOT_FOUND;
    copy_name(module, sizeof module, domain->program->name);
    copy_name(name, sizeof name, domain->name);
    Status status = heap_write(domain, sizeof *domain);
    Domain *fresh;
    if (status == STATUS_OK)
        status =
            vm_start_app(module, name, domain->limit_bytes, 0, NULL, &fresh);
    if (status != STATUS_OK)
        return status;
    fresh->rights = domain->rights;
    vm_stop_app(domain, "it starts anew");
    return STATUS_OK;
}

bool vm_app_ended(const Domain *domain, int *exit_code_out) {
    *exit_code_out = domain->exit_code;
    return domain->state == DOMAIN_STOPPED || domain->thread_count == 0;
}

const String *vm_app_name(const Domain *domain) {
    const String *name = domain->name;
    bool good = memory_bring((uintptr_t)name, sizeof *name) == STATUS_OK &&
                memory_bring((uintptr_t)name, heap_object_bytes(&name->head)) ==
                    STATUS_OK;
    return good ? name : NULL;
}

static void say_stopped(const Domain *domain, const char *reason) {
    const String *name = vm_app_name(domain);
    log_line("app: %.*s stopped: %s", name ? (int)name->length : 1,
             name ? name->bytes : "?", reason);
}

bool vm_stop_app(Domain *domain, const char *reason) {
    MemoryLevel before = memory_level();
    memory_set_level(MEMORY_SYSTEM);
    Status status = heap_write(domain, sizeof *domain);
    memory_set_level(before);
    if (status != STATUS_OK)
        return false;
    say_stopped(domain, reason);
    domain->state = DOMAIN_STOPPED;
    domain->exit_code = 1;
    return true;
}

/* ---- One slice ---- */

/* The thread is over; when an exception ended it, that is said. The first
 * thread's exception stops the app. */
static void say_end(Thread *thread) {
    char buffer[2000];
    Text text = text_on(buffer, sizeof buffer);
    if (!thread->thrown)
        return;
    vm_describe(thread->thrown, &text);
    if (thread->number == 1)
        vm_stop_app(thread->domain, text_end(&text));
    else
        log_line("thread %lu of %.*s ended: %s", thread->number,
                 (int)thread->domain->name->length, thread->domain->name->bytes,
                 text_end(&text));
}

static Status announce_slice(Thread *thread) {
    Status status = thread_announce(thread);
    return status == STATUS_OK ? stack_resume() : status;
}

/* What waits to be thrown when the thread goes on. */
static Status throw_pending(Thread *thread, SliceEnd *end) {
    Object *thrown = thread->thrown;
    *end = SLICE_FUEL;
    if (!thrown)
        return STATUS_OK;
    HEAP_SET(thread->thrown, NULL);
    Status status = exception_throw(thrown);
    if (status == STATUS_NOT_FOUND) {
        *end = SLICE_ENDED;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        HEAP_SET(thread->thrown, thrown);
    return status;
}

static void run_interpreter(void) {
    vm.slice_end = interpreter_run();
}

/* What is done for a domain has to wait for room. Only within vm_run. */
static bool is_refused(Status status) {
    if (vm_unless_lost(status) == STATUS_OK)
        return false;
    vm.refused = true;
    return true;
}

/* True when something was refused since this was asked: this thread waits, or
 * with 0 all of the domain. */
static bool must_wait(size_t slot, uint64_t thread) {
    bool refused = vm.refused;
    if (refused)
        room_refuse(slot, thread);
    vm.refused = false;
    return refused;
}

/* The domain has reached its limit: the call that wants more is made again
 * after this, and throws MemoryError if it then fails. */
static void collect_for(Domain *domain) {
    Status status = collect_domain(domain);
    if (status == STATUS_BUSY) {
        vm.refused = true;
        return;
    }
    if (status != STATUS_OK)
        log_line("vm: no memory to collect with");
    worker.collected = true;
}

/* Why a call of the interpreter came back, and what follows. */
static void finish_slice(Thread *thread, SliceEnd end) {
    Thread *joined;
    stack_leave();
    thread->fuel = worker.fuel > 0 ? (uint32_t)worker.fuel : 0;
    switch (end) {
    case SLICE_FUEL:
        break;
    case SLICE_PARKED:
        joined = worker.call.wait == WAIT_JOIN ? (Thread *)worker.call.waiting
                                               : NULL;
        HEAP_SET(thread->waiting, worker.call.waiting);
        HEAP_SET(thread->calling, worker.call.method);
        if (is_refused(thread_park(thread, worker.call.wait, joined)))
            worker.frame[FRAME_PC] = (uint64_t)(uintptr_t)worker.retry;
        break;
    case SLICE_ENDED:
        if (!is_refused(thread_end(thread)))
            say_end(thread);
        break;
    case SLICE_PRESSED:
        vm.refused = true;
        break;
    case SLICE_MEMORY:
        collect_for(thread->domain);
        return;
    }
    worker.collected = false;
}

/* Runs a thread for at most `count`; returns what it used. */
static uint64_t run_slice(Thread *thread, uint64_t count) {
    SliceEnd end;
    worker.thread = thread;
    worker.domain = thread->domain;
    worker.fuel = (int64_t)count;
    heap_hurry = false;
    bytes_fill(worker.brought, 0, sizeof worker.brought);
    if (is_refused(announce_slice(thread)) ||
        is_refused(throw_pending(thread, &end)))
        return 0;
    vm.slices++;
    vm.slice_end = end;
    if (end != SLICE_ENDED && !guard_run(run_interpreter)) {
        vm.refused |= !vm_stop_app(thread->domain, GUARD_LOST);
        return count;
    }
    TRACE(threads, "%.*s %lu ran %ld of %lu, end %d",
          (int)thread->domain->name->length, thread->domain->name->bytes,
          thread->number, (long)count - (long)worker.fuel, count,
          (int)vm.slice_end);
    finish_slice(thread, vm.slice_end);
    return worker.fuel < 0 ? count + 1 : count - (uint64_t)worker.fuel + 1;
}

/* ---- Who runs ---- */

static void tick(void) {
    uint64_t now = platform_now_ns();
    ROOT->experienced_ns += now - vm.clock_ns;
    vm.clock_ns = now;
}

static void wake_sleepers(Domain *domain) {
    while (domain->sleepers &&
           domain->sleepers->wake_ns <= ROOT->experienced_ns)
        if (is_refused(thread_wake(domain->sleepers, false)))
            return;
}

static bool runs(const Domain *domain) {
    return domain && domain->state == DOMAIN_RUNNING &&
           (!vm.held || domain == vm.except);
}

static void wake_all_sleepers(void) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        if (runs(ROOT->domains[i]))
            wake_sleepers(ROOT->domains[i]);
        must_wait(i, 0);
    }
}

/* Whether the domain has a thread that can run in this vm_run. When its first
 * one waits, all others had their turns. */
static bool can_run(size_t slot) {
    const Domain *domain = ROOT->domains[slot];
    return domain->run_first && !room_waits(slot, domain->run_first->number);
}

/* The place of the next domain with a runnable thread that need not wait for
 * room, after the one that ran last; or ROOT_DOMAINS_MAX. */
static size_t next_domain(void) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        size_t slot = (ROOT->next_turn + i) % ROOT_DOMAINS_MAX;
        if (!runs(ROOT->domains[slot]) || !can_run(slot))
            continue;
        ROOT->next_turn = slot + 1;
        return slot;
    }
    return ROOT_DOMAINS_MAX;
}

/* A handler keeps its place for its first second. */
static bool keeps_turn(const Thread *thread) {
    return thread->handler &&
           ROOT->experienced_ns - vm.restored_ns < HANDLER_NS;
}

static void collect_if_wanted(Domain *running) {
    Domain *wanted;
    bool asked = collect_requested(&wanted);
    if (vm.stress)
        wanted = running;
    if ((asked || vm.stress) && collect_domain(wanted) == STATUS_NO_MEMORY)
        log_line("vm: no memory to collect with");
}

/* One thread of the domain runs; returns what it used. */
static uint64_t run_thread(Domain *domain, uint64_t budget) {
    Thread *thread = domain->run_first;
    uint64_t count = thread->fuel ? thread->fuel : SLICE_COUNT;
    if (count > budget)
        count = budget;
    if (vm.stress && count > vm.stress)
        count = vm.stress;
    uint64_t used = run_slice(thread, count);
    if (vm.refused)
        return used;
    collect_if_wanted(domain);
    if (domain->run_first == thread && !thread->fuel && !worker.collected &&
        !keeps_turn(thread))
        is_refused(thread_rotate(thread));
    return used;
}

/* A thread that waits goes behind the others of its domain, for which the
 * system's room is used; without that, all of them wait. */
static void step_aside(size_t slot, Thread *thread) {
    Domain *domain = ROOT->domains[slot];
    if (!domain || domain->run_first != thread)
        return;
    memory_set_level(MEMORY_ENDING);
    if (is_refused(thread_rotate(thread)))
        must_wait(slot, 0);
    memory_set_level(MEMORY_SYSTEM);
}

static uint64_t run_domain(size_t slot, uint64_t budget) {
    Thread *thread = ROOT->domains[slot]->run_first;
    uint64_t number = thread->number;
    room_enter(slot, number);
    uint64_t used = run_thread(ROOT->domains[slot], budget);
    room_leave();
    if (must_wait(slot, number))
        step_aside(slot, thread);
    return used;
}

/* The platform time of the next thing to do, without writing anything: an idle
 * world dirties no page. */
static uint64_t idle_until(void) {
    uint64_t now = platform_now_ns(), earliest = UINT64_MAX;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        if (!runs(domain))
            continue;
        if (can_run(i))
            return now;
        if (domain->sleepers && !room_waits(i, 0) &&
            domain->sleepers->wake_ns < earliest)
            earliest = domain->sleepers->wake_ns;
    }
    uint64_t experienced = ROOT->experienced_ns + (now - vm.clock_ns);
    if (earliest == UINT64_MAX)
        return UINT64_MAX;
    return earliest <= experienced ? now : now + (earliest - experienced);
}

static void run_programs(void) {
    vm.until_ns = idle_until();
    if (vm.until_ns > platform_now_ns())
        return;
    if (is_refused(heap_write(ROOT, sizeof *ROOT))) {
        vm.refused = false;
        vm.pressed = true;
        vm.until_ns = UINT64_MAX;
        return;
    }
    tick();
    wake_all_sleepers();
    size_t slot;
    while (vm.budget > 0 && (slot = next_domain()) < ROOT_DOMAINS_MAX) {
        uint64_t used = run_domain(slot, vm.budget);
        vm.budget -= used < vm.budget ? used : vm.budget;
    }
    vm.until_ns = idle_until();
}

uint64_t vm_run(uint64_t budget) {
    vm.pressed = false;
    vm.budget = budget;
    room_turn();
    if (!vm_guarded(run_programs)) {
        room_leave();
        vm.pressed = true; /* so that there is room to end the app */
        vm.until_ns = platform_now_ns();
    }
    uint64_t again_ns = platform_now_ns() + ROOM_WAIT_NS;
    return vm_pressed() && vm.until_ns > again_ns ? again_ns : vm.until_ns;
}

void vm_hold(bool held, const Domain *except) {
    vm.held = held;
    vm.except = except;
}

bool vm_held(void) {
    return vm.held;
}

bool vm_pressed(void) {
    return vm.pressed || room_any_waits();
}

bool vm_waits_for_room(const Domain *domain) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX && room_any_waits(); i++)
        if (ROOT->domains[i] == domain)
            return room_waits(i, 0) || (domain->run_first && !can_run(i));
    return false;
}

uint64_t vm_waiters_wrote(void) {
    return room_waiters_wrote();
}

/* ---- commit() ---- */

bool vm_snapshot_wanted(void) {
    return vm.wanted || ROOT->commits > vm.covered;
}

void vm_want_snapshot(void) {
    vm.wanted = true;
}

void vm_barrier_taken(void) {
    room_barrier();
    vm.wanted = false;
    vm.barrier = vm.covered = ROOT->commits;
}

uint64_t vm_durable_generation(void) {
    return vm.durable;
}

bool vm_test_mode(void) {
    const char *test = platform_setting("test");
    return test && text_equal(test, "1");
}

uint64_t vm_experienced_ns(void) {
    return ROOT->experienced_ns + (platform_now_ns() - vm.clock_ns);
}

/* False: some go on waiting. */
static bool end_commits(Domain *domain) {
    for (Thread *at = domain->waiters, *next; at; at = next) {
        next = at->next;
        if (at->wait == WAIT_COMMIT && at->wait_number <= vm.barrier &&
            thread_complete(at, 0, false) != STATUS_OK)
            return false;
    }
    return true;
}

void vm_generation_durable(uint64_t generation) {
    bool all = true;
    vm.durable = generation;
    if (vm.ended == vm.barrier)
        return; /* there may be many threads to look at */
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i])
            all = end_commits(ROOT->domains[i]) && all;
    vm.ended = all ? vm.barrier : 0;
}

/* ---- The rest ---- */

void vm_set_print(void (*sink)(const Domain *domain, const char *bytes,
                               size_t count)) {
    vm.print = sink;
}

void vm_print(const Domain *domain, const char *bytes, size_t count) {
    if (vm.print)
        vm.print(domain, bytes, count);
}

void vm_set_stress(uint32_t counts) {
    vm.stress = counts;
    collect_set_poison(counts > 0);
}

VmFigures vm_figures(void) {
    VmFigures figures = {.slices = vm.slices,
                         .collections = collect_figures().collections};
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        if (!ROOT->domains[i])
            continue;
        figures.domains++;
        figures.used_bytes += ROOT->domains[i]->used_bytes;
    }
    return figures;
}
