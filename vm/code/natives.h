/* natives.h: the table of methods written in C, by name and signature.
 *
 * Libraries register their tables; the loader binds a method that a system
 * module declares `native` to an entry, and after a restart it is found again
 * the same way. What a body may do is in vm/run/native.h. */
#ifndef VM_CODE_NATIVES_H
#define VM_CODE_NATIVES_H

#include "kernel/base/status.h"
#include "vm/heap/object.h"

struct NativeCall;

typedef enum NativeResult {
    NATIVE_DONE,   /* the result is in the call (or there is none) */
    NATIVE_FAILED, /* made by native_throw or a failed native_new_*,
                      native_write: thrown, or called again after a safepoint */
    NATIVE_PARK,   /* call->waiting says for what; thread_complete() later
                      gives the result (thread.h) */
    NATIVE_STEP,   /* call->progress holds how far it is; called again */
    NATIVE_CALL,   /* call->callee runs in its stead, with call->result as its
                      one argument if it takes one, and gives its result */
} NativeResult;

typedef NativeResult (*NativeFunction)(struct NativeCall *call);

/* Called once per waiting thread after a restart, before any thread runs, for
 * a native that parks: sets its wait up again. */
typedef void (*NativeRestored)(Thread *thread);

typedef struct NativeEntry {
    const char *name;      /* "module.Class.method" */
    const char *signature; /* as in module.h */
    NativeFunction run;
    NativeRestored restored; /* NULL: nothing to set up */
} NativeEntry;

/* Makes natives known, each of which has a row in natives.def; before vm_create
 * and vm_restore. The table must live for ever; registering it again is
 * nothing. */
void natives_register(const NativeEntry *entries, size_t count);

/* The entry for a name and signature, or NULL. */
const NativeEntry *natives_find(const char *name, size_t name_bytes,
                                const char *signature, size_t signature_bytes);

/* All registered natives, for tests: the entry at `index`, or NULL. */
const NativeEntry *natives_at(size_t index);

/* ---- The border (natives.def) ----
 *
 * native_call() looks at the right before it looks at the arguments. */

/* The right that a native needs, as a bit, or RIGHTS_NONE for one that is free;
 * UINT32_MAX: there is no such native. */
uint32_t natives_need(const char *name);

/* A row: its name, and why it is free, or NULL; NULL behind the last. */
const char *natives_row_at(size_t place, const char **free_because_out);

/* Words per parameter in Method.parameters: packed, smallest, largest.
 * Packed: bits 0-7 ModuleKind, 8-15 MODULE_NULLABLE and MODULE_RANGE, 16-31
 * place among the arguments, 32-63 class id. In the order of declaration, with
 * `this` first. */
#define NATIVE_PARAMETER_WORDS 3u

#endif
