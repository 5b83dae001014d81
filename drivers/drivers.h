/* drivers.h: all drivers together, for the machine's start and its sleep. */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include <stdbool.h>

#include "kernel/device.h"

/* Finds the devices and starts their drivers. `screen` is the boot loader's
 * picture, if there is one. Interrupts are still off. */
void drivers_start(const DeviceScreen *screen);

/* True when input or a finished disk request waits. Called with interrupts
 * off, right before the CPU sleeps. */
bool drivers_have_news(void);

#endif
