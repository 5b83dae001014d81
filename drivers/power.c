/* The fixed power button of ACPI, by the interrupt of the system controller. */
#include "drivers/power.h"

#include <stddef.h>
#include <stdint.h>

#include "drivers/input.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/interrupts.h"

#define INTEL 0x8086
#define PIIX4_POWER 0x7113 /* Intel 82371AB data sheet, 7.1 and 7.2 */
#define ICH9_BRIDGE 0x2918 /* Intel ICH9 data sheet, 13.1.13 */
#define BASE_REGISTER 0x40 /* in both: where the ports are */
#define BASE_MASK 0xffc0u
#define STATUS 0         /* PM1a event block from there on: status, */
#define ENABLED 2        /* and what interrupts */
#define BUTTON (1u << 8) /* in both; written to the status it is cleared */
#define LINE_CONTROL 9   /* the SCI of both chipsets */

static uint16_t power_base; /* 0: there is no such chip */

void power_visit(const PciDevice *device) {
    if (device->vendor == INTEL &&
        (device->device == PIIX4_POWER || device->device == ICH9_BRIDGE))
        power_base = (uint16_t)(pci_read32(device, BASE_REGISTER) & BASE_MASK);
}

static void interrupted(void *context) {
    (void)context;
    if (!(cpu_in16(power_base + STATUS) & BUTTON))
        return;
    cpu_out16(power_base + STATUS, BUTTON);
    input_report(INPUT_FROM_POWER, 0, 0, 0);
}

void power_start(void) {
    if (power_base == 0)
        return;
    cpu_out16(power_base + STATUS, BUTTON);
    interrupts_claim_line(LINE_CONTROL, interrupted, NULL);
    cpu_out16(power_base + ENABLED, BUTTON);
}
