/* Domains: the first block holds the Domain object itself. */
#include "vm/run/domain.h"

#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/run/exception.h"
#include "vm/run/limits.h"
#include "vm/run/restarts.h"
#include "vm/run/slots.h"
#include "vm/run/worker.h"

static size_t free_slot(void) {
    size_t slot = 0;
    while (slot < ROOT_DOMAINS_MAX && ROOT->domains[slot])
        slot++;
    return slot;
}

/* Announces what the first objects of a region change. */
static Status announce_region(uint32_t region) {
    uint64_t address = region_block_address(region, REGION_FIRST_BLOCK);
    Status status = memory_attach(region);
    if (status == STATUS_OK)
        status = heap_write(region_header(region), sizeof(RegionHeader));
    if (status == STATUS_OK)
        status = heap_write(region_block(region, REGION_FIRST_BLOCK),
                            sizeof(RegionBlock));
    if (status == STATUS_OK)
        status = heap_write(region_lines(region, REGION_FIRST_BLOCK),
                            REGION_BLOCK_LINES * 4u);
    if (status == STATUS_OK)
        status = heap_write(region_start_word(address), 8);
    if (status == STATUS_OK)
        status = memory_write(address, sizeof(Domain));
    return status == STATUS_OK ? heap_write(ROOT, sizeof *ROOT) : status;
}

static uint64_t draw_key(void) {
    uint64_t key;
    platform_random(&key, sizeof key);
    return (key >> 4) % (OWN_KEY_PRIME - 1) + 1;
}

/* The Domain object at the beginning of the region's first block. */
static Domain *lay_out(uint32_t region, uint64_t number) {
    uint64_t address = region_block_address(region, REGION_FIRST_BLOCK);
    *region_header(region) = (RegionHeader){.magic = REGION_MAGIC,
                                            .domain = number,
                                            .index = region,
                                            .owner = (Domain *)address};
    *region_block(region, REGION_FIRST_BLOCK) =
        (RegionBlock){.state = BLOCK_USED};
    uint32_t *lines = region_lines(region, REGION_FIRST_BLOCK);
    for (uint32_t i = 0; i < REGION_BLOCK_LINES; i++)
        lines[i] = (uint32_t)ROOT->birth;
    *region_start_word(address) |= region_start_bit(address);
    Domain *domain = (Domain *)address;
    bytes_fill(domain, 0, sizeof *domain);
    domain->head.class_id = CLASS_Domain;
    domain->number = domain->line = number;
    domain->used_bytes = REGION_BLOCK_BYTES;
    domain->collect_at_bytes = 8u << 20;
    domain->bump = address + ((sizeof *domain + 15) & ~15ull);
    domain->bump_end = address + REGION_BLOCK_BYTES;
    domain->first_region = domain->last_region = region;
    domain->cursor_region = domain->medium_region = region;
    domain->cursor_block = REGION_FIRST_BLOCK + 1;
    domain->medium_block = REGION_FIRST_BLOCK + 1;
    return domain;
}

static Status fill(Domain *domain, const char *name) {
    Status status;
    String *string = heap_new_string(domain, name, text_length(name), &status);
    if (!string)
        return status;
    HEAP_SET(domain->name, string);
    Object *error = exception_new(domain, CLASS_MemoryError, "memory", &status);
    if (error)
        HEAP_SET(domain->memory_error, error);
    return status;
}

Status domain_create(const char *name, uint64_t limit_bytes,
                     Domain **domain_out) {
    size_t slot = free_slot();
    uint32_t region = (uint32_t)ROOT->next_region;
    if (slot == ROOT_DOMAINS_MAX || region >= REGION_MAX)
        return STATUS_LIMIT;
    Status status = announce_region(region);
    if (status != STATUS_OK)
        return status;
    ROOT->next_region++;
    Domain *domain = lay_out(region, ROOT->next_domain++);
    limits_begin(domain, limit_bytes);
    if (slot > 0) { /* the first heap is the same each time it is made */
        domain->own_key = draw_key();
        status = fill(domain, name);
    }
    if (status != STATUS_OK) {
        /* No generation has it: the region and the number are as before. */
        if (memory_discard(region_address(region), MEMORY_REGION_BYTES) ==
                STATUS_OK &&
            ROOT->next_region == region + 1) {
            ROOT->next_region--;
            ROOT->next_domain--;
        }
        return status;
    }
    HEAP_SET(ROOT->domains[slot], domain);
    restarts_made(slot);
    slots_look(domain);
    *domain_out = domain;
    return STATUS_OK;
}

/* ---- The end ---- */

static Status drop_chain(uint64_t *chain) {
    Status status = heap_write(ROOT, sizeof *ROOT);
    if (status == STATUS_OK)
        *chain = 0;
    return status;
}

/* A living domain has it, whatever its header says. */
static bool has_owner(uint32_t region, const RegionHeader *header) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        if (domain && (domain->first_region == region ||
                       (header && header->domain == domain->number)))
            return true;
    }
    return false;
}

/* Gives back the first region of a chain. Its header goes last, and the root
 * goes on to the next one with it, so that a call that failed can be made
 * again. Behind a header that cannot be read, the others stay as they are. */
static Status give_region(uint64_t *first) {
    uint32_t region = (uint32_t)*first;
    const RegionHeader *header = region_header(region);
    bool is_one = *first < ROOT->next_region && memory_attached(region);
    Status status = is_one ? memory_bring((uintptr_t)header, sizeof *header)
                           : STATUS_NOT_FOUND;
    if (!is_one || has_owner(region, status == STATUS_OK ? header : NULL)) {
        log_line("vm: a region that is to be given back is somebody's");
        return drop_chain(first);
    }
    uint32_t next = status == STATUS_OK ? header->next : 0;
    status = memory_discard((uintptr_t)region_block(region, 0),
                            MEMORY_REGION_BYTES - REGION_BLOCKS_AT);
    if (status == STATUS_OK)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status == STATUS_OK)
        status = memory_discard((uintptr_t)header, PLATFORM_PAGE_BYTES);
    if (status == STATUS_OK)
        *first = next;
    return status;
}

static Status give_chains(void) {
    Status status = STATUS_OK;
    for (size_t i = 0; i < ROOT_ENDING_MAX; i++)
        while (ROOT->ending[i] && status == STATUS_OK)
            status = give_region(&ROOT->ending[i]);
    return status;
}

bool domain_give_back(void) {
    MemoryLevel before = memory_level();
    memory_set_level(MEMORY_ENDING);
    Status status = give_chains();
    memory_set_level(before);
    return status == STATUS_OK;
}

static uint64_t *free_chain(void) {
    for (size_t i = 0; i < ROOT_ENDING_MAX; i++)
        if (ROOT->ending[i] == 0)
            return &ROOT->ending[i];
    return NULL;
}

Status domain_kill(Domain *domain) {
    uint64_t *chain = free_chain();
    Status status = chain ? heap_write(ROOT, sizeof *ROOT) : STATUS_BUSY;
    if (status != STATUS_OK)
        return status;
    *chain = domain->first_region;
    size_t slot = slots_of(domain);
    if (slot > 0 && slot < ROOT_DOMAINS_MAX)
        HEAP_SET(ROOT->domains[slot], NULL);
    class_forget_own();
    domain_give_back(); /* what is left goes later */
    return STATUS_OK;
}

/* ---- Variables ---- */

static Status make_room(Domain *domain, uint64_t number) {
    Array *old = domain->environments;
    if (old && number < old->length)
        return STATUS_OK;
    Status status;
    Array *larger =
        heap_new_array(domain, CLASS_ObjectArray, number + 16, &status);
    if (!larger)
        return status;
    for (uint64_t i = 0; old && i < old->length; i++)
        HEAP_SET(larger->at.references[i], old->at.references[i]);
    status = heap_write(domain, sizeof *domain);
    if (status == STATUS_OK)
        HEAP_SET(domain->environments, larger);
    return status;
}

/* Where the variables of a module are, or NULL. */
static Object **find_variables(const Domain *domain, Module *module) {
    Array *all = domain->environments;
    if (module->own)
        return &module->variables;
    return all && module->number < all->length
               ? &all->at.references[module->number]
               : NULL;
}

Object *domain_variables(const Domain *domain, Module *module) {
    Object **place = find_variables(domain, module);
    return place ? *place : NULL;
}

static Status attach_one(Domain *domain, Module *module) {
    const Class *of = module->environment;
    Status status = module->own ? STATUS_OK : make_room(domain, module->number);
    if (status != STATUS_OK || domain_variables(domain, module))
        return status;
    Object *object =
        heap_allocate(domain, of->id, of->instance_words * 8ull, &status);
    Object **place = find_variables(domain, module);
    if (object)
        status = heap_write(place, 8);
    if (status == STATUS_OK)
        HEAP_SET(*place, object);
    return status;
}

Status domain_attach(Domain *domain, Module *module) {
    Status status = STATUS_OK;
    for (uint64_t i = 0; i < module->imports->length && status == STATUS_OK;
         i++) {
        Module *import = (Module *)module->imports->at.references[i];
        if (!domain_variables(domain, import))
            status = domain_attach(domain, import);
    }
    return status == STATUS_OK ? attach_one(domain, module) : status;
}

void domain_detach(Domain *domain, Module *module) {
    HEAP_SET(*find_variables(domain, module), NULL);
}

/* ---- Invariants ---- */

static const char *check_chain(const Domain *domain) {
    uint32_t region = domain->first_region, last = region;
    for (uint64_t left = ROOT->next_region; region && left > 0; left--) {
        const RegionHeader *header = region_header(region);
        if (header->magic != REGION_MAGIC || header->domain != domain->number)
            return "D2: a region of a domain has another owner";
        last = region;
        region = header->next;
    }
    return region || last != domain->last_region
               ? "D2: a domain's regions do not end with its last"
               : NULL;
}

static const char *check_one(size_t slot) {
    const Domain *domain = ROOT->domains[slot];
    if (domain->number == 0 || domain->number >= ROOT->next_domain)
        return "D1: a domain's number was never given";
    for (size_t i = 0; i < slot; i++)
        if (ROOT->domains[i] && ROOT->domains[i]->number == domain->number)
            return "D1: two domains have one number";
    if (domain->since_bytes > domain->used_bytes ||
        (domain->used_bytes > domain->limit_bytes &&
         domain->used_bytes - domain->limit_bytes > HEAP_RESERVE_SYSTEM))
        return "D3: a domain's bytes do not fit";
    const char *wrong = slot > 0 ? limits_check(domain) : NULL;
    return slot > 0 && !wrong ? check_chain(domain) : wrong;
}

const char *domain_check(void) {
    const char *wrong = NULL;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && !wrong; i++)
        if (ROOT->domains[i])
            wrong = check_one(i);
    for (size_t i = 0; i < ROOT_ENDING_MAX && !wrong; i++)
        if (ROOT->ending[i] &&
            heap_domain(region_header((uint32_t)ROOT->ending[i])->domain))
            wrong = "D4: regions that are given back have an owner";
    return wrong;
}
