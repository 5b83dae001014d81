/* Boxes of values: one for each small value, new ones for all others. */
#include "vm/heap/boxes.h"

#include "vm/heap/class.h"
#include "vm/heap/heap.h"

enum { INT_LEAST = -16 };

/* What is shared. The places of values are in every world: a range may only
 * grow at its end. */
static const struct {
    uint32_t class_id;
    int32_t least;
    uint32_t count;
} ranges[] = {
    {CLASS_Int, INT_LEAST, 128 - INT_LEAST},
    {CLASS_Bool, 0, 2},
    {CLASS_Byte, 0, 256},
    {CLASS_Char, 0, 128},
};

enum { RANGES = sizeof ranges / sizeof ranges[0] };

static Object *new_box(Domain *domain, uint32_t class_id, uint64_t value,
                       Status *status_out) {
    Box *box = (Box *)heap_allocate(domain, class_id, sizeof(Box), status_out);
    if (!box)
        return NULL;
    box->value = value;
    box->head.flags |= OBJECT_IMMUTABLE;
    return &box->head;
}

static Object *shared(uint32_t class_id, uint64_t value) {
    uint64_t place =
        class_id == CLASS_Int ? value - (uint64_t)INT_LEAST : value;
    const Class *of = class_find(class_id);
    const Array *boxes = of ? of->boxes : NULL;
    return boxes && place < boxes->length ? boxes->at.references[place] : NULL;
}

Object *boxes_make(Domain *domain, uint32_t class_id, uint64_t value,
                   Status *status_out) {
    Object *box = shared(class_id, value);
    *status_out = STATUS_OK;
    return box ? box : new_box(domain, class_id, value, status_out);
}

/* The boxes of one range; they are the class's when all are there. */
static Status share(Class *of, int32_t least, uint32_t count) {
    Domain *system = ROOT->domains[0];
    Status status;
    Array *boxes = heap_new_array(system, CLASS_ObjectArray, count, &status);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        HEAP_SET(
            boxes->at.references[i],
            new_box(system, of->id, (uint64_t)(int64_t)least + i, &status));
    if (status == STATUS_OK)
        status = heap_write(&of->boxes, sizeof of->boxes);
    if (status == STATUS_OK)
        HEAP_SET(of->boxes, boxes);
    return status;
}

Status boxes_share(void) {
    Status status = STATUS_OK;
    for (unsigned i = 0; i < RANGES && status == STATUS_OK; i++) {
        Class *of = class_find(ranges[i].class_id);
        if (!of->boxes)
            status = share(of, ranges[i].least, ranges[i].count);
    }
    return status;
}
