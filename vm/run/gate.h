/* gate.h: the only way from one domain to an object of another.
 *
 * A Gate is an object of the holder's domain with a number; the target's domain
 * keeps a table from numbers, ascending and never reused, to objects. So no
 * reference crosses, and a gate into a domain that was killed, or a gate that
 * was closed, leads nowhere. What passes through is copied: immutable values
 * only. At a safepoint or within a native. */
#ifndef VM_RUN_GATE_H
#define VM_RUN_GATE_H

#include "vm/heap/object.h"

/* Opens a gate to `target`, an object of `owner`; for `holder`. NULL:
 * *status_out says why. */
Gate *gate_open(Domain *owner, Object *target, Domain *holder,
                Status *status_out);

/* What the gate leads to; NULL when it is broken. */
Object *gate_target(const Gate *gate);

/* No gate with this number leads anywhere any more. */
Status gate_close(const Gate *gate);

/* A copy of a String or a box in the other domain; objects of the system domain
 * pass as they are, null too. STATUS_INVALID: nothing else passes. */
Status gate_copy(Domain *to, Object *value, Object **copy_out);

#endif
