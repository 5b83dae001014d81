/* What a module's names of fields, variables and methods mean. */
#include "vm/code/loader_reference.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/loader_class.h"
#include "vm/code/loader_names.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"

/* The imported module of this name, this module itself, or NULL. */
Module *loader_reference_module(const Link *link, const char *name,
                                uint64_t length) {
    if (symbols_equal(link->module->name, name, length))
        return link->module;
    const Array *imports = link->module->imports;
    for (uint64_t i = 0; i < imports->length; i++) {
        Module *module = (Module *)imports->at.references[i];
        if (symbols_equal(module->name, name, length))
            return module;
    }
    return NULL;
}

/* ---- Fields and variables ---- */

/* The type that was declared must be the one that is there. */
static bool same_type(const Link *link, uint16_t type, uint64_t packed) {
    const Class *of = link->types[type];
    return FIELD_KIND(packed) == link->file.types[type].kind &&
           FIELD_CLASS(packed) == (of ? of->id : 0);
}

static uint64_t field_count(const Class *of) {
    return of && of->field_names ? of->field_names->length : 0;
}

/* The packed field of a class by name, and the class that declares it; the last
 * one wins. NULL: none. */
static Class *find_field(Class *of, const FileString *name,
                         uint64_t *packed_out) {
    for (uint64_t i = field_count(of); i-- > 0;) {
        const String *at = (const String *)of->field_names->at.references[i];
        if (!symbols_equal(at, name->bytes, name->length))
            continue;
        *packed_out = of->field_types->at.words[i];
        while (i < field_count(of->super))
            of = of->super;
        return of;
    }
    return NULL;
}

static const char private_elsewhere[] = "it is private to another module";

static Status resolve_field(Link *link, const FileFieldRef *ref,
                            LinkField *out) {
    out->declared = find_field(link->types[ref->class_type],
                               &link->file.strings[ref->name], &out->packed);
    if (!out->declared || !same_type(link, ref->type, out->packed))
        return loader_class_refuse(link, ref->name, "there is no such field");
    if (link_is_hidden(link, out->declared->module, FIELD_FLAGS(out->packed)))
        return loader_class_refuse(link, ref->name, private_elsewhere);
    out->owner = link->types[ref->class_type];
    out->of = link->types[ref->type];
    return STATUS_OK;
}

static Status resolve_var(Link *link, const FileVarRef *ref, LinkVar *out) {
    const FileString *name = &link->file.strings[ref->module];
    const Module *module =
        loader_reference_module(link, name->bytes, name->length);
    if (!module ||
        !find_field(module->environment, &link->file.strings[ref->name],
                    &out->packed) ||
        !same_type(link, ref->type, out->packed))
        return loader_class_refuse(link, ref->name,
                                   "there is no such variable");
    if (link_is_hidden(link, module, FIELD_FLAGS(out->packed)))
        return loader_class_refuse(link, ref->name, private_elsewhere);
    out->module = module;
    out->place = module_place(module);
    out->of = link->types[ref->type];
    return STATUS_OK;
}

/* ---- Methods ---- */

/* The method with the selector in a list, or NULL. */
static Method *find_in(const Array *list, uint32_t selector) {
    for (uint64_t i = 0; list && i < list->length; i++) {
        Method *method = (Method *)list->at.references[i];
        if (method->selector == selector)
            return method;
    }
    return NULL;
}

static Method *find_in_interfaces(const Link *link, const Class *of,
                                  uint32_t selector) {
    const Array *ids = of->interfaces;
    for (uint64_t i = 0; ids && i < ids->length; i++) {
        const Class *each =
            class_find_in(link->domain, (uint32_t)ids->at.words[i]);
        for (size_t k = 0; k < link->file.class_count; k++)
            if (link->classes[k]->id == ids->at.words[i])
                each = link->classes[k];
        Method *found = each ? find_in(each->methods, selector) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

static Method *find_method(const Link *link, const Class *of,
                           uint32_t selector) {
    for (const Class *at = of; at; at = at->super) {
        Method *found = find_in(at->methods, selector);
        if (found)
            return found;
    }
    return of->flags & MODULE_INTERFACE ? find_in_interfaces(link, of, selector)
                                        : NULL;
}

static Status ref_selector(Link *link, const FileMethodRef *ref,
                           uint32_t *selector_out) {
    size_t room = 4096;
    char *buffer = alloc_take(room);
    if (!buffer)
        return STATUS_NO_MEMORY;
    Text text = text_on(buffer, room);
    const FileString *name = &link->file.strings[ref->name];
    text_add_bytes(&text, name->bytes, bytes_min(name->length, 1024));
    loader_names_ref(link, ref, NAMES_BY_ID, &text);
    String *selector_text;
    Status status = loader_class_selector(link, &text, ref->name, selector_out,
                                          &selector_text);
    alloc_give(buffer);
    return status;
}

static Status resolve_method(Link *link, const FileMethodRef *ref,
                             LinkMethod *out) {
    uint32_t selector = 0;
    Status status = ref_selector(link, ref, &selector);
    if (status != STATUS_OK)
        return status;
    const FileString *name = &link->file.strings[ref->module];
    if (ref->class_type) {
        out->method = find_method(link, link->types[ref->class_type], selector);
    } else {
        const Module *module =
            loader_reference_module(link, name->bytes, name->length);
        out->method = module ? find_in(module->functions, selector) : NULL;
    }
    out->ref = ref;
    if (!out->method)
        return loader_class_refuse(link, ref->name,
                                   "there is no such method with these types");
    return link_is_hidden(link, out->method->module, out->method->flags)
               ? loader_class_refuse(link, ref->name, private_elsewhere)
               : STATUS_OK;
}

Status loader_reference_resolve(Link *link) {
    const ModuleFile *file = &link->file;
    Status status = STATUS_OK;
    for (size_t i = 0; i < file->field_ref_count && status == STATUS_OK; i++)
        status = resolve_field(link, &file->field_refs[i], &link->fields[i]);
    for (size_t i = 0; i < file->var_ref_count && status == STATUS_OK; i++)
        status = resolve_var(link, &file->var_refs[i], &link->vars[i]);
    for (size_t i = 0; i < file->method_ref_count && status == STATUS_OK; i++)
        status = resolve_method(link, &file->method_refs[i], &link->methods[i]);
    return status;
}
