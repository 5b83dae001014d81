/* starts.h: starts that did not last, and holding the apps after some of them.
 *
 * A start makes one mark on the disk before the first thread runs and one when
 * the apps have run for five seconds. After three starts in a row without the
 * second, or with the setting held=1, the apps are held: the desktop is there,
 * nothing of them runs, and a notice offers to start them, to stop some for
 * good, or to go back to an older generation. The setting held=0 never holds
 * them; test mode neither. */
#ifndef KERNEL_SYSTEM_NOTICES_STARTS_H
#define KERNEL_SYSTEM_NOTICES_STARTS_H

#include <stdbool.h>
#include <stdint.h>

struct Store;

/* Whether the apps are held. */
typedef enum StartsHold {
    STARTS_HOLD_AFTER, /* three starts that did not last */
    STARTS_HOLD,
    STARTS_HOLD_NEVER,
} StartsHold;

/* When the store is open, before anything runs. NULL: there is no disk. */
void starts_begin(struct Store *store, StartsHold hold);

/* When the desktop is there. */
void starts_offer(void);

/* Something else is asked first: the apps are held until starts_go_on, from
 * which on all is as starts_begin found it. */
void starts_wait(void);
void starts_go_on(void);

/* In each turn of the main loop; when to look again. */
uint64_t starts_step(void);

/* The machine is switched off in order: such a start has lasted, too. */
void starts_end(void);

#endif
