/* Compilation: a run of the compiler within the living system.
 *
 * The compiler is C that goes on for as long as a text wants, so it runs on a
 * stack of its own and gives way each COMPILATION_UNITS. All of it is
 * transient: whoever wants the result asks again, and after a restart it
 * begins anew. It reads nothing of the heap.
 *
 * J1 A domain has at most one. Of its threads the others wait; one that has
 *    not asked for its own for long has lost it.
 * J2 All together use at most an eighth of the RAM. When that
 *    is used up the youngest gives way and begins anew, so the oldest always
 *    ends: none starves, and none holds up another. One that is too large by
 *    itself ends with STATUS_NO_MEMORY. */
#ifndef VM_NATIVE_COMPILATION_H
#define VM_NATIVE_COMPILATION_H

#include "vm/compiler/compiler.h"

#define COMPILATION_UNITS 20000

typedef struct Compilation {
    CompilerRequest request; /* filled in before the first step */
    CompilerResult result;   /* when it is done */
    Status status;           /* the same; of compiler_compile */
    void *owner;             /* the caller's, which `give` gives back */
    void (*give)(void *owner);
    size_t owner_bytes; /* that it has beside the compiler's */
    bool done;
    /* compilation.c's own */
    uint64_t domain, thread, age, seen;
    uint32_t waited;
    struct PlatformStack *stack;
    struct Compilation *next;
} Compilation;

/* That of this thread (by numbers), or NULL: there is none, or none any
 * more. */
Compilation *compilation_find(uint64_t domain, uint64_t thread);

/* A new one. `age` is 0, or what it was before it had to begin anew.
 * STATUS_BUSY: another thread of the domain has one, ask again later. */
Status compilation_begin(uint64_t domain, uint64_t thread, uint64_t age,
                         Compilation **compilation_out);

/* Goes on until it is done or has done about COMPILATION_UNITS; they are added
 * to *units. False: it had to give way and is no more. */
bool compilation_step(Compilation *compilation, uint64_t *units);

/* Ends it, done or not. */
void compilation_end(Compilation *compilation);

/* The domain's, if it has one: the app that wanted it is another now. */
void compilation_forget(uint64_t domain);

#endif
