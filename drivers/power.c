/* The fixed power button of ACPI, by the interrupt of the system controller. */
#include "drivers/power.h"

#include <stddef.h>
#include <stdint.h>

#include "drivers/input.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/interrupts.h"

#define PORT_STATUS 0x600  /* PM1a event block: status, */
#define PORT_ENABLED 0x602 /* and what interrupts */
#define BUTTON (1u << 8)   /* in both; written to the status it is cleared */
#define LINE_CONTROL 9     /* the SCI of both chipsets */

static void interrupted(void *context) {
    (void)context;
    if (!(cpu_in16(PORT_STATUS) & BUTTON))
        return;
    cpu_out16(PORT_STATUS, BUTTON);
    input_report(INPUT_FROM_POWER, 0, 0, 0);
}

void power_start(void) {
    if (cpu_in16(PORT_STATUS) == 0xffff)
        return; /* nothing answers there */
    cpu_out16(PORT_STATUS, BUTTON);
    interrupts_claim_line(LINE_CONTROL, interrupted, NULL);
    cpu_out16(PORT_ENABLED, BUTTON);
}
