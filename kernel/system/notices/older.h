/* older.h: the newest generation is damaged, and a person is asked whether the
 * world goes on from an older one.
 *
 * The older one is there to be looked at, with its apps held, and nothing is
 * written to the disk (store_take_older) until one of these decides: an answer
 * to the notice, the setting take=older, a generation that was asked for by the
 * setting of that name, or the console's line "take older". */
#ifndef KERNEL_SYSTEM_NOTICES_OLDER_H
#define KERNEL_SYSTEM_NOTICES_OLDER_H

#include <stdbool.h>

#include "persist/store/store.h"

/* At the start; `store` may be NULL. A setting decides at once. */
void older_begin(Store *store, const StoreOpening *opening);
/* Nobody has decided. */
bool older_waits(void);
/* When the desktop is there: asks, where there is something to decide. */
void older_offer(void);
/* Goes on from the older generation. False: there is nothing to decide, or the
 * disk does not take it; then it is asked again. */
bool older_take(void);

#endif
