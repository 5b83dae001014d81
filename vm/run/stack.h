/* stack.h: the running thread's stack: announcing it, growing it.
 *
 * Frames are not announced write by write. From the start of a slice the pages
 * between worker.low and worker.high are announced; a call that needs words
 * above, or a return to a frame below, comes here first. A stack that is full
 * is replaced by one twice as large: links in frames are relative, so a copy
 * is good as it is. */
#ifndef VM_RUN_STACK_H
#define VM_RUN_STACK_H

#include "vm/run/worker.h"

/* Makes worker.frame and the announced part from the thread's state, at the
 * start of a slice. */
Status stack_resume(void);

/* The same from a frame of the stack, wherever it is: frames above it are
 * over. What is not OK has changed nothing. */
Status stack_go_to(uint64_t *frame);

/* Writes the place of worker.frame back to the thread, at the end of one. */
void stack_leave(void);

/* Room for `words` more words above the top of worker.frame. May move the
 * frames to a larger stack: worker.frame is then the new place.
 * STATUS_TRUNCATED: the stack has its largest size already. STATUS_BUSY: call
 * it again in the thread's next slice. */
Status stack_make_room(uint64_t words);

/* Announces from the caller of `frame`, which is below worker.low, up to there.
 */
Status stack_lower(uint64_t *frame);

/* A new thread's stack with its first frame; see thread.h. */
Status stack_create(Thread *thread);

/* Puts a frame for `method` on the stack of a thread that does not run, with
 * the receiver or first R argument `first`. Its FRAME_PC is the method's
 * beginning, its result goes nowhere. The stack must have room (it has for a
 * few frames after stack_create). */
Status stack_push(Thread *thread, Method *method, Object *first);

#endif
