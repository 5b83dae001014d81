/* worker.h: what carries threads: all transient state of the VM.
 *
 * There is one worker in this wave; everything that two would have to share is
 * in the heap. Nothing here is the truth: it is rebuilt empty at each start,
 * and at a safepoint the running thread is wholly in its heap objects.
 *
 * Work is counted in units, of about a word of code that was run. A call is
 * charged for all words of the method and the return gives back those behind
 * it; a branch backwards is charged for the words between, one forwards gives
 * them back: so what is charged is what was run, whatever the branches are.
 * Instructions that are longer, natives, throws and memory are charged beyond
 * that by what they touch; the pages of a large object, which come when they
 * are touched, are owed for at once. A thread runs until its units are used up
 * and the next safepoint comes; what it used beyond that its domain owes
 * (Domain.debt). */
#ifndef VM_RUN_WORKER_H
#define VM_RUN_WORKER_H

#include "vm/heap/object.h"
#include "vm/run/native.h"

/* Why the interpreter came back. */
typedef enum SliceEnd {
    SLICE_FUEL,    /* its count is used up, or a safepoint is wanted */
    SLICE_PARKED,  /* the thread waits */
    SLICE_ENDED,   /* the thread's first frame returned, or nothing caught */
    SLICE_PRESSED, /* nothing can be written now: `status` */
    SLICE_MEMORY,  /* the domain has no memory left: collect, try again */
} SliceEnd;

/* Bytes that are made zero, copied or compared for a unit. */
#define COST_BYTES 16

/* Of work that a thread may do at once. */
#define SLICE_UNITS 50000u

typedef struct Worker {
    Thread *thread;
    Domain *domain;
    uint64_t *frame;      /* the running frame, when not in the interpreter */
    uint64_t *low, *high; /* the part of the stack that is announced */
    int64_t fuel;
    const uint64_t *retry; /* the call that parks, when parking fails */
    Status status;
    /* A collection was made for the instruction at this place, which failed
     * with so much fuel left and is made again: when it fails like that again,
     * with nothing run in between, there is no more memory. NULL: none. */
    const uint64_t *collected_at;
    int64_t collected_fuel;
    const Object *brought[16]; /* in this slice, with all their pages */
    NativeCall call;
} Worker;

extern Worker worker;

/* Empties it; at create and restore. */
void worker_start(void);

/* What the running domain, which is announced, pays for before its later turns;
 * when that is much, or the memory is of a reserve, the slice ends soon. */
void worker_owes(uint64_t units);

#endif
