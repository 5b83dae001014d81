/* range.h: what the page fault needs of the persistent range. */
#ifndef PC_RANGE_H
#define PC_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/platform.h"

bool range_contains(uint64_t address);

/* Asks the registered handler; PLATFORM_FAULT_BUG when there is none. */
PlatformFault range_fault(uint64_t address, bool write);

/* Where interrupted code goes on after PLATFORM_FAULT_LOST. */
void (*range_escape_function(void))(void);

#endif
