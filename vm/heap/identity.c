/* Identity hashes: an open table of {address, hash} words, linear probing. */
#include "vm/heap/identity.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"

/* The place of the address, or the free place where it belongs. */
static uint64_t *find(Array *table, uint64_t address) {
    uint64_t slots = table->length / 2;
    uint64_t slot = identity_slot(address, slots);
    while (table->at.words[slot * 2] && table->at.words[slot * 2] != address)
        slot = (slot + 1) & (slots - 1);
    return table->at.words + slot * 2;
}

static void insert(Array *table, uint64_t address, uint64_t hash) {
    uint64_t *place = find(table, address);
    place[0] = address;
    place[1] = hash;
}

/* Makes room for one more entry; the table stays under half full. */
static Status make_room(Domain *domain) {
    Array *old = domain->hashes;
    if (old && (domain->hash_count + 1) * 4 <= old->length)
        return STATUS_OK;
    Status status;
    Array *larger = heap_new_array(domain, CLASS_IntArray,
                                   old ? old->length * 2 : 64, &status);
    if (!larger)
        return status;
    status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    for (uint64_t i = 0; old && i < old->length; i += 2)
        if (old->at.words[i])
            insert(larger, old->at.words[i], old->at.words[i + 1]);
    HEAP_SET(domain->hashes, larger);
    return STATUS_OK;
}

Status identity_hash(Domain *domain, Object *object, uint64_t *hash_out) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    Status status = make_room(domain);
    if (status != STATUS_OK)
        return status;
    uint64_t *place = find(domain->hashes, address);
    if (!place[0]) {
        status = heap_write(place, 16);
        if (status == STATUS_OK)
            status = heap_write(domain, sizeof *domain);
        if (status != STATUS_OK)
            return status;
        place[0] = address;
        place[1] = ++domain->hashes_made;
        domain->hash_count++;
    }
    *hash_out = place[1];
    return STATUS_OK;
}

Status identity_give(Domain *domain, Object *object, uint64_t hash) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    Status status = make_room(domain);
    if (status != STATUS_OK)
        return status;
    uint64_t *place = find(domain->hashes, address);
    status = heap_write(place, 16);
    if (status == STATUS_OK)
        status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    domain->hash_count += !place[0];
    place[0] = address;
    place[1] = hash;
    return STATUS_OK;
}

/* System objects have no mark when a domain is traced alone; they stay. */
static bool stays(const Domain *domain, uint64_t address,
                  bool (*is_marked)(const void *, uint64_t),
                  const void *context) {
    return region_header(region_of(address))->domain != domain->number ||
           is_marked(context, address);
}

bool identity_forget(Domain *domain, bool (*is_marked)(const void *, uint64_t),
                     const void *context) {
    Array *table = domain->hashes;
    uint64_t bytes = table ? table->length * 8 : 0, kept = 0;
    if (!bytes || !domain->hash_count)
        return true;
    uint64_t *live = alloc_take(bytes);
    if (!live)
        return false;
    for (uint64_t i = 0; i < table->length; i += 2) {
        uint64_t address = table->at.words[i];
        if (address && stays(domain, address, is_marked, context)) {
            live[kept++] = address;
            live[kept++] = table->at.words[i + 1];
        }
    }
    bool writable = kept / 2 == domain->hash_count ||
                    heap_write(table->at.words, bytes) == STATUS_OK;
    if (writable && kept / 2 != domain->hash_count) {
        bytes_fill(table->at.words, 0, bytes);
        for (uint64_t i = 0; i < kept; i += 2)
            insert(table, live[i], live[i + 1]);
        domain->hash_count = kept / 2;
    }
    alloc_give(live);
    return writable;
}
