/* Exceptions: traces, handler tables, and errors that the VM itself throws. */
#include "vm/run/exception.h"

#include "kernel/base/text.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/run/trusted.h"
#include "vm/run/limits.h"
#include "vm/run/stack.h"
#include "vm/run/worker.h"

Object *exception_new(Domain *domain, uint32_t class_id, const char *message,
                      Status *status_out) {
    const Class *of = class_get(class_id);
    String *text = NULL;
    if (message) {
        text =
            heap_new_string(domain, message, text_length(message), status_out);
        if (!text)
            return NULL;
    }
    Object *made =
        heap_allocate(domain, class_id, of->instance_words * 8ull, status_out);
    if (made)
        HEAP_SET(*object_word(made, EXCEPTION_MESSAGE), text);
    return made;
}

static uint64_t count_frames(uint64_t *frame) {
    uint64_t count = 0;
    for (; frame && count < EXCEPTION_TRACE_MAX;
         frame = trusted_caller(worker.thread, frame))
        count += frame_method(frame)->name != NULL;
    return count;
}

enum {
    FRAME_COST = 8,      /* units for a frame that is passed, */
    HANDLERS_A_UNIT = 2, /* and for its handlers */
    PASS_MOST = 20000,   /* units of one step */
};

/* Gives the exception its trace. Only a lack of the domain's own memory is
 * passed over: then it has none. */
static Status add_trace(Object *exception) {
    Status status;
    uint64_t *frame = worker.frame, count = count_frames(frame);
    worker.fuel -= (int64_t)count;
    Array *methods =
        heap_new_array(worker.domain, CLASS_ObjectArray, count, &status);
    if (!methods)
        return status == STATUS_LIMIT ? STATUS_OK : status;
    Array *places =
        heap_new_array(worker.domain, CLASS_IntArray, count, &status);
    if (!places)
        return status == STATUS_LIMIT ? STATUS_OK : status;
    status = heap_write(exception, EXCEPTION_WORDS * 8);
    if (status != STATUS_OK)
        return status;
    for (uint64_t i = 0; i < count; frame = frame_caller(frame)) {
        if (!frame_method(frame)->name)
            continue;
        HEAP_SET(methods->at.references[i], frame_method(frame));
        places->at.words[i++] = frame_place(frame) - 1;
    }
    HEAP_SET(*object_word(exception, EXCEPTION_METHODS), methods);
    HEAP_SET(*object_word(exception, EXCEPTION_PLACES), places);
    return STATUS_OK;
}

/* The two words of the handler that takes it in this frame, or NULL. */
static const uint64_t *find_handler(const uint64_t *frame,
                                    const Class *thrown) {
    const Method *method = frame_method(frame);
    const Array *table = method->handlers;
    uint64_t place = frame_place(frame) - 1;
    for (uint64_t i = 0; table && i < table->length; i += 2) {
        const uint64_t *entry = table->at.words + i;
        if (place < (uint16_t)entry[0] || place >= (uint16_t)(entry[0] >> 16))
            continue;
        if (entry[1] == EXCEPTION_ANY ||
            class_is_a(thrown,
                       (const Class *)method->pool->at.references[entry[1]]))
            return entry;
    }
    return NULL;
}

/* The words from where the frame was to `place` were charged, and are not run,
 * or the other way round. */
static void charge_way(const uint64_t *frame, uint64_t place) {
    worker.fuel += (int64_t)place - (int64_t)frame_place(frame);
}

static Status enter_handler(uint64_t *frame, const uint64_t *entry,
                            Object *exception) {
    const Method *method = frame_method(frame);
    uint16_t place = (uint16_t)(entry[0] >> 32);
    Status status = stack_go_to(frame);
    if (status != STATUS_OK)
        return status;
    charge_way(frame, place);
    frame[FRAME_PC] = (uint64_t)(uintptr_t)(method->code->at.words + place);
    HEAP_SET(frame[entry[0] >> 48], exception);
    if (worker.thread->progress) /* of a native that threw */
        HEAP_SET(worker.thread->progress, NULL);
    return STATUS_OK;
}

static void charge_frame(const uint64_t *frame) {
    const Array *table = frame_method(frame)->handlers;
    worker.fuel -=
        FRAME_COST + (table ? (int64_t)table->length / 2 / HANDLERS_A_UNIT : 0);
    charge_way(frame, frame_method(frame)->code->length);
}

Status exception_throw(Object *exception) {
    const Class *of = class_of(exception);
    int64_t enough = worker.fuel - PASS_MOST;
    if (worker.thread->larger) /* the call that wanted it is not made */
        HEAP_SET(worker.thread->larger, NULL);
    if (!*object_word(exception, EXCEPTION_METHODS)) {
        Status status = add_trace(exception);
        if (status != STATUS_OK)
            return status;
    }
    uint64_t *frame = worker.frame, *last = frame;
    for (; frame; frame = trusted_caller(worker.thread, frame)) {
        const uint64_t *entry = find_handler(frame, of);
        if (entry)
            return enter_handler(frame, entry, exception);
        if (worker.fuel < enough) {
            worker.frame = frame;
            HEAP_SET(worker.thread->thrown, exception);
            return STATUS_BUSY;
        }
        charge_frame(frame);
        last = frame;
    }
    /* An end that must wait is met from there: all others were passed, and the
     * place of the one that threw may be behind its code. */
    worker.frame = last;
    HEAP_SET(worker.thread->thrown, exception);
    return STATUS_NOT_FOUND;
}

/* Whoever catches it has a little above the limit, in this slice and in what
 * may be left of it for the next. */
static void open_reserve(Thread *thread) {
    if (thread->reserve != RESERVE_NONE)
        return;
    thread->reserve = RESERVE_ERROR;
    heap_reserve(HEAP_RESERVE_ERROR);
    if (worker.fuel > EXCEPTION_MEMORY_UNITS)
        worker.fuel = EXCEPTION_MEMORY_UNITS;
}

Status exception_throw_known(uint32_t class_id, const char *message) {
    char buffer[120];
    Text text = text_on(buffer, sizeof buffer);
    Status status;
    if (class_id == CLASS_MemoryError)
        open_reserve(worker.thread);
    if (class_id == CLASS_MemoryError && !message && heap_at_limit) {
        limits_say(worker.domain, LIMIT_MEMORY, &text);
        message = buffer;
    }
    Object *exception =
        exception_new(worker.domain, class_id, message, &status);
    if (class_id == CLASS_MemoryError && status == STATUS_LIMIT)
        exception = worker.domain->memory_error;
    if (!exception)
        return status;
    return exception_throw(exception);
}
