/* native_call.h: the way from the interpreter into a native and back. */
#ifndef VM_RUN_NATIVE_CALL_H
#define VM_RUN_NATIVE_CALL_H

#include "vm/run/worker.h"

/* Calls the native with the arguments (R then S, frame words of worker.frame)
 * in `list`; checks them first. The outcome is in worker.call. */
NativeResult native_call(Method *method, const uint16_t *list);

/* The C function of a native method, or NULL when this build has none. */
const NativeEntry *native_call_entry(const Domain *domain,
                                     const Method *method);

/* Forgets which functions were found; at create and restore. */
void native_call_forget(void);

#endif
