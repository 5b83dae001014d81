/* A slice of one thread, from its announcement to what follows it. */
#include "vm/run/slice.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/base/trace.h"
#include "vm/heap/collect.h"
#include "vm/heap/frame.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/exception.h"
#include "vm/run/guard.h"
#include "vm/run/interpreter.h"
#include "vm/run/limits.h"
#include "vm/run/stack.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"

static struct {
    bool refused; /* something that was done for one domain */
    SliceEnd end;
    SliceFigures figures;
} slice;

SliceFigures slice_figures(void) {
    return slice.figures;
}

bool slice_refused(Status status) {
    if (vm_unless_lost(status) == STATUS_OK)
        return false;
    slice.refused = true;
    return true;
}

bool slice_is_refused(void) {
    return slice.refused;
}

bool slice_take_refused(void) {
    bool refused = slice.refused;
    slice.refused = false;
    return refused;
}

/* The thread is over; when an exception ended it, that is said. The first
 * thread's exception stops the app; after the last one's it rests. */
static void say_end(Thread *thread) {
    char buffer[2000];
    Text text = text_on(buffer, sizeof buffer);
    Domain *domain = thread->domain;
    if (!thread->thrown)
        return;
    vm_describe(thread->thrown, &text);
    text_end(&text);
    if (thread->number == 1) {
        vm_fail_app(domain, buffer);
        return;
    }
    if (limits_log_end(domain))
        log_line("thread %lu of %.*s ended: %s", thread->number,
                 (int)domain->name->length, domain->name->bytes, buffer);
    if (vm_app_rests(domain))
        vm_tell_failed(domain, buffer);
}

static Status announce_slice(Thread *thread) {
    Status status = thread_announce(thread);
    return status == STATUS_OK ? stack_resume() : status;
}

/* What waits to be thrown when the thread goes on. Where that takes longer, or
 * nobody catches it, the slice is over. */
static Status throw_pending(Thread *thread, bool *runs_out, SliceEnd *end_out) {
    Object *thrown = thread->thrown;
    *runs_out = true;
    if (!thrown)
        return STATUS_OK;
    trust_need(trust_is_thrown(worker.domain, thrown), worker.domain,
               "what a thread is to throw is no exception");
    HEAP_SET(thread->thrown, NULL);
    Status status = exception_throw(thrown);
    *runs_out = status == STATUS_OK;
    *end_out = status == STATUS_NOT_FOUND ? SLICE_ENDED : SLICE_FUEL;
    if (status == STATUS_NOT_FOUND || status == STATUS_BUSY)
        return STATUS_OK;
    if (status != STATUS_OK)
        HEAP_SET(thread->thrown, thrown);
    return status;
}

static void run_interpreter(void) {
    slice.end = interpreter_run();
}

/* The domain has reached its limit: what wants more is made again at once, and
 * throws MemoryError if it then fails. */
static void collect_for(Domain *domain) {
    Status status = collect_domain(domain);
    if (status == STATUS_BUSY) {
        slice.refused = true;
        return;
    }
    if (status != STATUS_OK)
        log_line("vm: no memory to collect with");
    worker.collected_at = (const uint64_t *)worker.frame[FRAME_PC];
    worker.collected_fuel = worker.fuel;
}

/* What is left of the slice, or what the domain owes beyond it. */
static void settle_account(Thread *thread) {
    int64_t fuel = worker.fuel;
    thread->domain->debt += fuel < 0 ? (uint64_t)-fuel : 0;
    thread->fuel = fuel <= 0            ? 0
                   : fuel < SLICE_UNITS ? (uint32_t)fuel
                                        : SLICE_UNITS;
}

/* Why a call of the interpreter came back, and what follows. */
static void finish_slice(Thread *thread, SliceEnd end) {
    Thread *joined;
    trust_need(worker.domain->run_first == thread, worker.domain,
               "another thread runs than its list says");
    stack_leave();
    if (end != SLICE_MEMORY || worker.fuel > 0) /* else it goes on at once */
        settle_account(thread);
    switch (end) {
    case SLICE_FUEL:
        break;
    case SLICE_PARKED:
        joined = worker.call.wait == WAIT_JOIN ? (Thread *)worker.call.waiting
                                               : NULL;
        HEAP_SET(thread->waiting, worker.call.waiting);
        HEAP_SET(thread->calling, worker.call.method);
        if (slice_refused(thread_park(thread, worker.call.wait, joined)))
            worker.frame[FRAME_PC] = (uint64_t)(uintptr_t)worker.retry;
        break;
    case SLICE_ENDED:
        thread->fuel = 0;
        if (!slice_refused(thread_end(thread)) && thread->state == THREAD_ENDED)
            say_end(thread);
        break;
    case SLICE_PRESSED:
        slice_refused(worker.status);
        break;
    case SLICE_MEMORY:
        collect_for(thread->domain);
        break;
    }
}

/* What the thread may use in this slice above its domain's limit. Who was told
 * of a lack of memory has some for a moment, and then no more, so that it
 * cannot go on as if there were. */
static uint64_t reserve_of(Thread *thread, uint64_t *count_in_out) {
    if (thread->reserve == RESERVE_HANDLER)
        return HEAP_RESERVE_HANDLER;
    if (thread->reserve != RESERVE_ERROR)
        return 0;
    thread->reserve = RESERVE_NONE;
    if (*count_in_out > EXCEPTION_MEMORY_UNITS)
        *count_in_out = EXCEPTION_MEMORY_UNITS;
    return HEAP_RESERVE_ERROR;
}

/* Of a native that met another app's damage; it is called no more. */
static void end_native(Thread *thread) {
    Status status;
    Object *error =
        exception_new(worker.domain, CLASS_IoError,
                      "the app that it asked about is damaged", &status);
    stack_leave();
    HEAP_SET(thread->progress, NULL);
    HEAP_SET(thread->thrown, error ? error : worker.domain->memory_error);
}

static uint64_t run_with_room(Domain *domain, Thread *thread, uint64_t count) {
    bool goes_on;
    worker.thread = thread;
    worker.domain = domain;
    class_enter(domain);
    heap_hurry = false;
    bytes_fill(worker.brought, 0, sizeof worker.brought);
    if (slice_refused(announce_slice(thread)))
        return 0;
    heap_reserve(reserve_of(thread, &count));
    worker.fuel = (int64_t)count;
    if (slice_refused(throw_pending(thread, &goes_on, &slice.end)))
        return 0;
    slice.figures.slices++;
    if (goes_on && !guard_run(run_interpreter, domain)) {
        const Domain *stopped = guard_stop(domain);
        slice.refused |= !stopped;
        if (stopped && stopped != domain)
            end_native(thread);
        return count;
    }
    TRACE(threads, "%.*s %lu ran %ld of %lu, end %d",
          (int)thread->domain->name->length, thread->domain->name->bytes,
          thread->number, (long)count - (long)worker.fuel, count,
          (int)slice.end);
    slice.figures.units += (int64_t)count - worker.fuel;
    finish_slice(thread, slice.end);
    if (slice.end == SLICE_MEMORY)
        return SLICE_UNITS;
    int64_t used = (int64_t)count - worker.fuel;
    return used > 0 ? (uint64_t)used + 1 : 1;
}

uint64_t slice_run(Thread *thread, uint64_t count) {
    Domain *domain = thread->domain;
    uint64_t begun_ns = platform_now_ns();
    uint64_t used = run_with_room(domain, thread, count);
    heap_reserve(0);
    if (thread == domain->handling && used > 0)
        domain->handled_ns += platform_now_ns() - begun_ns;
    return used;
}
