/* slots.h: which domains have something to do, found without a walk over all.
 *
 * A slot is a domain's place in the root's table. For each thing that somebody
 * does for domains there is a set of slots; whoever makes it necessary adds the
 * domain, whoever does it drops those that do not need it any more. So a set
 * has all that need it, and perhaps some that do not: it spares looking and is
 * never the truth. When a domain wants to be looked at is kept in the same way,
 * in a tournament tree, and is never later than what the domain says.
 *
 * All of this is transient. At a start, and after anything that these files
 * cannot see (pages that were exchanged, apps that were held), everything is
 * looked at once. */
#ifndef VM_RUN_SLOTS_H
#define VM_RUN_SLOTS_H

#include "vm/heap/object.h"

typedef enum SlotSet {
    SLOTS_READY,   /* has threads that can run, */
    SLOTS_WAITING, /* and waits for room for the rest of this vm_run */
    SLOTS_ENDED,   /* may be over (vm_app_ended) */
    SLOTS_TRASH,   /* may be in the trash */
    SLOTS_ASKING,  /* may wait for a right */
    SLOT_SETS,
} SlotSet;

#define SLOTS_NEVER UINT64_MAX

/* Everything is in all sets but SLOTS_WAITING, and wants to be looked at. */
void slots_start(void);

/* The same for one domain. */
void slots_look(const Domain *domain);

/* The domain's slot, or ROOT_DOMAINS_MAX. Reads nothing of it. */
size_t slots_of(const Domain *domain);

void slots_add(SlotSet set, const Domain *domain);
void slots_drop(SlotSet set, size_t slot);
bool slots_has(SlotSet set, size_t slot);
/* The first slot of the set from this one on, or ROOT_DOMAINS_MAX. */
size_t slots_next(SlotSet set, size_t from);

/* No thread of this slot runs in this vm_run any more; and the next begins,
 * where all of these are looked at. */
void slots_rest(size_t slot);
void slots_turn(void);

/* The domain wants to be looked at then, by the experienced clock, if not
 * before. */
void slots_wake_by(const Domain *domain, uint64_t when_ns);
/* Then and not before. */
void slots_wake_at(size_t slot, uint64_t when_ns);
uint64_t slots_wakes_at(size_t slot);
/* The first slot of those that want it earliest, or ROOT_DOMAINS_MAX. */
size_t slots_first_wake(uint64_t *when_ns_out);
/* The first slot from this one on that wants it by now, or ROOT_DOMAINS_MAX. */
size_t slots_next_due(size_t from, uint64_t now_ns);

#endif
