/* Loading a module: the order of steps, references, code, publishing. */
#include "vm/code/loader.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/link.h"
#include "vm/code/loader_class.h"
#include "vm/code/loader_names.h"
#include "vm/code/loader_reference.h"
#include "vm/code/symbols.h"
#include "vm/code/verifier.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"

#define POOL_MAX 65535u
#define MODULES_MAX 32767u /* their places go into 16 bits of code */

/* ---- Finding things by name ---- */

static Class *find_class(const Module *module, const char *name,
                         uint64_t length) {
    for (uint64_t i = 0; i < module->classes->length; i++) {
        Class *of = (Class *)module->classes->at.references[i];
        if (symbols_equal(of->name, name, length))
            return of;
    }
    return NULL;
}

Method *loader_function(const Module *module, const char *name) {
    for (uint64_t i = 0; i < module->functions->length; i++) {
        Method *method = (Method *)module->functions->at.references[i];
        if (symbols_equal(method->name, name, text_length(name)))
            return method;
    }
    return NULL;
}

/* ---- Types ---- */

static uint64_t module_part(const FileString *name) {
    uint64_t length = name->length;
    while (length > 0 && name->bytes[length - 1] != '.')
        length--;
    return length ? length - 1 : 0;
}

static Status resolve_class_type(Link *link, uint16_t type) {
    const FileString *name = &link->file.strings[link->file.types[type].name];
    uint64_t part = module_part(name);
    Module *module = loader_reference_module(link, name->bytes, part);
    Class *found = module && module != link->module
                       ? find_class(module, name->bytes, name->length)
                       : NULL;
    if (!found && module != link->module) {
        uint32_t known = symbols_known(name->bytes, name->length);
        if (known && part == 4 && bytes_equal(name->bytes, "core", 4))
            found = class_get(known);
    }
    link->types[type] = found;
    return found ? STATUS_OK
                 : loader_class_refuse(link, link->file.types[type].name,
                                       "there is no such class");
}

static Status resolve_types(Link *link) {
    for (uint16_t i = 0; i < link->file.type_count; i++) {
        uint8_t kind = link->file.types[i].kind;
        if (kind == MODULE_CLASS && !link->types[i]) {
            Status status = resolve_class_type(link, i);
            if (status != STATUS_OK)
                return status;
        } else if (module_kind_is_reference(kind) && kind != MODULE_CLASS) {
            link->types[i] = loader_class_known(link, link_kind_class(kind));
        }
    }
    return STATUS_OK;
}

/* ---- Imports, pool ---- */

/* The module that import `i` means; NULL: there is none. */
static Module *import_of(const Link *link, size_t i, const FileString *name) {
    if (!link->again)
        return symbols_module(link->domain, name->bytes, name->length);
    const Array *before = link->again->imports;
    Module *module =
        i < before->length ? (Module *)before->at.references[i] : NULL;
    return module && symbols_equal(module->name, name->bytes, name->length)
               ? module
               : NULL;
}

static Status resolve_imports(Link *link) {
    Status status;
    Array *imports = heap_new_array(link->domain, CLASS_ObjectArray,
                                    link->file.import_count, &status);
    if (!imports)
        return status;
    HEAP_SET(link->module->imports, imports);
    for (size_t i = 0; i < link->file.import_count; i++) {
        uint32_t number = bytes_get32(link->file.imports + i * 4);
        const FileString *name = &link->file.strings[number];
        Module *module = import_of(link, i, name);
        if (!module)
            return loader_class_refuse(link, number,
                                       "this module is not loaded");
        HEAP_SET(imports->at.references[i], module);
    }
    return STATUS_OK;
}

static Status make_pool(Link *link) {
    const ModuleFile *file = &link->file;
    uint64_t count = (uint64_t)file->string_count + file->type_count +
                     file->method_ref_count;
    Status status;
    if (count > POOL_MAX)
        return loader_class_refuse(link, file->name, "the module is too large");
    Array *pool =
        heap_new_array(link->domain, CLASS_ObjectArray, count, &status);
    if (!pool)
        return status;
    HEAP_SET(link->module->pool, pool);
    Array *constants = heap_new_array(link->domain, CLASS_IntArray,
                                      file->constant_count, &status);
    if (!constants)
        return status;
    bytes_copy(constants->at.words, file->constants,
               file->constant_count * 8ull);
    HEAP_SET(link->module->constants, constants);
    return STATUS_OK;
}

static Status keep_image(const Link *link, Module *module) {
    Status status;
    Array *image =
        heap_new_array(link->domain, CLASS_ByteArray, link->bytes, &status);
    if (!image)
        return status;
    bytes_copy(image->at.bytes, link->image, link->bytes);
    HEAP_SET(module->image, image);
    return STATUS_OK;
}

static Status make_module(Link *link) {
    Status status;
    Module *module = (Module *)heap_allocate(link->domain, CLASS_Module,
                                             sizeof(Module), &status);
    if (!module)
        return status;
    const FileString *name = &link->file.strings[link->file.name];
    const FileString *source = &link->file.strings[link->file.source];
    link->module = module;
    module->hash = link->file.hash;
    module->system = link->system;
    module->own = link_is_own(link);
    module->bytes = link->bytes;
    HEAP_SET(module->name,
             symbols_intern(link->domain, name->bytes, name->length, &status));
    if (status == STATUS_OK)
        HEAP_SET(module->file, symbols_intern(link->domain, source->bytes,
                                              source->length, &status));
    if (status == STATUS_OK && !link->again)
        status = keep_image(link, module);
    if (!module->own) /* of own ones the older goes when nothing uses it */
        HEAP_SET(module->previous,
                 symbols_module(link->domain, name->bytes, name->length));
    return status;
}

static void fill_pool(Link *link) {
    Object **pool = link->module->pool->at.references;
    for (uint32_t i = 0; i < link->file.type_count; i++)
        HEAP_SET(pool[link_type_place(link, i)], link->types[i]);
    for (uint32_t i = 0; i < link->file.method_ref_count; i++)
        HEAP_SET(pool[link_method_place(link, i)], link->methods[i].method);
}

/* ---- Code ---- */

static Status set_lines(const Link *link, const FileMethod *file,
                        Method *method) {
    Status status;
    Array *lines =
        heap_new_array(link->domain, CLASS_IntArray, file->line_count, &status);
    if (!lines)
        return status;
    for (size_t i = 0; i < file->line_count; i++) {
        const uint8_t *entry = file->lines + i * 8;
        lines->at.words[i] =
            (uint64_t)bytes_get16(entry) << 32 | bytes_get32(entry + 4);
    }
    HEAP_SET(method->lines, lines);
    return STATUS_OK;
}

static Status set_code(Link *link, const FileMethod *file, Method *method) {
    Status status;
    if (file->flags & (MODULE_NATIVE | MODULE_NO_CODE))
        return STATUS_OK;
    Array *code =
        heap_new_array(link->domain, CLASS_IntArray, file->words, &status);
    if (!code)
        return status;
    Array *handlers = heap_new_array(link->domain, CLASS_IntArray,
                                     file->handler_count * 2ull, &status);
    if (!handlers)
        return status;
    status =
        verifier_check(link, file, method, code->at.words, handlers->at.words);
    if (status != STATUS_OK)
        return status;
    HEAP_SET(method->code, code);
    HEAP_SET(method->handlers, handlers);
    return set_lines(link, file, method);
}

static Status set_all_code(Link *link) {
    for (size_t i = 0; i < link->file.method_count; i++) {
        Status status = set_code(link, &link->file.methods[i], link->own[i]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- Publishing ---- */

static Status list_classes(Link *link) {
    Status status;
    Array *list = heap_new_array(link->domain, CLASS_ObjectArray,
                                 link->file.class_count, &status);
    if (!list)
        return status;
    for (size_t i = 0; i < link->file.class_count; i++)
        HEAP_SET(list->at.references[i], link->classes[i]);
    HEAP_SET(link->module->classes, list);
    return STATUS_OK;
}

/* `$init` and `main` are called by the VM itself. */
static Status check_functions(Link *link) {
    Method *initialise = loader_function(link->module, "$init");
    HEAP_SET(link->module->initialise, initialise);
    if (initialise &&
        (initialise->argument_count || initialise->flags & MODULE_NATIVE ||
         initialise->result_kind != MODULE_NONE))
        return loader_class_refuse(link, link->file.name,
                                   "$init has parameters or a result");
    return STATUS_OK;
}

/* Classes that C made and that a module "core" does not declare get the methods
 * of its Object. */
static Status adopt_known(const Link *link) {
    const Class *object = NULL;
    for (size_t i = 0; i < link->file.class_count; i++)
        if (link->classes[i]->id == CLASS_Object)
            object = link->classes[i];
    for (uint32_t id = 1; object && symbols_known_name(id); id++) {
        Class *of = class_find(id);
        Status status = heap_write(of, sizeof *of);
        if (status != STATUS_OK)
            return status;
        HEAP_SET(of->vtable, object->vtable);
        HEAP_SET(of->selectors, object->selectors);
    }
    return STATUS_OK;
}

/* What a domain brought is known to it alone. */
static Status publish_own(Link *link) {
    Domain *domain = link->domain;
    Status status = own_write_module(domain, link->module->number);
    if (status == STATUS_OK)
        status = own_write_class(domain, link->module->environment->id);
    for (size_t i = 0; i < link->file.class_count && status == STATUS_OK; i++)
        status = own_write_class(domain, link->classes[i]->id);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < link->file.class_count; i++)
        own_put_class(domain, link->classes[i]);
    own_put_class(domain, link->module->environment);
    own_put_module(domain, link->module);
    return STATUS_OK;
}

static Status publish(Link *link) {
    Status status = symbols_reserve_module(link->module->number);
    if (status == STATUS_OK)
        status = adopt_known(link);
    if (status == STATUS_OK)
        status = symbols_write_class(link->module->environment->id);
    for (size_t i = 0; i < link->file.class_count && status == STATUS_OK; i++)
        status = symbols_write_class(link->classes[i]->id);
    if (status == STATUS_OK)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < link->file.class_count; i++) {
        symbols_put_class(link->classes[i]);
        class_forget(link->classes[i]->id);
    }
    symbols_put_class(link->module->environment);
    HEAP_SET(ROOT->modules->at.references[link->module->number], link->module);
    link->module->order = ROOT->next_module++;
    return STATUS_OK;
}

/* ---- The order of steps ---- */

static Status take_number(Link *link) {
    Status status = STATUS_OK;
    if (link->again) {
        link->module->number = link->again->number;
        return STATUS_OK;
    }
    if (link_is_own(link))
        status = own_room(link->domain, link->file.class_count + 1ull);
    if (status != STATUS_OK)
        return status;
    link->next_class = OWN_FIRST;
    link->module->number =
        link_is_own(link) ? own_free_module(link->domain) : ROOT->next_module;
    return link->module->number < MODULES_MAX
               ? STATUS_OK
               : loader_class_refuse(link, link->file.name,
                                     "too many modules were loaded");
}

static Status link_steps(Link *link) {
    static Status (*const steps[])(Link *) = {
        make_module,
        take_number,
        resolve_imports,
        make_pool,
        loader_class_make,
        resolve_types,
        loader_class_lay_out,
        loader_class_methods,
        loader_class_tables,
        loader_class_environment,
        list_classes,
        check_functions,
        loader_reference_resolve,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        Status status = steps[i](link);
        if (status != STATUS_OK)
            return status;
    }
    fill_pool(link);
    return set_all_code(link);
}

static void *take_tables(Link *link) {
    const ModuleFile *file = &link->file;
    size_t bytes = file->type_count * sizeof *link->types +
                   file->field_ref_count * sizeof *link->fields +
                   file->method_ref_count * sizeof *link->methods +
                   file->var_ref_count * sizeof *link->vars +
                   file->class_count * sizeof *link->classes +
                   file->method_count * sizeof *link->own;
    uint8_t *memory = alloc_take(bytes);
    uint8_t *at = memory;
    if (!memory)
        return NULL;
    link->types = (Class **)(void *)at;
    at += file->type_count * sizeof *link->types;
    link->fields = (LinkField *)(void *)at;
    at += file->field_ref_count * sizeof *link->fields;
    link->methods = (LinkMethod *)(void *)at;
    at += file->method_ref_count * sizeof *link->methods;
    link->vars = (LinkVar *)(void *)at;
    at += file->var_ref_count * sizeof *link->vars;
    link->classes = (Class **)(void *)at;
    at += file->class_count * sizeof *link->classes;
    link->own = (Method **)(void *)at;
    return memory;
}

/* The tables live until link_end(). */
static Status link_file(Link *link) {
    link->tables = take_tables(link);
    return link->tables ? link_steps(link) : STATUS_NO_MEMORY;
}

static void link_end(Link *link) {
    alloc_give(link->tables);
    module_file_give(&link->file);
}

/* Names are not empty, and a module's name has no dot. It is shown in lists and
 * typed into lines: it has no line break and no blank at an end. */
static Status check_name(const Link *link) {
    const FileString *name = &link->file.strings[link->file.name];
    bool good = name->length > 0 && name->length <= MODULE_NAME_BYTES_MAX &&
                name->bytes[0] != ' ' && name->bytes[name->length - 1] != ' ';
    for (size_t i = 0; good && i < name->length; i++)
        good = name->bytes[i] != '.' && name->bytes[i] != 0x7f &&
               (uint8_t)name->bytes[i] >= 0x20;
    return good ? STATUS_OK
                : loader_class_refuse(link, link->file.name,
                                      "this is no name for a module");
}

/* The module is linked with what its imports would be now. */
static bool is_current(const Link *link, const Module *module) {
    const Array *imports = module->imports;
    for (uint64_t i = 0; i < imports->length; i++) {
        const Module *import = (const Module *)imports->at.references[i];
        const String *name = import->name;
        if (symbols_module(link->domain, name->bytes, name->length) != import)
            return false;
    }
    return true;
}

/* An older build loaded it, and did not keep its file. */
static Status keep_missing(const Link *link, Module *module) {
    Status status = heap_write(module, sizeof *module);
    return status == STATUS_OK ? keep_image(link, module) : status;
}

static Status load_file(Link *link, Module **module_out) {
    const FileString *name = &link->file.strings[link->file.name];
    Module *before = symbols_module(link->domain, name->bytes, name->length);
    Status status = check_name(link);
    if (status != STATUS_OK)
        return status;
    if (before && before->hash == link->file.hash && is_current(link, before)) {
        *module_out = before;
        return before->image ? STATUS_OK : keep_missing(link, before);
    }
    if (before && before->system && !link->system)
        return loader_class_refuse(link, link->file.name,
                                   "a module of the system has this name");
    if (loader_names_equal(link, link->file.name, "core") &&
        ROOT->next_module > 0)
        return loader_class_refuse(
            link, link->file.name,
            before ? "a heap keeps the one that it began with"
                   : "it must be the first module");
    status = link_file(link);
    if (status == STATUS_OK && !loader_check(link->module, link->why))
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        status = link_is_own(link) ? publish_own(link) : publish(link);
    if (status == STATUS_OK)
        *module_out = link->module;
    return status;
}

Status loader_load(Domain *domain, const void *bytes, size_t count, bool system,
                   Module **module_out, Text *why) {
    Link link = {.domain = domain,
                 .image = bytes,
                 .bytes = count,
                 .system = system,
                 .why = why};
    Status status = module_file_read(bytes, count, &link.file, why);
    if (status == STATUS_OK)
        status = load_file(&link, module_out);
    link_end(&link);
    return status;
}

Status loader_link_again(Domain *domain, const Module *again, LoaderLook *look,
                         void *context, Text *why) {
    const Array *image = again->image;
    Link link = {.domain = domain,
                 .image = image->at.bytes,
                 .bytes = image->length,
                 .system = again->system,
                 .again = again,
                 .why = why};
    Status status = module_file_read(link.image, link.bytes, &link.file, why);
    if (status == STATUS_OK)
        status = check_name(&link);
    if (status == STATUS_OK && again->classes->length != link.file.class_count)
        status = loader_class_refuse(&link, link.file.name,
                                     "it has other classes than its file");
    if (status == STATUS_OK)
        status = link_file(&link);
    if (status == STATUS_OK)
        status = look(&link, context);
    link_end(&link);
    return status;
}
