/* clock.h: time from the CPU's cycle counter, measured once against the PIT.
 * Source: Intel 8254 data sheet. */
#ifndef PC_CLOCK_H
#define PC_CLOCK_H

#include <stdint.h>

/* Measures the counter and the APIC's timer for 5 ms. Time starts here. */
void clock_start(void);

/* Sets the timer so that a sleeping CPU wakes at `until_ns` or before;
 * UINT64_MAX: never. */
void clock_set_alarm(uint64_t until_ns);

#endif
