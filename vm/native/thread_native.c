/* Natives of core.Thread, sleeping, commit and handlers of restarts. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "persist/memory/snapshot.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "vm/run/restarts.h"
#include "vm/run/thread.h"
#include "vm/run/worker.h"

/* The method `invoke0` of a Function. */
static Method *invoke_method(const Object *function) {
    const Array *vtable = class_of(function)->vtable;
    for (uint64_t i = 0; i < vtable->length; i++) {
        Method *method = (Method *)vtable->at.references[i];
        if (symbols_equal(method->name, "invoke0", 7) && method->code &&
            method->argument_count == 1)
            return method;
    }
    return NULL;
}

static NativeResult thread_start_native(NativeCall *call) {
    Object *function = native_reference(call, 0);
    Method *method = invoke_method(function);
    if (!method)
        return native_throw(call, CLASS_CastError,
                            "the function has parameters");
    if (call->domain->thread_count >= limits_get(call->domain, LIMIT_THREADS))
        return limits_refuse(call, LIMIT_THREADS);
    Thread *thread = thread_new(call->domain, method, function, &call->failed);
    if (!thread)
        return NATIVE_FAILED;
    HEAP_SET(thread->function, function);
    call->failed = thread_start(thread);
    return call->failed == STATUS_OK ? native_give(call, thread)
                                     : NATIVE_FAILED;
}

static NativeResult thread_current(NativeCall *call) {
    return native_give(call, call->thread);
}

/* The rest of the slice is given up; the next safepoint ends it. */
static NativeResult thread_yield(NativeCall *call) {
    (void)call;
    heap_hurry = true;
    return NATIVE_DONE;
}

static NativeResult thread_park_native(NativeCall *call) {
    if (call->thread->permit) {
        call->thread->permit = 0;
        return NATIVE_DONE;
    }
    call->wait = WAIT_PARK;
    return NATIVE_PARK;
}

static NativeResult thread_unpark(NativeCall *call) {
    Thread *thread = native_reference(call, 0);
    if (thread->state == THREAD_PARKED && thread->wait == WAIT_PARK) {
        call->failed = thread_wake(thread, false);
        return call->failed == STATUS_OK ? NATIVE_DONE : NATIVE_FAILED;
    }
    if (!native_write(call, thread, sizeof *thread))
        return NATIVE_FAILED;
    thread->permit = 1;
    return NATIVE_DONE;
}

static NativeResult thread_join(NativeCall *call) {
    Thread *thread = native_reference(call, 0);
    if (thread->state == THREAD_ENDED)
        return NATIVE_DONE;
    if (thread == call->thread)
        return native_throw(call, CLASS_ValueError,
                            "a thread cannot wait for its own end");
    call->wait = WAIT_JOIN;
    call->waiting = &thread->head;
    return NATIVE_PARK;
}

static NativeResult thread_is_ended(NativeCall *call) {
    const Thread *thread = native_reference(call, 0);
    return native_bool(call, thread->state == THREAD_ENDED);
}

static NativeResult thread_thrown(NativeCall *call) {
    const Thread *thread = native_reference(call, 0);
    return native_give(call,
                       thread->state == THREAD_ENDED ? thread->thrown : NULL);
}

/* A thread that stops itself throws at its next safepoint, which is soon. */
static NativeResult thread_stop(NativeCall *call) {
    call->failed =
        thread_raise(native_reference(call, 0), native_reference(call, 1));
    heap_hurry = true;
    return call->failed == STATUS_OK ? NATIVE_DONE : NATIVE_FAILED;
}

static NativeResult sleep_native(NativeCall *call) {
    uint64_t time = call->arguments[0], now = ROOT->experienced_ns;
    if (!time)
        return thread_yield(call);
    if (call->domain->sleeper_count >= limits_get(call->domain, LIMIT_TIMERS))
        return limits_refuse(call, LIMIT_TIMERS);
    call->thread->key = time > UINT64_MAX - now ? UINT64_MAX : now + time;
    call->wait = WAIT_SLEEP;
    return NATIVE_PARK;
}

static NativeResult commit_native(NativeCall *call) {
    if (!snapshot_possible())
        return native_throw(call, CLASS_IoError,
                            "nothing becomes durable without a disk");
    if (!native_write(call, ROOT, sizeof *ROOT))
        return NATIVE_FAILED;
    call->thread->order = ++ROOT->commits;
    call->wait = WAIT_COMMIT;
    return NATIVE_PARK;
}

/* ---- core.Lock: its first field says whether it is held ---- */

#define LOCK_HELD 1

static NativeResult lock_native(NativeCall *call) {
    Object *lock = native_reference(call, 0);
    uint64_t *held = object_word(lock, LOCK_HELD);
    if (*held) {
        call->waiting = lock;
        return NATIVE_PARK;
    }
    if (!native_write(call, held, sizeof *held))
        return NATIVE_FAILED;
    *held = 1;
    return NATIVE_DONE;
}

/* The lock passes from hand to hand; it is free when nobody waits. */
static NativeResult unlock_native(NativeCall *call) {
    Object *lock = native_reference(call, 0);
    uint64_t *held = object_word(lock, LOCK_HELD);
    Thread *next = thread_waiter(call->domain, lock);
    native_charge(call, 10); /* the search */
    if (next) {
        call->failed = thread_complete(next, 0, false);
        return call->failed == STATUS_OK ? NATIVE_DONE : NATIVE_FAILED;
    }
    if (!native_write(call, held, sizeof *held))
        return NATIVE_FAILED;
    *held = 0;
    return NATIVE_DONE;
}

/* ---- Handlers of restarts ---- */

static bool is_own(NativeCall *call, const Object *object) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    if (region_header(region_of(address))->domain == call->domain->number)
        return true;
    native_throw(call, CLASS_ValueError, "the object is not this app's");
    return false;
}

static NativeResult on_restarted(NativeCall *call) {
    const Object *object = native_reference(call, 0);
    if (!is_own(call, object))
        return NATIVE_FAILED;
    call->failed = restarts_add(call->domain, object);
    return call->failed == STATUS_OK ? NATIVE_DONE : NATIVE_FAILED;
}

static NativeResult keep_app(NativeCall *call) {
    if (!is_own(call, native_reference(call, 0)) ||
        !native_write(call, call->domain, sizeof *call->domain))
        return NATIVE_FAILED;
    HEAP_SET(call->domain->app, native_reference(call, 0));
    return NATIVE_DONE;
}

static NativeResult next_handler(NativeCall *call) {
    if (call->thread != call->domain->handling)
        return native_give(call, NULL);
    if (!native_write(call, call->domain, sizeof *call->domain))
        return NATIVE_FAILED;
    return native_give(call, restarts_next(call->domain));
}

/* May be made again before the method is entered: nothing changes here. */
static NativeResult run_handler(NativeCall *call) {
    Object *object = native_reference(call, 0);
    call->callee = restarts_method(object);
    call->result = (uint64_t)(uintptr_t)object;
    return call->callee ? NATIVE_CALL : NATIVE_DONE;
}

void core_native_register_thread(void) {
    static const NativeEntry entries[] = {
        {"core.Thread.start", "(Lcore.Function;)Lcore.Thread;",
         thread_start_native, NULL},
        {"core.Thread.current", "()Lcore.Thread;", thread_current, NULL},
        {"core.Thread.yield", "()V", thread_yield, NULL},
        {"core.Thread.park", "()V", thread_park_native, NULL},
        {"core.Thread.unpark", "()V", thread_unpark, NULL},
        {"core.Thread.join", "()V", thread_join, NULL},
        {"core.Thread.isEnded", "()B", thread_is_ended, NULL},
        {"core.Thread.thrown", "()Lcore.Exception;", thread_thrown, NULL},
        {"core.Thread.stopWith", "(Lcore.Exception;)V", thread_stop, NULL},
        {"core.sleepNanoseconds", "(I)V", sleep_native, NULL},
        {"core.commit", "()V", commit_native, NULL},
        {"core.Lock.lock", "()V", lock_native, NULL},
        {"core.Lock.unlock", "()V", unlock_native, NULL},
        {"core.keepApp", "(Lcore.Object;)V", keep_app, NULL},
        {"core.nextHandler", "()Lcore.Object;", next_handler, NULL},
        {"core.runHandler", "(Lcore.Object;)V", run_handler, NULL},
        {"core.onRestarted", "(Lcore.Object;)V", on_restarted, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
