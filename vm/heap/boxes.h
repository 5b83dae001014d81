/* boxes.h: boxes of values, made or shared.
 *
 * Programs box the same few values again and again: each character of a text,
 * each small number of a list. All Bool and Byte, Char below 128 and Int from
 * -16 to 127 have one box each, in the system domain, which every domain may
 * refer to; no other domain refers to that domain's own boxes. They are
 * immutable and live as long as the world does: the class of the boxes has them
 * (Class.boxes), ordered by value from the least on.
 *
 * A world that an older build began has none until it runs on this one, and an
 * older build goes on with them: it reads boxes wherever they are. */
#ifndef VM_HEAP_BOXES_H
#define VM_HEAP_BOXES_H

#include "vm/heap/object.h"

/* Makes the shared boxes that the world does not have. Other than STATUS_OK:
 * those that are missing are not shared, and all else works. */
Status boxes_share(void);

/* A box of class CLASS_Int ... with the value as in a register: the shared one,
 * or a new one of the domain. NULL: as heap_allocate. */
Object *boxes_make(Domain *domain, uint32_t class_id, uint64_t value,
                   Status *status_out);

#endif
