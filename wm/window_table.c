/* The table of an app's windows. */
#include "wm/window_table.h"

#include "vm/heap/class.h"
#include "vm/heap/heap.h"

enum {
    FIRST_LENGTH = 4,
    PLACES_PER_UNIT = 8, /* that are looked at */
};

static Array *table_of(const Domain *domain) {
    Array *table = (Array *)(void *)domain->seat;
    return table && table->head.class_id == CLASS_ObjectArray ? table : NULL;
}

uint64_t window_table_length(const Domain *domain) {
    const Array *table = table_of(domain);
    return table ? table->length : 0;
}

WindowObject *window_table_at(const Domain *domain, uint64_t place) {
    Object *object = table_of(domain)->at.references[place];
    const Class *of = object ? class_find_of(object) : NULL;
    bool good = of && of->shape == SHAPE_OBJECT &&
                of->instance_words * 8ull >= sizeof(WindowObject);
    return good ? (WindowObject *)(void *)object : NULL;
}

Object **window_table_find(NativeCall *call, const WindowObject *object) {
    Array *table = table_of(call->domain);
    uint64_t length = window_table_length(call->domain);
    native_charge(call, length / PLACES_PER_UNIT);
    for (uint64_t i = 0; i < length; i++)
        if (table->at.references[i] == (const Object *)object)
            return &table->at.references[i];
    return NULL;
}

/* A table of twice the length with what the old one has. */
static Array *grown(NativeCall *call) {
    const Array *old = table_of(call->domain);
    uint64_t length = window_table_length(call->domain);
    Array *table = native_new_array(call, CLASS_ObjectArray,
                                    length ? length * 2 : FIRST_LENGTH);
    if (!table || !native_write(call, &call->domain->seat, sizeof(Object *)))
        return NULL;
    for (uint64_t i = 0; i < length; i++)
        HEAP_SET(table->at.references[i], old->at.references[i]);
    HEAP_SET(call->domain->seat, table);
    return table;
}

Object **window_table_room(NativeCall *call) {
    uint64_t length = window_table_length(call->domain);
    Object **place = length ? window_table_find(call, NULL) : NULL;
    if (!place) {
        Array *table = grown(call);
        if (!table)
            return NULL;
        place = &table->at.references[length];
    }
    return native_write(call, place, sizeof *place) ? place : NULL;
}
