/* native.h: methods written in C.
 *
 * A method declared `native` in a .rev file of a system module has no code; it
 * is bound by "module.Class.name" (functions: "module.name") and its signature
 * text (module.h) to a C function in a table that its library registers:
 *
 *     static NativeResult text_length(NativeCall *call) {
 *         String *text = native_reference(call, 0);
 *         return native_int(call, (int64_t)text->length);
 *     }
 *     static const NativeEntry entries[] = {
 *         {"core.String.byteLength", "()I", text_length, NULL},
 *     };
 *     void core_native_register(void) { natives_register(entries, 1); }
 *
 * Before the C body runs, the VM has checked every argument: class, null,
 * range (from the .rvc), and has brought in the pages of its objects as far as
 * there is RAM: a body may still fault. Argument 0 is `this` for instance
 * methods; then the parameters in the order of declaration. Scalars are as in
 * registers.
 *
 * Rules for the body: no safepoint happens inside; heap pointers are good
 * until it returns, and are kept nowhere else. It finishes quickly (charge
 * more than a few microseconds with native_charge) or parks, or goes on in
 * steps of at most NATIVE_STEP_UNITS: it returns NATIVE_STEP with `progress`
 * and `steps` and is called again with them, in a later slice, with another
 * snapshot begun since, or after a restart. Everything that can fail
 * (native_new_*, native_write) comes before the first side effect, because a
 * failed call is made again from the start, or from the last step. */
#ifndef VM_RUN_NATIVE_H
#define VM_RUN_NATIVE_H

#include "kernel/base/status.h"
#include "vm/code/natives.h"
#include "vm/heap/object.h"

#define NATIVE_ARGUMENTS_MAX 32

typedef struct NativeCall {
    Thread *thread;
    Domain *domain;
    Method *method;
    uint64_t arguments[NATIVE_ARGUMENTS_MAX];
    uint64_t result;
    Object *waiting;   /* out, for NATIVE_PARK */
    Object *progress;  /* in: null at the first call; out, for NATIVE_STEP */
    uint64_t steps[3]; /* the same: zeros at the first call */
    Method *callee; /* out, for NATIVE_CALL: has code, and at most one argument,
                       a reference that was checked against its type; gives
                       what the native is declared to give */
    int64_t cost;   /* units, taken from the thread's */
    uint8_t wait;   /* ThreadWait, for NATIVE_PARK; WAIT_NATIVE by itself */
    Status failed;  /* why an allocation or announcement failed */
    uint32_t error; /* known class to throw, 0: none */
    char message[160];
} NativeCall;

static inline void *native_reference(const NativeCall *call, size_t index) {
    return (void *)(uintptr_t)call->arguments[index];
}

static inline int64_t native_integer(const NativeCall *call, size_t index) {
    return (int64_t)call->arguments[index];
}

static inline double native_double(const NativeCall *call, size_t index) {
    double value;
    __builtin_memcpy(&value, &call->arguments[index], sizeof value);
    return value;
}

static inline NativeResult native_int(NativeCall *call, int64_t result) {
    call->result = (uint64_t)result;
    return NATIVE_DONE;
}

static inline NativeResult native_bool(NativeCall *call, bool result) {
    call->result = result;
    return NATIVE_DONE;
}

static inline NativeResult native_give_double(NativeCall *call, double result) {
    __builtin_memcpy(&call->result, &result, sizeof result);
    return NATIVE_DONE;
}

/* `result` may be NULL. */
static inline NativeResult native_give(NativeCall *call, const void *result) {
    call->result = (uint64_t)(uintptr_t)result;
    return NATIVE_DONE;
}

/* Charges units of work (worker.h) to the thread. */
static inline void native_charge(NativeCall *call, uint64_t units) {
    call->cost += units < 1ull << 40 ? (int64_t)units : 1ll << 40;
}

/* What a call does before it goes on in a step. */
#define NATIVE_STEP_UNITS 20000u
/* Bytes that are copied or compared, or looked at one by one, in a step. */
#define NATIVE_STEP_COPY (NATIVE_STEP_UNITS * 16u)
#define NATIVE_STEP_BYTES NATIVE_STEP_UNITS

/* Returns NATIVE_FAILED; an exception of the known class (CLASS_BoundsError
 * ...) with this text is thrown. Formats of text.h. */
NativeResult native_throw(NativeCall *call, uint32_t error, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));

/* Its bytes are announced up to NATIVE_STEP_COPY; whoever fills in more goes on
 * in steps and announces each. */
String *native_new_string(NativeCall *call, uint64_t length_bytes);
String *native_new_string_of(NativeCall *call, Domain *domain,
                             uint64_t length_bytes);
Array *native_new_array(NativeCall *call, uint32_t class_id, uint64_t length);

/* A String with a copy of these bytes, which must be valid UTF-8. */
String *native_text(NativeCall *call, const char *bytes, size_t count);

/* A box of class CLASS_Int ... with the value. */
Object *native_box(NativeCall *call, uint32_t class_id, uint64_t value);

/* How far a step that does at most so much goes, from `at` of `count`. */
static inline uint64_t native_step_end(uint64_t at, uint64_t count,
                                       uint64_t most) {
    return count - at < most ? count : at + most;
}

/* The call goes on from `at`; `progress` is any object that says what it does:
 * of the caller's domain, or one of the system's that is there for ever, since
 * an app may go back to a time when this call was under way. */
static inline NativeResult native_go_on(NativeCall *call, const void *progress,
                                        uint64_t at) {
    call->progress = (Object *)(uintptr_t)progress;
    call->steps[0] = at;
    return NATIVE_STEP;
}

/* The app with this number, which runs; NULL: an exception says that none
 * does. */
Domain *native_running_app(NativeCall *call, uint64_t number);

/* Announces a change of these bytes of an old object. False: return
 * NATIVE_FAILED. */
bool native_write(NativeCall *call, const void *address, uint64_t size_bytes);

#endif
