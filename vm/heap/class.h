/* class.h: classes by their ids, and what follows from an object's class.
 *
 * The truth is the table in the system root, and for own ids that of the domain
 * (own.h). What is here besides is transient: a flat copy of the root's table,
 * filled on demand, so that the class of an object is one load away, and the
 * methods that were looked up last. */
#ifndef VM_HEAP_CLASS_H
#define VM_HEAP_CLASS_H

#include "vm/heap/own.h"
#include "vm/heap/trust.h"

/* Empties what is transient; at create and restore. STATUS_NO_MEMORY. */
Status class_start(void);

/* The class of an id that is not own, as the root's table says; NULL when there
 * is none, or it is not what C follows (trust.h). Kept for the next time. */
Class *class_find(uint32_t class_id);

/* The same; never NULL. */
Class *class_get(uint32_t class_id);

/* The class of an id as objects of the domain have it; NULL: there is none. */
Class *class_find_in(const Domain *domain, uint32_t class_id);

/* The class of any object, as the tables say; NULL: it has none. */
Class *class_find_of(const Object *object);

typedef struct ClassCopies {
    Class **at; /* by class id, filled on demand */
    uint64_t room;
} ClassCopies;

extern ClassCopies class_copies;

/* The domain that runs, and its table of own classes, from the first of them
 * that is asked for. */
typedef struct ClassOwn {
    const Domain *domain;
    Class *const *at; /* by place */
    uint64_t room;
} ClassOwn;

extern ClassOwn class_own;

/* From now on this domain runs. */
void class_enter(const Domain *domain);

/* For class_running: what is not there yet. */
Class *class_first(uint32_t class_id);

/* The class of an object of the domain that runs or of the system's; never
 * NULL: an object without a class costs its app (trust.h). */
TRUST_FOLLOWS static inline Class *class_running(const Object *object) {
    uint32_t id = object->class_id, own = id - OWN_FIRST;
    if (own < class_own.room && class_own.at[own])
        return class_own.at[own];
    if (id < class_copies.room && class_copies.at[id])
        return class_copies.at[id];
    return class_first(id);
}

/* The class of any object; never NULL. */
Class *class_of(const Object *object);

/* A new object stands for this class id. */
void class_forget(uint32_t class_id);

/* Classes or methods of a domain are gone or changed. */
void class_forget_own(void);

/* True when the class is `of`, below it, or implements it. */
bool class_is_a(const Class *class_is, const Class *of);

/* The method of a class with this selector, or NULL. */
Method *class_method(Class *in, uint32_t selector);

#endif
