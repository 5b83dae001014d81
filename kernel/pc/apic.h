/* apic.h: between interrupts.c and the controllers. */
#ifndef PC_APIC_H
#define PC_APIC_H

#include "kernel/pc/interrupts.h"

/* Tells the controller that the handler of this vector is done. */
void apic_finish(unsigned vector);

/* Sets a vector's handler; interrupts.c has the table. */
void interrupts_set(unsigned vector, DeviceHandler *handler, void *context);

#endif
