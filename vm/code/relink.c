/* Linking anew, and comparing two graphs of objects. */
#include "vm/code/relink.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/link.h"
#include "vm/code/loader.h"
#include "vm/code/places.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

struct Relinked {
    Places known;   /* from the address of a Module, Class or Method to */
    uint64_t count; /* its number here, */
    uint64_t most;
    const Class ***registers; /* and by that number those of a method */
};

/* ---- What is known ---- */

/* In place of registers: nobody knows what this module is. */
static const Class *unknown[1];

static uint64_t key_of(const void *object) {
    return (uint64_t)(uintptr_t)object;
}

Status relink_begin(uint64_t most, Relinked **relinked_out) {
    Relinked *made = alloc_take(sizeof *made);
    *relinked_out = made;
    if (!made)
        return STATUS_NO_MEMORY;
    made->most = most;
    made->registers = alloc_take((most + 1) * sizeof *made->registers);
    return made->registers && places_begin(&made->known, most + 1)
               ? STATUS_OK
               : STATUS_NO_MEMORY;
}

void relink_end(Relinked *relinked) {
    if (!relinked)
        return;
    for (uint64_t i = 0; relinked->registers && i < relinked->count; i++)
        if (relinked->registers[i] != unknown)
            alloc_give(relinked->registers[i]);
    alloc_give(relinked->registers);
    places_end(&relinked->known);
    alloc_give(relinked);
}

static bool number_of(const Relinked *relinked, const void *object,
                      uint64_t *number_out) {
    const uint64_t *entry = places_find(&relinked->known, key_of(object));
    if (entry)
        *number_out = *entry;
    return entry != NULL;
}

bool relink_knows(const Relinked *relinked, const void *object) {
    uint64_t number;
    return number_of(relinked, object, &number) &&
           relinked->registers[number] != unknown;
}

bool relink_unknown(const Relinked *relinked, const Module *module) {
    uint64_t number;
    return number_of(relinked, module, &number) &&
           relinked->registers[number] == unknown;
}

const Class *const *relink_registers(const Relinked *relinked,
                                     const Method *method) {
    uint64_t number;
    return number_of(relinked, method, &number) ? relinked->registers[number]
                                                : NULL;
}

/* False: there are more than there were said to be. */
static bool know(Relinked *relinked, const Object *object,
                 const Class **registers) {
    bool is_new;
    if (relinked->count == relinked->most)
        return false;
    places_at(&relinked->known, key_of(object), relinked->count, &is_new);
    if (is_new)
        relinked->registers[relinked->count++] = registers;
    return is_new;
}

/* ---- Comparing ---- */

/* What was linked anew, what is in the heap in its place, and whose it is. */
typedef struct Pair {
    const Object *fresh, *kept, *owner;
} Pair;

typedef struct Compare {
    Relinked *relinked;
    const Link *link;
    Places places; /* from what is fresh to its place in: */
    Pair *pairs;
    uint64_t count, most;
    Text *why;
} Compare;

enum { WORDS_SHOWN = 80 };

/* So many objects are made of a file at most. */
static uint64_t objects_of(const ModuleFile *file) {
    enum { OF_MODULE = 16, OF_CLASS = 12, OF_METHOD = 12 };
    return OF_MODULE + OF_CLASS * (file->class_count + 1ull) +
           OF_METHOD * (uint64_t)file->method_count;
}

static const String *name_of(const Object *object) {
    switch (object->class_id) {
    case CLASS_Method:
        return ((const Method *)object)->name;
    case CLASS_Class:
        return ((const Class *)object)->name;
    default:
        return ((const Module *)object)->name;
    }
}

static bool has_name(const Object *object) {
    return object->class_id == CLASS_Method ||
           object->class_id == CLASS_Class || object->class_id == CLASS_Module;
}

static bool same_text(const Domain *domain, const String *fresh,
                      const String *kept) {
    return trust_is_array(domain, kept, CLASS_String) &&
           fresh->length == kept->length &&
           bytes_equal(fresh->bytes, kept->bytes, fresh->length);
}

/* Whether one stands for the other as far as is known; what is met the first
 * time is looked at later. */
static bool is_same(Compare *compare, const Object *fresh, const Object *kept,
                    const Object *owner) {
    bool is_new;
    if (fresh == kept)
        return true;
    if (!fresh || !trust_is_near(compare->link->domain, kept, fresh->class_id))
        return false;
    if (fresh->class_id == CLASS_String)
        return same_text(compare->link->domain, (const String *)fresh,
                         (const String *)kept);
    uint64_t place =
        *places_at(&compare->places, key_of(fresh), compare->count, &is_new);
    if (!is_new)
        return compare->pairs[place].kept == kept;
    if (compare->count == compare->most)
        return false;
    compare->pairs[compare->count++] =
        (Pair){fresh, kept, has_name(fresh) ? fresh : owner};
    return true;
}

/* Words that are not as they were linked. */
static bool may_differ(const Object *object, size_t word) {
    size_t at = word * 8;
    switch (object->class_id) {
    case CLASS_Class:
        return at == offsetof(Class, boxes);
    case CLASS_Module:
        return at == offsetof(Module, variables) ||
               at == offsetof(Module, image) ||
               at == offsetof(Module, previous) ||
               at == offsetof(Module, order);
    default:
        return false;
    }
}

static bool same_words(Compare *compare, const Pair *pair) {
    uint64_t bytes = heap_object_bytes(pair->fresh);
    const uint64_t *fresh = (const uint64_t *)(const void *)pair->fresh;
    const uint64_t *kept = (const uint64_t *)(const void *)pair->kept;
    Shape shape = (Shape)class_of(pair->fresh)->shape;
    uint64_t first = shape == SHAPE_REFERENCES ? 2 : 1;
    uint64_t last = shape == SHAPE_REFERENCES
                        ? bytes / 8
                        : first + heap_leading_references(shape);
    if (heap_object_bytes(pair->kept) != bytes)
        return false;
    for (uint64_t i = 1; i < bytes / 8; i++) {
        bool is_reference = i >= first && i < last;
        bool same =
            is_reference
                ? is_same(compare, (const Object *)(uintptr_t)fresh[i],
                          (const Object *)(uintptr_t)kept[i], pair->owner)
                : fresh[i] == kept[i];
        if (!same && !may_differ(pair->fresh, i))
            return false;
    }
    return true;
}

static Status refuse(const Compare *compare, const Pair *pair) {
    const String *name = name_of(pair->owner);
    text_add_format(compare->why,
                    "%.*s: what is linked at %lx is not what its file says",
                    (int)bytes_min(name->length, WORDS_SHOWN), name->bytes,
                    key_of(pair->kept));
    return STATUS_INVALID;
}

static Status compare_all(Compare *compare) {
    const Link *link = compare->link;
    is_same(compare, &link->module->head, &link->again->head, NULL);
    for (uint64_t i = 0; i < compare->count; i++)
        if (!same_words(compare, &compare->pairs[i]))
            return refuse(compare, &compare->pairs[i]);
    return STATUS_OK;
}

/* ---- Afterwards ---- */

static const Object *kept_for(const Compare *compare, const Object *fresh) {
    const uint64_t *place =
        fresh ? places_find(&compare->places, key_of(fresh)) : NULL;
    return place ? compare->pairs[*place].kept : fresh;
}

static Status know_method(Compare *compare, size_t index) {
    const Link *link = compare->link;
    const FileMethod *file = &link->file.methods[index];
    const Class **registers = NULL;
    if (file->references) {
        registers = alloc_take(file->references * sizeof *registers);
        if (!registers)
            return STATUS_NO_MEMORY;
    }
    for (uint16_t i = 0; i < file->references; i++) {
        uint16_t type = module_file_number(file->registers, i);
        uint16_t word = link_reference_word(link->own[index], i);
        registers[word - link->own[index]->references_at] =
            (const Class *)kept_for(compare, &link->types[type]->head);
    }
    if (know(compare->relinked, kept_for(compare, &link->own[index]->head),
             registers))
        return STATUS_OK;
    alloc_give(registers);
    return STATUS_INVALID;
}

static Status know_all(Compare *compare) {
    const Link *link = compare->link;
    bool good = know(compare->relinked, &link->again->head, NULL) &&
                know(compare->relinked, &link->again->environment->head, NULL);
    for (size_t i = 0; i < link->file.class_count && good; i++)
        good = know(compare->relinked,
                    kept_for(compare, &link->classes[i]->head), NULL);
    if (!good)
        return STATUS_INVALID;
    Status status = STATUS_OK;
    for (size_t i = 0; i < link->file.method_count && status == STATUS_OK; i++)
        status = know_method(compare, i);
    return status;
}

static Status look(const Link *link, void *context) {
    Compare compare = {.relinked = context,
                       .link = link,
                       .most = objects_of(&link->file),
                       .why = link->why};
    Status status = STATUS_NO_MEMORY;
    compare.pairs = alloc_take(compare.most * sizeof *compare.pairs);
    if (compare.pairs && places_begin(&compare.places, compare.most + 1))
        status = compare_all(&compare);
    if (status == STATUS_OK)
        status = know_all(&compare);
    places_end(&compare.places);
    alloc_give(compare.pairs);
    return status;
}

/* ---- A module ---- */

/* Each of a list is one of the domain's own, or of the system's. */
static bool is_list_of(const Domain *domain, const Array *list,
                       uint32_t class_id) {
    bool good = trust_is_array(domain, list, CLASS_ObjectArray);
    for (uint64_t i = 0; good && i < list->length; i++)
        good = trust_is_near(domain, list->at.references[i], class_id);
    return good;
}

/* It, or something that it imports, has no file. */
static bool has_no_file(const Relinked *relinked, const Module *module) {
    bool none = !module->image;
    for (uint64_t i = 0; i < module->imports->length && !none; i++)
        none = relink_unknown(
            relinked, (const Module *)module->imports->at.references[i]);
    return none;
}

static Status refuse_module(Text *why, const char *what) {
    text_add(why, what);
    return STATUS_INVALID;
}

Status relink_module(Relinked *relinked, Domain *domain, const Module *module,
                     Text *why) {
    bool own = domain != ROOT->domains[0];
    if (!trust_is_own(domain, module, CLASS_Module) || module->own != own ||
        module->system > !own ||
        !trust_is_array(domain, module->name, CLASS_String) ||
        (module->image &&
         !trust_is_array(domain, module->image, CLASS_ByteArray)) ||
        !trust_is_own(domain, module->environment, CLASS_Class) ||
        !is_list_of(domain, module->imports, CLASS_Module) ||
        !is_list_of(domain, module->classes, CLASS_Class))
        return refuse_module(why, "it is no module");
    if (has_no_file(relinked, module))
        return know(relinked, &module->head, unknown) ? STATUS_NOT_FOUND
                                                      : STATUS_INVALID;
    for (uint64_t i = 0; i < module->imports->length; i++)
        if (!relink_knows(relinked, module->imports->at.references[i]))
            return refuse_module(why, "it imports what is not as it should be");
    Status status = loader_link_again(domain, module, look, relinked, why);
    if (status == STATUS_OK && !loader_check(module, why))
        status = STATUS_INVALID;
    return status;
}
