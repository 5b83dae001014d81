/* class.h: classes by their ids, and what follows from an object's class.
 *
 * The truth is the table in the system root; what is here besides is transient:
 * a flat copy of that table, filled on demand, so that the class of an object
 * is one load away, and the methods that were looked up last. */
#ifndef VM_HEAP_CLASS_H
#define VM_HEAP_CLASS_H

#include "vm/heap/object.h"

/* Empties what is transient; at create and restore. STATUS_NO_MEMORY. */
Status class_start(void);

/* The class of an id as the root's table says; NULL when there is none. */
Class *class_find(uint32_t class_id);

/* The same, kept for the next time; never NULL. */
Class *class_get(uint32_t class_id);

typedef struct ClassCopies {
    Class **at; /* by class id, filled on demand */
    uint64_t room;
} ClassCopies;

extern ClassCopies class_copies;

/* The class of an object; never NULL. */
static inline Class *class_of(const Object *object) {
    uint32_t id = object->class_id;
    if (id < class_copies.room && class_copies.at[id])
        return class_copies.at[id];
    return class_get(id);
}

/* A new object stands for this class id. */
void class_forget(uint32_t class_id);

/* True when the class is `of`, below it, or implements it. */
bool class_is_a(const Class *class_is, const Class *of);

/* The method of a class with this selector, or NULL. */
Method *class_method(Class *in, uint32_t selector);

#endif
