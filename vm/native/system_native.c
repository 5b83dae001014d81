/* Natives of the clock, the log, output and the system's figures. */
#include "vm/native/core_native.h"

#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "vm/run/slots.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"

static NativeResult print_line(NativeCall *call) {
    const String *text = native_reference(call, 0);
    vm_print(call->domain, text->bytes, text->length);
    vm_print(call->domain, "\n", 1);
    native_charge(call, 50);
    return NATIVE_DONE;
}

static NativeResult log_native(NativeCall *call) {
    const String *text = native_reference(call, 0);
    const String *name = call->domain->name;
    if (!limits_log_line(call->domain))
        return limits_refuse(call, LIMIT_LOG);
    log_line("%.*s: %.*s", (int)bytes_min(name->length, 100), name->bytes,
             (int)bytes_min(text->length, 800), text->bytes);
    native_charge(call, 2000);
    return NATIVE_DONE;
}

/* In test mode programs see one moment for ever: 2026-01-01 12:00 UTC. */
#define TEST_WALL_US 1767268800000000

static NativeResult wall_microseconds(NativeCall *call) {
    return native_int(call, vm_test_mode() ? TEST_WALL_US : platform_wall_us());
}

static NativeResult experienced(NativeCall *call) {
    return native_int(call, (int64_t)vm_experienced_ns());
}

static NativeResult snapshot_native(NativeCall *call) {
    (void)call;
    vm_want_snapshot();
    return NATIVE_DONE;
}

static NativeResult generation(NativeCall *call) {
    return native_int(call, (int64_t)vm_durable_generation());
}

/* The app's threads do not run any more; the main loop takes it away. */
static NativeResult end_app(NativeCall *call) {
    Domain *domain = call->domain;
    if (!native_write(call, domain, sizeof *domain))
        return NATIVE_FAILED;
    domain->state = DOMAIN_STOPPED;
    slots_add(SLOTS_ENDED, domain);
    heap_hurry = true;
    return NATIVE_DONE;
}

static NativeResult used_bytes(NativeCall *call) {
    return native_int(call, (int64_t)call->domain->used_bytes);
}

static NativeResult limit_bytes(NativeCall *call) {
    return native_int(call, (int64_t)call->domain->limit_bytes);
}

static void register_system(void) {
    static const NativeEntry entries[] = {
        {"core.printLine", "(Lcore.String;)V", print_line, NULL},
        {"core.logLine", "(Lcore.String;)V", log_native, NULL},
        {"core.Clock.wallMicroseconds", "()I", wall_microseconds, NULL},
        {"core.Clock.experiencedNanoseconds", "()I", experienced, NULL},
        {"core.System.snapshot", "()V", snapshot_native, NULL},
        {"core.System.generation", "()I", generation, NULL},
        {"core.System.endApp", "()V", end_app, NULL},
        {"core.System.usedBytes", "()I", used_bytes, NULL},
        {"core.System.limitBytes", "()I", limit_bytes, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}

void core_native_register(void) {
    core_native_register_text();
    core_native_register_text_find();
    core_native_register_number();
    core_native_register_object();
    core_native_register_thread();
    register_system();
}
