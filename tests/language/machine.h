/* A fresh VM on the simulated machine, for programs that tests compile. */
#ifndef TESTS_LANGUAGE_MACHINE_H
#define TESTS_LANGUAGE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/base/text.h"
#include "vm/run/vm.h"

/* A blank disk, open memory with the auditor, vm_create. False: no memory. */
bool machine_start(void);
/* After vm_create or vm_restore: no heap here was forged, so a reference that
 * leads nowhere is a bug, not an app's. False: what was begun failed. */
bool machine_came(Status begun);
/* Only opens the memory on the disk that there is. */
bool machine_open(void);
void machine_stop(void);

/* False: refused, `why` says why. */
bool machine_load(const void *bytes, size_t size_bytes, bool system, Text *why);

/* Runs the app until it ends or for `slices` slices; waiting costs no time, and
 * what is committed is durable at once. True when it has ended. */
bool machine_run(Domain *domain, unsigned slices);

/* Makes life hard for programs, from the next machine_start on; 0 is off.
 * `collect_counts`: after so many counts a collection that poisons what is
 * free. `cut_counts`: after twice so many a snapshot, a power cut and a
 * restart; the heap is checked each time. Unless it is `steady`, a long program
 * meets them less and less often. */
void machine_harden(uint32_t collect_counts, uint32_t cut_counts, bool steady);

#endif
