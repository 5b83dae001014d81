/* trust.h: what C follows in a heap that came back.
 *
 * The hashes of a disk prove that it is as somebody wrote it, not who that was.
 * So whoever follows a persistent pointer that C relies on looks first: it
 * leads to the start of an object of the class that it should have, in an
 * attached region of the domain that it should be in. Where it does not, the
 * heap was forged, and the app whose it is is stopped (vm/run/guard.h); without
 * its own objects the system does not go on. docs/trust.md says what is looked
 * at where. */
#ifndef VM_HEAP_TRUST_H
#define VM_HEAP_TRUST_H

#include "vm/heap/object.h"

/* Code that follows references of a heap which nobody looks at: bytecode's, and
 * what it does with the tables of classes. One that leads out of the machine's
 * memory is a fault; where its instruction lies in such code, it costs the app
 * that runs (vm/run/guard.h). A null pointer or a wrong alignment is then
 * nothing that a sanitizer need find. */
#define TRUST_FOLLOWS                                                          \
    __attribute__((section("follows"),                                         \
                   no_sanitize("null", "alignment", "pointer-overflow")))

/* An instruction of such code. */
bool trust_follows(uint64_t instruction);

/* Why such an app is stopped. */
#define TRUST_STRAY "a reference of it leads nowhere"

/* These bytes, at least one, are in one attached region; nothing is read. */
static inline bool trust_is_attached(uint64_t address, uint64_t bytes) {
    uint64_t offset = address - MEMORY_ROOT;
    return offset / MEMORY_REGION_BYTES < memory_region_count() &&
           bytes <= MEMORY_REGION_BYTES - offset % MEMORY_REGION_BYTES;
}

/* An object begins here; reads nothing that is not attached. */
bool trust_is_start(uint64_t address);

/* An object of this class begins here, and its domain has this number, or,
 * where `near`, is the system's. Not true of null. */
bool trust_is_own(const Domain *domain, const void *object, uint32_t class_id);
bool trust_is_near(const Domain *domain, const void *object, uint32_t class_id);

/* The same of an array or a String whose length fits in its region. */
bool trust_is_array(const Domain *domain, const void *array, uint32_t class_id);

/* What C follows of a class of the system. */
bool trust_is_class(const Class *of, uint32_t id);

/* Where a Domain object can be; nothing is read. */
bool trust_may_be_domain(const Domain *domain);

/* The Domain object at this place of the root's table, with its regions. */
bool trust_is_domain(size_t slot);

/* An object with fields, of any class, of this domain; its class is one. */
bool trust_is_instance(const Domain *domain, const void *object);

/* An object of a class below core.Exception. */
bool trust_is_thrown(const Domain *domain, const void *object);

/* The root, the system's domain, and the classes that C knows, at a start.
 * NULL, or what is wrong. */
const char *trust_root(void);

/* Heap and tables of an app are whole as far as C follows them to run it; at
 * its first turn in a start. */
bool trust_is_app(const Domain *domain);

/* Leaves for the innermost guard; `domain` is stopped for what it has. NULL, or
 * the system's: nothing goes on. */
_Noreturn void trust_refuse(const Domain *domain, const char *what);

/* Where that goes. */
void trust_set_refuse(void (*refuse)(const Domain *domain, const char *what));

static inline void trust_need(bool good, const Domain *domain,
                              const char *what) {
    if (__builtin_expect(!good, 0))
        trust_refuse(domain, what);
}

#endif
