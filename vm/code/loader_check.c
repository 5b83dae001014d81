/* Looks at a module that was loaded for what loader.h says of it. */
#include "vm/code/loader.h"

#include "vm/code/module.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/kind.h"
#include "vm/heap/region.h"

typedef struct Look {
    const Domain *domain; /* NULL: of the system */
    const Module *module;
    Text *why;
    bool bad;
} Look;

static void need(Look *look, bool condition, const char *what,
                 const String *name) {
    if (!condition && !look->bad && name)
        text_add_format(look->why, "%.*s: %s", (int)name->length, name->bytes,
                        what);
    look->bad |= !condition;
}

static uint64_t length_of(const Array *array) {
    return array ? array->length : 0;
}

static const Method *at_place(const Class *of, uint64_t place) {
    return (const Method *)of->vtable->at.references[place];
}

/* ---- Modules and ids ---- */

static bool is_own_import(const Look *look, const Module *import) {
    return look->domain && own_module(look->domain, import->number) == import &&
           import->order <= look->domain->own_modules_made;
}

static bool is_system_import(const Look *look, const Module *import) {
    return ROOT->modules->at.references[import->number] == &import->head &&
           (look->domain || import->number < look->module->number);
}

static void look_at_imports(Look *look) {
    const Array *imports = look->module->imports;
    for (uint64_t i = 0; i < imports->length; i++) {
        const Module *import = (const Module *)imports->at.references[i];
        need(look,
             import->own ? is_own_import(look, import)
                         : is_system_import(look, import),
             "L1 it imports what is not published", look->module->name);
    }
}

static const Class *class_at(const Look *look, uint64_t place) {
    return (const Class *)look->module->classes->at.references[place];
}

/* The class of this id, of the module itself first: it may not be published
 * yet. Ids ascend with the classes, but for those that C knows. */
static const Class *class_of_id(const Look *look, uint64_t id) {
    uint64_t count = look->module->classes->length;
    uint64_t low = 0, high = count;
    while (low < high && class_at(look, low)->id >= CLASS_FIRST_FREE) {
        uint64_t middle = (low + high) / 2;
        if (class_at(look, middle)->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count && class_at(look, low)->id == id)
        return class_at(look, low);
    const Class *found = class_find_in(look->domain, (uint32_t)id);
    for (uint64_t i = 0; i < count && (!found || id < CLASS_FIRST_FREE); i++)
        if (class_at(look, i)->id == id)
            return class_at(look, i);
    return found;
}

static void look_at_id(Look *look, const Class *of) {
    const Class *found = class_find_in(look->domain, of->id);
    bool given = look->domain ? of->id >= OWN_FIRST
                              : of->id && of->id < ROOT->next_class;
    need(look, given && (!found || found == of || of->id < CLASS_FIRST_FREE),
         "L2 another class has its number", of->name);
}

/* ---- Ancestors ---- */

static void look_at_ancestors(Look *look, const Class *of) {
    const Class *super = of->super;
    need(look,
         of->depth < CLASS_DEPTH_MAX && of->display[of->depth] == of->id &&
             of->depth == (super ? super->depth + 1 : 0),
         "L3 it does not know its ancestors", of->name);
    for (unsigned i = 0; super && i <= super->depth && !look->bad; i++)
        need(look, of->display[i] == super->display[i],
             "L3 it does not know its ancestors", of->name);
}

/* In a list that ascends. */
static bool has_interface(const Class *of, uint64_t id) {
    uint64_t low = 0, high = length_of(of->interfaces);
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (of->interfaces->at.words[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < length_of(of->interfaces) &&
           of->interfaces->at.words[low] == id;
}

static void look_at_interfaces(Look *look, const Class *of) {
    const Class *super = of->super;
    for (uint64_t i = 0; i < length_of(of->interfaces) && !look->bad; i++) {
        const uint64_t *id = of->interfaces->at.words + i;
        const Class *each = class_of_id(look, *id);
        need(look, each && each->flags & MODULE_INTERFACE,
             "L4 it implements what is no interface", of->name);
        need(look, i == 0 || id[-1] < id[0],
             "L4 its interfaces are not in their order", of->name);
        for (uint64_t k = 0;
             each && !look->bad && k < length_of(each->interfaces); k++)
            need(look, has_interface(of, each->interfaces->at.words[k]),
                 "L4 it lacks an interface that another extends", of->name);
    }
    for (uint64_t i = 0; super && i < length_of(super->interfaces); i++)
        need(look, has_interface(of, super->interfaces->at.words[i]),
             "L4 it lacks an interface of its superclass", of->name);
}

/* ---- Fields ---- */

static bool is_marked(const Class *of, uint64_t word) {
    const Array *map = of->reference_map;
    return word / 64 < length_of(map) &&
           (map->at.words[word / 64] >> word % 64 & 1);
}

static void look_at_fields(Look *look, const Class *of) {
    const Class *super = of->super;
    uint64_t next = 1, inherited = super ? length_of(super->field_types) : 0;
    uint64_t count = length_of(of->field_types);
    need(look, count >= inherited && count == length_of(of->field_names),
         "L5 it lacks fields of its superclass", of->name);
    for (uint64_t i = 0; i < count && !look->bad; i++) {
        uint64_t packed = of->field_types->at.words[i];
        bool transient = FIELD_FLAGS(packed) & MODULE_TRANSIENT;
        bool reference = FIELD_KIND(packed) >= MODULE_CLASS;
        need(look, i >= inherited || packed == super->field_types->at.words[i],
             "L5 its superclass has a field elsewhere", of->name);
        need(look, FIELD_WORD(packed) == next, "L5 fields overlap", of->name);
        need(look, !transient || !is_marked(of, next),
             "L5 its map of references is wrong", of->name);
        next += transient;
        need(look, is_marked(of, next) == reference,
             "L5 its map of references is wrong", of->name);
        next++;
    }
    need(look, of->instance_words == next, "L5 its size is wrong", of->name);
}

/* ---- Methods ---- */

static bool is_from(const Class *of, const Class *owner) {
    while (of && of != owner)
        of = of->super;
    return of != NULL;
}

static bool may_override(const Method *method, const Method *above) {
    return method == above || method->module == above->module ||
           !(above->flags & MODULE_PRIVATE);
}

static void look_at_table(Look *look, const Class *of) {
    const Class *super = of->super;
    uint64_t inherited = super ? length_of(super->vtable) : 0;
    bool can_be_made = !(of->flags & (MODULE_ABSTRACT | MODULE_INTERFACE));
    need(look, of->vtable->length >= inherited,
         "L6 it lacks methods of its superclass", of->name);
    for (uint64_t i = 0; i < of->vtable->length && !look->bad; i++) {
        const Method *method = at_place(of, i);
        need(look, method->vtable_place == i && is_from(of, method->owner),
             "L6 a method stands at another's place", of->name);
        need(look,
             i >= inherited || method->selector == at_place(super, i)->selector,
             "L6 a method overrides another one", of->name);
        need(look, i >= inherited || may_override(method, at_place(super, i)),
             "L6 a method overrides one that it does not see", of->name);
        need(look, !can_be_made || !(method->flags & MODULE_NO_CODE),
             "L6 a method that can be called has no code", of->name);
    }
}

static void look_at_selectors(Look *look, const Class *of) {
    uint64_t open = 0;
    for (uint64_t i = 0; i < of->vtable->length; i++)
        open += !(at_place(of, i)->flags & MODULE_PRIVATE);
    need(look, of->selectors->length == open, "L7 a method cannot be found",
         of->name);
    for (uint64_t i = 0; i < of->selectors->length && !look->bad; i++) {
        const uint64_t *entry = of->selectors->at.words + i;
        uint64_t place = (uint32_t)*entry;
        need(look,
             place < of->vtable->length &&
                 at_place(of, place)->selector == *entry >> 32 &&
                 !(at_place(of, place)->flags & MODULE_PRIVATE),
             "L7 a selector leads to another method", of->name);
        need(look, i == 0 || entry[-1] >> 32 < entry[0] >> 32,
             "L7 selectors are not in their order", of->name);
    }
}

static void look_at_method(Look *look, const Method *method) {
    bool no_code = method->flags & (MODULE_NATIVE | MODULE_NO_CODE);
    uint64_t bank_end = FRAME_HEADER_WORDS + (uint64_t)method->reference_count;
    need(look,
         method->references_at == FRAME_HEADER_WORDS &&
             method->reference_arguments <= method->argument_count &&
             method->arguments_at + method->reference_arguments == bank_end &&
             method->arguments_at + method->argument_count <=
                 method->frame_words,
         "L8 its arguments lie outside its frame", method->name);
    need(look,
         method->module == look->module && method->pool == look->module->pool &&
             method->constants == look->module->constants,
         "L8 it belongs to another module", method->name);
    need(look, no_code == !method->code, "L8 its code is missing",
         method->name);
    for (uint64_t i = 0; i < length_of(method->handlers); i += 2) {
        uint64_t entry = method->handlers->at.words[i];
        uint16_t from = (uint16_t)entry, to = (uint16_t)(entry >> 16);
        uint16_t at = (uint16_t)(entry >> 32), word = (uint16_t)(entry >> 48);
        need(look,
             from < to && to <= length_of(method->code) &&
                 at < length_of(method->code) && word >= FRAME_HEADER_WORDS &&
                 word < bank_end,
             "L8 a handler leads nowhere", method->name);
    }
}

static void look_at_methods(Look *look, const Array *methods,
                            const Class *owner) {
    for (uint64_t i = 0; i < methods->length && !look->bad; i++) {
        const Method *method = (const Method *)methods->at.references[i];
        need(look, method->owner == owner, "L8 another class has it",
             method->name);
        look_at_method(look, method);
        if (method->flags & MODULE_VIRTUAL && !look->bad)
            need(look,
                 method->vtable_place < owner->vtable->length &&
                     at_place(owner, method->vtable_place) == method,
                 "L6 a method is not at its place", method->name);
    }
}

/* ---- All ---- */

static void look_at_class(Look *look, const Class *of) {
    need(look, of->module == look->module, "L2 it is of another module",
         of->name);
    look_at_id(look, of);
    look_at_ancestors(look, of);
    look_at_interfaces(look, of);
    look_at_fields(look, of);
    look_at_table(look, of);
    look_at_selectors(look, of);
}

bool loader_check(const Module *module, Text *why) {
    Look look = {.module = module, .why = why};
    if (module->own)
        look.domain =
            region_header(region_of((uint64_t)(uintptr_t)module))->owner;
    look_at_imports(&look);
    for (uint64_t i = 0; i < module->classes->length && !look.bad; i++) {
        const Class *of = (const Class *)module->classes->at.references[i];
        look_at_class(&look, of);
        if (!look.bad)
            look_at_methods(&look, of->methods, of);
    }
    if (!look.bad)
        look_at_id(&look, module->environment);
    if (!look.bad)
        look_at_fields(&look, module->environment);
    if (!look.bad)
        look_at_methods(&look, module->functions, NULL);
    return !look.bad;
}
