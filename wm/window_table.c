/* The table of an app's windows. */
#include "wm/window_table.h"

#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"

enum {
    FIRST_LENGTH = 4,
    PLACES_PER_UNIT = 8, /* that are looked at */
};

static Array *table_of(const Domain *domain) {
    return (Array *)(void *)domain->seat;
}

/* An object of the system's ui.Window, or of a class below it: its words are
 * what C takes them for. */
static bool is_window(const Domain *domain, const Object *object) {
    static const char name[] = "ui.Window";
    const Class *of = NULL;
    if (trust_is_instance(domain, object))
        of = class_find_in(domain, object->class_id);
    for (uint32_t depth = 0; of && depth < CLASS_DEPTH_MAX; depth++) {
        bool is_ours = trust_is_own(ROOT->domains[0], of, CLASS_Class);
        if ((!is_ours && !trust_is_own(domain, of, CLASS_Class)) ||
            of->instance_words * 8ull < sizeof(WindowObject))
            return false;
        if (is_ours && trust_is_array(domain, of->name, CLASS_String) &&
            symbols_equal(of->name, name, sizeof name - 1))
            return true;
        of = of->super;
    }
    return false;
}

bool window_table_is_good(const Domain *domain) {
    const Array *table = table_of(domain);
    bool good = !table || trust_is_array(domain, table, CLASS_ObjectArray);
    for (uint64_t i = 0; good && table && i < table->length; i++)
        good = !table->at.references[i] ||
               is_window(domain, table->at.references[i]);
    return good;
}

uint64_t window_table_length(const Domain *domain) {
    const Array *table = table_of(domain);
    return table ? table->length : 0;
}

WindowObject *window_table_at(const Domain *domain, uint64_t place) {
    return (WindowObject *)(void *)table_of(domain)->at.references[place];
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
