/* Classes: ids, layout of fields, ancestors and interfaces. */
#include "vm/code/loader_class.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "vm/code/loader_names.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"

#define INSTANCE_WORDS_MAX 32767u
#define INTERFACES_MAX 256u

Status loader_class_refuse(const Link *link, uint32_t string,
                           const char *what) {
    const FileString *name = &link->file.strings[string];
    text_add_format(link->why, "%.*s: %s", (int)bytes_min(name->length, 80),
                    name->bytes, what);
    return STATUS_INVALID;
}

Status loader_class_selector(const Link *link, const Text *text, uint32_t name,
                             uint32_t *number_out, String **text_out) {
    Status status = symbols_selector(link->domain, text->bytes, text->length,
                                     number_out, text_out);
    if (status == STATUS_INVALID && link->again)
        return STATUS_OK; /* it was linked before the system was renewed */
    return status == STATUS_INVALID
               ? loader_class_refuse(link, name,
                                     "the system has such a method since it "
                                     "was renewed; the app must start anew")
               : status;
}

/* ---- Ids ---- */

static Status check_known(const Link *link, const FileClass *file,
                          const Class *made) {
    bool native = file->flags & MODULE_NATIVE_LAYOUT;
    if (native && !link->system)
        return loader_class_refuse(link, file->name,
                                   "only system modules have native layouts");
    if (native != (made->shape != SHAPE_OBJECT))
        return loader_class_refuse(link, file->name,
                                   "native layout where it must not be");
    if (made->id < CLASS_FIRST_FREE && !link->system)
        return loader_class_refuse(link, file->name, "the name is taken");
    return STATUS_OK;
}

/* A number for a class, which has a place in the table. Own ones are free until
 * the module is published: no other is made meanwhile. */
static Status take_id(Link *link, uint32_t known, const Class *again,
                      uint32_t *id_out) {
    if (again) {
        *id_out = known ? known : again->id;
        return STATUS_OK;
    }
    if (link_is_own(link)) {
        *id_out = own_free_class(link->domain, link->next_class);
        link->next_class = *id_out + 1;
        return STATUS_OK;
    }
    *id_out = known ? known : (uint32_t)ROOT->next_class;
    Status status = symbols_reserve_class(*id_out);
    if (status == STATUS_OK && !known)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status == STATUS_OK)
        ROOT->next_class += !known;
    return status;
}

/* The class that it was before; NULL: it is made for the first time. */
static const Class *class_again(const Link *link, size_t index) {
    return link->again
               ? (const Class *)link->again->classes->at.references[index]
               : NULL;
}

static Status make_class(Link *link, size_t index, Class **made_out) {
    const FileClass *file = &link->file.classes[index];
    char buffer[2 * MODULE_NAME_BYTES_MAX + 8];
    Text name = text_on(buffer, sizeof buffer);
    const FileString *module = &link->file.strings[link->file.name];
    const FileString *simple = &link->file.strings[file->name];
    text_add_format(&name, "%.*s.%.*s", (int)module->length, module->bytes,
                    (int)bytes_min(simple->length, sizeof buffer),
                    simple->bytes);
    if (name.cut || !simple->length ||
        !loader_names_equal(link, link->file.types[file->type].name,
                            text_end(&name)))
        return loader_class_refuse(link, file->name,
                                   "the class's type has another name");
    if (link->types[file->type])
        return loader_class_refuse(link, file->name,
                                   "the class is there twice");
    Status status;
    Class *made = (Class *)heap_allocate(link->domain, CLASS_Class,
                                         sizeof(Class), &status);
    if (!made)
        return status;
    uint32_t known = symbols_known(name.bytes, name.length);
    made->shape = symbols_known_shape(known ? known : CLASS_FIRST_FREE);
    made->flags = file->flags;
    HEAP_SET(made->module, link->module);
    HEAP_SET(made->boxes, known ? class_find(known)->boxes : NULL);
    HEAP_SET(made->name,
             symbols_intern(link->domain, name.bytes, name.length, &status));
    if (status == STATUS_OK)
        status = take_id(link, known, class_again(link, index), &made->id);
    if (status != STATUS_OK)
        return status;
    *made_out = made;
    return check_known(link, file, made);
}

Status loader_class_make(Link *link) {
    for (size_t i = 0; i < link->file.class_count; i++) {
        const FileClass *file = &link->file.classes[i];
        Status status = make_class(link, i, &link->classes[i]);
        if (status != STATUS_OK)
            return status;
        for (uint16_t t = 0; t < link->file.type_count; t++)
            if (link->file.types[t].kind == MODULE_CLASS &&
                link->file.types[t].name == link->file.types[file->type].name)
                link->types[t] = link->classes[i];
    }
    return STATUS_OK;
}

/* ---- Ancestors ---- */

/* True when the class has its ancestors already: it is not of this file, or
 * stands before `made`. */
static bool is_ready(const Class *made, const Class *of) {
    return of && of != made && of->display[of->depth] == of->id;
}

static Status set_super(Link *link, size_t index, const FileClass *file) {
    Class *made = link->classes[index];
    Class *super = file->super_type ? link->types[file->super_type] : NULL;
    if (!super) {
        if (made->id != CLASS_Object && !(file->flags & MODULE_INTERFACE))
            return loader_class_refuse(link, file->name, "no superclass");
    } else if (!is_ready(made, super) ||
               super->flags & (MODULE_FINAL | MODULE_INTERFACE) ||
               super->shape != SHAPE_OBJECT || file->flags & MODULE_INTERFACE ||
               super->depth + 1u >= CLASS_DEPTH_MAX ||
               link_is_hidden(link, super->module, super->flags)) {
        return loader_class_refuse(link, file->name,
                                   "this superclass is not possible");
    } else {
        bytes_copy(made->display, super->display, sizeof made->display);
        made->depth = (uint16_t)(super->depth + 1);
    }
    made->display[made->depth] = made->id;
    HEAP_SET(made->super, super);
    return STATUS_OK;
}

static void add_id(uint64_t *ids, size_t *count, uint64_t id) {
    size_t at = 0;
    while (at < *count && ids[at] < id)
        at++;
    if ((at < *count && ids[at] == id) || *count == INTERFACES_MAX)
        return;
    bytes_move(ids + at + 1, ids + at, (*count - at) * sizeof *ids);
    ids[at] = id;
    ++*count;
}

static void add_ids(uint64_t *ids, size_t *count, const Class *of) {
    const Array *more = of->interfaces;
    for (uint64_t i = 0; more && i < more->length; i++)
        add_id(ids, count, more->at.words[i]);
}

static Status set_interfaces(Link *link, size_t index, const FileClass *file) {
    uint64_t ids[INTERFACES_MAX];
    size_t count = 0;
    Class *made = link->classes[index];
    if (made->super)
        add_ids(ids, &count, made->super);
    for (size_t i = 0; i < file->interface_count; i++) {
        Class *of = link->types[module_file_number(file->interfaces, i)];
        if (!is_ready(made, of) || !(of->flags & MODULE_INTERFACE))
            return loader_class_refuse(link, file->name,
                                       "it implements what is no interface");
        if (link_is_hidden(link, of->module, of->flags))
            return loader_class_refuse(
                link, file->name,
                "it implements what is private to another module");
        add_id(ids, &count, of->id);
        add_ids(ids, &count, of);
    }
    if (count == INTERFACES_MAX)
        return loader_class_refuse(link, file->name, "too many interfaces");
    if (!count)
        return STATUS_OK;
    Status status;
    Array *list = heap_new_array(link->domain, CLASS_IntArray, count, &status);
    if (!list)
        return status;
    bytes_copy(list->at.words, ids, count * sizeof *ids);
    HEAP_SET(made->interfaces, list);
    return STATUS_OK;
}

/* ---- Fields ---- */

typedef struct Layout {
    Array *names, *types, *map;
    uint64_t count; /* fields so far */
    uint32_t words; /* of an instance so far */
} Layout;

static Status begin_layout(const Link *link, const Class *super, size_t own,
                           Layout *out) {
    Status status;
    uint64_t inherited =
        super && super->field_names ? super->field_names->length : 0;
    uint32_t words = super ? super->instance_words : 1;
    uint64_t map_words = (words + own * 2 + 64) / 64;
    *out = (Layout){.count = inherited, .words = words};
    out->names = heap_new_array(link->domain, CLASS_ObjectArray,
                                inherited + own, &status);
    if (out->names)
        out->types = heap_new_array(link->domain, CLASS_IntArray,
                                    inherited + own, &status);
    if (out->types)
        out->map =
            heap_new_array(link->domain, CLASS_IntArray, map_words, &status);
    if (!out->map)
        return status;
    for (uint64_t i = 0; i < inherited; i++) {
        HEAP_SET(out->names->at.references[i],
                 super->field_names->at.references[i]);
        out->types->at.words[i] = super->field_types->at.words[i];
    }
    /* Its own map may have room for more words than it has. */
    for (uint64_t i = 0; super && super->reference_map && i < (words + 63) / 64;
         i++)
        out->map->at.words[i] = super->reference_map->at.words[i];
    return STATUS_OK;
}

static Status add_field(Link *link, FileField field, Layout *layout) {
    const FileType *type = &link->file.types[field.type];
    const FileString *name = &link->file.strings[field.name];
    const Class *of = link->types[field.type];
    Status status;
    String *interned =
        symbols_intern(link->domain, name->bytes, name->length, &status);
    if (!interned)
        return status;
    uint32_t word = layout->words;
    layout->words += field.flags & MODULE_TRANSIENT ? 2 : 1;
    if (layout->words > INSTANCE_WORDS_MAX)
        return loader_class_refuse(link, field.name, "too many fields");
    HEAP_SET(layout->names->at.references[layout->count], interned);
    layout->types->at.words[layout->count++] =
        (uint64_t)(of ? of->id : 0) << 32 | (uint64_t)field.flags << 24 |
        (uint64_t)type->kind << 16 | word;
    uint32_t value = layout->words - 1;
    if (of)
        layout->map->at.words[value / 64] |= 1ull << (value % 64);
    return STATUS_OK;
}

static void finish_layout(Class *made, const Layout *layout) {
    HEAP_SET(made->field_names, layout->names);
    HEAP_SET(made->field_types, layout->types);
    HEAP_SET(made->reference_map, layout->map);
    made->instance_words = layout->words;
}

/* C reads the fields of exceptions (exception.h). */
static bool exception_is_right(const Link *link, const FileClass *file) {
    return file->field_count == EXCEPTION_WORDS - 1 &&
           link->file.types[module_file_field(file->fields, 0).type].kind ==
               MODULE_CLASS &&
           link->file.types[module_file_field(file->fields, 1).type].kind ==
               MODULE_OBJECT_ARRAY &&
           link->file.types[module_file_field(file->fields, 2).type].kind ==
               MODULE_INT_ARRAY;
}

static Status set_fields(Link *link, size_t index, const FileClass *file) {
    Class *made = link->classes[index];
    Layout layout;
    bool no_fields = file->flags & (MODULE_INTERFACE | MODULE_NATIVE_LAYOUT) ||
                     made->id == CLASS_Object || made->id == CLASS_Function;
    if (no_fields && file->field_count)
        return loader_class_refuse(link, file->name, "it can have no fields");
    if (made->id == CLASS_Exception && !exception_is_right(link, file))
        return loader_class_refuse(link, file->name,
                                   "its fields are not as C reads them");
    if (symbols_known_error(made->id) &&
        (!made->super || made->display[1] != CLASS_Exception))
        return loader_class_refuse(link, file->name, "it is no exception");
    Status status = begin_layout(link, made->super, file->field_count, &layout);
    for (size_t i = 0; i < file->field_count && status == STATUS_OK; i++)
        status = add_field(link, module_file_field(file->fields, i), &layout);
    if (status == STATUS_OK)
        finish_layout(made, &layout);
    return status;
}

Status loader_class_lay_out(Link *link) {
    Status status = STATUS_OK;
    for (size_t i = 0; i < link->file.class_count && status == STATUS_OK; i++) {
        const FileClass *file = &link->file.classes[i];
        status = set_super(link, i, file);
        if (status == STATUS_OK)
            status = set_interfaces(link, i, file);
        if (status == STATUS_OK)
            status = set_fields(link, i, file);
    }
    return status;
}

Class *loader_class_known(const Link *link, uint32_t id) {
    for (size_t i = 0; i < link->file.class_count; i++)
        if (link->classes[i]->id == id)
            return link->classes[i];
    return class_get(id);
}

Status loader_class_environment(Link *link) {
    Status status;
    Class *made = (Class *)heap_allocate(link->domain, CLASS_Class,
                                         sizeof(Class), &status);
    if (!made)
        return status;
    status = take_id(link, 0, link->again ? link->again->environment : NULL,
                     &made->id);
    if (status != STATUS_OK)
        return status;
    Class *object = loader_class_known(link, CLASS_Object);
    made->shape = SHAPE_OBJECT;
    made->flags = MODULE_ABSTRACT | MODULE_FINAL;
    made->depth = 1;
    made->display[0] = CLASS_Object;
    made->display[1] = made->id;
    HEAP_SET(made->module, link->module);
    HEAP_SET(made->name, link->module->name);
    HEAP_SET(made->super, object);
    Layout layout;
    status = begin_layout(link, object, link->file.variable_count, &layout);
    for (size_t i = 0; i < link->file.variable_count && status == STATUS_OK;
         i++)
        status = add_field(link, link->file.variables[i], &layout);
    if (status != STATUS_OK)
        return status;
    finish_layout(made, &layout);
    HEAP_SET(made->vtable, object->vtable);
    HEAP_SET(made->selectors, object->selectors);
    HEAP_SET(link->module->environment, made);
    return STATUS_OK;
}
