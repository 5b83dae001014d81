/* Deep copies from an older generation. */
#include "vm/past/past_copy.h"

#include "kernel/base/bytes.h"
#include "kernel/base/utf8.h"
#include "vm/code/module.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/identity.h"
#include "vm/past/past_match.h"
#include "vm/run/exception.h"
#include "vm/run/worker.h"

/* The state: an array of references. */
enum {
    STATE_ORDER,  /* words: old addresses in the order in which they were met */
    STATE_COPIES, /* references: their copies, in the same order */
    STATE_TABLE,  /* words: number + 1 by address, open table; 0: free */
    STATE_COUNTS, /* words: met, filled, elements filled of the next array */
    STATE_PARTS,
    MET = 0,
    FILLED,
    WITHIN,
    COUNTS,
    FIRST_ROOM = 64,
};

static Array *part(const PastCopy *copy, unsigned number) {
    return (Array *)(void *)copy->state->at.references[number];
}

static uint64_t *counts(const PastCopy *copy) {
    return part(copy, STATE_COUNTS)->at.words;
}

/* The present cannot take it now. */
static Status block(PastCopy *copy, Status status) {
    copy->blocked = status;
    return status;
}

static Status refuse(PastCopy *copy, const PastObject *object,
                     const char *what) {
    if (copy->why->length == 0)
        text_add_format(copy->why, "a value of class %s %s", object->of->name,
                        what);
    return STATUS_INVALID;
}

static bool write_words(PastCopy *copy, const void *address, uint64_t bytes) {
    return block(copy, heap_write(address, bytes)) == STATUS_OK;
}

/* ---- What was met ---- */

/* The place of an address in the table, or where it belongs. */
static uint64_t *find_place(const PastCopy *copy, uint64_t address) {
    Array *table = part(copy, STATE_TABLE);
    const uint64_t *order = part(copy, STATE_ORDER)->at.words;
    uint64_t slots = table->length;
    uint64_t at = (address >> 4) * 0x9E3779B97F4A7C15u >> 20 & (slots - 1);
    while (table->at.words[at] && order[table->at.words[at] - 1] != address)
        at = (at + 1) & (slots - 1);
    return &table->at.words[at];
}

static Array *new_part(PastCopy *copy, uint32_t class_id, uint64_t length) {
    Status status;
    Array *made = heap_new_array(copy->domain, class_id, length, &status);
    if (!made)
        copy->blocked = status;
    return made;
}

/* Twice the room. The parts change places together, when all are there. */
static Status make_room(PastCopy *copy) {
    Array *order = part(copy, STATE_ORDER), *copies = part(copy, STATE_COPIES);
    uint64_t count = counts(copy)[MET], room = order->length;
    if (count < room)
        return STATUS_OK;
    Array *more_order = new_part(copy, CLASS_IntArray, room * 2);
    Array *more_copies =
        more_order ? new_part(copy, CLASS_ObjectArray, room * 2) : NULL;
    Array *table =
        more_copies ? new_part(copy, CLASS_IntArray, room * 4) : NULL;
    if (!table || !write_words(copy, copy->state->at.words, STATE_PARTS * 8))
        return copy->blocked;
    for (uint64_t i = 0; i < count; i++) {
        more_order->at.words[i] = order->at.words[i];
        HEAP_SET(more_copies->at.references[i], copies->at.references[i]);
    }
    HEAP_SET(copy->state->at.references[STATE_ORDER], more_order);
    HEAP_SET(copy->state->at.references[STATE_COPIES], more_copies);
    HEAP_SET(copy->state->at.references[STATE_TABLE], table);
    for (uint64_t i = 0; i < count; i++)
        *find_place(copy, more_order->at.words[i]) = i + 1;
    return STATUS_OK;
}

static Status enter(PastCopy *copy, uint64_t address, const Object *made) {
    uint64_t count = counts(copy)[MET];
    uint64_t *place = find_place(copy, address);
    uint64_t *order = &part(copy, STATE_ORDER)->at.words[count];
    Object **copies = &part(copy, STATE_COPIES)->at.references[count];
    if (!write_words(copy, place, 8) || !write_words(copy, order, 8) ||
        !write_words(copy, copies, 8) ||
        !write_words(copy, counts(copy), COUNTS * 8))
        return copy->blocked;
    *order = address;
    HEAP_SET(*copies, made);
    *place = count + 1;
    counts(copy)[MET]++;
    return STATUS_OK;
}

/* ---- One object, without what it refers to ---- */

static Object *new_object(PastCopy *copy, uint32_t class_id, uint64_t bytes) {
    Status status;
    Object *made = heap_allocate(copy->domain, class_id, bytes, &status);
    if (!made)
        copy->blocked = status;
    else if (bytes > HEAP_MEDIUM_BYTES && !write_words(copy, made, bytes))
        return NULL;
    return made;
}

static bool is_code_point(uint64_t value) {
    return value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

/* A scalar as verified code expects it; false: it cannot be one. */
static bool is_scalar(uint8_t kind, uint64_t *value) {
    if (kind == MODULE_BOOL)
        *value = *value != 0;
    if (kind == MODULE_BYTE)
        *value &= 0xFF;
    return kind != MODULE_CHAR || is_code_point(*value);
}

static bool are_scalars(Array *array) {
    for (uint64_t i = 0; i < array->length; i++) {
        if (array->head.class_id == CLASS_BoolArray)
            array->at.bytes[i] = array->at.bytes[i] != 0;
        else if (!is_code_point(array->at.chars[i]))
            return false;
    }
    return true;
}

static Status copy_array(PastCopy *copy, const PastObject *from,
                         Object **made_out) {
    Array *made = new_part(copy, from->of->id, from->length);
    if (!made)
        return copy->blocked;
    *made_out = &made->head;
    if (from->of->shape == SHAPE_REFERENCES)
        return STATUS_OK;
    Status status = past_read(copy->past, from->address + 16, made->at.bytes,
                              from->bytes - 16);
    bool odd =
        from->of->id == CLASS_BoolArray || from->of->id == CLASS_CharArray;
    if (status == STATUS_OK && odd && !are_scalars(made))
        return refuse(copy, from, "makes no sense");
    return status;
}

static Status copy_string(PastCopy *copy, const PastObject *from,
                          Object **made_out) {
    String *made = (String *)new_object(copy, CLASS_String, from->bytes);
    if (!made)
        return copy->blocked;
    *made_out = &made->head;
    Status status =
        past_read(copy->past, from->address + 16, made->bytes, from->length);
    if (status == STATUS_OK && !utf8_valid(made->bytes, from->length))
        return refuse(copy, from, "makes no sense");
    made->length = from->length;
    made->head.flags |= OBJECT_IMMUTABLE;
    return status;
}

static Status copy_box(PastCopy *copy, const PastObject *from,
                       Object **made_out) {
    uint64_t value;
    uint8_t kind = (uint8_t)(MODULE_INT + from->of->id - CLASS_Int);
    Status status = past_object_word(copy->past, from, 1, &value);
    if (status != STATUS_OK)
        return status;
    if (!is_scalar(kind, &value))
        return refuse(copy, from, "makes no sense");
    *made_out = boxes_make(copy->domain, from->of->id, value, &status);
    return block(copy, status);
}

/* Fields that are no references; transient ones stay empty. */
static Status copy_scalars(PastCopy *copy, const PastObject *from,
                           Object *made) {
    for (uint64_t i = 0; i < from->of->field_count; i++) {
        uint64_t packed = from->of->fields[i].packed, value;
        if (past_is_reference(packed) || FIELD_FLAGS(packed) & MODULE_TRANSIENT)
            continue;
        Status status = past_field_value(copy->past, from, i, &value);
        if (status != STATUS_OK)
            return status;
        if (!is_scalar(FIELD_KIND(packed), &value))
            return refuse(copy, from, "makes no sense");
        *object_word(made, FIELD_WORD(packed)) = value;
    }
    return STATUS_OK;
}

/* What hashes it by its identity finds it by the same number. */
static Status copy_hash(PastCopy *copy, const PastObject *from, Object *made) {
    uint64_t hash;
    Status status = past_identity(copy->past, from, &hash);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    return block(copy, identity_give(copy->domain, made, hash));
}

static Status copy_instance(PastCopy *copy, const PastObject *from,
                            Object **made_out) {
    Class *of;
    Status status =
        past_match_class(copy->past, from->of, copy->domain, &of, copy->why);
    if (status != STATUS_OK)
        return status;
    Object *made = new_object(copy, of->id, from->bytes);
    if (!made)
        return copy->blocked;
    *made_out = made;
    status = copy_scalars(copy, from, made);
    if (status == STATUS_OK)
        past_match_tag(of, made);
    return status == STATUS_OK ? copy_hash(copy, from, made) : status;
}

static Status copy_object(PastCopy *copy, const PastObject *from,
                          Object **made_out) {
    switch ((Shape)from->of->shape) {
    case SHAPE_OBJECT:
        return copy_instance(copy, from, made_out);
    case SHAPE_STRING:
        return copy_string(copy, from, made_out);
    case SHAPE_BOX:
        return copy_box(copy, from, made_out);
    case SHAPE_WORDS:
    case SHAPE_BYTES:
    case SHAPE_CHARS:
    case SHAPE_REFERENCES:
        return copy_array(copy, from, made_out);
    case SHAPE_NONE:
    case SHAPE_CLASS:
    case SHAPE_METHOD:
    case SHAPE_MODULE:
    case SHAPE_THREAD:
    case SHAPE_STACK:
    case SHAPE_DOMAIN:
    case SHAPE_GATE:
        break;
    }
    return refuse(copy, from, "cannot be copied");
}

/* The copy of the object at this address, met now or before. */
static Status meet(PastCopy *copy, uint64_t address, Object **made_out) {
    PastObject from;
    uint64_t known = *find_place(copy, address);
    if (known) {
        *made_out = part(copy, STATE_COPIES)->at.references[known - 1];
        return STATUS_OK;
    }
    Status status = past_object(copy->past, address, &from);
    if (status == STATUS_INVALID && copy->why->length == 0)
        text_add(copy->why, "a reference in it leads to no object");
    if (status == STATUS_OK)
        status = copy_object(copy, &from, made_out);
    if (status == STATUS_OK)
        status = make_room(copy);
    return status == STATUS_OK ? enter(copy, address, *made_out) : status;
}

/* ---- What an object refers to ---- */

static Status set_slot(PastCopy *copy, uint64_t address, Object **slot,
                       const Class *wanted, const PastObject *holder) {
    Object *made;
    if (!address)
        return STATUS_OK;
    Status status = meet(copy, address, &made);
    if (status != STATUS_OK)
        return status;
    if (wanted && !class_is_a(class_of(made), wanted))
        return refuse(copy, holder, "makes no sense");
    if (!write_words(copy, slot, 8))
        return copy->blocked;
    HEAP_SET(*slot, made);
    return STATUS_OK;
}

static Status note_filled(PastCopy *copy, uint64_t filled, uint64_t within) {
    if (!write_words(copy, counts(copy), COUNTS * 8))
        return copy->blocked;
    counts(copy)[FILLED] = filled;
    counts(copy)[WITHIN] = within;
    return STATUS_OK;
}

static Status fill_array(PastCopy *copy, const PastObject *from, Array *made,
                         unsigned *left) {
    for (uint64_t i = counts(copy)[WITHIN]; i < from->length; i++) {
        uint64_t value;
        if (*left == 0) {
            Status noted = note_filled(copy, counts(copy)[FILLED], i);
            return noted == STATUS_OK ? STATUS_BUSY : noted;
        }
        --*left;
        Status status = past_element(copy->past, from, i, &value);
        if (status == STATUS_OK)
            status = set_slot(copy, value, &made->at.references[i], NULL, from);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Traces lead to methods, which stay where they are. */
static bool is_trace(const PastObject *from, uint64_t packed) {
    return past_is_a(from->of, CLASS_Exception) &&
           (FIELD_WORD(packed) == EXCEPTION_METHODS ||
            FIELD_WORD(packed) == EXCEPTION_PLACES);
}

static Status fill_instance(PastCopy *copy, const PastObject *from,
                            Object *made) {
    const Array *types = class_of(made)->field_types;
    for (uint64_t i = 0; i < from->of->field_count; i++) {
        uint64_t packed = from->of->fields[i].packed, value;
        if (!past_is_reference(packed) || is_trace(from, packed) ||
            FIELD_FLAGS(packed) & MODULE_TRANSIENT)
            continue;
        Object **slot =
            (Object **)(void *)object_word(made, FIELD_WORD(packed));
        Status status = past_field_value(copy->past, from, i, &value);
        if (status == STATUS_OK)
            status = set_slot(
                copy, value, slot,
                class_find_in(copy->domain, FIELD_CLASS(types->at.words[i])),
                from);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* May be done twice when it was blocked half-way. */
static Status fill(PastCopy *copy, unsigned *left) {
    PastObject from;
    uint64_t number = counts(copy)[FILLED];
    uint64_t address = part(copy, STATE_ORDER)->at.words[number];
    Object *made = part(copy, STATE_COPIES)->at.references[number];
    Status status = past_object(copy->past, address, &from);
    if (status == STATUS_OK && from.of->shape == SHAPE_REFERENCES)
        status = fill_array(copy, &from, (Array *)made, left);
    else if (status == STATUS_OK && from.of->shape == SHAPE_OBJECT)
        status = fill_instance(copy, &from, made);
    return status == STATUS_OK ? note_filled(copy, number + 1, 0) : status;
}

/* ---- The whole ---- */

/* A copy that ends for a reason of the past says which. */
static Status said(PastCopy *copy, Status status) {
    if (status != STATUS_OK && status != STATUS_BUSY &&
        copy->blocked == STATUS_OK && copy->why->length == 0)
        text_add(copy->why, status == STATUS_INVALID
                                ? "what is there makes no sense"
                                : status_text(status));
    return status;
}

Status past_copy_begin(PastCopy *copy, uint64_t address) {
    static const uint32_t classes[] = {CLASS_IntArray, CLASS_ObjectArray,
                                       CLASS_IntArray, CLASS_IntArray};
    static const uint64_t lengths[] = {FIRST_ROOM, FIRST_ROOM, FIRST_ROOM * 2,
                                       COUNTS};
    Object *made;
    copy->blocked = STATUS_OK;
    copy->state = new_part(copy, CLASS_ObjectArray, STATE_PARTS);
    for (unsigned i = 0; copy->state && i < STATE_PARTS; i++) {
        Array *each = new_part(copy, classes[i], lengths[i]);
        if (!each)
            copy->state = NULL;
        else
            HEAP_SET(copy->state->at.references[i], each);
    }
    return copy->state ? said(copy, meet(copy, address, &made)) : copy->blocked;
}

Status past_copy_step(PastCopy *copy, unsigned objects) {
    copy->blocked = STATUS_OK;
    while (counts(copy)[FILLED] < counts(copy)[MET]) {
        if (objects == 0)
            return STATUS_BUSY;
        objects--;
        Status status = fill(copy, &objects);
        if (status != STATUS_OK)
            return said(copy, status);
    }
    return STATUS_OK;
}

Object *past_copy_result(const PastCopy *copy) {
    return part(copy, STATE_COPIES)->at.references[0];
}
