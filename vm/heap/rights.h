/* rights.h: what an app does only because a person said so (rights.def).
 *
 * A right is a bit of Domain.rights: it belongs to that domain and to no name.
 * One that a person gave for always is in Domain.lasting, too, and goes on to
 * the domain that takes the place of this one when it is started anew. What was
 * taken back lies beside the generations (vm/run/grants.h): no older one that
 * comes back has it. What needs them are natives (vm/code/natives.def). */
#ifndef VM_HEAP_RIGHTS_H
#define VM_HEAP_RIGHTS_H

#include <stddef.h>
#include <stdint.h>

typedef enum RightPlace {
#define RIGHT(name, called, what) RIGHT_PLACE_##name,
#include "vm/heap/rights.def"
#undef RIGHT
    RIGHT_COUNT,
} RightPlace;

enum {
#define RIGHT(name, called, what) RIGHT_##name = 1 << RIGHT_PLACE_##name,
#include "vm/heap/rights.def"
#undef RIGHT
    RIGHTS_NONE = 0,
    RIGHTS_ALL = (1 << RIGHT_COUNT) - 1,
};

typedef struct RightRow {
    const char *name; /* for people, one word */
    const char *what; /* an app with it may ... */
} RightRow;

const RightRow *rights_row(RightPlace place);

/* The place of the right with this name; RIGHT_COUNT: there is none. */
RightPlace rights_find(const char *name, size_t name_bytes);

#endif
