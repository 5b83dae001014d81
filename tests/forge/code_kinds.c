/* What whole_check() finds: each changes one thing of linked code, of classes,
 * or of what fields and registers hold, to what it cannot be. */
#include "kernel/base/bytes.h"
#include "tests/forge/kinds.h"
#include "tests/forge/world.h"
#include "tests/test.h"
#include "vm/code/module.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"

static uint64_t below(uint64_t *state, uint64_t count) {
    return test_random(state) % count;
}

/* Two objects with the same in them: either may stand for the other. */
static bool are_alike(uint64_t one, uint64_t other) {
    const Object *a = (const Object *)(uintptr_t)one;
    const Object *b = (const Object *)(uintptr_t)other;
    return trust_is_start(one) && trust_is_start(other) &&
           a->class_id == b->class_id &&
           heap_object_bytes(a) == heap_object_bytes(b) &&
           bytes_equal(a, b, heap_object_bytes(a));
}

/* Another value: a bit turned, the one beside it, or any. */
static bool change(uint64_t *state, void *word) {
    uint64_t before = *(uint64_t *)word;
    uint64_t values[] = {before ^ 1ull << below(state, 64), before + 1,
                         before - 1, 0, test_random(state)};
    world_write(word, values[below(state, sizeof values / sizeof values[0])]);
    return *(uint64_t *)word != before && !are_alike(*(uint64_t *)word, before);
}

static bool change_array(uint64_t *state, Array *array) {
    return array && array->length &&
           change(state, &array->at.words[below(state, array->length)]);
}

/* ---- Who ---- */

static Array *some_own_modules(uint64_t *state) {
    uint64_t from = below(state, ROOT_DOMAINS_MAX);
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[(from + i) % ROOT_DOMAINS_MAX];
        if (domain && domain->own_modules)
            return domain->own_modules;
    }
    return NULL;
}

/* A module that something may use: of the system, or an app's own. */
static Module *some_module(uint64_t *state) {
    Array *table = below(state, 2) ? some_own_modules(state) : NULL;
    if (!table)
        table = ROOT->modules;
    uint64_t from = below(state, table->length);
    for (uint64_t i = 0; i < table->length; i++) {
        uint64_t at = table->at.words[(from + i) % table->length];
        if (at)
            return (Module *)(uintptr_t)at;
    }
    return NULL;
}

static Class *some_class(uint64_t *state) {
    const Module *module = some_module(state);
    uint64_t place = below(state, module->classes->length + 1);
    return place < module->classes->length
               ? (Class *)module->classes->at.references[place]
               : module->environment;
}

static Method *some_method(uint64_t *state) {
    const Module *module = some_module(state);
    const Array *list = module->functions;
    if (module->classes->length && below(state, 4))
        list = ((const Class *)module->classes->at
                    .references[below(state, module->classes->length)])
                   ->methods;
    return list->length
               ? (Method *)list->at.references[below(state, list->length)]
               : NULL;
}

/* ---- Code ---- */

static bool change_code(uint64_t *state) {
    const Method *method = some_method(state);
    return method && change_array(state, method->code);
}

static bool change_handlers(uint64_t *state) {
    const Method *method = some_method(state);
    return method && change_array(state, method->handlers);
}

static bool change_parameters(uint64_t *state) {
    const Method *method = some_method(state);
    return method && change_array(state, method->parameters);
}

static bool change_method(uint64_t *state) {
    Method *method = some_method(state);
    uint64_t words = sizeof(Method) / 8;
    return method && change(state, (uint64_t *)(void *)method + 1 +
                                       below(state, words - 1));
}

static bool change_constants(uint64_t *state) {
    return change_array(state, some_module(state)->constants);
}

static bool change_pool(uint64_t *state) {
    Array *pool = some_module(state)->pool;
    if (!pool->length)
        return false;
    Object **place = &pool->at.references[below(state, pool->length)];
    const Object *before = *place;
    world_write(place,
                (uintptr_t)pool->at.references[below(state, pool->length)]);
    return *place != before &&
           !(*place && before && before->class_id == CLASS_String &&
             (*place)->class_id == CLASS_String);
}

static bool change_image(uint64_t *state) {
    Array *image = some_module(state)->image;
    uint64_t words = image->length / 8;
    return change(state, &image->at.words[below(state, words)]);
}

static bool change_module(uint64_t *state) {
    Module *module = some_module(state);
    void *const words[] = {
        &module->name,    &module->pool,        &module->constants,
        &module->classes, &module->functions,   &module->imports,
        &module->hash,    &module->environment, &module->number,
        &module->bytes,   &module->initialise};
    return change(state, words[below(state, sizeof words / sizeof words[0])]);
}

/* ---- Classes ---- */

static bool change_class(uint64_t *state) {
    Class *of = some_class(state);
    uint64_t word = 1 + below(state, sizeof(Class) / 8 - 1);
    return word * 8 != offsetof(Class, boxes) &&
           change(state, (uint64_t *)(void *)of + word);
}

static bool change_class_part(uint64_t *state) {
    const Class *of = some_class(state);
    Array *const parts[] = {of->vtable,        of->selectors,   of->interfaces,
                            of->reference_map, of->field_names, of->field_types,
                            of->methods};
    return change_array(state,
                        parts[below(state, sizeof parts / sizeof parts[0])]);
}

/* Another class stands for its number. */
static bool change_place(uint64_t *state) {
    const Class *of = some_class(state), *other = some_class(state);
    if (of->id >= OWN_FIRST || other->id >= OWN_FIRST || of == other)
        return false;
    Array *chunk = (Array *)ROOT->classes->at.references[of->id / 1024];
    world_write(&chunk->at.references[of->id % 1024], (uintptr_t)other);
    return true;
}

static bool change_boxes(uint64_t *state) {
    static const uint32_t ids[] = {CLASS_Int, CLASS_Bool, CLASS_Byte,
                                   CLASS_Char};
    const Class *of = class_find(ids[below(state, 4)]);
    Array *boxes = of->boxes;
    world_write(&boxes->at.references[below(state, boxes->length)],
                (uintptr_t)of->name);
    return true;
}

/* ---- What is held ---- */

static uint64_t *some_frame(uint64_t *state) {
    WorldObjects all = world_objects();
    uint64_t from = below(state, all.count);
    for (uint64_t i = 0; i < all.count; i++) {
        Thread *thread = (Thread *)all.at[(from + i) % all.count];
        if (thread->head.class_id != CLASS_Thread || !thread->stack)
            continue;
        uint64_t *frame = thread->stack->words + thread->frame;
        for (uint64_t up = below(state, 6); up > 0 && frame_caller(frame); up--)
            frame = frame_caller(frame);
        return frame;
    }
    return NULL;
}

/* `this` is something else. */
static bool change_register(uint64_t *state) {
    uint64_t *frame = some_frame(state);
    const Method *method = frame ? frame_method(frame) : NULL;
    if (!method || !method->owner || method->flags & MODULE_STATIC ||
        method->owner->flags & MODULE_INTERFACE ||
        method->owner->id == CLASS_Object)
        return false;
    world_write(frame + method->arguments_at, (uintptr_t)method->name);
    return method->owner->id != CLASS_String;
}

/* A result goes to another word. */
static bool change_result(uint64_t *state) {
    uint64_t *frame = some_frame(state);
    uint64_t *caller = frame ? frame_caller(frame) : NULL;
    if (!caller || (uint16_t)frame[FRAME_LINK] == FRAME_SINK)
        return false;
    const Method *method = frame_method(caller);
    uint64_t word = FRAME_HEADER_WORDS +
                    below(state, method->frame_words - FRAME_HEADER_WORDS);
    uint64_t before = frame[FRAME_LINK];
    world_write(frame + FRAME_LINK, (before & ~0xFFFFull) | word);
    return frame[FRAME_LINK] != before;
}

/* Another method runs with these registers. */
static bool change_frame_method(uint64_t *state) {
    uint64_t *frame = some_frame(state);
    const Method *before = frame ? frame_method(frame) : NULL;
    const Method *other = some_method(state);
    if (!before || !other || !other->code || other == before ||
        other->frame_words > before->frame_words || before == ROOT->start ||
        (uint16_t)frame[FRAME_LINK] == FRAME_SINK ||
        other->selector == before->selector)
        return false;
    world_write(frame + FRAME_METHOD, (uintptr_t)other);
    world_write(frame + FRAME_PC, (uintptr_t)other->code->at.words);
    return true;
}

/* A field that holds objects of a class has a text. */
static bool change_field(uint64_t *state) {
    WorldObjects all = world_objects();
    uint64_t from = below(state, all.count);
    for (uint64_t i = 0; i < all.count; i++) {
        Object *object = (Object *)all.at[(from + i) % all.count];
        const Class *of = class_find_of(object);
        const Array *types =
            of && of->shape == SHAPE_OBJECT ? of->field_types : NULL;
        if (!types || !types->length)
            continue;
        uint64_t packed = types->at.words[below(state, types->length)];
        if (FIELD_KIND(packed) <= MODULE_CLASS ||
            FIELD_FLAGS(packed) & MODULE_TRANSIENT)
            continue; /* arrays are never open */
        world_write(object_word(object, FIELD_WORD(packed)),
                    (uintptr_t)class_find(CLASS_Object)->name);
        return true;
    }
    return false;
}

/* Some are rare: they are looked for until there is one. */
static bool try_often(uint64_t *state, bool (*forge)(uint64_t *state)) {
    bool done = false;
    for (int i = 0; i < 500 && !done; i++)
        done = forge(state);
    return done;
}

#define OFTEN(name)                                                            \
    static bool name##_often(uint64_t *state) {                                \
        return try_often(state, name);                                         \
    }

OFTEN(change_handlers)
OFTEN(change_parameters)
OFTEN(change_register)
OFTEN(change_result)
OFTEN(change_frame_method)

const Kind code_kinds[] = {
    {"code", change_code, false},
    {"handlers", change_handlers_often, false},
    {"parameters", change_parameters_often, false},
    {"method", change_method, false},
    {"constants", change_constants, false},
    {"pool", change_pool, false},
    {"file", change_image, false},
    {"module", change_module, false},
    {"class", change_class, false},
    {"class's tables", change_class_part, false},
    {"class's place", change_place, false},
    {"shared boxes", change_boxes, false},
    {"register", change_register_often, false},
    {"result", change_result_often, false},
    {"method of a frame", change_frame_method_often, false},
    {"field", change_field, false},
};
const size_t code_kind_count = sizeof code_kinds / sizeof code_kinds[0];
