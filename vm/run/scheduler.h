/* scheduler.h: the part of vm_run() that the start of the VM needs. */
#ifndef VM_RUN_SCHEDULER_H
#define VM_RUN_SCHEDULER_H

/* At create and restore: nothing waits, and the clock of this world goes on
 * from where it stood. */
void scheduler_start(void);

#endif
