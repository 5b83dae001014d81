/* A fresh VM on the simulated machine, for programs that tests compile. */
#ifndef TESTS_LANGUAGE_MACHINE_H
#define TESTS_LANGUAGE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/base/text.h"
#include "vm/vm.h"

/* A blank disk, open memory with the auditor, vm_create. False: no memory. */
bool machine_start(void);
void machine_stop(void);

/* A snapshot, a power cut, and everything comes back. False: it does not. */
bool machine_cut(void);

/* Runs for about so many counts; waiting costs no time, and what is committed
 * is durable at once. */
void machine_turn(uint64_t counts);

/* False: refused, `why` says why. */
bool machine_load(const void *bytes, size_t size_bytes, bool system, Text *why);

/* Turns until the app ends, at most so many. */
void machine_run(Domain *domain, unsigned turns);

#endif
