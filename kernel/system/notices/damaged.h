/* damaged.h: the system's own memory is damaged, again after a start, so
 * nothing of the present can be saved.
 *
 * The apps are held, and a notice that stays lists the older generations. */
#ifndef KERNEL_SYSTEM_NOTICES_DAMAGED_H
#define KERNEL_SYSTEM_NOTICES_DAMAGED_H

#include <stdbool.h>

/* In each turn of the main loop: whether it is so. */
void damaged_step(bool damaged);

#endif
