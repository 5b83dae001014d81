/* Methods: their objects, natives' checks, and tables of virtual methods. */
#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "vm/code/loader_class.h"
#include "vm/code/loader_names.h"
#include "vm/code/natives.h"
#include "vm/code/places.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"

#define SIGNATURE_BYTES 4096u

/* ---- Method objects ---- */

/* Places of parameters among the arguments: R first, then S. */
static void count_arguments(const Link *link, const FileMethod *file,
                            Method *made) {
    bool has_this = made->owner && !(file->flags & MODULE_STATIC);
    uint16_t references = has_this, scalars = 0;
    for (size_t i = 0; i < file->parameter_count; i++) {
        if (link->types[file->parameters[i].type])
            references++;
        else
            scalars++;
    }
    bool no_body = file->flags & (MODULE_NATIVE | MODULE_NO_CODE);
    made->reference_arguments = references;
    made->argument_count = (uint16_t)(references + scalars);
    made->reference_count = no_body ? references : file->references;
    made->references_at = FRAME_HEADER_WORDS;
    made->arguments_at =
        (uint16_t)(FRAME_HEADER_WORDS + made->reference_count - references);
    made->frame_words = (uint16_t)(FRAME_HEADER_WORDS + made->reference_count +
                                   (no_body ? scalars : file->scalars));
    made->result_kind = link->file.types[file->result].kind;
    uint32_t cost = no_body ? 0 : file->words + made->frame_words / 8u;
    made->cost = (uint16_t)(cost < UINT16_MAX ? cost : UINT16_MAX);
}

static void pack_parameter(const Link *link, const FileParameter *parameter,
                           uint16_t place, uint64_t *words) {
    const Class *of = link->types[parameter->type];
    words[0] = (uint64_t)(of ? of->id : 0) << 32 | (uint64_t)place << 16 |
               (uint64_t)parameter->flags << 8 |
               link->file.types[parameter->type].kind;
    words[1] = (uint64_t)parameter->smallest;
    words[2] = (uint64_t)parameter->largest;
}

/* What native_call.c checks before the C body runs. */
static Status set_parameters(const Link *link, const FileMethod *file,
                             Method *made) {
    Status status;
    Array *list =
        heap_new_array(link->domain, CLASS_IntArray,
                       made->argument_count * NATIVE_PARAMETER_WORDS, &status);
    if (!list)
        return status;
    bool has_this = made->owner && !(file->flags & MODULE_STATIC);
    uint16_t reference = has_this, scalar = made->reference_arguments;
    uint64_t *words = list->at.words;
    if (has_this) {
        words[0] = (uint64_t)made->owner->id << 32 | MODULE_CLASS;
        words += NATIVE_PARAMETER_WORDS;
    }
    for (size_t i = 0; i < file->parameter_count; i++) {
        bool is_reference = link->types[file->parameters[i].type];
        pack_parameter(link, &file->parameters[i],
                       is_reference ? reference++ : scalar++, words);
        words += NATIVE_PARAMETER_WORDS;
    }
    HEAP_SET(made->parameters, list);
    return STATUS_OK;
}

static Status bind_native(const Link *link, const FileMethod *file,
                          Method *made, const Text *signature) {
    char buffer[3 * MODULE_NAME_BYTES_MAX];
    Text name = text_on(buffer, sizeof buffer);
    const String *prefix = made->owner ? made->owner->name : made->module->name;
    text_add_bytes(&name, prefix->bytes,
                   bytes_min(prefix->length, 2 * MODULE_NAME_BYTES_MAX));
    text_add_char(&name, '.');
    text_add_bytes(&name, made->name->bytes,
                   bytes_min(made->name->length, MODULE_NAME_BYTES_MAX));
    if (!link->system)
        return loader_class_refuse(link, file->name,
                                   "only system modules have natives");
    if (!link->again && !natives_find(name.bytes, name.length, signature->bytes,
                                      signature->length))
        log_line("vm: there is no native %s%.*s", text_end(&name),
                 (int)signature->length, signature->bytes);
    return set_parameters(link, file, made);
}

static Status name_method(const Link *link, const FileMethod *file,
                          Method *made) {
    char *buffer = alloc_take(SIGNATURE_BYTES);
    if (!buffer)
        return STATUS_NO_MEMORY;
    Status status = STATUS_OK;
    String *selector_text = NULL;
    const FileString *name = &link->file.strings[file->name];
    Text text = text_on(buffer, SIGNATURE_BYTES);
    text_add_bytes(&text, name->bytes, bytes_min(name->length, 1024));
    loader_names_method(link, file, NAMES_BY_ID, &text);
    if (text.cut || name->length > MODULE_NAME_BYTES_MAX)
        status = loader_class_refuse(link, file->name, "its name is too long");
    if (status == STATUS_OK)
        status = loader_class_selector(link, &text, file->name, &made->selector,
                                       &selector_text);
    HEAP_SET(made->selector_text, selector_text);
    text = text_on(buffer, SIGNATURE_BYTES);
    loader_names_method(link, file, NAMES_BY_NAME, &text);
    if (status == STATUS_OK && text.cut)
        status =
            loader_class_refuse(link, file->name, "its types are too long");
    if (status == STATUS_OK)
        HEAP_SET(made->name, symbols_intern(link->domain, name->bytes,
                                            name->length, &status));
    if (status == STATUS_OK)
        HEAP_SET(made->signature, symbols_intern(link->domain, text.bytes,
                                                 text.length, &status));
    made->signature_hash = module_hash(text.bytes, text.length);
    if (status == STATUS_OK && file->flags & MODULE_NATIVE)
        status = bind_native(link, file, made, &text);
    alloc_give(buffer);
    return status;
}

static Status check_flags(const Link *link, const FileMethod *file,
                          const Class *owner) {
    uint16_t flags = file->flags;
    bool fine = !(flags & MODULE_NO_CODE) ||
                (owner && flags & MODULE_VIRTUAL && !(flags & MODULE_NATIVE) &&
                 owner->flags & (MODULE_ABSTRACT | MODULE_INTERFACE));
    if (flags & MODULE_VIRTUAL && (!owner || flags & MODULE_STATIC))
        fine = false;
    if (owner && owner->flags & MODULE_INTERFACE && !(flags & MODULE_STATIC) &&
        !(flags & MODULE_NO_CODE))
        fine = false;
    return fine ? STATUS_OK
                : loader_class_refuse(link, file->name,
                                      "its flags contradict each other");
}

static Class *class_of_file(const Link *link, uint16_t type) {
    for (size_t i = 0; i < link->file.class_count; i++)
        if (link->classes[i] == link->types[type])
            return link->classes[i];
    return NULL;
}

static Status make_method(Link *link, const FileMethod *file,
                          Method **made_out) {
    Class *owner =
        file->class_type ? class_of_file(link, file->class_type) : NULL;
    if (file->class_type && !owner)
        return loader_class_refuse(link, file->name,
                                   "its class is of another module");
    Status status = check_flags(link, file, owner);
    if (status != STATUS_OK)
        return status;
    Method *made = (Method *)heap_allocate(link->domain, CLASS_Method,
                                           sizeof(Method), &status);
    if (!made)
        return status;
    made->flags = file->flags;
    HEAP_SET(made->owner, owner);
    HEAP_SET(made->module, link->module);
    HEAP_SET(made->pool, link->module->pool);
    HEAP_SET(made->constants, link->module->constants);
    count_arguments(link, file, made);
    *made_out = made;
    return name_method(link, file, made);
}

/* How many methods each class of the file has; with key 0, functions. */
static void count_methods(const Link *link, Places *counts) {
    bool is_new;
    for (size_t i = 0; i < link->file.method_count; i++) {
        uint64_t owner = (uint64_t)(uintptr_t)link->own[i]->owner;
        ++*places_at(counts, owner, 0, &is_new);
    }
}

static Status make_list(const Link *link, Places *counts, const Class *owner,
                        Array **list_out) {
    bool is_new;
    Status status;
    uint64_t count = *places_at(counts, (uint64_t)(uintptr_t)owner, 0, &is_new);
    *list_out = heap_new_array(link->domain, CLASS_ObjectArray, count, &status);
    return status;
}

/* A list of methods for each class, and one of the functions. */
static Status list_with(Link *link, Places *counts) {
    bool is_new;
    count_methods(link, counts);
    Status status = make_list(link, counts, NULL, &link->module->functions);
    for (size_t i = 0; i < link->file.class_count && status == STATUS_OK; i++)
        status = make_list(link, counts, link->classes[i],
                           &link->classes[i]->methods);
    for (size_t i = link->file.method_count; i-- > 0 && status == STATUS_OK;) {
        Class *owner = link->own[i]->owner;
        Array *list = owner ? owner->methods : link->module->functions;
        uint64_t *left =
            places_at(counts, (uint64_t)(uintptr_t)owner, 0, &is_new);
        HEAP_SET(list->at.references[--*left], link->own[i]);
    }
    return status;
}

static Status list_methods(Link *link) {
    Places counts;
    if (!places_begin(&counts, link->file.class_count + 1))
        return STATUS_NO_MEMORY;
    Status status = list_with(link, &counts);
    places_end(&counts);
    return status;
}

static Status check_unique(const Link *link, const Array *list) {
    Places seen;
    bool is_new = true;
    if (!places_begin(&seen, list->length))
        return STATUS_NO_MEMORY;
    for (uint64_t i = 0; i < list->length && is_new; i++) {
        const Method *method = (const Method *)list->at.references[i];
        places_at(&seen, method->selector, 0, &is_new);
        if (!is_new)
            text_add_format(link->why, "%.*s: it is there twice",
                            (int)bytes_min(method->name->length, 80),
                            method->name->bytes);
    }
    places_end(&seen);
    return is_new ? STATUS_OK : STATUS_INVALID;
}

Status loader_class_methods(Link *link) {
    Status status = STATUS_OK;
    for (size_t i = 0; i < link->file.method_count && status == STATUS_OK; i++)
        status = make_method(link, &link->file.methods[i], &link->own[i]);
    if (status == STATUS_OK)
        status = list_methods(link);
    for (size_t i = 0; i < link->file.class_count && status == STATUS_OK; i++)
        status = check_unique(link, link->classes[i]->methods);
    if (status == STATUS_OK)
        status = check_unique(link, link->module->functions);
    return status;
}

/* ---- Tables ---- */

static uint64_t count_virtual(const Array *methods) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < methods->length; i++)
        count += ((Method *)methods->at.references[i])->flags & MODULE_VIRTUAL;
    return count;
}

/* What the superclass has, with the class's own in the places of those that
 * they replace, and then the others. Their number. */
static uint64_t fill_vtable(const Class *of, const Array *inherited,
                            Places *places, Array *vtable) {
    bool is_new;
    uint64_t count = inherited ? inherited->length : 0;
    for (uint64_t i = 0; i < count; i++) {
        const Method *method = (const Method *)inherited->at.references[i];
        HEAP_SET(vtable->at.references[i], method);
        places_at(places, method->selector, i, &is_new);
    }
    for (uint64_t i = 0; i < of->methods->length; i++) {
        Method *method = (Method *)of->methods->at.references[i];
        if (!(method->flags & MODULE_VIRTUAL))
            continue;
        uint64_t place = *places_at(places, method->selector, count, &is_new);
        HEAP_SET(vtable->at.references[place], method);
        method->vtable_place = (uint16_t)place;
        count += is_new;
    }
    return count;
}

static Status make_vtable(const Link *link, Class *of) {
    Places places;
    Status status;
    const Array *inherited = of->super ? of->super->vtable : NULL;
    uint64_t most =
        (inherited ? inherited->length : 0) + count_virtual(of->methods);
    Array *scratch =
        heap_new_array(link->domain, CLASS_ObjectArray, most, &status);
    if (!scratch)
        return status;
    if (!places_begin(&places, most))
        return STATUS_NO_MEMORY;
    uint64_t count = fill_vtable(of, inherited, &places, scratch);
    places_end(&places);
    Array *vtable =
        heap_new_array(link->domain, CLASS_ObjectArray, count, &status);
    if (!vtable)
        return status;
    for (uint64_t i = 0; i < count; i++)
        HEAP_SET(vtable->at.references[i], scratch->at.references[i]);
    HEAP_SET(of->vtable, vtable);
    return count > UINT16_MAX ? STATUS_INVALID : STATUS_OK;
}

/* Heapsort: the largest of the first `count` words, in a heap but for the one
 * at `at`, sinks to its place. */
static void sink(uint64_t *words, uint64_t at, uint64_t count) {
    uint64_t moved = words[at], child;
    while ((child = 2 * at + 1) < count) {
        child += child + 1 < count && words[child + 1] > words[child];
        if (words[child] <= moved)
            break;
        words[at] = words[child];
        at = child;
    }
    words[at] = moved;
}

static void sort(uint64_t *words, uint64_t count) {
    for (uint64_t i = count / 2; i-- > 0;)
        sink(words, i, count);
    for (uint64_t end = count; end > 1;) {
        uint64_t largest = words[0];
        words[0] = words[--end];
        words[end] = largest;
        sink(words, 0, end);
    }
}

static const Method *at_place(const Class *of, uint64_t place) {
    return (const Method *)of->vtable->at.references[place];
}

/* Not private ones: an interface of any module would lead to them. */
static bool has_selector(const Method *method) {
    return !(method->flags & MODULE_PRIVATE);
}

static Status make_selectors(const Link *link, Class *of) {
    Status status;
    uint64_t count = 0;
    for (uint64_t i = 0; i < of->vtable->length; i++)
        count += has_selector(at_place(of, i));
    Array *table = heap_new_array(link->domain, CLASS_IntArray, count, &status);
    if (!table)
        return status;
    for (uint64_t i = of->vtable->length, to = count; i-- > 0;)
        if (has_selector(at_place(of, i)))
            table->at.words[--to] =
                (uint64_t)at_place(of, i)->selector << 32 | i;
    sort(table->at.words, count);
    HEAP_SET(of->selectors, table);
    return STATUS_OK;
}

/* What is private to another module stays what that module made it. */
static Status check_overrides(const Link *link, const FileClass *file,
                              const Class *of) {
    const Class *super = of->super;
    for (uint64_t i = 0; super && super->vtable && i < super->vtable->length;
         i++)
        if (at_place(of, i) != at_place(super, i) &&
            link_is_hidden(link, at_place(super, i)->module,
                           at_place(super, i)->flags))
            return loader_class_refuse(
                link, file->name,
                "a method overrides what is private to another module");
    return STATUS_OK;
}

static Status check_complete(const Link *link, const FileClass *file,
                             const Class *of) {
    if (of->flags & (MODULE_ABSTRACT | MODULE_INTERFACE))
        return STATUS_OK;
    for (uint64_t i = 0; i < of->vtable->length; i++)
        if (at_place(of, i)->flags & MODULE_NO_CODE)
            return loader_class_refuse(link, file->name,
                                       "an abstract method has no body");
    return STATUS_OK;
}

Status loader_class_tables(Link *link) {
    for (size_t i = 0; i < link->file.class_count; i++) {
        Class *of = link->classes[i];
        Status status = make_vtable(link, of);
        if (status == STATUS_OK)
            status = make_selectors(link, of);
        if (status == STATUS_OK)
            status = check_overrides(link, &link->file.classes[i], of);
        if (status == STATUS_OK)
            status = check_complete(link, &link->file.classes[i], of);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
