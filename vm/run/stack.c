/* Stacks of threads. */
#include "vm/run/stack.h"

#include "kernel/base/bytes.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/trusted.h"

enum { GROW_WORDS = 40000 }; /* copied in one step */

static uint64_t *top_of(uint64_t *frame) {
    return frame + frame_method(frame)->frame_words;
}

static uint64_t *end_of(Stack *stack) {
    return stack->words + stack->length;
}

/* The last word that lies in the same page as the word before `at`, plus one,
 * but within the stack. */
static uint64_t *page_end(Stack *stack, uint64_t *at) {
    uint64_t end = ((uint64_t)(uintptr_t)at + PLATFORM_PAGE_BYTES - 1) &
                   ~(uint64_t)(PLATFORM_PAGE_BYTES - 1);
    uint64_t last = (uint64_t)(uintptr_t)end_of(stack);
    return (uint64_t *)(end < last ? end : last);
}

static Status announce(uint64_t *from, uint64_t *to) {
    return heap_write(from, (uint64_t)(to - from) * 8);
}

Status stack_resume(void) {
    trusted_thread(worker.domain, worker.thread);
    uint64_t *frame = worker.thread->stack->words + worker.thread->frame;
    trusted_frame(worker.thread, frame);
    return stack_go_to(frame);
}

/* Whoever found the frame has looked at it. Its place may be behind the last
 * instruction, when that threw. */
Status stack_go_to(uint64_t *frame) {
    uint64_t *high = page_end(worker.thread->stack, top_of(frame));
    Status status = announce(frame, high);
    if (status != STATUS_OK)
        return status;
    worker.frame = frame;
    worker.low = frame;
    worker.high = high;
    return STATUS_OK;
}

void stack_leave(void) {
    Thread *thread = worker.thread;
    thread->frame = (uint64_t)(worker.frame - thread->stack->words);
}

Status stack_lower(uint64_t *frame) {
    uint64_t *caller = trusted_caller(worker.thread, frame);
    Status status = announce(caller, worker.low);
    if (status == STATUS_OK)
        worker.low = caller;
    return status;
}

/* A stack twice as large or larger, for the thread to grow into. */
static Status make_larger(Thread *thread, uint64_t used, uint64_t words) {
    uint64_t length = thread->stack->length * 2;
    while (length < used + words)
        length *= 2;
    if (length > FRAME_STACK_WORDS_MAX)
        length = FRAME_STACK_WORDS_MAX;
    if (used + words > FRAME_STACK_WORDS_MAX)
        return STATUS_TRUNCATED;
    Status status;
    Stack *larger = (Stack *)heap_allocate(
        worker.domain, CLASS_Stack, heap_array_bytes(length, 3), &status);
    if (larger)
        status = heap_write(larger, sizeof *larger);
    if (larger && status == STATUS_OK)
        status = heap_write(thread, sizeof *thread);
    if (!larger || status != STATUS_OK)
        return status;
    larger->length = length;
    HEAP_SET(thread->larger, larger);
    thread->steps[0] = 0;
    return STATUS_OK;
}

/* Copies the frames to a larger stack, in steps: BUSY until all are there. The
 * thread runs nothing in between. */
static Status grow(uint64_t words) {
    Thread *thread = worker.thread;
    uint64_t used = (uint64_t)(top_of(worker.frame) - thread->stack->words);
    Status status =
        thread->larger ? STATUS_OK : make_larger(thread, used, words);
    if (status != STATUS_OK)
        return status;
    Stack *larger = thread->larger;
    trust_need(trust_is_own(worker.domain, larger, CLASS_Stack) &&
                   larger->length >= used &&
                   larger->length <= FRAME_STACK_WORDS_MAX &&
                   thread->steps[0] <= used,
               worker.domain, "a stack that grows is damaged");
    uint64_t done = thread->steps[0], now = bytes_min(used - done, GROW_WORDS);
    status = heap_write(larger->words + done, now * 8);
    if (status != STATUS_OK)
        return status;
    bytes_copy(larger->words + done, thread->stack->words + done, now * 8);
    worker.fuel -= (int64_t)(now * 8 / COST_BYTES);
    thread->steps[0] = done + now;
    if (done + now < used)
        return STATUS_BUSY;
    thread->frame = (uint64_t)(worker.frame - thread->stack->words);
    HEAP_SET(thread->stack, larger);
    HEAP_SET(thread->larger, NULL);
    return stack_resume();
}

Status stack_make_room(uint64_t words) {
    Stack *stack = worker.thread->stack;
    uint64_t *top = top_of(worker.frame);
    if ((uint64_t)(end_of(stack) - top) < words)
        return grow(words);
    uint64_t *high = page_end(stack, top + words);
    if (high <= worker.high)
        return STATUS_OK;
    Status status = announce(worker.high, high);
    if (status == STATUS_OK)
        worker.high = high;
    return status;
}

Status stack_push(Thread *thread, Method *method, Object *first) {
    Stack *stack = thread->stack;
    uint64_t *caller = stack->words + thread->frame;
    uint64_t *frame = caller;
    if (frame[FRAME_METHOD])
        frame = top_of(caller);
    if ((uint64_t)(end_of(stack) - frame) < method->frame_words)
        return STATUS_LIMIT;
    Status status = heap_write(frame, method->frame_words * 8ull);
    if (status == STATUS_OK)
        status = heap_write(thread, sizeof *thread);
    if (status != STATUS_OK)
        return status;
    bytes_fill(frame, 0, method->frame_words * 8ull);
    HEAP_SET(frame[FRAME_METHOD], method);
    frame[FRAME_PC] = (uint64_t)(uintptr_t)method->code->at.words;
    frame[FRAME_LINK] = frame_link((uint64_t)(frame - caller), FRAME_SINK);
    if (method->reference_arguments)
        HEAP_SET(frame[method->arguments_at], first);
    thread->frame = (uint64_t)(frame - stack->words);
    return STATUS_OK;
}

Status stack_create(Thread *thread) {
    Status status;
    uint64_t bytes = heap_array_bytes(FRAME_STACK_WORDS, 3);
    Stack *stack =
        (Stack *)heap_allocate(thread->domain, CLASS_Stack, bytes, &status);
    if (!stack)
        return status;
    stack->length = FRAME_STACK_WORDS;
    HEAP_SET(thread->stack, stack);
    thread->frame = 0;
    return stack_push(thread, ROOT->start, NULL);
}
