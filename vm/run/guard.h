/* guard.h: the part of vm_guarded() that the VM itself needs.
 *
 * A page that cannot be read any more is met by an access in the middle of any
 * C code. The fault handler goes on in vm_lost_page(), which leaves for the
 * innermost guard; what the step had half done stays so, and its owner, the app
 * whose page it was, ends. */
#ifndef VM_RUN_GUARD_H
#define VM_RUN_GUARD_H

#include "vm/run/vm.h"

/* Why such an app is stopped. */
#define GUARD_LOST "a page of it cannot be read any more"

/* The same for what vm/heap/trust.h refuses: its owner is stopped and can be
 * taken back to its last whole state, like one whose memory is damaged. */

/* At a start: nothing is guarded. */
void guard_start(void);

/* The app at this place of the root's table is lost with all that it says of
 * itself. */
void guard_gone(uint32_t place);

/* Who such an app was: older generations know (vm/past/past.h). False: no. */
typedef bool GuardFind(uint32_t place, VmLost *lost_out);
void guard_set_find(GuardFind *find);

/* After guard_run() was left in a slice of this app: who is to blame is
 * stopped, which may be another app that a native met. NULL: nothing can be
 * written now.
 */
Domain *guard_stop(Domain *ran);

/* False: the step was left because of a lost page (memory_lost_page), or
 * because what this app has was refused. `blamed` is to blame for references
 * that lead nowhere (TRUST_FOLLOWS, or any code that follows one to where the
 * range has no regions); NULL: nobody is, they are bugs. */
bool guard_run(void (*step)(void), Domain *blamed);

#endif
