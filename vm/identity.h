/* identity.h: identity hashes, from a counter per domain.
 *
 * Kept in a table of the domain beside the objects, so that no program sees an
 * address and no object grows; entries of dead objects go at a collection. */
#ifndef VM_IDENTITY_H
#define VM_IDENTITY_H

#include "vm/object.h"

/* The hash of an object of this domain or of the system domain; the first call
 * gives it one. STATUS_LIMIT or another failure: nothing has changed. */
Status identity_hash(Domain *domain, Object *object, uint64_t *hash_out);

/* Drops the entries of objects that are not marked; within a collection.
 * False when the table cannot be written; then nothing may be freed. */
bool identity_forget(Domain *domain,
                     bool (*is_marked)(const void *context, uint64_t address),
                     const void *context);

#endif
