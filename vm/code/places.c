/* Tables from numbers to numbers. */
#include "vm/code/places.h"

#include "kernel/base/alloc.h"

bool places_begin(Places *places, uint64_t most) {
    uint64_t slots = 16;
    while (slots < most * 2)
        slots *= 2;
    places->mask = slots - 1;
    places->entries = alloc_take(slots * 2 * sizeof *places->entries);
    return places->entries != NULL;
}

void places_end(Places *places) {
    alloc_give(places->entries);
}

/* Where the key is, or would be. */
static uint64_t slot_of(const Places *places, uint64_t key) {
    uint64_t slot = key * 0x9E3779B97F4A7C15u >> 20 & places->mask;
    while (places->entries[slot * 2] && places->entries[slot * 2] != key + 1)
        slot = (slot + 1) & places->mask;
    return slot;
}

uint64_t *places_at(Places *places, uint64_t key, uint64_t fresh,
                    bool *new_out) {
    uint64_t *entry = places->entries + slot_of(places, key) * 2;
    *new_out = entry[0] == 0;
    if (*new_out) {
        entry[0] = key + 1;
        entry[1] = fresh;
    }
    return &entry[1];
}

const uint64_t *places_find(const Places *places, uint64_t key) {
    uint64_t slot = slot_of(places, key);
    return places->entries[slot * 2] ? places->entries + slot * 2 + 1 : NULL;
}
