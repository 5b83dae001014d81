/* Identity hashes: an open table of {address, hash} words, linear probing. */
#include "vm/heap/identity.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

/* The place of the address, or the free place where it belongs. One that was
 * forged may have neither. */
static uint64_t *find(Array *table, uint64_t address) {
    uint64_t slots = table->length / 2, left = slots;
    uint64_t slot = identity_slot(address, slots);
    while (left > 0 && table->at.words[slot * 2] &&
           table->at.words[slot * 2] != address) {
        slot = (slot + 1) & (slots - 1);
        left--;
    }
    trust_need(left > 0,
               region_header(region_of((uint64_t)(uintptr_t)table))->owner,
               "its table of hashes is full");
    return table->at.words + slot * 2;
}

static void insert(Array *table, uint64_t address, uint64_t hash) {
    uint64_t *place = find(table, address);
    place[0] = address;
    place[1] = hash;
}

/* ---- Growing ---- */

uint64_t identity_wants(const Domain *domain) {
    const Array *table = domain->hashes;
    if (!table)
        return 64;
    bool full = (domain->hash_count + 1) * 4 > table->length;
    return full ? table->length * 2 : 0; /* so it stays under half full */
}

Status identity_grow(Domain *domain, Array *larger, uint64_t most,
                     uint64_t *at_in_out) {
    const Array *old = domain->hashes;
    uint64_t slots = old ? old->length / 2 : 0;
    for (; *at_in_out < slots && most > 0; ++*at_in_out, most--) {
        const uint64_t *entry = &old->at.words[*at_in_out * 2];
        if (!entry[0])
            continue;
        Status status = heap_write(find(larger, entry[0]), 16);
        if (status != STATUS_OK)
            return status;
        insert(larger, entry[0], entry[1]);
    }
    if (*at_in_out < slots)
        return STATUS_BUSY;
    Status status = heap_write(domain, sizeof *domain);
    if (status == STATUS_OK)
        HEAP_SET(domain->hashes, larger);
    return status;
}

static Status make_room(Domain *domain) {
    uint64_t length = identity_wants(domain), at = 0;
    Status status;
    if (!length)
        return STATUS_OK;
    Array *larger = heap_new_array(domain, CLASS_IntArray, length, &status);
    return larger ? identity_grow(domain, larger, UINT64_MAX, &at) : status;
}

/* ---- Hashes ---- */

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
    domain->hashes_made++; /* the table has changed */
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
