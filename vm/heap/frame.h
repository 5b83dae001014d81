/* frame.h: reading frames of a stack; the layout is in object.h.
 *
 * The link of a thread's first frame is 0. */
#ifndef VM_HEAP_FRAME_H
#define VM_HEAP_FRAME_H

#include "vm/heap/object.h"

/* Words that a stack has at first and at most. */
#define FRAME_STACK_WORDS 120u
#define FRAME_STACK_WORDS_MAX (1u << 20)

static inline Method *frame_method(const uint64_t *frame) {
    return (Method *)frame[FRAME_METHOD];
}

/* The caller's frame; NULL for the first one. */
static inline uint64_t *frame_caller(uint64_t *frame) {
    uint64_t back = frame[FRAME_LINK] >> 16;
    return back ? frame - back : NULL;
}

static inline uint64_t frame_link(uint64_t words_back, uint64_t result_word) {
    return words_back << 16 | result_word;
}

/* The number of the instruction word that the frame runs next. */
static inline uint64_t frame_place(const uint64_t *frame) {
    const Array *code = frame_method(frame)->code;
    return (frame[FRAME_PC] - (uint64_t)(uintptr_t)code->at.words) / 8;
}

#endif
