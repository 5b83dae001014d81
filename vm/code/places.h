/* places.h: a table from numbers to numbers, for the time of one load.
 *
 * So that loading takes a time that grows with what is loaded, whatever names
 * and classes it has. Open addressing; numbers of keys are given out by the
 * system, so no module can choose them to fall together. */
#ifndef VM_CODE_PLACES_H
#define VM_CODE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Places {
    uint64_t *entries; /* pairs: key + 1, value */
    uint64_t mask;
} Places;

/* Room for so many keys. False: no memory. */
bool places_begin(Places *places, uint64_t most);
void places_end(Places *places);

/* The value of a key, below 2^64 - 1; a new one has `fresh`, and *new_out says
 * that it is. */
uint64_t *places_at(Places *places, uint64_t key, uint64_t fresh,
                    bool *new_out);

/* The value of a key, or NULL. */
const uint64_t *places_find(const Places *places, uint64_t key);

#endif
