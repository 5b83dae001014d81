/* disks.h: which of several disks is the disk. */
#ifndef KERNEL_SYSTEM_DISKS_H
#define KERNEL_SYSTEM_DISKS_H

/* Before the memory is opened: chooses the only one with a world, whole or
 * damaged; without any, the first that is blank. Of several worlds a person or
 * the setting disk=N (from 1) chooses one; where nobody can, the start is
 * refused with a sentence. Writes nothing. */
void disks_find(void);

#endif
