/* domain.h: making and ending domains.
 *
 * Numbered invariants, proved by domain_check():
 *   D1  numbers are below next_domain, and no two domains have the same
 *   D2  a domain's regions are a chain from first_region to last_region, with
 *       its number in each header
 *   D3  since_bytes is at most used_bytes, and that at most limit_bytes with
 *       the reserve
 *   D4  a chain of regions that is being given back belongs to no domain
 * and those of limits.h. */
#ifndef VM_RUN_DOMAIN_H
#define VM_RUN_DOMAIN_H

#include "vm/heap/object.h"

/* A new domain with its first region, entered in the system root. The system
 * domain always gets in; limits.h says what an app's limit is at least.
 * STATUS_LIMIT: there are too many domains. */
Status domain_create(const char *name, uint64_t limit_bytes,
                     Domain **domain_out);

/* Ends a domain at once: its threads are gone, its gates are broken, nothing
 * of it is ever found again. Its regions, which are never used again, are given
 * back now as far as there is room for that, the rest by domain_give_back(). At
 * a safepoint only. When it cannot be written now, call it again. */
Status domain_kill(Domain *domain);

/* Goes on giving back what apps had that are over; false: not all yet, a
 * snapshot must make room. At a safepoint only. */
bool domain_give_back(void);

/* NULL, or the sentence of the invariant that does not hold. At a safepoint. */
const char *domain_check(void);

/* Objects for the variables of a module and of all it imports: of what the
 * system installed in the environments of the domain, of an own one on it. */
Status domain_attach(Domain *domain, Module *module);

/* The object with the variables of a module, or NULL. */
Object *domain_variables(const Domain *domain, Module *module);

/* Takes the variables of an attached module away, in the step that gave them.
 */
void domain_detach(Domain *domain, Module *module);

#endif
