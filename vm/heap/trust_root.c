/* Looks at what classes tell, and at the root. */
#include "vm/heap/checker.h"
#include "vm/heap/kind.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

#define CLASS_CHUNK 1024u

/* ---- Objects ---- */

bool trust_is_instance(const Domain *domain, const void *object) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    if (!trust_is_start(address) ||
        region_header(region_of(address))->domain != domain->number)
        return false;
    const Class *of = class_find_in(domain, ((const Object *)object)->class_id);
    return of && trust_is_near(domain, of, CLASS_Class) &&
           of->shape == SHAPE_OBJECT &&
           of->instance_words * 8ull <=
               MEMORY_REGION_BYTES - address % MEMORY_REGION_BYTES;
}

bool trust_is_thrown(const Domain *domain, const void *object) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    if (!trust_is_start(address))
        return false;
    uint64_t number = region_header(region_of(address))->domain;
    const Class *of = class_find_in(domain, ((const Object *)object)->class_id);
    return (number == domain->number || number == ROOT->domains[0]->number) &&
           of && of->depth < CLASS_DEPTH_MAX &&
           class_is_a(of, class_get(CLASS_Exception));
}

/* ---- The root ---- */

static bool is_pointers(const Array *table) {
    return trust_is_array(ROOT->domains[0], table, CLASS_ObjectArray);
}

static const char *look_at_classes(void) {
    if (!is_pointers(ROOT->classes))
        return "the table of classes is none";
    for (uint64_t i = 0; i < ROOT->classes->length; i++) {
        const Array *chunk = (const Array *)ROOT->classes->at.references[i];
        if (chunk && (!is_pointers(chunk) || chunk->length < CLASS_CHUNK))
            return "a part of the table of classes is none";
    }
    static const uint16_t shapes[] = {
        SHAPE_NONE,
#define KNOWN(name, text, shape) SHAPE_##shape,
#include "vm/heap/known.def"
#undef KNOWN
    };
    for (uint32_t id = 1; id < sizeof shapes / sizeof shapes[0]; id++) {
        const Class *of = class_find(id);
        if (!trust_is_class(of, id) || of->shape != shapes[id])
            return "a class that C knows is another";
    }
    return NULL;
}

/* Open tables have a free place, or a search would not end. */
static bool is_open(const Array *table, uint64_t taken) {
    uint64_t count = 0;
    if (!is_pointers(table) || table->length == 0 ||
        (table->length & (table->length - 1)) != 0)
        return false;
    for (uint64_t i = 0; i < table->length; i++)
        count += table->at.references[i] != NULL;
    return count < table->length && count == taken;
}

static const char *look_at_tables(void) {
    const Domain *system = ROOT->domains[0];
    const Array *selectors = ROOT->selectors, *modules = ROOT->modules;
    if (!is_open(ROOT->strings, ROOT->string_count))
        return "the table of texts is damaged";
    if (selectors ? !is_open(selectors, ROOT->next_selector - 1) ||
                        !trust_is_array(system, ROOT->selector_numbers,
                                        CLASS_IntArray) ||
                        ROOT->selector_numbers->length != selectors->length
                  : ROOT->next_selector != 1)
        return "the table of selectors is damaged";
    if (modules ? !is_pointers(modules) : ROOT->next_module != 0)
        return "the table of modules is damaged";
    for (uint64_t i = 0; modules && i < modules->length; i++) {
        const Module *module = (const Module *)modules->at.references[i];
        if (module && (!trust_is_own(system, module, CLASS_Module) ||
                       !trust_is_array(system, module->name, CLASS_String)))
            return "a module is none";
    }
    const Method *start = ROOT->start;
    if (!trust_is_own(system, start, CLASS_Method) ||
        !trust_is_array(system, start->code, CLASS_IntArray) ||
        !is_pointers(start->pool) || start->code->length != 1)
        return "the first frame of threads has no method";
    return NULL;
}

/* ---- Tables of a domain ---- */

/* Variables by number of a module of the system: of its class, or none yet. */
static bool is_environment(const Domain *domain, uint64_t number) {
    const Object *object = domain->environments->at.references[number];
    const Array *modules = ROOT->modules;
    const Module *module = modules && number < modules->length
                               ? (const Module *)modules->at.references[number]
                               : NULL;
    return !object ||
           (module && trust_is_instance(domain, object) &&
            trust_is_near(domain, module->environment, CLASS_Class) &&
            module->environment->id == object->class_id);
}

static bool are_environments(const Domain *domain) {
    const Array *all = domain->environments;
    bool good = true;
    for (uint64_t i = 0; all && i < all->length && good; i++)
        good = is_environment(domain, i);
    return good;
}

static bool are_gates(const Domain *domain) {
    bool good = true;
    for (uint64_t i = 0; i < domain->gate_count && good; i++) {
        const Object *target = domain->gate_targets->at.references[i];
        uint64_t address = (uint64_t)(uintptr_t)target;
        good = !target ||
               (trust_is_start(address) &&
                region_header(region_of(address))->domain == domain->number);
    }
    return good;
}

bool trust_is_app(const Domain *domain) {
    char words[200];
    Text why = text_on(words, sizeof words);
    Checker check = {.why = &why, .domain = domain};
    checker_own(&check, domain);
    if (!check.bad)
        checker_tables(&check, domain);
    return !check.bad && are_environments(domain) && are_gates(domain);
}

/* ---- All of it ---- */

const char *trust_root(void) {
    const char *wrong = NULL;
    if (!trust_is_domain(0))
        return "the system's domain is damaged";
    wrong = look_at_classes();
    if (!wrong)
        wrong = look_at_tables();
    if (!wrong && !trust_is_app(ROOT->domains[0]))
        wrong = "a table of the system's domain is damaged";
    return wrong;
}
