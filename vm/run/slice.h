/* slice.h: one thread runs for a while.
 *
 * Within vm_run() only. What cannot be written now, for the thread or for
 * anything else that is done for a domain, is remembered here: the scheduler
 * asks, and lets it wait for room. */
#ifndef VM_RUN_SLICE_H
#define VM_RUN_SLICE_H

#include "kernel/base/status.h"
#include "vm/heap/object.h"

typedef struct SliceFigures {
    uint64_t slices;
    int64_t units; /* of all slices */
} SliceFigures;

SliceFigures slice_figures(void);

/* Runs the head of a run queue for at most `count` units and a step; gives what
 * it used. A collection counts as a slice: a program that goes on at its limit
 * keeps nobody waiting. */
uint64_t slice_run(Thread *thread, uint64_t count);

/* True when this was not done and has to wait for room. */
bool slice_refused(Status status);

/* Something was refused; the second forgets it. */
bool slice_is_refused(void);
bool slice_take_refused(void);

#endif
