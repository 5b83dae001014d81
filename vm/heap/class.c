/* The table of classes, and what is remembered of it. */
#include "vm/heap/class.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/heap/kind.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

#define COPIES_AT_FIRST 4096u
#define LOOKUPS 1024u

typedef struct Lookup {
    const Class *in; /* NULL: empty */
    uint64_t selector;
    Method *method;
} Lookup;

ClassCopies class_copies;
ClassOwn class_own;
static Lookup lookups[LOOKUPS];

Status class_start(void) {
    alloc_give(class_copies.at);
    class_enter(NULL);
    bytes_fill(lookups, 0, sizeof lookups);
    class_copies.room = COPIES_AT_FIRST;
    class_copies.at = alloc_take(COPIES_AT_FIRST * sizeof *class_copies.at);
    if (class_copies.at)
        return STATUS_OK;
    class_copies.room = 0;
    return STATUS_NO_MEMORY;
}

/* The class table has two levels, so that it grows without being copied. */
#define CLASS_CHUNK 1024u

/* What the root's table has, or NULL. */
static Class *in_table(uint32_t class_id) {
    const Array *chunks = ROOT->classes;
    uint32_t chunk = class_id / CLASS_CHUNK;
    if (!chunks || chunk >= chunks->length || !chunks->at.references[chunk])
        return NULL;
    const Array *classes = (const Array *)chunks->at.references[chunk];
    return (Class *)classes->at.references[class_id % CLASS_CHUNK];
}

static void make_room(uint32_t class_id) {
    uint64_t room = class_copies.room ? class_copies.room : COPIES_AT_FIRST;
    while (room <= class_id)
        room *= 2;
    if (room == class_copies.room)
        return;
    Class **larger =
        alloc_resize(class_copies.at, class_copies.room * sizeof *larger,
                     room * sizeof *larger);
    if (!larger)
        return;
    class_copies.at = larger;
    class_copies.room = room;
}

Class *class_find(uint32_t class_id) {
    if (class_id < class_copies.room && class_copies.at[class_id])
        return class_copies.at[class_id];
    Class *found = in_table(class_id);
    if (!found || !trust_is_class(found, class_id))
        return NULL;
    make_room(class_id);
    if (class_id < class_copies.room)
        class_copies.at[class_id] = found;
    return found;
}

static Class *get(const Domain *domain, uint32_t class_id) {
    Class *found = class_find(class_id);
    trust_need(found != NULL, domain, "an object of it has no class");
    return found;
}

Class *class_get(uint32_t class_id) {
    return get(NULL, class_id);
}

static Class *get_own(const Domain *domain, uint32_t class_id) {
    Class *own = own_class(domain, class_id);
    trust_need(own != NULL, domain, "an object of it has no class");
    return own;
}

void class_enter(const Domain *domain) {
    class_own = (ClassOwn){.domain = domain};
}

Class *class_first(uint32_t class_id) {
    const Domain *domain = class_own.domain;
    if (class_id < OWN_FIRST)
        return get(domain, class_id);
    Class *own = get_own(domain, class_id);
    const Array *table = domain->own_classes;
    class_own.at = (Class *const *)(const void *)table->at.words;
    class_own.room = table->length;
    return own;
}

Class *class_find_in(const Domain *domain, uint32_t class_id) {
    return class_id < OWN_FIRST ? class_find(class_id)
                                : own_class(domain, class_id);
}

static const Domain *owner_of(const Object *object) {
    return region_header(region_of((uint64_t)(uintptr_t)object))->owner;
}

Class *class_find_of(const Object *object) {
    return object->class_id < OWN_FIRST
               ? class_find(object->class_id)
               : own_class(owner_of(object), object->class_id);
}

Class *class_of(const Object *object) {
    const Domain *domain = owner_of(object);
    return object->class_id < OWN_FIRST ? get(domain, object->class_id)
                                        : get_own(domain, object->class_id);
}

void class_forget(uint32_t class_id) {
    if (class_id < class_copies.room)
        class_copies.at[class_id] = NULL;
    class_forget_own();
}

void class_forget_own(void) {
    class_enter(class_own.domain);
    bytes_fill(lookups, 0, sizeof lookups);
}

TRUST_FOLLOWS static bool implements(const Class *class_is,
                                     uint32_t interface_id) {
    const Array *ids = class_is->interfaces;
    for (uint64_t i = 0; ids && i < ids->length; i++)
        if (ids->at.words[i] == interface_id)
            return true;
    return false;
}

TRUST_FOLLOWS bool class_is_a(const Class *class_is, const Class *of) {
    if (of->flags & MODULE_INTERFACE)
        return class_is == of || implements(class_is, of->id);
    return class_is->depth >= of->depth &&
           class_is->display[of->depth] == of->id;
}

/* Binary search in the class's sorted selectors. */
TRUST_FOLLOWS static Method *search(const Class *in, uint32_t selector) {
    const Array *table = in->selectors;
    uint64_t low = 0, high = table ? table->length : 0;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (table->at.words[middle] >> 32 < selector)
            low = middle + 1;
        else
            high = middle;
    }
    if (!table || low == table->length ||
        table->at.words[low] >> 32 != selector)
        return NULL;
    uint64_t place = (uint32_t)table->at.words[low];
    return (Method *)in->vtable->at.references[place];
}

TRUST_FOLLOWS Method *class_method(Class *in, uint32_t selector) {
    uint64_t key = (uint64_t)(uintptr_t)in << 20 ^ selector;
    uint64_t slot = (key * 0x9E3779B97F4A7C15u) >> 54;
    Lookup *entry = &lookups[slot];
    if (entry->in == in && entry->selector == selector)
        return entry->method;
    Method *method = search(in, selector);
    if (method)
        *entry = (Lookup){in, selector, method};
    return method;
}
