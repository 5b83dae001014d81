/* A fresh VM on the simulated machine, for programs that tests compile. */
#ifndef TESTS_LANGUAGE_MACHINE_H
#define TESTS_LANGUAGE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/text.h"
#include "vm/vm.h"

/* How hard programs have it: both 0 in a plain run. */
typedef struct MachineModes {
    uint32_t collect; /* a collection after so many calls and loops */
    uint32_t cut;     /* a power cut after so many, with a check of the heap */
} MachineModes;

extern MachineModes machine_modes;

/* A blank disk, open memory with the auditor, vm_create. False: no memory. */
bool machine_start(void);
void machine_stop(void);

/* False: `why` says what is damaged. */
bool machine_heap_good(Text *why);

/* False: refused, `why` says why. */
bool machine_load(const void *bytes, size_t size_bytes, bool system, Text *why);

/* Runs the app until it ends or for `slices` slices; waiting costs no time, and
 * what is committed is durable at once. False with `why`: it has not ended, or
 * did not come back from a power cut as it was. */
bool machine_run(Domain *domain, unsigned slices, Text *why);

#endif
