/* failed.h: an app that ended by an exception leaves a notice with its words.
 */
#ifndef KERNEL_SYSTEM_NOTICES_FAILED_H
#define KERNEL_SYSTEM_NOTICES_FAILED_H

/* Between slices of programs. */
void failed_step(void);

#endif
