/* Tables of own modules, classes and selectors. */
#include "vm/heap/own.h"

#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"

enum { FIRST_PLACES = 16, PAIR = 2 };

static uint64_t length_of(const Array *table) {
    return table ? table->length : 0;
}

static uint64_t address_of(const void *object) {
    return (uint64_t)(uintptr_t)object;
}

/* ---- Places ---- */

/* The first free place from this one on, or the table's length. */
static uint64_t free_place(const Array *table, uint64_t from) {
    while (from < length_of(table) && table->at.words[from])
        from++;
    return from;
}

/* Makes sure that so many places are free. */
static Status make_room(Domain *domain, Array **table, uint64_t wanted) {
    Array *old = *table;
    uint64_t length = length_of(old), free = 0;
    for (uint64_t i = 0; i < length && free < wanted; i++)
        free += !old->at.words[i];
    if (free >= wanted)
        return STATUS_OK;
    Status status;
    uint64_t grown = length + (wanted > length ? wanted : length);
    Array *larger =
        heap_new_array(domain, CLASS_IntArray,
                       grown < FIRST_PLACES ? FIRST_PLACES : grown, &status);
    if (!larger)
        return status;
    status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    if (old)
        bytes_copy(larger->at.words, old->at.words, length * 8);
    HEAP_SET(*table, larger);
    return STATUS_OK;
}

Status own_room(Domain *domain, uint64_t classes) {
    Status status = make_room(domain, &domain->own_classes, classes);
    if (status == STATUS_OK)
        status = make_room(domain, &domain->own_modules, 1);
    if (status == STATUS_OK && own_free_module(domain) >= OWN_MODULES_MAX)
        status = STATUS_LIMIT;
    return status;
}

uint32_t own_free_class(const Domain *domain, uint32_t from) {
    return OWN_FIRST +
           (uint32_t)free_place(domain->own_classes, from - OWN_FIRST);
}

uint64_t own_free_module(const Domain *domain) {
    return free_place(domain->own_modules, 0);
}

/* ---- Entries ---- */

Status own_write_class(Domain *domain, uint32_t id) {
    return heap_write(&domain->own_classes->at.words[id - OWN_FIRST], 8);
}

void own_put_class(Domain *domain, Class *class_put) {
    domain->own_classes->at.words[class_put->id - OWN_FIRST] =
        address_of(class_put);
}

Status own_write_module(Domain *domain, uint64_t number) {
    Status status = heap_write(&domain->own_modules->at.words[number], 8);
    return status == STATUS_OK ? heap_write(domain, sizeof *domain) : status;
}

void own_put_module(Domain *domain, Module *module) {
    domain->own_modules->at.words[module->number] = address_of(module);
    module->order = ++domain->own_modules_made;
    domain->code_bytes += module->bytes;
}

static bool is_text(const String *string, const char *bytes, uint64_t length) {
    return string->length == length &&
           bytes_equal(string->bytes, bytes, length);
}

Module *own_module_named(const Domain *domain, const char *name,
                         uint64_t length) {
    Module *newest = NULL;
    for (uint64_t i = 0; i < length_of(domain->own_modules); i++) {
        Module *module = own_module(domain, i);
        if (module && (!newest || module->order > newest->order) &&
            is_text(module->name, name, length))
            newest = module;
    }
    return newest;
}

/* ---- Selectors ---- */

/* The text as a polynomial, at a secret point modulo a prime: two texts that
 * were chosen without it have one value with a chance of their length in
 * 2^61. */
static uint32_t hash_of(const Domain *domain, const char *bytes,
                        uint64_t length) {
    uint64_t hash = length + 1;
    for (uint64_t i = 0; i < length; i++) {
        __extension__ unsigned __int128 wide = hash;
        wide = wide * domain->own_key + (uint8_t)bytes[i];
        hash = (uint64_t)(wide % OWN_KEY_PRIME);
    }
    return (uint32_t)hash;
}

static uint64_t slots_of(const Array *table) {
    return length_of(table) / PAIR;
}

/* The pair of a hash and a text, or the free one for it; NULL: any text is
 * another one. */
static uint64_t *find(Array *table, uint32_t hash, const char *bytes,
                      uint64_t length) {
    uint64_t mask = slots_of(table) - 1;
    for (uint64_t slot = hash & mask;; slot = (slot + 1) & mask) {
        uint64_t *pair = table->at.words + slot * PAIR;
        if (!pair[0] ||
            (bytes && pair[1] >> 32 == hash &&
             is_text((const String *)(uintptr_t)pair[0], bytes, length)))
            return pair;
    }
}

static void move_pair(Array *to, const uint64_t *pair) {
    uint64_t *place = find(to, (uint32_t)(pair[1] >> 32), NULL, 0);
    place[0] = pair[0];
    place[1] = pair[1];
}

/* The table stays under half full. */
static Status grow_selectors(Domain *domain) {
    Array *old = domain->own_selectors;
    if ((domain->own_selector_count + 1) * 2 <= slots_of(old))
        return STATUS_OK;
    Status status;
    uint64_t length = old ? old->length * 2 : (uint64_t)FIRST_PLACES * PAIR;
    Array *larger = heap_new_array(domain, CLASS_IntArray, length, &status);
    if (!larger)
        return status;
    status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    for (uint64_t i = 0; i < length_of(old); i += PAIR)
        if (old->at.words[i])
            move_pair(larger, old->at.words + i);
    HEAP_SET(domain->own_selectors, larger);
    return STATUS_OK;
}

static Status add_selector(Domain *domain, const char *bytes, uint64_t length,
                           uint64_t **pair_out) {
    Status status = grow_selectors(domain);
    if (status == STATUS_OK && domain->own_selectors_made >= OWN_FIRST - 1)
        status = STATUS_LIMIT;
    if (status != STATUS_OK)
        return status;
    String *text = heap_new_string(domain, bytes, length, &status);
    if (!text)
        return status;
    uint32_t hash = hash_of(domain, bytes, length);
    uint64_t *pair = find(domain->own_selectors, hash, bytes, length);
    status = heap_write(pair, 16);
    if (status == STATUS_OK)
        status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    pair[0] = address_of(text);
    pair[1] = (uint64_t)hash << 32 | domain->own_selectors_made++;
    domain->own_selector_count++;
    *pair_out = pair;
    return STATUS_OK;
}

Status own_selector(Domain *domain, const char *bytes, uint64_t length,
                    bool make, uint32_t *number_out, String **text_out) {
    uint64_t *pair = NULL;
    if (domain->own_selectors)
        pair = find(domain->own_selectors, hash_of(domain, bytes, length),
                    bytes, length);
    bool found = pair && pair[0];
    if (!found && !make)
        return STATUS_NOT_FOUND;
    Status status =
        found ? STATUS_OK : add_selector(domain, bytes, length, &pair);
    if (status != STATUS_OK)
        return status;
    *number_out = OWN_FIRST | (uint32_t)pair[1];
    *text_out = (String *)(uintptr_t)pair[0];
    return STATUS_OK;
}

/* ---- At a collection ---- */

static Status announce_table(const Array *table) {
    return table ? heap_write(table->at.words, table->length * 8) : STATUS_OK;
}

Status own_announce(Domain *domain) {
    Status status = announce_table(domain->own_classes);
    if (status == STATUS_OK)
        status = announce_table(domain->own_modules);
    if (status == STATUS_OK)
        status = announce_table(domain->own_selectors);
    return status == STATUS_OK ? heap_write(domain, sizeof *domain) : status;
}

static void forget_places(Array *table,
                          bool (*is_marked)(const void *, uint64_t),
                          const void *context) {
    for (uint64_t i = 0; i < length_of(table); i++)
        if (table->at.words[i] && !is_marked(context, table->at.words[i]))
            table->at.words[i] = 0;
}

/* Takes a pair out, and puts those behind it where they are found now. */
static void take_out(Array *table, uint64_t slot) {
    uint64_t mask = slots_of(table) - 1;
    table->at.words[slot * PAIR] = 0;
    for (uint64_t next = (slot + 1) & mask; table->at.words[next * PAIR];
         next = (next + 1) & mask) {
        uint64_t pair[PAIR] = {table->at.words[next * PAIR],
                               table->at.words[next * PAIR + 1]};
        table->at.words[next * PAIR] = 0;
        move_pair(table, pair);
    }
}

/* A place is looked at again when what stood behind it has come there. */
static void forget_selectors(Domain *domain,
                             bool (*is_marked)(const void *, uint64_t),
                             const void *context) {
    Array *table = domain->own_selectors;
    for (uint64_t slot = 0; slot < slots_of(table); slot++)
        while (table->at.words[slot * PAIR] &&
               !is_marked(context, table->at.words[slot * PAIR])) {
            take_out(table, slot);
            domain->own_selector_count--;
        }
}

void own_forget(Domain *domain, bool (*is_marked)(const void *, uint64_t),
                const void *context) {
    forget_places(domain->own_classes, is_marked, context);
    forget_places(domain->own_modules, is_marked, context);
    domain->code_bytes = 0;
    for (uint64_t i = 0; i < length_of(domain->own_modules); i++)
        if (own_module(domain, i))
            domain->code_bytes += own_module(domain, i)->bytes;
    forget_selectors(domain, is_marked, context);
}
