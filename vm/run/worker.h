/* worker.h: what carries threads: all transient state of the VM.
 *
 * There is one worker in this wave; everything that two would have to share is
 * in the heap. Nothing here is the truth: it is rebuilt empty at each start,
 * and at a safepoint the running thread is wholly in its heap objects. */
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

#define WORKER_CACHE 1024u

typedef struct WorkerLookup {
    uint64_t key; /* class id << 32 | selector; 0: empty */
    Method *method;
} WorkerLookup;

typedef struct Worker {
    Thread *thread;
    Domain *domain;
    uint64_t *frame;      /* the running frame, when not in the interpreter */
    uint64_t *low, *high; /* the part of the stack that is announced */
    int64_t fuel;
    const uint64_t *retry; /* the call that parks, when parking fails */
    Status status;
    bool hurry;      /* a safepoint is wanted soon */
    bool collected;  /* a collection ran since the last safepoint */
    Class **classes; /* by class id, filled on demand */
    uint64_t class_room;
    WorkerLookup cache[WORKER_CACHE];
    const Object *brought[16]; /* in this slice, with all their pages */
    NativeCall call;
} Worker;

extern Worker worker;

/* Empties all caches; at create and restore. STATUS_NO_MEMORY. */
Status worker_start(void);

/* The class of an object; never NULL. */
Class *worker_class(uint32_t class_id);

static inline Class *worker_class_of(const Object *object) {
    uint32_t id = object->class_id;
    if (id < worker.class_room && worker.classes[id])
        return worker.classes[id];
    return worker_class(id);
}

/* A new object stands for this class id. */
void worker_forget_class(uint32_t class_id);

/* True when the class is `of`, below it, or implements it. */
bool worker_is_a(const Class *class_is, const Class *of);

/* The method of a class with this selector, or NULL. */
Method *worker_find(Class *in, uint32_t selector);

#endif
