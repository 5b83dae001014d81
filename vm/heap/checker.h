/* checker.h: what the parts of the heap checker share. */
#ifndef VM_HEAP_CHECKER_H
#define VM_HEAP_CHECKER_H

#include "vm/heap/class.h"
#include "vm/heap/heap_check.h"

typedef struct Checker {
    Text *why;
    bool bad;
    const Domain *domain; /* whose objects are checked */
    uint64_t object;      /* the one that is checked */
    uint64_t used_bytes;
    uint64_t living; /* threads that are not over, and */
    uint64_t listed; /* those that are in a list */
} Checker;

/* Says in `why` what is wrong, the first time. */
void checker_wrong(Checker *check, const char *what, uint64_t at);
static inline void checker_need(Checker *check, bool good, const char *what,
                                uint64_t at) {
    if (!good)
        checker_wrong(check, what, at);
}

/* An object begins at this address. */
bool checker_is_start(uint64_t address);

/* The number of the domain that has the region of an address. */
uint64_t checker_domain_of(uint64_t address);

/* An object of the domain's own with this class, or null. */
bool checker_is_own(const Checker *check, const void *object,
                    uint32_t class_id);

/* The same, or one of the system's. */
bool checker_is_near(const Checker *check, const void *object,
                     uint32_t class_id);

/* The tables of own.h, and what C reads of classes: before any object. */
void checker_own(Checker *check, const Domain *domain);

/* The other tables, and where the domain allocates. */
void checker_tables(Checker *check, const Domain *domain);

#endif
