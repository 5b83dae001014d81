/* identity.h: identity hashes, from a counter per domain.
 *
 * Kept in a table of the domain beside the objects, so that no program sees an
 * address and no object grows; entries of dead objects go at a collection. */
#ifndef VM_HEAP_IDENTITY_H
#define VM_HEAP_IDENTITY_H

#include "vm/heap/object.h"

/* The words of a table with room for one more, or 0: there is room. */
uint64_t identity_wants(const Domain *domain);

/* Enters what the table has at `most` places, from *at_in_out on, into a new
 * array of so many words. STATUS_OK: that was all, it is the table now.
 * STATUS_BUSY: call it again, but from the start, with another array, when
 * hash_count or hashes_made have changed: so the table has. While it is full
 * nothing is added. Another failure: call it again. */
Status identity_grow(Domain *domain, Array *larger, uint64_t most,
                     uint64_t *at_in_out);

/* The hash of an object of this domain or of the system domain; the first call
 * gives it one, and lets the table grow at once if it must. STATUS_LIMIT or
 * another failure: nothing has changed. */
Status identity_hash(Domain *domain, Object *object, uint64_t *hash_out);

/* Gives a new object of the domain, which has none, a certain hash. Errors as
 * above. */
Status identity_give(Domain *domain, Object *object, uint64_t hash);

/* The table that Domain.hashes is: pairs of words, address and hash; this is
 * where one of `slots` pairs, a power of two, is looked for first. */
static inline uint64_t identity_slot(uint64_t address, uint64_t slots) {
    return (address >> 4) * 0x9E3779B97F4A7C15u >> 20 & (slots - 1);
}

/* Drops the entries of objects that are not marked; within a collection.
 * False when the table cannot be written; then nothing may be freed. */
bool identity_forget(Domain *domain,
                     bool (*is_marked)(const void *context, uint64_t address),
                     const void *context);

#endif
