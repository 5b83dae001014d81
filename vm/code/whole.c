/* Looks at a whole heap: domains, modules, classes, frames. */
#include "vm/code/whole.h"

#include "kernel/base/text.h"
#include "vm/code/link.h"
#include "vm/code/relink.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/heap/own.h"

#define CLASS_CHUNK 1024u

enum { WORDS = 400, NAME_SHOWN = 80 };

typedef struct Whole {
    WholeReport *report;
    Relinked *relinked;
    Domain *domain; /* that is looked at, */
    Status status;
    bool bad[ROOT_DOMAINS_MAX]; /* what is not to be followed further */
} Whole;

/* ---- Saying it ---- */

/* "domain 3 (Editor): " and what. */
static void wrong(Whole *whole, const char *what) {
    char words[WORDS];
    Text text = text_on(words, sizeof words);
    const String *name = whole->domain ? whole->domain->name : NULL;
    if (whole->domain)
        text_add_format(&text, "domain %lu", whole->domain->number);
    if (name && trust_is_array(whole->domain, name, CLASS_String))
        text_add_format(
            &text, " (%.*s)",
            (int)(name->length < NAME_SHOWN ? name->length : NAME_SHOWN),
            name->bytes);
    text_add_format(&text, "%s%s", whole->domain ? ": " : "", what);
    whole->report->wrong++;
    whole->report->say(text_end(&text));
}

static void need(Whole *whole, bool good, const char *what) {
    if (!good)
        wrong(whole, what);
}

/* ---- Objects ---- */

/* Calls `visit` for all objects of the domain with this class. */
static void each_object(Whole *whole, uint32_t class_id,
                        void (*visit)(Whole *, Object *)) {
    uint32_t region = whole->domain->first_region;
    do {
        uint64_t base = region_address(region);
        for (uint64_t at = base + REGION_OBJECTS_AT;
             at < base + MEMORY_REGION_BYTES; at += 1024)
            for (uint64_t bits = *region_start_word(at); bits;
                 bits &= bits - 1) {
                Object *object =
                    (Object *)(uintptr_t)(at +
                                          (uint64_t)__builtin_ctzll(bits) * 16);
                if (object->class_id == class_id)
                    visit(whole, object);
            }
        region = region_header(region)->next;
    } while (region);
}

/* ---- W1: domains ---- */

static void look_at_domain(Whole *whole, size_t slot) {
    char words[WORDS];
    Text why = text_on(words, sizeof words);
    uint64_t before = whole->report->wrong;
    whole->domain = NULL;
    if (!trust_is_domain(slot)) {
        text_add_format(&why, "number %lu of the domains is none",
                        (uint64_t)slot);
        wrong(whole, text_end(&why));
        whole->bad[slot] = true;
        return;
    }
    whole->domain = ROOT->domains[slot];
    whole->report->domains++;
    if (!heap_check_domain(whole->domain, &why))
        wrong(whole, text_end(&why));
    else
        need(whole, trust_is_app(whole->domain), "W1 a table of it is damaged");
    whole->bad[slot] = whole->report->wrong > before;
}

/* ---- W2: modules and classes ---- */

static uint64_t objects_seen;

static void count_one(Whole *whole, Object *object) {
    (void)whole;
    (void)object;
    objects_seen++;
}

static uint64_t count_linked(Whole *whole) {
    static const uint32_t ids[] = {CLASS_Module, CLASS_Class, CLASS_Method};
    objects_seen = 0;
    for (size_t slot = 0; slot < ROOT_DOMAINS_MAX; slot++) {
        whole->domain = ROOT->domains[slot];
        for (size_t i = 0; i < 3 && whole->domain && !whole->bad[slot]; i++)
            each_object(whole, ids[i], count_one);
    }
    return objects_seen;
}

static void look_at_module(Whole *whole, const Module *module) {
    char words[WORDS], named[WORDS];
    Text why = text_on(words, sizeof words), all = text_on(named, sizeof named);
    Status status = relink_module(whole->relinked, whole->domain, module, &why);
    if (status == STATUS_OK) {
        whole->report->modules++;
    } else if (status == STATUS_NOT_FOUND) {
        whole->report->unknown++;
    } else if (status == STATUS_INVALID) {
        const String *name = module->name;
        if (trust_is_array(whole->domain, name, CLASS_String))
            text_add_format(
                &all, "module %.*s: ",
                (int)(name->length < NAME_SHOWN ? name->length : NAME_SHOWN),
                name->bytes);
        text_add_format(&all, "W2 %s", text_end(&why));
        wrong(whole, text_end(&all));
    } else if (whole->status == STATUS_OK) {
        whole->status = status;
    }
}

static void look_at_system_modules(Whole *whole) {
    const Array *modules = ROOT->modules;
    for (uint64_t i = 0; modules && i < modules->length; i++) {
        const Module *module = (const Module *)modules->at.references[i];
        if (!module)
            continue;
        need(whole, module->number == i,
             "W2 a module stands at another's place");
        look_at_module(whole, module);
    }
}

/* The module of the domain that was made next after `order`; NULL: none was. */
static const Module *next_own(const Domain *domain, uint64_t order) {
    const Array *table = domain->own_modules;
    const Module *found = NULL;
    for (uint64_t i = 0; table && i < table->length; i++) {
        const Module *module = own_module(domain, i);
        if (module && module->order > order &&
            (!found || module->order < found->order))
            found = module;
    }
    return found;
}

static void look_at_own_modules(Whole *whole) {
    const Module *module = NULL;
    while ((module = next_own(whole->domain, module ? module->order : 0)))
        look_at_module(whole, module);
}

enum {
    EXCEPTION_MAP = 1u << EXCEPTION_MESSAGE | 1u << EXCEPTION_METHODS |
                    1u << EXCEPTION_PLACES
};

/* Those of C alone, and those that C made before core declared them. */
static bool is_as_made(const Class *of) {
    const Class *object = class_find(CLASS_Object);
    bool is_error = of->shape == SHAPE_OBJECT;
    return !of->module && of->vtable == object->vtable &&
           of->selectors == object->selectors && !of->interfaces &&
           !of->field_names && !of->field_types && !of->methods &&
           (!of->reference_map ||
            (is_error && of->reference_map->length == 1 &&
             of->reference_map->at.words[0] == EXCEPTION_MAP)) &&
           of->instance_words <= (is_error ? EXCEPTION_WORDS : 1);
}

static void look_at_boxes(Whole *whole, const Class *of) {
    const Array *boxes = of->boxes;
    bool good = true;
    for (uint64_t i = 0; boxes && i < boxes->length && good; i++)
        good = trust_is_own(ROOT->domains[0], boxes->at.references[i], of->id);
    need(whole, good, "W6 a shared box is none");
}

static bool is_known_class(const Whole *whole, const Class *of) {
    return relink_knows(whole->relinked, of) ||
           (of->id < CLASS_FIRST_FREE && is_as_made(of)) ||
           (of->module && relink_unknown(whole->relinked, of->module));
}

static void look_at_system_classes(Whole *whole) {
    for (uint64_t i = 0; i < ROOT->classes->length * CLASS_CHUNK; i++) {
        const Array *chunk =
            (const Array *)ROOT->classes->at.references[i / CLASS_CHUNK];
        const Object *entry =
            chunk ? chunk->at.references[i % CLASS_CHUNK] : NULL;
        if (!entry)
            continue;
        const Class *of = class_find((uint32_t)i);
        need(whole, of && &of->head == entry && is_known_class(whole, of),
             "W2 a class of no module is in the table");
        if (of)
            look_at_boxes(whole, of);
    }
}

static void look_at_own_classes(Whole *whole) {
    const Array *table = whole->domain->own_classes;
    for (uint64_t i = 0; table && i < table->length; i++) {
        const Class *of = (const Class *)(uintptr_t)table->at.words[i];
        need(whole, !of || is_known_class(whole, of),
             "W2 a class of no module is in the table");
    }
}

/* ---- W3 to W5: frames ---- */

static const Class *class_at(const Domain *domain, uint64_t value) {
    return trust_is_start(value)
               ? class_find_in(domain, ((const Object *)value)->class_id)
               : NULL;
}

static bool fits(const Domain *domain, uint64_t value, const Class *of) {
    const Class *is = value ? class_at(domain, value) : NULL;
    return !value || of->id == CLASS_Object ||
           (is && (of->flags & MODULE_INTERFACE || class_is_a(is, of)));
}

static bool registers_fit(const Whole *whole, const uint64_t *frame,
                          const Class *const *classes) {
    const Method *method = frame_method(frame);
    bool good = true;
    for (unsigned i = 0; i < method->reference_count && good; i++)
        good =
            fits(whole->domain, frame[method->references_at + i], classes[i]);
    return good;
}

/* The last instruction that begins before this place; NULL: there is none, or
 * the place is within one. */
static const uint64_t *instruction_before(const Method *method,
                                          uint64_t place) {
    const uint64_t *words = method->code->at.words;
    uint64_t at = 0, last = 0;
    while (at < place) {
        last = at;
        at += module_words_of(words[at]);
    }
    return at == place && place > 0 ? words + last : NULL;
}

/* What the instruction calls, or what is overridden by what it calls; NULL:
 * it calls nothing. */
static const Method *called(const Whole *whole, const Method *caller,
                            const uint64_t *instruction) {
    uint16_t operand = (uint16_t)(*instruction >> 48);
    const Class *const *classes = relink_registers(whole->relinked, caller);
    switch ((uint16_t)*instruction) {
    case OP_call:
    case OP_call_static:
    case OP_call_interface:
        return (const Method *)caller->pool->at.references[operand];
    case OP_call_virtual:
        return (const Method *)
            classes[(uint16_t)instruction[1] - caller->references_at]
                ->vtable->at.references[operand];
    default:
        return NULL;
    }
}

/* A native may have another run in its stead, with a result of its kind. */
static bool is_called(const Method *callee, const Method *target) {
    if (target->flags & MODULE_NATIVE)
        return (callee->result_kind >= MODULE_CLASS) ==
               (target->result_kind >= MODULE_CLASS);
    return callee == target || (callee->selector == target->selector &&
                                callee->flags & MODULE_VIRTUAL);
}

static bool returns_rightly(const Whole *whole, const uint64_t *frame,
                            const uint64_t *caller) {
    const Method *method = frame_method(caller);
    uint16_t result = (uint16_t)frame[FRAME_LINK];
    if (result == FRAME_SINK)
        return true;
    const uint64_t *instruction =
        relink_knows(whole->relinked, method)
            ? instruction_before(method, frame_place(caller))
            : NULL;
    const Method *target =
        instruction ? called(whole, method, instruction) : NULL;
    return target && result == (uint16_t)(*instruction >> 16) &&
           is_called(frame_method(frame), target);
}

/* A method of a module that an older build loaded: nobody knows. */
static bool is_unknown(const Whole *whole, const Method *method) {
    return method->module && relink_unknown(whole->relinked, method->module);
}

/* A native that waits puts its result where the instruction says that called
 * it. */
static bool waits_rightly(const Whole *whole, const Thread *thread,
                          const uint64_t *frame) {
    const Method *method = frame_method(frame);
    const uint64_t *instruction =
        instruction_before(method, frame_place(frame));
    const Method *target =
        instruction ? called(whole, method, instruction) : NULL;
    return target && thread->result_word == (uint16_t)(*instruction >> 16) &&
           is_called(thread->calling, target);
}

static void look_at_frame(Whole *whole, uint64_t *frame) {
    const Method *method = frame_method(frame);
    uint64_t *caller = frame_caller(frame);
    const Class *const *classes = relink_registers(whole->relinked, method);
    whole->report->frames++;
    if (method == ROOT->start) {
        need(whole, !caller, "W3 a thread begins twice");
        return;
    }
    if (!relink_knows(whole->relinked, method)) {
        need(whole, is_unknown(whole, method),
             "W3 a frame runs what is of no module");
        return;
    }
    need(whole, !classes || registers_fit(whole, frame, classes),
         "W4 a register holds an object of another class");
    need(whole,
         caller && (is_unknown(whole, frame_method(caller)) ||
                    returns_rightly(whole, frame, caller)),
         "W5 a frame's result goes astray");
}

static void look_at_thread(Whole *whole, Object *object) {
    Thread *thread = (Thread *)object;
    uint64_t *frame =
        thread->stack ? thread->stack->words + thread->frame : NULL;
    if (frame && thread->calling && thread->state == THREAD_PARKED &&
        relink_knows(whole->relinked, frame_method(frame)))
        need(whole, waits_rightly(whole, thread, frame),
             "W5 the result of a native goes astray");
    for (; frame; frame = frame_caller(frame))
        look_at_frame(whole, frame);
    need(whole,
         !thread->thrown || trust_is_thrown(whole->domain, thread->thrown),
         "W6 what a thread is to throw is no exception");
}

/* ---- W6 ---- */

static void look_at_errors(Whole *whole) {
    const Domain *domain = whole->domain;
    need(whole,
         (!domain->memory_error ||
          trust_is_thrown(domain, domain->memory_error)) &&
             (!domain->stack_error ||
              trust_is_thrown(domain, domain->stack_error)),
         "W6 a prepared error is none");
}

static void look_at_variables(Whole *whole) {
    const Array *table = whole->domain->own_modules;
    for (uint64_t i = 0; table && i < table->length; i++) {
        const Module *module = own_module(whole->domain, i);
        const Object *variables = module ? module->variables : NULL;
        need(whole,
             !variables || (trust_is_instance(whole->domain, variables) &&
                            variables->class_id == module->environment->id),
             "W6 variables are of another module");
    }
}

/* ---- All ---- */

static void each_domain(Whole *whole, void (*look)(Whole *)) {
    for (size_t slot = 1; slot < ROOT_DOMAINS_MAX; slot++) {
        whole->domain = ROOT->domains[slot];
        if (whole->domain && !whole->bad[slot])
            look(whole);
    }
}

static void look_at_threads(Whole *whole) {
    each_object(whole, CLASS_Thread, look_at_thread);
}

static void look_at_code(Whole *whole) {
    whole->domain = ROOT->domains[0];
    look_at_system_modules(whole);
    if (whole->report->wrong)
        return;
    look_at_system_classes(whole);
    look_at_threads(whole);
    look_at_errors(whole);
    if (whole->report->wrong) /* what apps use of it may be anything */
        return;
    each_domain(whole, look_at_own_modules);
    each_domain(whole, look_at_own_classes);
    each_domain(whole, look_at_threads);
    each_domain(whole, look_at_errors);
    each_domain(whole, look_at_variables);
}

/* The system's domain, then those of apps; false: nothing can be said of the
 * code. */
static bool look_at_heap(Whole *whole) {
    const char *root = trust_root();
    if (root) {
        wrong(whole, root);
        return false;
    }
    for (size_t slot = 0; slot < ROOT_DOMAINS_MAX; slot++) {
        if (ROOT->domains[slot])
            look_at_domain(whole, slot);
        if (whole->bad[0])
            return false;
    }
    return true;
}

Status whole_check(WholeReport *report) {
    Whole whole = {.report = report};
    if (!look_at_heap(&whole))
        return STATUS_OK;
    uint64_t before =
        heap_reserve(UINT64_MAX); /* apps may be at their limits */
    whole.status = relink_begin(count_linked(&whole), &whole.relinked);
    if (whole.status == STATUS_OK)
        look_at_code(&whole);
    relink_end(whole.relinked);
    heap_reserve(before);
    return whole.status;
}
