/* collect.h: garbage is found by tracing and given back, with all threads
 * stopped at safepoints.
 *
 * A domain is traced alone, because nothing outside refers into it but its
 * entry in the system root; the system domain is traced together with all
 * others. Marks are transient. When there is no memory for them, or not all can
 * be written that must be, nothing is given back, and nothing is lost. In each
 * start a domain is checked whole (heap_check.h) before its first collection;
 * an app that is damaged is stopped (trust.h), and the system's is not
 * collected while that is there or it is damaged itself. */
#ifndef VM_HEAP_COLLECT_H
#define VM_HEAP_COLLECT_H

#include "vm/heap/object.h"

/* At a start: no domain was looked at. */
void collect_start(void);
/* The domain got other objects: if it was damaged, it is looked at again. */
void collect_forget(const Domain *domain);

/* At a safepoint: frees what the domain cannot reach (everywhere, for the
 * system domain). STATUS_NO_MEMORY: not done. STATUS_BUSY: not done, because
 * not enough can be written before the next snapshot. */
Status collect_domain(Domain *domain);

typedef struct CollectFigures {
    uint64_t collections;
    uint64_t done;           /* of these, the others gave nothing back */
    uint64_t marked_objects; /* by the last one */
    uint64_t freed_bytes;    /* by the last one, lines and blocks */
} CollectFigures;
CollectFigures collect_figures(void);

/* Tests: what is freed is filled with 0xDB. */
void collect_set_poison(bool on);

#endif
