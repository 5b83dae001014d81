/* Tables of the system root. Open hash tables have a power of two of places,
 * at most half of them taken. */
#include "vm/code/symbols.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/code/module.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"

#define CLASS_CHUNK 1024u
#define FIRST_PLACES 256u

static Domain *system_domain(void) {
    return ROOT->domains[0];
}

bool symbols_equal(const String *string, const char *bytes, uint64_t length) {
    return string->length == length &&
           bytes_equal(string->bytes, bytes, length);
}

/* The place of the text in a table of Strings, or the free one for it. */
static uint64_t find(const Array *table, const char *bytes, uint64_t length) {
    uint64_t mask = table->length - 1;
    uint64_t place = module_hash(bytes, length) & mask;
    const String *at;
    while ((at = (const String *)table->at.references[place])) {
        trust_need(trust_is_array(system_domain(), at, CLASS_String), NULL,
                   "a text in a table of the root is none");
        if (symbols_equal(at, bytes, length))
            break;
        place = (place + 1) & mask;
    }
    return place;
}

/* A table twice as large with the same Strings; for selectors, their numbers
 * in `*numbers` move along. */
static Status enlarge(Array **table, Array **numbers) {
    Array *old = *table, *old_numbers = numbers ? *numbers : NULL;
    uint64_t length = old ? old->length * 2 : FIRST_PLACES;
    Status status;
    Array *larger =
        heap_new_array(system_domain(), CLASS_ObjectArray, length, &status);
    if (!larger)
        return status;
    Array *more = NULL;
    if (numbers) {
        more = heap_new_array(system_domain(), CLASS_IntArray, length, &status);
        if (!more)
            return status;
    }
    for (uint64_t i = 0; old && i < old->length; i++) {
        String *string = (String *)old->at.references[i];
        if (!string)
            continue;
        uint64_t place = find(larger, string->bytes, string->length);
        HEAP_SET(larger->at.references[place], string);
        if (more)
            more->at.words[place] = old_numbers->at.words[i];
    }
    status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    HEAP_SET(*table, larger);
    if (more)
        HEAP_SET(*numbers, more);
    return STATUS_OK;
}

static String *add_string(const char *bytes, uint64_t length,
                          Status *status_out) {
    *status_out = STATUS_OK;
    if (!ROOT->strings || (ROOT->string_count + 1) * 2 > ROOT->strings->length)
        *status_out = enlarge(&ROOT->strings, NULL);
    if (*status_out != STATUS_OK)
        return NULL;
    uint64_t place = find(ROOT->strings, bytes, length);
    Object **at = &ROOT->strings->at.references[place];
    String *made = heap_new_string(system_domain(), bytes, length, status_out);
    if (made)
        *status_out = heap_write(at, 8);
    if (*status_out == STATUS_OK)
        *status_out = heap_write(ROOT, sizeof *ROOT);
    if (*status_out != STATUS_OK)
        return NULL;
    HEAP_SET(*at, made);
    ROOT->string_count++;
    return made;
}

String *symbols_intern(Domain *domain, const char *bytes, uint64_t length,
                       Status *status_out) {
    const Array *table = ROOT->strings;
    uint64_t place = table ? find(table, bytes, length) : 0;
    *status_out = STATUS_OK;
    if (table && table->at.references[place])
        return (String *)table->at.references[place];
    return domain == system_domain()
               ? add_string(bytes, length, status_out)
               : heap_new_string(domain, bytes, length, status_out);
}

static Status system_selector(const char *bytes, uint64_t length,
                              uint32_t *number_out) {
    Status status = STATUS_OK;
    if (!ROOT->selectors || ROOT->next_selector * 2 > ROOT->selectors->length)
        status = enlarge(&ROOT->selectors, &ROOT->selector_numbers);
    if (status != STATUS_OK)
        return status;
    uint64_t place = find(ROOT->selectors, bytes, length);
    uint64_t *number = &ROOT->selector_numbers->at.words[place];
    Object **at = &ROOT->selectors->at.references[place];
    if (!*at) {
        String *text = symbols_intern(system_domain(), bytes, length, &status);
        if (text)
            status = heap_write(at, 8);
        if (status == STATUS_OK)
            status = heap_write(number, 8);
        if (status == STATUS_OK)
            status = heap_write(ROOT, sizeof *ROOT);
        if (status != STATUS_OK)
            return status;
        HEAP_SET(*at, text);
        *number = ROOT->next_selector++;
    }
    *number_out = (uint32_t)*number;
    return STATUS_OK;
}

/* The root's selector with this text. */
static bool has_selector(const char *bytes, uint64_t length,
                         uint32_t *number_out) {
    const Array *table = ROOT->selectors;
    uint64_t place = table ? find(table, bytes, length) : 0;
    if (!table || !table->at.references[place])
        return false;
    *number_out = (uint32_t)ROOT->selector_numbers->at.words[place];
    return true;
}

Status symbols_selector(Domain *domain, const char *bytes, uint64_t length,
                        uint32_t *number_out, String **text_out) {
    *text_out = NULL;
    if (domain == system_domain())
        return system_selector(bytes, length, number_out);
    uint32_t own;
    bool system = has_selector(bytes, length, number_out);
    Status status =
        own_selector(domain, bytes, length, !system, &own, text_out);
    if (status == STATUS_NOT_FOUND && system)
        return STATUS_OK;
    *number_out = own;
    return status == STATUS_OK && system ? STATUS_INVALID : status;
}

/* ---- Classes ---- */

static Status grow_chunks(uint64_t chunk) {
    Array *old = ROOT->classes;
    uint64_t length = old ? old->length : 0;
    if (chunk < length)
        return STATUS_OK;
    Status status;
    Array *larger =
        heap_new_array(system_domain(), CLASS_ObjectArray, chunk + 64, &status);
    if (!larger)
        return status;
    status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    for (uint64_t i = 0; i < length; i++)
        HEAP_SET(larger->at.references[i], old->at.references[i]);
    HEAP_SET(ROOT->classes, larger);
    return STATUS_OK;
}

Status symbols_reserve_class(uint32_t id) {
    uint64_t chunk = id / CLASS_CHUNK;
    Status status = grow_chunks(chunk);
    if (status != STATUS_OK)
        return status;
    Object **at = &ROOT->classes->at.references[chunk];
    if (*at)
        return STATUS_OK;
    Array *made = heap_new_array(system_domain(), CLASS_ObjectArray,
                                 CLASS_CHUNK, &status);
    if (!made)
        return status;
    status = heap_write(at, 8);
    if (status == STATUS_OK)
        HEAP_SET(*at, made);
    return status;
}

static Object **class_place(uint32_t id) {
    Array *chunk = (Array *)ROOT->classes->at.references[id / CLASS_CHUNK];
    return &chunk->at.references[id % CLASS_CHUNK];
}

Status symbols_write_class(uint32_t id) {
    Status status = symbols_reserve_class(id);
    return status == STATUS_OK ? heap_write(class_place(id), 8) : status;
}

void symbols_put_class(Class *class_put) {
    HEAP_SET(*class_place(class_put->id), class_put);
}

/* ---- Modules ---- */

Status symbols_reserve_module(uint64_t number) {
    Array *old = ROOT->modules;
    Status status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    if (!old || number >= old->length) {
        Array *larger = heap_new_array(system_domain(), CLASS_ObjectArray,
                                       number * 2 + 64, &status);
        if (!larger)
            return status;
        for (uint64_t i = 0; old && i < old->length; i++)
            HEAP_SET(larger->at.references[i], old->at.references[i]);
        HEAP_SET(ROOT->modules, larger);
    }
    return heap_write(&ROOT->modules->at.references[number], 8);
}

Module *symbols_module(const Domain *domain, const char *name,
                       uint64_t length) {
    const Array *all = ROOT->modules;
    Module *own = own_module_named(domain, name, length);
    if (own)
        return own;
    for (uint64_t i = all ? all->length : 0; i-- > 0;) {
        Module *module = (Module *)all->at.references[i];
        if (module && symbols_equal(module->name, name, length))
            return module;
    }
    return NULL;
}

/* ---- Classes that C knows ---- */

typedef struct Known {
    const char *name;
    uint16_t shape;
} Known;

static const Known known[] = {
    {"", SHAPE_NONE},
#define KNOWN(name, text, shape) {text, SHAPE_##shape},
#include "vm/heap/known.def"
#undef KNOWN
};
#define KNOWN_COUNT (sizeof known / sizeof known[0])
_Static_assert(KNOWN_COUNT <= CLASS_FIRST_FREE, "known ids come first");

uint32_t symbols_known(const char *name, uint64_t length) {
    for (uint32_t id = 1; id < KNOWN_COUNT; id++)
        if (text_length(known[id].name) == length &&
            bytes_equal(known[id].name, name, length))
            return id;
    return 0;
}

const char *symbols_known_name(uint32_t id) {
    return id < KNOWN_COUNT ? known[id].name : NULL;
}

bool symbols_known_error(uint32_t id) {
    return id > CLASS_Exception && id < KNOWN_COUNT &&
           known[id].shape == SHAPE_OBJECT &&
           text_starts_with(known[id].name, "core.");
}

uint16_t symbols_known_shape(uint32_t id) {
    return id < KNOWN_COUNT ? known[id].shape : (uint16_t)SHAPE_OBJECT;
}
