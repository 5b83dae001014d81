/* Classes of older generations in the present, by name and fields. */
#include "vm/past/past_match.h"

#include "kernel/base/bytes.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"

static bool is(const String *string, const char *text) {
    return symbols_equal(string, text, text_length(text));
}

/* What closures and cases of enums have in their names; only for the latter a
 * class of another version can stand in. */
static bool is_made(const PastClass *of) {
    for (const char *at = of->name; *at; at++)
        if (*at == '$')
            return true;
    return false;
}

/* ---- Fields ---- */

/* INVALID also when a class that a field names cannot be found. */
static Status same_type(Past *past, const PastClass *of, uint64_t then,
                        const Domain *domain, uint64_t now) {
    const PastClass *before;
    if (FIELD_WORD(then) != FIELD_WORD(now) ||
        FIELD_KIND(then) != FIELD_KIND(now) ||
        (FIELD_FLAGS(then) ^ FIELD_FLAGS(now)) & MODULE_TRANSIENT)
        return STATUS_INVALID;
    if (!past_is_reference(then))
        return STATUS_OK;
    const Class *after = class_find_in(domain, FIELD_CLASS(now));
    Status status = past_class(past, of->domain, FIELD_CLASS(then), &before);
    if (status == STATUS_OK && (!after || !is(after->name, before->name)))
        status = STATUS_INVALID;
    return status;
}

static Status same_fields(Past *past, const PastClass *of, const Domain *domain,
                          const Class *now) {
    uint64_t count = now->field_types ? now->field_types->length : 0;
    Status status = STATUS_OK;
    if (now->shape != SHAPE_OBJECT || of->shape != SHAPE_OBJECT ||
        now->instance_words != of->instance_words || count != of->field_count)
        return STATUS_INVALID;
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        const String *name = (String *)now->field_names->at.references[i];
        status = is(name, of->fields[i].name)
                     ? same_type(past, of, of->fields[i].packed, domain,
                                 now->field_types->at.words[i])
                     : STATUS_INVALID;
    }
    return status;
}

/* ---- Classes ---- */

static Class *find_class(const Module *module, const char *name) {
    for (uint64_t i = 0; i < module->classes->length; i++) {
        Class *each = (Class *)module->classes->at.references[i];
        if (is(each->name, name))
            return each;
    }
    return NULL;
}

typedef struct Candidate {
    const PastClass *of;
    Class *found;  /* the best so far */
    bool same;     /* its module is the same, byte for byte */
    uint64_t rank; /* own modules are above installed ones, new above old */
} Candidate;

static void consider(Candidate *best, const Module *module) {
    Class *found = module ? find_class(module, best->of->name) : NULL;
    if (!found)
        return;
    bool same = module->hash == best->of->module_hash;
    uint64_t rank = module->own << 63 | module->order;
    if (same < best->same ||
        (same == best->same && best->found && rank < best->rank))
        return;
    *best = (Candidate){best->of, found, same, rank};
}

static uint64_t length_of(const Array *array) {
    return array ? array->length : 0;
}

/* Of the modules that the domain uses, the one of the same bytes, else the
 * newest that has a class of this name; its own come first. */
static Class *find_used(const PastClass *of, const Domain *domain,
                        bool *same_out) {
    const Array *used = domain->environments;
    Candidate best = {.of = of};
    for (uint64_t i = 0; i < length_of(domain->own_modules); i++)
        consider(&best, own_module(domain, i));
    for (uint64_t i = 0; i < length_of(used); i++)
        if (used->at.references[i] && i < ROOT->modules->length)
            consider(&best, (Module *)ROOT->modules->at.references[i]);
    *same_out = best.same;
    return best.found;
}

static Status refuse(const PastClass *of, const char *what, Text *why) {
    if (why->length == 0)
        text_add_format(why, "a value of class %s is in it, %s", of->name,
                        what);
    return STATUS_INVALID;
}

Status past_match_class(Past *past, const PastClass *of, const Domain *domain,
                        Class **class_out, Text *why) {
    bool same = true;
    Class *found = of->id < CLASS_FIRST_FREE ? class_find(of->id)
                                             : find_used(of, domain, &same);
    if (!found)
        return refuse(of, "which this app does not have", why);
    if (found->flags &
        (MODULE_INTERFACE | MODULE_ABSTRACT | MODULE_NATIVE_LAYOUT))
        return refuse(of, "of which there are no objects", why);
    if (!same && is_made(of) && past_is_a(of, CLASS_Function))
        return refuse(of, "whose code is another now", why);
    Status status = same_fields(past, of, domain, found);
    if (status == STATUS_INVALID)
        return refuse(of, "whose fields are others now", why);
    *class_out = found;
    return status;
}

/* vm/compiler: a case is a class "Enum$case" below its enum, declared in the
 * order of the numbers, which are in the field `tag`. */
void past_match_tag(const Class *of, Object *made) {
    uint64_t tag = 0;
    bool is_case = false;
    for (uint64_t i = 0; i < of->name->length; i++)
        is_case = is_case || of->name->bytes[i] == '$';
    if (!is_case || !of->module || !of->super ||
        of->super->id < CLASS_FIRST_FREE)
        return;
    const Array *all = of->module->classes;
    for (uint64_t i = 0; i < all->length; i++) {
        const Class *each = (Class *)all->at.references[i];
        if (each == of)
            break;
        tag += each->super == of->super;
    }
    for (uint64_t i = 0; i < of->field_names->length; i++)
        if (is((String *)of->field_names->at.references[i], "tag"))
            *object_word(made, FIELD_WORD(of->field_types->at.words[i])) = tag;
}
