/* Frames that came back. */
#include "vm/run/trusted.h"

#include "kernel/base/bytes.h"
#include "vm/code/module.h"
#include "vm/heap/frame.h"
#include "vm/heap/trust.h"

enum { PLACES = 1024 };

/* Instructions that were found, by their addresses. */
static struct {
    const Method *method;
    uint64_t place;
} places[PLACES];

void trusted_start(void) {
    bytes_fill(places, 0, sizeof places);
}

void trusted_thread(const Domain *domain, const Thread *thread) {
    trust_need(trust_is_own(domain, thread, CLASS_Thread) &&
                   thread->domain == domain && thread->stack &&
                   trust_is_own(domain, thread->stack, CLASS_Stack) &&
                   thread->stack->length <= FRAME_STACK_WORDS_MAX &&
                   thread->frame < thread->stack->length &&
                   sizeof(Stack) + thread->stack->length * 8 <=
                       MEMORY_REGION_BYTES -
                           (uint64_t)(uintptr_t)thread->stack %
                               MEMORY_REGION_BYTES,
               domain, "a thread is damaged");
}

/* ---- Places in the code ---- */

static bool is_instruction(const Method *method, uint64_t place) {
    const Array *code = method->code;
    uint64_t start = (uint64_t)(uintptr_t)code->at.words, at = 0;
    uint64_t slot = place / 8 % PLACES, wanted = (place - start) / 8;
    if (places[slot].method == method && places[slot].place == place)
        return true;
    if (place < start || place % 8 || wanted >= code->length)
        return false;
    while (at < wanted)
        at += module_words_of(code->at.words[at]);
    if (at != wanted)
        return false;
    places[slot].method = method;
    places[slot].place = place;
    return true;
}

/* ---- Frames ---- */

static bool is_method(const Domain *domain, const Method *method) {
    return trust_is_near(domain, method, CLASS_Method) &&
           trust_is_array(domain, method->code, CLASS_IntArray) &&
           trust_is_array(domain, method->pool, CLASS_ObjectArray) &&
           method->frame_words >= FRAME_HEADER_WORDS &&
           method->references_at + method->reference_count <=
               method->frame_words &&
           method->arguments_at + method->argument_count <= method->frame_words;
}

static bool is_whole(const Thread *thread, const uint64_t *frame) {
    const uint64_t *low = thread->stack->words;
    const uint64_t *high = low + thread->stack->length;
    const Method *method;
    if (frame < low || high - frame < FRAME_HEADER_WORDS)
        return false;
    method = frame_method(frame);
    uint64_t back = frame[FRAME_LINK] >> 16;
    return is_method(thread->domain, method) &&
           high - frame >= method->frame_words &&
           back <= (uint64_t)(frame - low) &&
           (back > 0 || method == ROOT->start) &&
           is_instruction(method, frame[FRAME_PC]);
}

void trusted_frame(const Thread *thread, const uint64_t *frame) {
    trust_need(is_whole(thread, frame), thread->domain, "a frame is damaged");
}

uint64_t *trusted_caller(const Thread *thread, uint64_t *frame) {
    uint64_t *caller = frame_caller(frame);
    if (!caller)
        return NULL;
    trusted_frame(thread, caller);
    trust_need(caller + frame_method(caller)->frame_words == frame &&
                   (uint16_t)frame[FRAME_LINK] <
                       frame_method(caller)->frame_words,
               thread->domain, "a frame has no caller");
    return caller;
}
