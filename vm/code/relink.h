/* relink.h: proves that linked code is what the verifier would let run.
 *
 * A heap that came from somewhere may hold any code: what is linked is not
 * looked at when it is run (docs/trust.md). A module has its file with it, so
 * it can be linked anew, with all checks of a load, and compared: classes,
 * tables, maps of references, types of fields, methods, constants and code must
 * be the same, word by word and name by name. What is compared of its imports
 * are their addresses, so these are linked anew first. Not compared: variables,
 * what stands before a module in its table, shared boxes.
 *
 * The heap was found whole before (heap_check), and nothing of it is changed;
 * what is made lies beside it, and the memory must not be kept (no snapshot).
 * For tools and tests, not for a machine that runs. */
#ifndef VM_CODE_RELINK_H
#define VM_CODE_RELINK_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

typedef struct Relinked Relinked;

/* Begins for a world with so many modules, classes and methods at most.
 * STATUS_NO_MEMORY. */
Status relink_begin(uint64_t most, Relinked **relinked_out);
void relink_end(Relinked *relinked); /* NULL is allowed */

/* Links a module of this domain anew. STATUS_INVALID: it is not what its file
 * says, or the file is refused, and `why` says what; NOT_FOUND: an older build
 * loaded it, or what it imports, and kept no file, so nobody knows; NO_MEMORY,
 * LIMIT. */
Status relink_module(Relinked *relinked, Domain *domain, const Module *module,
                     Text *why);

/* A module for which relink_module returned NOT_FOUND. */
bool relink_unknown(const Relinked *relinked, const Module *module);

/* A Module, Class or Method of a module that was found to be what it should. */
bool relink_knows(const Relinked *relinked, const void *object);

/* The classes that the R registers of such a method were declared with, in the
 * order of its frame; reference_count of them. */
const Class *const *relink_registers(const Relinked *relinked,
                                     const Method *method);

#endif
