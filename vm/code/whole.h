/* whole.h: proves that a heap can be run whatever wrote it.
 *
 * A machine looks at what C follows, when it follows it (vm/heap/trust.h);
 * code, classes and what fields and registers hold it believes. This looks at
 * these:
 *
 *   W1  the root is whole, each domain is, and H1 to H8 hold in it (heap.h)
 *   W2  a class is one that C made, as C made it, or it is of a module that is
 *       linked as its file says (relink.h); the tables lead to these alone
 *   W3  the method of a frame is of such a module, or the first of a thread
 *   W4  a register that holds an object holds one of the class that it was
 *       declared with
 *   W5  a frame's result goes where the instruction that called says, and it
 *       called such a method
 *   W6  variables of a module, shared boxes and prepared errors are of their
 *       classes
 *
 * Not looked at: state of natives that go on in steps, what windows and the
 * desk have (looked at when they are used). The memory must be open and all
 * regions attached; it is written to, and must not be kept. Reads all of it.
 * What a heap can lead astray before W1 is known ends in trust_refuse(). */
#ifndef VM_CODE_WHOLE_H
#define VM_CODE_WHOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/status.h"

typedef struct WholeReport {
    void (*say)(const char *sentence); /* of what is wrong */
    uint64_t domains, frames;          /* that were looked at */
    uint64_t modules;                  /* that are linked as their files say */
    uint64_t unknown;                  /* modules whose file was not kept */
    uint64_t wrong;                    /* findings */
} WholeReport;

/* NO_MEMORY, LIMIT: not all was looked at. */
Status whole_check(WholeReport *report);

#endif
