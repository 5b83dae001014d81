/* vm_harness.h: a fresh VM for one test. */
#ifndef TESTS_UNIT_VM_HARNESS_H
#define TESTS_UNIT_VM_HARNESS_H

#include "tests/unit/vm_assembler.h"
#include "vm/run/vm.h"

/* Fresh memory on a blank simulated disk, with vm_create. */
void harness_start(void);
/* Snapshot, power cut, and everything back with vm_restore. */
void harness_restart(void);
void harness_stop(void);

/* Loads what the assembler has; NULL: refused, harness_why says why. */
Module *harness_load(Assembler *a, bool system);
extern char harness_why[300];

/* Starts the module and runs it to its end (at most `budget`). What print()
 * said is in harness_printed. */
Domain *harness_run(const char *module, uint64_t budget);
extern char harness_printed[4096];
void harness_print(const Domain *domain, const char *bytes, size_t count);

/* Opens what the simulated disk has, with the auditor. */
void harness_open_memory(void);

/* Checks the heap; prints and fails the test when something is wrong. */
void harness_check(void);

/* A thread that can run and was not run yet. */
Thread *harness_thread(Domain *domain);

/* vm_run, and what must hold after it. */
uint64_t harness_step(uint64_t budget);

/* The assembler that the tests share; it is large. */
extern Assembler harness_assembler;

#endif
