/* radix.h: the copy-on-write trees of the disk, with their nodes in memory.
 *
 * A tree maps a key of levels * 7 bits to an entry (format.h). Nodes are read
 * when first needed and verified against the hash in their parent. A change
 * dirties the nodes from the leaf up to the root. To commit: radix_assign gives
 * each dirty node a new place on the disk, radix_write writes them, deepest
 * first, and at last the root entry names the new tree. The nodes stay in
 * memory until radix_durable; after radix_doomed they are dirty again.
 *
 * Invariants:
 *  1. The parent of a node in memory is in memory.
 *  2. The parent of a dirty node is dirty, and holds its old entry until the
 *     node is written.
 *  3. A node that is not dirty equals what its parent's entry names. */
#ifndef PERSIST_STORE_RADIX_H
#define PERSIST_STORE_RADIX_H

#include "persist/store/device.h"
#include "persist/store/space.h"

typedef struct Radix Radix;

/* Called for each block that the new tree no longer uses. */
typedef void RadixFreed(void *context, const FormatEntry *entry);

/* NULL: no memory. `root` may be a zero entry: an empty tree. */
Radix *radix_open(Device *device, unsigned levels, const FormatEntry *root);
void radix_close(Radix *radix);

/* The root's entry as of the last whole radix_write. */
FormatEntry radix_root(const Radix *radix);

/* The entry of a key, zero where nothing is. IO_ERROR, CORRUPT, NO_MEMORY. */
Status radix_get(Radix *radix, uint64_t key, FormatEntry *entry_out);

/* The same without the disk: false when the leaf is not in memory. */
bool radix_known(Radix *radix, uint64_t key, FormatEntry *entry_out);

/* The first key from `from` on that has an entry, UINT64_MAX where there is
 * none. Errors as radix_get. */
Status radix_next(Radix *radix, uint64_t from, uint64_t *key_out);

/* The first key from `from` on whose entry in the other tree is another,
 * UINT64_MAX where there is none. What both trees share is not read. Errors as
 * radix_get. Neither tree has dirty nodes. */
Status radix_next_difference(Radix *radix, Radix *other, uint64_t from,
                             uint64_t *key_out);

/* Replaces the entry of a key. Errors as radix_get; nothing is changed then. */
Status radix_set(Radix *radix, uint64_t key, const FormatEntry *entry,
                 FormatEntry *old_out);

/* Makes sure that radix_set of `key` cannot fail, and the path to it dirty. */
Status radix_prepare(Radix *radix, uint64_t key);

/* True when radix_set of `key` makes no further node dirty. */
bool radix_leaf_is_dirty(Radix *radix, uint64_t key);

/* Gives each dirty node that has none a new place, and tells `freed` the old
 * one. NO_SPACE, IO_ERROR: some have none yet; try again or doom the
 * generation. */
Status radix_assign(Radix *radix, Space *space, RadixFreed *freed,
                    void *context);

/* True when a dirty node has no place yet. */
bool radix_unassigned(const Radix *radix);

/* Writes dirty nodes, all assigned, as born in `birth`; at most *budget, which
 * it lowers. True when all are written; false: go on later (no budget or no
 * room in the device). */
bool radix_write(Radix *radix, uint64_t birth, uint32_t *budget);

void radix_durable(Radix *radix);

/* The nodes written since the last radix_durable may not be on the disk. */
void radix_doomed(Radix *radix);

/* Drops clean durable nodes beyond `keep`, oldest first. */
void radix_trim(Radix *radix, uint32_t keep);

uint32_t radix_dirty_nodes(const Radix *radix);

#endif
