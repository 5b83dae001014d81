/* past_gone.h: who an app was of which the present knows nothing any more. */
#ifndef VM_PAST_PAST_GONE_H
#define VM_PAST_PAST_GONE_H

#include "vm/run/vm.h"

/* GuardFind (vm/run/guard.h): the app that stood at this place of the root's
 * table in the newest kept generation that can tell. */
bool past_gone_find(uint32_t place, VmLost *lost_out);

#endif
