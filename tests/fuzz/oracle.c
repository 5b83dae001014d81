/* What is left of a run: each field, element and register holds what it
 * declares. */
#include <stdio.h>
#include <string.h>

#include "kernel/base/text.h"
#include "kernel/base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/region.h"
#include "vm/run/domain.h"

enum { OBJECTS_MOST = 512 };

static struct {
    const Domain *domain;
    const Module *module;
    const Object *seen[OBJECTS_MOST];
    size_t count, looked;
    char wrong[200];
} look;

static void wrong(const char *what, const String *where, uint64_t number) {
    if (!look.wrong[0])
        snprintf(look.wrong, sizeof look.wrong, "%s: %.*s, %lu", what,
                 where ? (int)where->length : 0, where ? where->bytes : "",
                 (unsigned long)number);
}

static bool scalar_good(uint8_t kind, uint64_t value) {
    switch (kind) {
    case MODULE_BOOL:
        return value <= 1;
    case MODULE_BYTE:
        return value <= 255;
    case MODULE_CHAR:
        return value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
    default:
        return true;
    }
}

static void remember(const Object *object) {
    bool is_here =
        region_header(region_of((uint64_t)(uintptr_t)object))->owner ==
        look.domain;
    for (size_t i = 0; i < look.count && is_here; i++)
        is_here = look.seen[i] != object;
    if (is_here && look.count < OBJECTS_MOST)
        look.seen[look.count++] = object;
}

static bool reference_good(const Object *object, const Class *of) {
    if (!object)
        return true;
    remember(object);
    return of->id == CLASS_Object || of->flags & MODULE_INTERFACE ||
           class_is_a(class_find_of(object), of);
}

/* ---- Objects ---- */

static void look_at_fields(const Object *object, const Class *of) {
    const uint64_t *words = (const uint64_t *)(const void *)object;
    const Array *types = of->field_types;
    for (uint64_t i = 0; types && i < types->length; i++) {
        uint64_t packed = types->at.words[i];
        bool transient = FIELD_FLAGS(packed) & MODULE_TRANSIENT;
        uint64_t value = words[FIELD_WORD(packed) + transient];
        uint8_t kind = FIELD_KIND(packed);
        bool good = kind < MODULE_CLASS
                        ? scalar_good(kind, value)
                        : reference_good(
                              (const Object *)(uintptr_t)value,
                              class_find_in(look.domain, FIELD_CLASS(packed)));
        if (!good)
            wrong("a field", of->name, i);
    }
}

static void look_at_elements(const Array *array) {
    for (uint64_t i = 0; i < array->length; i++) {
        bool good = true;
        if (array->head.class_id == CLASS_BoolArray)
            good = scalar_good(MODULE_BOOL, array->at.bytes[i]);
        else if (array->head.class_id == CLASS_CharArray)
            good = scalar_good(MODULE_CHAR, array->at.chars[i]);
        else if (array->head.class_id == CLASS_ObjectArray)
            good = reference_good(array->at.references[i],
                                  class_get(CLASS_Object));
        if (!good)
            wrong("an element", NULL, i);
    }
}

static void look_at_box(const Object *box) {
    uint8_t kind = (uint8_t)(box->class_id - CLASS_Int + MODULE_INT);
    if (!scalar_good(kind, ((const Box *)(const void *)box)->value))
        wrong("a box", NULL, box->class_id);
}

static void look_at_text(const String *text) {
    if (!utf8_valid(text->bytes, text->length))
        wrong("a text", NULL, text->length);
}

static void look_at_object(const Object *object) {
    const Class *of = class_find_of(object);
    if (!of)
        wrong("an object without a class", NULL, object->class_id);
    else if (of->shape == SHAPE_OBJECT)
        look_at_fields(object, of);
    else if (of->shape == SHAPE_STRING)
        look_at_text((const String *)(const void *)object);
    else if (of->shape == SHAPE_BOX)
        look_at_box(object);
    else if (of->shape == SHAPE_BYTES || of->shape == SHAPE_CHARS ||
             of->shape == SHAPE_REFERENCES)
        look_at_elements((const Array *)(const void *)object);
}

/* ---- Registers ---- */

static const Class *class_of_ref(int ref) {
    return (const Class *)
        look.module->pool->at.references[plan.strings + plan.refs[ref].type];
}

static const Body *body_of(const Method *method) {
    for (unsigned i = 0; i < plan.body_count; i++) {
        const Body *body = &plan.bodies[i];
        const Class *owner =
            body->owner >= 0 ? class_of_ref(body->owner) : NULL;
        if (method->owner == owner && method->module == look.module &&
            symbols_equal(method->name, body->name, strlen(body->name)))
            return body;
    }
    return NULL;
}

static void look_at_frame(const uint64_t *frame) {
    const Method *method = frame_method(frame);
    const Body *body = body_of(method);
    if (!body)
        return;
    unsigned arguments = method->reference_arguments;
    unsigned locals = body->reference_count - arguments;
    for (unsigned i = 0; i < body->reference_count; i++) {
        unsigned place = i < arguments ? locals + i : i - arguments;
        uint64_t value = frame[method->references_at + place];
        if (!reference_good((const Object *)(uintptr_t)value,
                            class_of_ref(body->references[i])))
            wrong("an R register", method->name, i);
    }
    for (unsigned i = 0; i < body->scalar_count; i++)
        if (!scalar_good(
                body->scalars[i],
                frame[method->references_at + body->reference_count + i]))
            wrong("an S register", method->name, i);
}

static void look_at_threads(const Domain *domain) {
    for (const Thread *at = domain->run_first; at; at = at->next) {
        if (!at->stack)
            continue;
        uint64_t *frame = at->stack->words + at->frame;
        for (; frame; frame = frame_caller(frame))
            look_at_frame(frame);
    }
}

const char *oracle_look(const Domain *domain, const Module *module,
                        bool whole) {
    char buffer[200];
    Text why = text_on(buffer, sizeof buffer);
    look.count = look.looked = 0;
    look.wrong[0] = 0;
    look.domain = domain;
    look.module = module;
    if (whole && !heap_check_domain(domain, &why))
        wrong(text_end(&why), NULL, 0);
    look_at_threads(domain);
    if (module->variables)
        remember(module->variables);
    while (look.looked < look.count && !look.wrong[0])
        look_at_object(look.seen[look.looked++]);
    return look.wrong[0] ? look.wrong : NULL;
}
