/* frozen_check.h: looks at pages of a closed epoch before they are committed,
 * so that a damaged heap does not become a generation.
 *
 * A page is looked at by itself, as it was at the barrier, beside the running
 * programs: each object that begins or reaches into it has a class, its header
 * is as it must be, its references lead to objects of its own domain or of the
 * system's, the frames of its threads are whole, and the allocator's tables
 * agree with it. What that needs of other pages and is not known any more
 * (snapshot_frozen) is passed over: no sound page is ever refused. Costs a few
 * microseconds a page. The whole proof is heap_check(). */
#ifndef VM_HEAP_FROZEN_CHECK_H
#define VM_HEAP_FROZEN_CHECK_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

/* While the check of a snapshot runs (snapshot_set_check). False: `why` names
 * the first thing that is wrong. */
bool frozen_check(uint64_t page, Text *why);

#endif
