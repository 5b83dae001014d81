/* vm_core.h: a small module "core", made from the natives that are
 * registered, and calls of each with hostile arguments. */
#ifndef TESTS_UNIT_VM_CORE_H
#define TESTS_UNIT_VM_CORE_H

#include "tests/unit/vm_assembler.h"
#include "vm/run/native.h"

/* Begins and ends a module "core" that declares every native of module "core"
 * and the classes that C knows. */
void core_begin(Assembler *a);

/* A module "h" whose main calls the native many times, with nulls, extreme
 * numbers, empty and odd objects, each call in a handler. */
void core_make_hostile(Assembler *a, const NativeEntry *entry, uint64_t *state);

#endif
