/* Gates: tables of targets, and copies of values. */
#include "vm/run/gate.h"

#include "vm/heap/boxes.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/run/domain.h"

/* Room for one more entry in the owner's two arrays. */
static Status make_room(Domain *owner) {
    Array *old = owner->gate_targets;
    uint64_t count = owner->gate_count;
    if (old && count < old->length)
        return STATUS_OK;
    Status status;
    uint64_t length = old ? old->length * 2 : 8;
    Array *targets = heap_new_array(owner, CLASS_ObjectArray, length, &status);
    if (!targets)
        return status;
    Array *numbers = heap_new_array(owner, CLASS_IntArray, length, &status);
    if (!numbers)
        return status;
    for (uint64_t i = 0; i < count; i++) {
        HEAP_SET(targets->at.references[i], old->at.references[i]);
        numbers->at.words[i] = owner->gate_numbers->at.words[i];
    }
    status = heap_write(owner, sizeof *owner);
    if (status != STATUS_OK)
        return status;
    HEAP_SET(owner->gate_targets, targets);
    HEAP_SET(owner->gate_numbers, numbers);
    return STATUS_OK;
}

static Status announce_entry(Domain *owner) {
    Status status =
        heap_write(&owner->gate_targets->at.references[owner->gate_count], 8);
    if (status == STATUS_OK)
        status =
            heap_write(&owner->gate_numbers->at.words[owner->gate_count], 8);
    if (status == STATUS_OK)
        status = heap_write(owner, sizeof *owner);
    return status == STATUS_OK ? heap_write(ROOT, sizeof *ROOT) : status;
}

Gate *gate_open(Domain *owner, Object *target, Domain *holder,
                Status *status_out) {
    *status_out = make_room(owner);
    if (*status_out != STATUS_OK)
        return NULL;
    Gate *gate =
        (Gate *)heap_allocate(holder, CLASS_Gate, sizeof(Gate), status_out);
    if (gate)
        *status_out = announce_entry(owner);
    if (*status_out != STATUS_OK)
        return NULL;
    uint64_t place = owner->gate_count++;
    gate->number = ROOT->next_gate++;
    gate->domain = owner->number;
    gate->head.flags |= OBJECT_IMMUTABLE;
    HEAP_SET(owner->gate_targets->at.references[place], target);
    owner->gate_numbers->at.words[place] = gate->number;
    return gate;
}

/* Before its own first turn in a start others may use them. */
static bool has_gates(const Domain *owner) {
    uint64_t count = owner->gate_count;
    return count == 0 ||
           (trust_is_array(owner, owner->gate_numbers, CLASS_IntArray) &&
            trust_is_array(owner, owner->gate_targets, CLASS_ObjectArray) &&
            owner->gate_numbers->length >= count &&
            owner->gate_targets->length >= count);
}

/* The gate's place in its target domain's table; NULL: broken. */
static Object **find(const Gate *gate) {
    Domain *owner = heap_domain(gate->domain);
    if (!owner)
        return NULL;
    uint64_t low = 0, high = owner->gate_count;
    trust_need(has_gates(owner), owner, "its gates are damaged");
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (owner->gate_numbers->at.words[middle] < gate->number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == owner->gate_count ||
        owner->gate_numbers->at.words[low] != gate->number)
        return NULL;
    return &owner->gate_targets->at.references[low];
}

Object *gate_target(const Gate *gate) {
    Object **place = find(gate);
    return place ? *place : NULL;
}

Status gate_close(const Gate *gate) {
    Object **place = find(gate);
    if (!place)
        return STATUS_OK;
    Status status = heap_write(place, 8);
    if (status == STATUS_OK)
        HEAP_SET(*place, NULL);
    return status;
}

Status gate_copy(Domain *to, Object *value, Object **copy_out) {
    Status status = STATUS_OK;
    *copy_out = value;
    if (!value ||
        region_header(region_of((uint64_t)(uintptr_t)value))->domain ==
            ROOT->domains[0]->number)
        return STATUS_OK;
    if (value->class_id == CLASS_String) {
        const String *text = (const String *)value;
        *copy_out =
            (Object *)heap_new_string(to, text->bytes, text->length, &status);
    } else if (value->class_id >= CLASS_Int && value->class_id <= CLASS_Char) {
        *copy_out = boxes_make(to, value->class_id, ((const Box *)value)->value,
                               &status);
    } else {
        status = STATUS_INVALID;
    }
    return status;
}
