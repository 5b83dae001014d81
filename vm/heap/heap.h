/* heap.h: memory for objects, one domain at a time.
 *
 * Objects lie in lines of 256 bytes of blocks of 32 KiB and never move. A
 * small object is put at the domain's bump address, which runs through free
 * lines (a hole); a medium one, when it does not fit there, into a wholly free
 * block; one of more than HEAP_MEDIUM_BYTES has blocks of its own. Memory comes
 * back when collect.c sweeps.
 *
 * Numbered invariants, proved by heap_check():
 *   H1  an object starts where its start bit is set, in a used line or at the
 *       head of a large run, and overlaps no other
 *   H2  its class id is known and its shape gives its size
 *   H3  every reference is null or the start of an object
 *   H4  a reference leads into the same domain or into the system domain; from
 *       the system domain only into itself
 *   H5  free lines have no start bits; used_bytes is what lines and runs say
 *   H6  frames of threads are whole: methods, instruction places, links
 *   H7  the fields of an object that hold objects hold ones of their class
 *   H8  a domain's tables are what C takes them for, and where it allocates
 *       next nothing is
 * and O1 to O3 of own.h. */
#ifndef VM_HEAP_HEAP_H
#define VM_HEAP_HEAP_H

#include "vm/heap/object.h"

#define HEAP_MEDIUM_BYTES 16384u
/* The largest object: all blocks of one region. */
#define HEAP_OBJECT_BYTES_MAX (50ull << 20)

/* Zeroed memory of `bytes` (rounded up to 16) with the header filled in. NULL:
 * *status_out is STATUS_LIMIT when the domain has no more memory to use (a
 * collection may help), else why nothing can be written now. Up to
 * HEAP_MEDIUM_BYTES may be filled until the next safepoint without announcing;
 * of a larger object only the first page is announced. */
Object *heap_allocate(Domain *domain, uint32_t class_id, uint64_t bytes,
                      Status *status_out);

/* Bytes of an array object with elements of 1 << `shift` bytes. Lengths that do
 * not fit give more than HEAP_OBJECT_BYTES_MAX. */
static inline uint64_t heap_array_bytes(uint64_t length, unsigned shift) {
    if (length > HEAP_OBJECT_BYTES_MAX)
        return HEAP_OBJECT_BYTES_MAX + 1;
    return sizeof(Object) + 8 + (length << shift);
}

/* A new array of one of the known array classes, all of it announced. */
Array *heap_new_array(Domain *domain, uint32_t class_id, uint64_t length,
                      Status *status_out);

/* A new String with a copy of the bytes. */
String *heap_new_string(Domain *domain, const char *bytes, uint64_t length,
                        Status *status_out);

/* Announces a change of these bytes; design 2.2. */
static inline Status heap_write(const void *address, uint64_t size_bytes) {
    return memory_write((uint64_t)(uintptr_t)address, size_bytes);
}

/* Gives the domain one more region. STATUS_LIMIT: the range is used up. */
Status heap_add_region(Domain *domain);

/* Ends the filling of holes, so that every line in use has an object or comes
 * back at the next sweep. The domain must be announced. */
void heap_retire(Domain *domain);

/* Sizes (heap_shape.c): bytes of an object as its class and length say, rounded
 * up to 16; 0 when the class is unknown. */
uint64_t heap_object_bytes(const Object *object);

/* The same from what else tells them: words of an instance, or the length of
 * what has one. Not rounded; 0 for SHAPE_NONE. */
uint64_t heap_shape_bytes(Shape shape, uint32_t class_id,
                          uint64_t instance_words, uint64_t length);
bool heap_shape_has_length(Shape shape);

/* References at the beginning of the objects that C lays out, after the header.
 */
uint64_t heap_leading_references(Shape shape);

/* log2 of the bytes of an element of a known array class. */
unsigned heap_element_shift(uint32_t class_id);

/* Memory that a domain has above its limit: whoever is told that there is none
 * needs some to say so, the `restarted` handlers must be able to run, and what
 * the system does for the domain must not fail. */
enum {
    HEAP_RESERVE_ERROR = 16 * 32768,
    HEAP_RESERVE_HANDLER = 24 * 32768,
    HEAP_RESERVE_SYSTEM = 32 * 32768,
};

/* How much of that may be used from here on; gives what it was. 0 between
 * slices. */
uint64_t heap_reserve(uint64_t bytes);

/* The last allocation that gave STATUS_LIMIT was refused by its domain's limit,
 * not for being too large for any. */
extern bool heap_at_limit;

/* Calls `visit` for every reference slot of the object that is not null. For a
 * thread also those in its frames; for an object of an own class also a copy of
 * the reference to that. */
typedef void (*HeapVisit)(uint64_t *slot, void *context);
void heap_each_reference(Object *object, HeapVisit visit, void *context);

/* A collection of the domain is wanted. */
void heap_wish(Domain *domain);

/* True when a collection of a domain is wanted at the next safepoint; clears
 * the wish. */
bool heap_take_wish(Domain **domain_out);

/* The domain with this number, or NULL. */
Domain *heap_domain(uint64_t number);

/* A safepoint is wanted soon: set by whoever asks for a collection, a turn or a
 * snapshot, seen by the interpreter, cleared when a slice begins. */
extern bool heap_hurry;

#endif
