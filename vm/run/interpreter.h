/* interpreter.h: runs linked bytecode.
 *
 * One function with a label per instruction. Bytecode calls make no C calls:
 * the frame in the persistent stack is the only truth, and between
 * instructions nothing else is. An instruction either completes or changes
 * nothing (it announces before it writes), so a thread that must wait goes on
 * at the same instruction. Safepoints are calls and backward branches, when
 * the count of the slice has run out. */
#ifndef VM_RUN_INTERPRETER_H
#define VM_RUN_INTERPRETER_H

#include "vm/run/worker.h"

/* Runs worker.thread from worker.frame until its slice ends; stack_resume()
 * came before. Afterwards worker.frame is the thread's frame, with FRAME_PC
 * where it goes on. */
SliceEnd interpreter_run(void);

#endif
