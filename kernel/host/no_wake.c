/* For programs without a main loop: nothing waits for the disk's thread but by
 * platform_disk_poll. */
#include "kernel/host/host.h"

void host_wake(void) {
}
