/* exception.h: throwing, and finding who catches (Method.handlers). Nothing
 * costs anything until something is thrown. An exception gets its stack trace,
 * two heap arrays, when it is thrown for the first time. */
#ifndef VM_RUN_EXCEPTION_H
#define VM_RUN_EXCEPTION_H

#include "vm/heap/object.h"

#define EXCEPTION_TRACE_MAX 64u /* frames kept */
/* For so long whoever is thrown a MemoryError may use memory above the limit.
 */
#define EXCEPTION_MEMORY_UNITS 3000

/* Throws in the worker's frame, whose FRAME_PC is after the throwing
 * instruction. STATUS_OK: the worker's frame is at the handler.
 * STATUS_NOT_FOUND: nobody catches; the thread's `thrown` is set. STATUS_BUSY:
 * this many frames take more than a slice; the worker's frame is one of those
 * above, and the thread's `thrown` goes on from there when it is thrown again.
 * Anything else: nothing can be written now, nothing has changed. */
Status exception_throw(Object *exception);

/* The same with a new exception of a known class, CLASS_BoundsError ...; the
 * message may be NULL: the limit's own, where a domain's memory is used up.
 * STATUS_LIMIT: there is no memory for it; a MemoryError is the domain's own
 * then. */
Status exception_throw_known(uint32_t class_id, const char *message);

/* A new exception; NULL: *status_out says why. */
Object *exception_new(Domain *domain, uint32_t class_id, const char *message,
                      Status *status_out);

#endif
