/* Looks at what is followed. */
#include "vm/heap/trust.h"

#include "kernel/base/panic.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"

static void (*refuse_with)(const Domain *domain, const char *what);

void trust_set_refuse(void (*refuse)(const Domain *domain, const char *what)) {
    refuse_with = refuse;
}

_Noreturn void trust_refuse(const Domain *domain, const char *what) {
    if (refuse_with)
        refuse_with(domain, what);
    panic("a heap is not what it should be: %s", what);
}

/* By the linker: the section of TRUST_FOLLOWS. */
extern const uint8_t __start_follows[], __stop_follows[];

bool trust_follows(uint64_t instruction) {
    return instruction >= (uintptr_t)__start_follows &&
           instruction < (uintptr_t)__stop_follows;
}

/* ---- Objects ---- */

bool trust_is_start(uint64_t address) {
    uint64_t offset = address - MEMORY_ROOT;
    return address % 16 == 0 && address >= MEMORY_ROOT &&
           offset / MEMORY_REGION_BYTES < memory_region_count() &&
           offset % MEMORY_REGION_BYTES >= REGION_OBJECTS_AT &&
           *region_start_word(address) & region_start_bit(address);
}

static bool is_of(const void *object, uint32_t class_id, uint64_t number) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    return trust_is_start(address) &&
           ((const Object *)object)->class_id == class_id &&
           region_header(region_of(address))->domain == number;
}

bool trust_is_own(const Domain *domain, const void *object, uint32_t class_id) {
    return is_of(object, class_id, domain->number);
}

bool trust_is_near(const Domain *domain, const void *object,
                   uint32_t class_id) {
    return is_of(object, class_id, domain->number) ||
           is_of(object, class_id, ROOT->domains[0]->number);
}

/* log2 of the bytes of an element. */
static unsigned shift_of(uint32_t class_id) {
    bool is_bytes = class_id == CLASS_String || class_id == CLASS_ByteArray ||
                    class_id == CLASS_BoolArray;
    return is_bytes ? 0 : class_id == CLASS_CharArray ? 2 : 3;
}

bool trust_is_array(const Domain *domain, const void *array,
                    uint32_t class_id) {
    if (!trust_is_near(domain, array, class_id))
        return false;
    uint64_t at = (uint64_t)(uintptr_t)array % MEMORY_REGION_BYTES;
    return heap_array_bytes(((const Array *)array)->length,
                            shift_of(class_id)) <= MEMORY_REGION_BYTES - at;
}

/* ---- Domains ---- */

static bool is_region(const Domain *domain, uint32_t region) {
    if (region >= ROOT->next_region || !memory_attached(region))
        return false;
    const RegionHeader *header = region_header(region);
    return header->magic == REGION_MAGIC && header->index == region &&
           header->owner == domain && header->domain == domain->number;
}

/* Rising, so there is no circle: a domain's later regions are newer. */
static bool is_chain(const Domain *domain) {
    uint32_t region = domain->first_region, last = region;
    if (region != region_of((uint64_t)(uintptr_t)domain))
        return false;
    for (;;) {
        if (!is_region(domain, region))
            return false;
        last = region;
        region = region_header(region)->next;
        if (!region)
            return last == domain->last_region;
        if (region <= last)
            return false;
    }
}

static bool is_number_free(size_t slot, uint64_t number) {
    for (size_t i = 0; i < slot; i++)
        if (ROOT->domains[i] && ROOT->domains[i]->number == number)
            return false;
    return number > 0 && number < ROOT->next_domain;
}

bool trust_may_be_domain(const Domain *domain) {
    uint64_t address = (uint64_t)(uintptr_t)domain;
    uint64_t region = (address - MEMORY_ROOT) / MEMORY_REGION_BYTES;
    return region < memory_region_count() &&
           address ==
               region_block_address((uint32_t)region, REGION_FIRST_BLOCK);
}

bool trust_is_domain(size_t slot) {
    const Domain *domain = ROOT->domains[slot];
    return trust_may_be_domain(domain) &&
           trust_is_start((uint64_t)(uintptr_t)domain) &&
           domain->head.class_id == CLASS_Domain &&
           is_number_free(slot, domain->number) && is_chain(domain);
}

/* ---- Classes ---- */

static bool is_pointers(const Array *table) {
    return trust_is_array(ROOT->domains[0], table, CLASS_ObjectArray);
}

static bool is_class(const Class *of, uint32_t id) {
    const Domain *system = ROOT->domains[0];
    const Array *const words[] = {of->selectors, of->interfaces,
                                  of->reference_map, of->field_types};
    const Array *const references[] = {of->vtable, of->field_names, of->methods,
                                       of->boxes};
    if (of->id != id || of->depth >= CLASS_DEPTH_MAX ||
        of->display[of->depth] != id || of->shape > SHAPE_GATE ||
        of->instance_words > INT16_MAX || !of->vtable ||
        !trust_is_array(system, of->name, CLASS_String))
        return false;
    for (int i = 0; i < 4; i++)
        if ((words[i] && !trust_is_array(system, words[i], CLASS_IntArray)) ||
            (references[i] && !is_pointers(references[i])))
            return false;
    return true;
}

bool trust_is_class(const Class *of, uint32_t id) {
    return trust_is_own(ROOT->domains[0], of, CLASS_Class) && is_class(of, id);
}
