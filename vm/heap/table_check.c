/* Checks of a domain's tables, and of the classes that it brought. */
#include "vm/heap/checker.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

void checker_wrong(Checker *check, const char *what, uint64_t at) {
    if (!check->bad)
        text_add_format(check->why, "%s (domain %lu, object %lx, at %lx)", what,
                        check->domain ? check->domain->number : 0,
                        check->object, at);
    check->bad = true;
}

bool checker_is_start(uint64_t address) {
    uint64_t offset = address - MEMORY_ROOT;
    if (address % 16 || offset / MEMORY_REGION_BYTES >= ROOT->next_region ||
        offset % MEMORY_REGION_BYTES < REGION_OBJECTS_AT)
        return false;
    return *region_start_word(address) & region_start_bit(address);
}

uint64_t checker_domain_of(uint64_t address) {
    return region_header(region_of(address))->domain;
}

bool checker_is_own(const Checker *check, const void *object,
                    uint32_t class_id) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    return !object || (checker_is_start(address) &&
                       checker_domain_of(address) == check->domain->number &&
                       ((const Object *)object)->class_id == class_id);
}

bool checker_is_near(const Checker *check, const void *object,
                     uint32_t class_id) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    return checker_is_own(check, object, class_id) ||
           (checker_is_start(address) &&
            checker_domain_of(address) == ROOT->domains[0]->number &&
            ((const Object *)object)->class_id == class_id);
}

/* ---- Where it allocates, its tables ---- */

static bool is_room(const Checker *check, uint64_t from, uint64_t to) {
    if (from == to)
        return true;
    if (from > to || to - from > REGION_BLOCK_BYTES || from < MEMORY_ROOT ||
        region_of(from) >= ROOT->next_region ||
        from / REGION_BLOCK_BYTES != (to - 1) / REGION_BLOCK_BYTES ||
        from % MEMORY_REGION_BYTES < REGION_OBJECTS_AT || from % 16 ||
        checker_domain_of(from) != check->domain->number)
        return false;
    for (uint64_t at = from; at < to; at += 16)
        if (checker_is_start(at))
            return false;
    return true;
}

static bool is_cursor(const Checker *check, uint32_t region, uint32_t block,
                      uint32_t line) {
    return region < ROOT->next_region && memory_attached(region) &&
           region_header(region)->domain == check->domain->number &&
           block <= REGION_BLOCKS && line <= REGION_BLOCK_LINES;
}

static uint64_t length_of(const Array *array) {
    return array ? array->length : 0;
}

/* One of the domain's own that is wholly in its region; or null. */
static bool is_table(const Checker *check, const void *table,
                     uint32_t class_id) {
    return checker_is_own(check, table, class_id) &&
           (!table || trust_is_array(check->domain, table, class_id));
}

void checker_tables(Checker *check, const Domain *domain) {
    uint64_t place = (uint64_t)(uintptr_t)domain;
    checker_need(check,
                 is_table(check, domain->environments, CLASS_ObjectArray) &&
                     is_table(check, domain->restarted, CLASS_IntArray) &&
                     is_table(check, domain->gate_targets, CLASS_ObjectArray) &&
                     is_table(check, domain->hashes, CLASS_IntArray) &&
                     is_table(check, domain->gate_numbers, CLASS_IntArray) &&
                     is_table(check, domain->name, CLASS_String),
                 "H8 a table of a domain is something else", place);
    if (check->bad)
        return;
    uint64_t slots = length_of(domain->hashes) / 2;
    checker_need(check,
                 domain->restarted_count <= length_of(domain->restarted) &&
                     domain->gate_count <= length_of(domain->gate_targets) &&
                     domain->gate_count <= length_of(domain->gate_numbers) &&
                     (slots & (slots - 1)) == 0 && domain->hash_count <= slots,
                 "H8 a table of a domain is too short", place);
    for (uint64_t i = 0; i < domain->restarted_count && !check->bad; i++) {
        uint64_t address = domain->restarted->at.words[i];
        checker_need(check,
                     checker_is_start(address) &&
                         checker_domain_of(address) == domain->number,
                     "N1 a handler of restarts is no object of the domain",
                     address);
    }
    checker_need(check, domain->restarted_place <= domain->restarted_count,
                 "N2 more handlers were called than there are", place);
    checker_need(
        check,
        is_room(check, domain->bump, domain->bump_end) &&
            is_room(check, domain->medium, domain->medium_end) &&
            is_cursor(check, domain->cursor_region, domain->cursor_block,
                      domain->cursor_line) &&
            is_cursor(check, domain->medium_region, domain->medium_block, 0) &&
            is_cursor(check, domain->last_region, 0, 0),
        "H8 a domain allocates where it may not", place);
}

/* ---- What it brought ---- */

enum { INSTANCE_WORDS_MAX = 32767 };

/* An object of the domain's own at an address of a weak table. */
static bool is_own_at(const Checker *check, uint64_t address,
                      uint32_t class_id) {
    return checker_is_own(check, (const void *)(uintptr_t)address, class_id);
}

/* A table of words, wholly in its region; or null. */
static bool is_words(const Checker *check, const Array *table) {
    uint64_t left =
        MEMORY_REGION_BYTES - (uint64_t)(uintptr_t)table % MEMORY_REGION_BYTES;
    return checker_is_own(check, table, CLASS_IntArray) &&
           (!table || table->length <= left / 8 - 2);
}

/* What C follows of a class without looking. */
static bool has_parts(const Checker *check, const Class *of) {
    return of->name && of->module &&
           checker_is_near(check, of->name, CLASS_String) &&
           checker_is_own(check, of->module, CLASS_Module) &&
           checker_is_near(check, of->super, CLASS_Class) &&
           checker_is_near(check, of->vtable, CLASS_ObjectArray) &&
           checker_is_near(check, of->selectors, CLASS_IntArray) &&
           checker_is_near(check, of->interfaces, CLASS_IntArray) &&
           checker_is_near(check, of->reference_map, CLASS_IntArray) &&
           checker_is_near(check, of->field_names, CLASS_ObjectArray) &&
           checker_is_near(check, of->field_types, CLASS_IntArray);
}

static bool is_whole(const Checker *check, const Class *of) {
    bool good = of->shape == SHAPE_OBJECT && of->depth < CLASS_DEPTH_MAX &&
                of->display[of->depth] == of->id && of->instance_words > 0 &&
                of->instance_words <= INSTANCE_WORDS_MAX &&
                has_parts(check, of);
    const Array *map = good ? of->reference_map : NULL;
    for (uint64_t i = 0; i < length_of(map) && good; i++)
        for (uint64_t bits = map->at.words[i]; bits; bits &= bits - 1)
            good = good && i * 64 + (uint64_t)__builtin_ctzll(bits) <
                               of->instance_words;
    const Array *types = good ? of->field_types : NULL;
    for (uint64_t i = 0; i < length_of(types) && good; i++)
        good = FIELD_WORD(types->at.words[i]) +
                   (FIELD_FLAGS(types->at.words[i]) & 1u) <
               of->instance_words;
    return good;
}

static void check_own_classes(Checker *check, const Domain *domain) {
    const Array *table = domain->own_classes;
    for (uint64_t i = 0; i < length_of(table) && !check->bad; i++) {
        uint64_t at = table->at.words[i];
        const Class *of = (const Class *)(uintptr_t)at;
        checker_need(check,
                     is_own_at(check, at, CLASS_Class) &&
                         (!at || of->id == OWN_FIRST + i),
                     "O1 a class stands at another's place", at);
        checker_need(check, check->bad || !at || is_whole(check, of),
                     "O1 a class is damaged", at);
    }
}

static void check_own_modules(Checker *check, const Domain *domain) {
    const Array *table = domain->own_modules;
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < length_of(table) && !check->bad; i++) {
        uint64_t at = table->at.words[i];
        const Module *module = (const Module *)(uintptr_t)at;
        checker_need(check,
                     is_own_at(check, at, CLASS_Module) &&
                         (!at || (module->own == 1 && module->number == i &&
                                  module->order <= domain->own_modules_made)),
                     "O2 a module stands at another's place", at);
        bytes += at && !check->bad ? module->bytes : 0;
    }
    checker_need(check, check->bad || bytes == domain->code_bytes,
                 "O2 own code is not counted", bytes);
}

/* Steps of all searches together, per place: hashes are drawn at random. */
enum { STEPS_A_PLACE = 16, STEPS_ALWAYS = 1024 };

/* True when the entry is found: no place is free between where it is looked for
 * and where it is. */
static bool is_found(const Array *table, uint64_t slot, uint64_t *steps_left) {
    uint64_t mask = length_of(table) / 2 - 1;
    uint64_t at = table->at.words[slot * 2 + 1] >> 32 & mask;
    while (at != slot && table->at.words[at * 2] && *steps_left > 0) {
        at = (at + 1) & mask;
        --*steps_left;
    }
    return at == slot;
}

static void check_own_selectors(Checker *check, const Domain *domain) {
    const Array *table = domain->own_selectors;
    uint64_t slots = length_of(table) / 2, count = 0;
    uint64_t steps = slots * STEPS_A_PLACE + STEPS_ALWAYS;
    checker_need(check, (slots & (slots - 1)) == 0,
                 "O3 the size of a table is no power of two", slots);
    for (uint64_t i = 0; i < slots && !check->bad; i++) {
        const uint64_t *pair = table->at.words + i * 2;
        count += pair[0] != 0;
        checker_need(check,
                     is_own_at(check, pair[0], CLASS_String) &&
                         (!pair[0] || (uint32_t)pair[1] < OWN_FIRST),
                     "O3 the text of a selector is none", pair[0]);
        checker_need(check, !pair[0] || is_found(table, i, &steps),
                     "O3 a selector is not found", pair[0]);
    }
    checker_need(check,
                 check->bad || (count == domain->own_selector_count &&
                                (!slots || count < slots)),
                 "O3 own selectors are not counted", count);
}

void checker_own(Checker *check, const Domain *domain) {
    checker_need(check,
                 is_words(check, domain->own_classes) &&
                     is_words(check, domain->own_modules) &&
                     is_words(check, domain->own_selectors),
                 "H8 a table of a domain is something else",
                 (uint64_t)(uintptr_t)domain);
    if (!check->bad)
        check_own_classes(check, domain);
    if (!check->bad)
        check_own_modules(check, domain);
    if (!check->bad)
        check_own_selectors(check, domain);
}
