/* heap_check.h: proves the invariants of heap.h and thread.h by looking at
 * everything. For tests, and for pages before they are committed. */
#ifndef VM_HEAP_HEAP_CHECK_H
#define VM_HEAP_HEAP_CHECK_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

/* False: `why` names the first thing that is wrong and its address. At a
 * safepoint. */
bool heap_check(Text *why);

/* The same for one domain, whatever its regions hold: they may be damaged. */
bool heap_check_domain(const Domain *domain, Text *why);

#endif
