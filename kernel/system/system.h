/* system.h: puts the parts together; the same on every machine. */
#ifndef KERNEL_SYSTEM_SYSTEM_H
#define KERNEL_SYSTEM_SYSTEM_H

#include <stdint.h>

/* Runs the system on the machine that is linked, from its start until
 * platform_stop. The machine has set the log's sink and the panic's end, and
 * every function of platform.h works. */
_Noreturn void system_run(void);

/* Opens the disk, the memory and the VM, and refuses the start with a sentence
 * when that cannot be; the generation that came back, 0: a fresh world. */
uint64_t system_open_world(void);

/* The parts of system_run, for machines that hold the loop themselves: the
 * start, until "desktop: ready", and one turn of the main loop. */
void system_start(void);
void system_step(void);

/* Input events received since the start. */
uint64_t system_inputs(void);

#endif
