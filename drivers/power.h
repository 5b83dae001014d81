/* power.h: the power button. Pressing it asks for an orderly end, like closing
 * the hosted window: the last snapshot is taken, then the machine is off.
 * Source: ACPI Specification 6.4, 4.8.3.1; the ports are those of QEMU's
 * chipsets (PIIX4, ICH9), whose firmware puts them there. */
#ifndef DRIVERS_POWER_H
#define DRIVERS_POWER_H

/* After input_start. Where there is no such button nothing happens. */
void power_start(void);

#endif
