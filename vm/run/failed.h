/* failed.h: the part of apps that ended by an exception (vm.h) that the start
 * of the VM needs. */
#ifndef VM_RUN_FAILED_H
#define VM_RUN_FAILED_H

/* None is known. */
void failed_start(void);

#endif
