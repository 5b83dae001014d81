/* grants.h: how a domain comes by its rights (vm/heap/rights.h) and loses them.
 *
 * A person gives a right, until the app starts anew or for always, or takes it
 * back. An app asks for one by a call that waits for the answer; what a person
 * refused is not asked again in the life of that domain. What was taken back is
 * marked on the disk beside the generations, and is taken from whatever comes
 * back from an older one. */
#ifndef VM_RUN_GRANTS_H
#define VM_RUN_GRANTS_H

#include "kernel/base/status.h"
#include "vm/heap/rights.h"
#include "vm/heap/object.h"

/* What lies beside the generations, of the app of this line (Domain.line): the
 * rights that it lacks, as bits; setting them; and the newest line of any. None
 * without a disk. */
typedef struct GrantsMarks {
    uint32_t (*denied)(uint64_t line);
    Status (*deny)(uint64_t line, uint32_t rights);
    uint64_t (*newest)(void);
} GrantsMarks;

/* Before vm_restore; for ever. */
void grants_set_marks(const GrantsMarks *marks);

typedef enum Grant {
    GRANT_NOT,    /* it is taken back, and refused */
    GRANT_ONCE,   /* until the app starts anew */
    GRANT_ALWAYS, /* also then */
    GRANTS,
} Grant;

/* At once, and durable with the next generation; GRANT_NOT of what it ever had
 * is durable when this returns, where there is a disk. IO_ERROR of GRANT_NOT:
 * it is taken back, but an older generation may bring it again; anything else
 * that is not OK changed nothing. */
Status grants_set(Domain *domain, RightPlace right, Grant grant);

/* ---- Asking ---- */

/* The app asks for the right, and its call waits for the app's own Domain until
 * the answer comes: true, false. The domain is announced. */
void grants_ask(Domain *domain, RightPlace right);

/* The app in this slot that waits for an answer, with the right; NULL: it waits
 * for none (slots.h: SLOTS_ASKING). */
Domain *grants_asking(size_t slot, RightPlace *right_out);

/* The person's answer. What is not OK changed nothing, but perhaps took the
 * right: the answer is to be given again. */
Status grants_answer(Domain *domain, Grant grant);

/* What it asked it does not ask again: it did not wait for the answer. */
void grants_lapse(Domain *domain, RightPlace right);

/* ---- Coming back ---- */

/* The number of the next domain is above all that marks speak of, though the
 * generation is older. The root is announced. */
void grants_start(void);

/* The new domain takes the place of the old one; it is announced. */
void grants_inherit(Domain *fresh, const Domain *old);

/* The domain came back from a generation: what was taken back since is. */
Status grants_restore(Domain *domain);

#endif
