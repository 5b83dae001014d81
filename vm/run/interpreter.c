/* The interpreter. */
#include "vm/run/interpreter.h"

#include "kernel/base/text.h"
#include "vm/code/module.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/exception.h"
#include "vm/run/native_call.h"
#include "vm/run/stack.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* The parts of the current word. */
#define A ((uint16_t)(word >> 16))
#define B ((uint16_t)(word >> 32))
#define C ((uint16_t)(word >> 48))
#define IMM_B ((int64_t)(int16_t)B)
#define IMM_C ((int64_t)word >> 48)
#define INT(n) ((int64_t)frame[n])
#define OBJECT(n) ((Object *)frame[n])
#define ARRAY(n) ((Array *)frame[n])

#define NEXT                                                                   \
    do {                                                                       \
        word = *pc++;                                                          \
        goto *labels[(uint8_t)word];                                           \
    } while (0)

/* What an instruction costs beyond its words (worker.h). */
enum { COST_DIVISION = 4, COST_OBJECT = 12, COST_INTERFACE = 4 };

/* Takes the branch; a backward one may end the slice. */
#define BRANCH                                                                 \
    do {                                                                       \
        pc += IMM_C;                                                           \
        fuel += IMM_C;                                                         \
        if (UNLIKELY(IMM_C < 0) && UNLIKELY(fuel < 0))                         \
            goto safepoint;                                                    \
        NEXT;                                                                  \
    } while (0)
#define BRANCH_IF(condition)                                                   \
    do {                                                                       \
        if (condition)                                                         \
            BRANCH;                                                            \
        NEXT;                                                                  \
    } while (0)

#define THROW(id)                                                              \
    do {                                                                       \
        error = CLASS_##id;                                                    \
        goto throw_known;                                                      \
    } while (0)
#define NULL_CHECK(object)                                                     \
    do {                                                                       \
        if (UNLIKELY(!(object)))                                               \
            THROW(NullError);                                                  \
    } while (0)

/* Announces the 8 bytes at `address`, or leaves the thread waiting. */
#define ANNOUNCE(address)                                                      \
    do {                                                                       \
        uint64_t page = ((uint64_t)(uintptr_t)(address)-PLATFORM_RANGE_BASE) / \
                        PLATFORM_PAGE_BYTES;                                   \
        if (UNLIKELY(memory_page_epochs[page] != memory_epoch)) {              \
            worker.status = announce((uint64_t)(uintptr_t)(address));          \
            if (worker.status != STATUS_OK)                                    \
                goto pressed;                                                  \
        }                                                                      \
    } while (0)

/* Between the registers of the machine and the frame. */
#define SAVE_AT(place)                                                         \
    do {                                                                       \
        frame[FRAME_PC] = (uint64_t)(uintptr_t)(place);                        \
        worker.frame = frame;                                                  \
        worker.fuel = fuel;                                                    \
    } while (0)
#define LOAD                                                                   \
    do {                                                                       \
        frame = worker.frame;                                                  \
        fuel = worker.fuel;                                                    \
        pc = (const uint64_t *)frame[FRAME_PC];                                \
        top = frame + frame_method(frame)->frame_words;                        \
        pool = frame_method(frame)->pool->at.references;                       \
    } while (0)

static Status announce(uint64_t address) {
    trust_need(trust_is_attached(address, 8), worker.domain, TRUST_STRAY);
    return memory_write_slow(address, 8);
}

static double as_double(uint64_t bits) {
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t from_double(double value) {
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

#define DOUBLE(n) as_double(frame[n])

/* An object of a class or an array; NULL: worker.status. */
static Object *make_object(const Class *of) {
    return heap_allocate(worker.domain, of->id, of->instance_words * 8ull,
                         &worker.status);
}

static Object *make_array(uint32_t class_id, uint64_t length) {
    uint64_t bytes = heap_array_bytes(length, heap_element_shift(class_id));
    Array *array =
        (Array *)heap_allocate(worker.domain, class_id, bytes, &worker.status);
    if (array)
        array->length = length;
    return (Object *)array;
}

/* Divisors for which the machine stops: 0, and -1 of the smallest number. */
static bool traps(int64_t divisor) {
    return divisor == 0 || divisor == -1;
}

/* True for Unicode scalar values. */
static bool is_code_point(int64_t value) {
    return value >= 0 && value <= 0x10FFFF &&
           (value < 0xD800 || value > 0xDFFF);
}

/* Of the module with this module_place. */
TRUST_FOLLOWS static Object *variables(unsigned place) {
    const Array *all = worker.domain->environments;
    unsigned number = place / 2;
    if (place % 2) {
        const Module *module = own_module(worker.domain, number);
        return module ? module->variables : NULL;
    }
    return all && number < all->length ? all->at.references[number] : NULL;
}

TRUST_FOLLOWS static bool is_instance(const Object *object, const Object *of) {
    return class_is_a(class_running(object), (const Class *)of);
}

/* Interfaces are searched. */
TRUST_FOLLOWS static int64_t class_test_cost(const Object *object,
                                             const Class *of) {
    if (!object || !(of->flags & MODULE_INTERFACE))
        return 0;
    const Array *interfaces = class_running(object)->interfaces;
    return interfaces ? (int64_t)interfaces->length : 0;
}

static Status throw_bounds(int64_t index, uint64_t length) {
    char message[80];
    Text text = text_on(message, sizeof message);
    text_add_format(&text, "index %ld of %lu", index, length);
    return exception_throw_known(CLASS_BoundsError, message);
}

TRUST_FOLLOWS SliceEnd interpreter_run(void) {
    static const void *const labels[] = {
#define OPCODE(name, a, b, c, rule, meaning) &&op_##name,
#include "vm/code/opcodes.def"
#undef OPCODE
#define QUICK(name, meaning) &&op_##name,
#include "vm/code/quick.def"
#undef QUICK
        /* Whatever is in a word that was forged, it leads to one of these. */
        [OP_ALL... UINT8_MAX] = &&op_invalid};
    _Static_assert(OP_ALL <= UINT8_MAX, "an opcode is a byte");
    const uint64_t *pc;
    uint64_t *frame, *top;
    uint64_t word;
    Object *const *pool;
    int64_t fuel;
    uint32_t error;
    Method *callee;
    Object *object;
    Array *array;
    uint64_t made_bytes;
    const uint64_t *start; /* of the instruction that may be tried again */

    LOAD;
    NEXT;

op_invalid: /* the verifier lets none through */
    trust_refuse(worker.domain, "its code is damaged");

    /* ---- Moves and constants ---- */
op_move_ref:
op_move:
    frame[A] = frame[B];
    NEXT;
op_null:
    frame[A] = 0;
    NEXT;
op_small:
    frame[A] = (uint64_t)IMM_B;
    NEXT;
op_constant:
    frame[A] = frame_method(frame)->constants->at.words[B];
    NEXT;
op_text:
    frame[A] = (uint64_t)(uintptr_t)pool[B];
    NEXT;

    /* ---- Int arithmetic ---- */
    {
        int64_t value;
    op_add:
        if (UNLIKELY(__builtin_add_overflow(INT(B), INT(C), &value)))
            THROW(OverflowError);
        frame[A] = (uint64_t)value;
        NEXT;
    op_sub:
        if (UNLIKELY(__builtin_sub_overflow(INT(B), INT(C), &value)))
            THROW(OverflowError);
        frame[A] = (uint64_t)value;
        NEXT;
    op_mul:
        if (UNLIKELY(__builtin_mul_overflow(INT(B), INT(C), &value)))
            THROW(OverflowError);
        frame[A] = (uint64_t)value;
        NEXT;
    op_neg:
        if (UNLIKELY(__builtin_sub_overflow(0, INT(B), &value)))
            THROW(OverflowError);
        frame[A] = (uint64_t)value;
        NEXT;
    op_add_imm:
        if (UNLIKELY(__builtin_add_overflow(INT(B), IMM_C, &value)))
            THROW(OverflowError);
        frame[A] = (uint64_t)value;
        NEXT;
    op_mul_imm:
        if (UNLIKELY(__builtin_mul_overflow(INT(B), IMM_C, &value)))
            THROW(OverflowError);
        frame[A] = (uint64_t)value;
        NEXT;
    }
op_div:
    fuel -= COST_DIVISION;
    if (UNLIKELY(frame[C] == 0))
        THROW(DivisionError);
    if (UNLIKELY(INT(C) == -1 && INT(B) == INT64_MIN))
        THROW(OverflowError);
    frame[A] = (uint64_t)(INT(B) / INT(C));
    NEXT;
op_rem:
    fuel -= COST_DIVISION;
    if (UNLIKELY(frame[C] == 0))
        THROW(DivisionError);
    frame[A] = INT(C) == -1 ? 0 : (uint64_t)(INT(B) % INT(C));
    NEXT;
op_div_imm:
    fuel -= COST_DIVISION;
    if (UNLIKELY(traps(IMM_C))) /* the verifier lets none through */
        trust_refuse(worker.domain, "its code divides by nothing");
    frame[A] = (uint64_t)(INT(B) / IMM_C);
    NEXT;
op_rem_imm:
    fuel -= COST_DIVISION;
    if (UNLIKELY(traps(IMM_C)))
        trust_refuse(worker.domain, "its code divides by nothing");
    frame[A] = (uint64_t)(INT(B) % IMM_C);
    NEXT;
op_wrap_add:
    frame[A] = frame[B] + frame[C];
    NEXT;
op_wrap_sub:
    frame[A] = frame[B] - frame[C];
    NEXT;
op_wrap_mul:
    frame[A] = frame[B] * frame[C];
    NEXT;
op_wrap_add_imm:
    frame[A] = frame[B] + (uint64_t)IMM_C;
    NEXT;
op_and:
    frame[A] = frame[B] & frame[C];
    NEXT;
op_or:
    frame[A] = frame[B] | frame[C];
    NEXT;
op_xor:
    frame[A] = frame[B] ^ frame[C];
    NEXT;
op_not:
    frame[A] = ~frame[B];
    NEXT;
op_shl:
    frame[A] = frame[B] << (frame[C] & 63);
    NEXT;
op_shr:
    frame[A] = (uint64_t)(INT(B) >> (frame[C] & 63));
    NEXT;
op_ushr:
    frame[A] = frame[B] >> (frame[C] & 63);
    NEXT;
op_and_imm:
    frame[A] = frame[B] & (uint64_t)IMM_C;
    NEXT;
op_shl_imm:
    frame[A] = frame[B] << C;
    NEXT;
op_shr_imm:
    frame[A] = (uint64_t)(INT(B) >> C);
    NEXT;
op_ushr_imm:
    frame[A] = frame[B] >> C;
    NEXT;

    /* ---- Doubles ---- */
op_double_add:
    frame[A] = from_double(DOUBLE(B) + DOUBLE(C));
    NEXT;
op_double_sub:
    frame[A] = from_double(DOUBLE(B) - DOUBLE(C));
    NEXT;
op_double_mul:
    frame[A] = from_double(DOUBLE(B) * DOUBLE(C));
    NEXT;
op_double_div:
    fuel -= COST_DIVISION;
    frame[A] = from_double(DOUBLE(B) / DOUBLE(C));
    NEXT;
op_double_neg:
    frame[A] = frame[B] ^ 1ull << 63;
    NEXT;
op_double_abs:
    frame[A] = frame[B] & ~(1ull << 63);
    NEXT;
op_double_sqrt:
    fuel -= COST_DIVISION;
    frame[A] = from_double(__builtin_sqrt(DOUBLE(B)));
    NEXT;

    /* ---- Comparisons ---- */
op_eq:
    frame[A] = frame[B] == frame[C];
    NEXT;
op_ne:
    frame[A] = frame[B] != frame[C];
    NEXT;
op_lt:
    frame[A] = INT(B) < INT(C);
    NEXT;
op_le:
    frame[A] = INT(B) <= INT(C);
    NEXT;
op_double_eq:
    frame[A] = DOUBLE(B) == DOUBLE(C);
    NEXT;
op_double_lt:
    frame[A] = DOUBLE(B) < DOUBLE(C);
    NEXT;
op_double_le:
    frame[A] = DOUBLE(B) <= DOUBLE(C);
    NEXT;
op_same_ref:
    frame[A] = frame[B] == frame[C];
    NEXT;
op_is_null:
    frame[A] = frame[B] == 0;
    NEXT;
op_bool_not:
    frame[A] = frame[B] ^ 1;
    NEXT;

    /* ---- Conversions ---- */
op_widen:
    frame[A] = frame[B];
    NEXT;
op_to_byte:
    if (UNLIKELY(frame[B] > 255))
        THROW(OverflowError);
    frame[A] = frame[B];
    NEXT;
op_wrap_byte:
    frame[A] = frame[B] & 255;
    NEXT;
op_to_char:
    if (UNLIKELY(!is_code_point(INT(B))))
        THROW(OverflowError);
    frame[A] = frame[B];
    NEXT;
op_int_to_double:
    frame[A] = from_double((double)INT(B));
    NEXT;
op_double_to_int:
    if (UNLIKELY(!(DOUBLE(B) >= -0x1p63 && DOUBLE(B) < 0x1p63)))
        THROW(OverflowError);
    frame[A] = (uint64_t)(int64_t)DOUBLE(B);
    NEXT;
op_double_bits:
op_bits_double:
    frame[A] = frame[B];
    NEXT;

    /* ---- Branches ---- */
op_jump:
    BRANCH;
op_if_true:
    BRANCH_IF(frame[A]);
op_if_false:
    BRANCH_IF(!frame[A]);
op_if_eq:
op_if_same:
    BRANCH_IF(frame[A] == frame[B]);
op_if_ne:
op_if_not_same:
    BRANCH_IF(frame[A] != frame[B]);
op_if_lt:
    BRANCH_IF(INT(A) < INT(B));
op_if_le:
    BRANCH_IF(INT(A) <= INT(B));
op_if_eq_imm:
    BRANCH_IF(INT(A) == IMM_B);
op_if_ne_imm:
    BRANCH_IF(INT(A) != IMM_B);
op_if_lt_imm:
    BRANCH_IF(INT(A) < IMM_B);
op_if_le_imm:
    BRANCH_IF(INT(A) <= IMM_B);
op_if_gt_imm:
    BRANCH_IF(INT(A) > IMM_B);
op_if_ge_imm:
    BRANCH_IF(INT(A) >= IMM_B);
op_if_double_eq:
    BRANCH_IF(DOUBLE(A) == DOUBLE(B));
op_if_double_ne:
    BRANCH_IF(!(DOUBLE(A) == DOUBLE(B)));
op_if_double_lt:
    BRANCH_IF(DOUBLE(A) < DOUBLE(B));
op_if_double_le:
    BRANCH_IF(DOUBLE(A) <= DOUBLE(B));
op_if_double_not_lt:
    BRANCH_IF(!(DOUBLE(A) < DOUBLE(B)));
op_if_double_not_le:
    BRANCH_IF(!(DOUBLE(A) <= DOUBLE(B)));
op_if_null:
    BRANCH_IF(frame[A] == 0);
op_if_not_null:
    BRANCH_IF(frame[A] != 0);
op_loop_lt:
    if (UNLIKELY(INT(A) == INT64_MAX))
        THROW(OverflowError);
    frame[A]++;
    BRANCH_IF(INT(A) < INT(B));
op_loop_up:
    if (INT(A) < INT(B)) {
        frame[A]++;
        BRANCH;
    }
    NEXT;
op_switch : {
    uint64_t value = frame[A];
    const int16_t *targets = (const int16_t *)(const void *)pc;
    pc += (B + 3u) / 4;
    if (value < B) {
        pc += targets[value];
        fuel += targets[value];
        if (targets[value] < 0 && fuel < 0)
            goto safepoint;
    }
    NEXT;
}

    /* ---- Objects ---- */
op_new:
    object = make_object((const Class *)pool[B]);
    made_bytes = ((const Class *)pool[B])->instance_words * 8ull;
    goto made;
op_box:
    object = boxes_make(worker.domain, C, frame[B], &worker.status);
    made_bytes = 0;
    goto made;
op_new_array:
    if (UNLIKELY(INT(B) < 0))
        THROW(BoundsError);
    object = make_array(C, frame[B]);
    made_bytes = object ? heap_object_bytes(object) : 0;
made:
    start = pc - 1;
    if (UNLIKELY(!object))
        goto no_object;
    frame[A] = (uint64_t)(uintptr_t)object;
    fuel -= COST_OBJECT + (int64_t)(made_bytes / COST_BYTES);
    if (UNLIKELY(made_bytes > HEAP_MEDIUM_BYTES)) {
        fuel += (int64_t)(made_bytes / COST_BYTES);
        worker_owes(made_bytes / COST_BYTES);
    }
    if (UNLIKELY(heap_hurry) && fuel > 0)
        fuel = 0; /* a collection is wanted: the next safepoint is one */
    if (UNLIKELY(fuel < 0))
        goto safepoint;
    NEXT;
op_get_ref:
op_get:
    object = OBJECT(B);
    NULL_CHECK(object);
    frame[A] = *object_word(object, C);
    NEXT;
op_put_ref:
    object = OBJECT(A);
    NULL_CHECK(object);
    ANNOUNCE(object_word(object, C));
    heap_set(object_word(object, C), frame[B]);
    NEXT;
op_put:
    object = OBJECT(A);
    NULL_CHECK(object);
    ANNOUNCE(object_word(object, C));
    *object_word(object, C) = frame[B];
    NEXT;
op_get_transient:
    object = OBJECT(B);
    NULL_CHECK(object);
    frame[A] = *object_word(object, C) == ROOT->boot
                   ? *object_word(object, C + 1u)
                   : 0;
    NEXT;
op_put_transient:
    object = OBJECT(A);
    NULL_CHECK(object);
    ANNOUNCE(object_word(object, C));
    ANNOUNCE(object_word(object, C + 1u));
    *object_word(object, C) = ROOT->boot;
    heap_set(object_word(object, C + 1u), frame[B]);
    NEXT;
op_cast:
    object = OBJECT(B);
    fuel -= class_test_cost(object, (const Class *)pool[C]);
    if (object && UNLIKELY(!is_instance(object, pool[C])))
        THROW(CastError);
    frame[A] = frame[B];
    NEXT;
op_is_a:
    object = OBJECT(B);
    fuel -= class_test_cost(object, (const Class *)pool[C]);
    frame[A] = object && is_instance(object, pool[C]);
    NEXT;
op_unbox:
    object = OBJECT(B);
    NULL_CHECK(object);
    if (UNLIKELY(object->class_id != C))
        THROW(CastError);
    frame[A] = ((Box *)object)->value;
    NEXT;
op_check_null:
    NULL_CHECK(frame[A]);
    NEXT;

    /* ---- Variables of modules ---- */
op_load_var_ref:
op_load_var:
    object = variables(B);
    NULL_CHECK(object);
    frame[A] = *object_word(object, C);
    NEXT;
op_store_var_ref:
op_store_var:
    object = variables(B);
    NULL_CHECK(object);
    ANNOUNCE(object_word(object, C));
    heap_set(object_word(object, C), frame[A]);
    NEXT;
op_load_transient:
    object = variables(B);
    NULL_CHECK(object);
    frame[A] = *object_word(object, C) == ROOT->boot
                   ? *object_word(object, C + 1u)
                   : 0;
    NEXT;
op_store_transient:
    object = variables(B);
    NULL_CHECK(object);
    ANNOUNCE(object_word(object, C));
    ANNOUNCE(object_word(object, C + 1u));
    *object_word(object, C) = ROOT->boot;
    heap_set(object_word(object, C + 1u), frame[A]);
    NEXT;

    /* ---- Arrays ---- */
op_array_length:
    array = ARRAY(B);
    NULL_CHECK(array);
    frame[A] = array->length;
    NEXT;
op_array_get_ref:
op_array_get_word:
    array = ARRAY(B);
    NULL_CHECK(array);
    if (UNLIKELY(frame[C] >= array->length))
        goto bounds_c;
    frame[A] = array->at.words[frame[C]];
    NEXT;
op_array_get_char:
    array = ARRAY(B);
    NULL_CHECK(array);
    if (UNLIKELY(frame[C] >= array->length))
        goto bounds_c;
    frame[A] = array->at.chars[frame[C]];
    NEXT;
op_array_get_byte:
    array = ARRAY(B);
    NULL_CHECK(array);
    if (UNLIKELY(frame[C] >= array->length))
        goto bounds_c;
    frame[A] = array->at.bytes[frame[C]];
    NEXT;
op_array_put_ref:
    array = ARRAY(A);
    NULL_CHECK(array);
    if (UNLIKELY(frame[B] >= array->length))
        goto bounds_b;
    ANNOUNCE(&array->at.words[frame[B]]);
    heap_set(&array->at.words[frame[B]], frame[C]);
    NEXT;
op_array_put_word:
    array = ARRAY(A);
    NULL_CHECK(array);
    if (UNLIKELY(frame[B] >= array->length))
        goto bounds_b;
    ANNOUNCE(&array->at.words[frame[B]]);
    array->at.words[frame[B]] = frame[C];
    NEXT;
op_array_put_char:
    array = ARRAY(A);
    NULL_CHECK(array);
    if (UNLIKELY(frame[B] >= array->length))
        goto bounds_b;
    ANNOUNCE(&array->at.words[frame[B] / 2]);
    array->at.chars[frame[B]] = (uint32_t)frame[C];
    NEXT;
op_array_put_byte:
    array = ARRAY(A);
    NULL_CHECK(array);
    if (UNLIKELY(frame[B] >= array->length))
        goto bounds_b;
    ANNOUNCE(&array->at.words[frame[B] / 8]);
    array->at.bytes[frame[B]] = (uint8_t)frame[C];
    NEXT;

    /* ---- Calls ---- */
op_call_virtual:
    object = OBJECT(*(const uint16_t *)(const void *)pc);
    NULL_CHECK(object);
    callee = (Method *)class_running(object)->vtable->at.references[C];
    goto enter;
op_call_interface:
    object = OBJECT(*(const uint16_t *)(const void *)pc);
    NULL_CHECK(object);
    fuel -= COST_INTERFACE;
    callee = class_method(class_running(object),
                          ((const Method *)pool[C])->selector);
    if (UNLIKELY(!callee))
        THROW(CastError);
    goto enter;
op_call:
    NULL_CHECK(frame[*(const uint16_t *)(const void *)pc]);
op_call_static:
    callee = (Method *)pool[C];
enter:
    if (UNLIKELY(fuel < 0)) {
        pc--;
        goto safepoint;
    }
    if (callee->flags & MODULE_NATIVE)
        goto native;
    {
        const uint16_t *list = (const uint16_t *)(const void *)pc;
        unsigned count = B;
        uint64_t *new_top = top + callee->frame_words;
        uint64_t *to = top + callee->arguments_at;
        if (UNLIKELY(new_top > worker.high))
            goto no_room;
        fuel -= callee->cost;
        for (uint64_t *at = top + FRAME_HEADER_WORDS; at < new_top; at++)
            *at = 0;
        for (unsigned i = 0; i < count; i++)
            to[i] = frame[list[i]];
        frame[FRAME_PC] = (uint64_t)(uintptr_t)(pc + (count + 3) / 4);
        top[FRAME_METHOD] = (uint64_t)(uintptr_t)callee;
        top[FRAME_LINK] = frame_link((uint64_t)(top - frame), A);
        frame = top;
        top = new_top;
        pc = callee->code->at.words;
        pool = callee->pool->at.references;
        NEXT;
    }
op_return:
    fuel += C;
    word = 0 | (uint64_t)FRAME_SINK << 16;
    goto leave;
op_return_ref:
op_return_value:
    fuel += C;
leave : {
    uint64_t value = frame[A], link = frame[FRAME_LINK];
    uint64_t *caller = frame - (link >> 16);
    if (UNLIKELY(link >> 16 > (uint64_t)(frame - worker.low))) {
        worker.status = stack_lower(frame);
        if (worker.status != STATUS_OK)
            goto pressed;
    }
    top = frame;
    frame = caller;
    frame[(uint16_t)link] = value;
    pc = (const uint64_t *)frame[FRAME_PC];
    pool = frame_method(frame)->pool->at.references;
    NEXT;
}
op_throw:
    object = OBJECT(A);
    NULL_CHECK(object);
    SAVE_AT(pc);
    trust_need(trust_is_thrown(worker.domain, object), worker.domain,
               "what it throws is no exception");
    worker.status = exception_throw(object);
    start = pc - 1;
    goto thrown;
op_thread_end:
    SAVE_AT(pc - 1);
    return SLICE_ENDED;

native:
    start = pc - 1;
    SAVE_AT(pc + (B + 3u) / 4);
    {
        NativeResult result =
            native_call(callee, (const uint16_t *)(const void *)pc);
        if (LIKELY(result == NATIVE_DONE)) {
            fuel -= worker.call.cost;
            if (UNLIKELY(heap_hurry) && fuel > 0)
                fuel = 0;
            frame[A] = worker.call.result;
            pc += (B + 3u) / 4;
            NEXT;
        }
        if (result != NATIVE_FAILED || worker.call.error)
            worker.fuel -= worker.call.cost;
        if (result == NATIVE_PARK) {
            worker.thread->result_word = A;
            worker.retry = start;
            return SLICE_PARKED;
        }
        if (result == NATIVE_STEP) {
            frame[FRAME_PC] = (uint64_t)(uintptr_t)start;
            return SLICE_FUEL;
        }
        if (result == NATIVE_CALL) {
            callee = worker.call.callee;
            goto enter_instead;
        }
        if (worker.call.error) {
            worker.status =
                exception_throw_known(worker.call.error, worker.call.message);
            goto thrown;
        }
        worker.status = worker.call.failed;
        goto no_object;
    }

enter_instead : /* what a native gave to be run */
{
    uint64_t *new_top = top + callee->frame_words;
    if (UNLIKELY(new_top > worker.high))
        goto no_room;
    for (uint64_t *at = top + FRAME_HEADER_WORDS; at < new_top; at++)
        *at = 0;
    if (callee->argument_count)
        top[callee->arguments_at] = worker.call.result;
    fuel -= worker.call.cost + callee->cost;
    top[FRAME_METHOD] = (uint64_t)(uintptr_t)callee;
    top[FRAME_LINK] = frame_link((uint64_t)(top - frame), A);
    frame = top;
    top = new_top;
    pc = callee->code->at.words;
    pool = callee->pool->at.references;
    NEXT;
}

    /* ---- Out of the ordinary ---- */
bounds_b:
    word = (word & ~(0xFFFFull << 48)) | (uint64_t)B << 48;
bounds_c:
    SAVE_AT(pc);
    start = pc - 1;
    worker.status = throw_bounds(INT(C), array->length);
    goto thrown;
throw_known:
    SAVE_AT(pc);
    start = pc - 1;
    worker.status = exception_throw_known(error, NULL);
thrown:
    if (worker.status == STATUS_OK) {
        LOAD;
        if (UNLIKELY(fuel < 0))
            goto safepoint;
        NEXT;
    }
    if (worker.status == STATUS_NOT_FOUND)
        return SLICE_ENDED;
    if (worker.status == STATUS_BUSY) /* it goes on in the next slice */
        return SLICE_FUEL;
    if (worker.status == STATUS_LIMIT)
        goto no_object;
    frame[FRAME_PC] = (uint64_t)(uintptr_t)start;
    return SLICE_PRESSED;

no_room: /* for the callee's frame: announce more, or a larger stack */
    SAVE_AT(pc - 1);
    start = pc - 1;
    worker.status = stack_make_room(callee->frame_words);
    if (worker.status == STATUS_OK) {
        LOAD;
        NEXT;
    }
    if (worker.status == STATUS_BUSY)
        return SLICE_FUEL;
    if (worker.status == STATUS_TRUNCATED)
        THROW(StackError);
no_object: /* worker.status says why; the instruction begins at `start` */
    SAVE_AT(start);
    if (worker.status != STATUS_LIMIT)
        return SLICE_PRESSED;
    if (worker.collected_at != start || worker.collected_fuel != fuel)
        return SLICE_MEMORY;
    THROW(MemoryError);
pressed:
    SAVE_AT(pc - 1);
    return SLICE_PRESSED;
safepoint:
    SAVE_AT(pc);
    return SLICE_FUEL;
}
