/* What an object's class says about its size and its references. */
#include "kernel/base/check.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"

unsigned heap_element_shift(uint32_t class_id) {
    switch (class_id) {
    case CLASS_BoolArray:
    case CLASS_ByteArray:
        return 0;
    case CLASS_CharArray:
        return 2;
    default:
        return 3;
    }
}

bool heap_shape_has_length(Shape shape) {
    return shape == SHAPE_STRING || shape == SHAPE_WORDS ||
           shape == SHAPE_BYTES || shape == SHAPE_CHARS ||
           shape == SHAPE_REFERENCES || shape == SHAPE_STACK;
}

uint64_t heap_shape_bytes(Shape shape, uint32_t class_id,
                          uint64_t instance_words, uint64_t length) {
    switch (shape) {
    case SHAPE_NONE:
        return 0;
    case SHAPE_OBJECT:
        return instance_words * 8;
    case SHAPE_STRING:
        return heap_array_bytes(length, 0);
    case SHAPE_BOX:
        return sizeof(Box);
    case SHAPE_WORDS:
    case SHAPE_BYTES:
    case SHAPE_CHARS:
    case SHAPE_REFERENCES:
    case SHAPE_STACK:
        return heap_array_bytes(length, heap_element_shift(class_id));
    case SHAPE_CLASS:
        return sizeof(Class);
    case SHAPE_METHOD:
        return sizeof(Method);
    case SHAPE_MODULE:
        return sizeof(Module);
    case SHAPE_THREAD:
        return sizeof(Thread);
    case SHAPE_DOMAIN:
        return sizeof(Domain);
    case SHAPE_GATE:
        return sizeof(Gate);
    }
    return 0;
}

uint64_t heap_object_bytes(const Object *object) {
    const Class *of = class_find_of(object);
    if (!of)
        return 0;
    Shape shape = (Shape)of->shape;
    uint64_t length =
        heap_shape_has_length(shape) ? ((const Array *)object)->length : 0;
    uint64_t bytes =
        heap_shape_bytes(shape, object->class_id, of->instance_words, length);
    return (bytes + 15) & ~15ull;
}

static void visit_words(uint64_t *words, uint64_t count, HeapVisit visit,
                        void *context) {
    for (uint64_t i = 0; i < count; i++)
        if (words[i])
            visit(words + i, context);
}

/* An own class lives as long as its objects. */
static void visit_own_class(const Class *of, HeapVisit visit, void *context) {
    uint64_t address = (uint64_t)(uintptr_t)of;
    if (of->id >= OWN_FIRST)
        visit(&address, context);
}

static void visit_mapped(Object *object, const Class *of, HeapVisit visit,
                         void *context) {
    const Array *map = of->reference_map;
    visit_own_class(of, visit, context);
    for (uint64_t i = 0; map && i < map->length; i++) {
        for (uint64_t bits = map->at.words[i]; bits; bits &= bits - 1) {
            uint64_t *slot =
                object_word(object, i * 64 + (uint64_t)__builtin_ctzll(bits));
            if (*slot)
                visit(slot, context);
        }
    }
}

static void visit_frames(Thread *thread, HeapVisit visit, void *context) {
    if (!thread->stack)
        return;
    uint64_t *frame = thread->stack->words + thread->frame;
    for (; frame; frame = frame_caller(frame)) {
        const Method *method = frame_method(frame);
        visit(frame + FRAME_METHOD, context);
        visit_words(frame + method->references_at, method->reference_count,
                    visit, context);
    }
}

uint64_t heap_leading_references(Shape shape) {
    switch (shape) {
    case SHAPE_CLASS:
        return CLASS_REFERENCES;
    case SHAPE_METHOD:
        return METHOD_REFERENCES;
    case SHAPE_MODULE:
        return MODULE_REFERENCES;
    case SHAPE_THREAD:
        return THREAD_REFERENCES;
    case SHAPE_DOMAIN:
        return DOMAIN_REFERENCES;
    case SHAPE_NONE:
    case SHAPE_OBJECT:
    case SHAPE_STRING:
    case SHAPE_BOX:
    case SHAPE_WORDS:
    case SHAPE_BYTES:
    case SHAPE_CHARS:
    case SHAPE_REFERENCES:
    case SHAPE_STACK:
    case SHAPE_GATE:
        return 0;
    }
    return 0;
}

void heap_each_reference(Object *object, HeapVisit visit, void *context) {
    const Class *of = class_find_of(object);
    CHECK(of);
    if (of->shape == SHAPE_OBJECT) {
        visit_mapped(object, of, visit, context);
    } else if (of->shape == SHAPE_REFERENCES) {
        Array *array = (Array *)object;
        visit_words(array->at.words, array->length, visit, context);
    } else {
        visit_words(object_word(object, 1), heap_leading_references(of->shape),
                    visit, context);
    }
    if (of->shape == SHAPE_THREAD)
        visit_frames((Thread *)object, visit, context);
}
