/* input.h: from the devices' interrupts to platform_input_next.
 *
 * Interrupt handlers put raw reports into one ring, which keeps the order of
 * arrival over all devices; the reports become events when they are asked
 * for. One interrupt runs at a time, so the ring needs no lock. */
#ifndef DRIVERS_INPUT_H
#define DRIVERS_INPUT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum InputSource {
    INPUT_FROM_KEYBOARD, /* value: a byte of scan code set 1 */
    INPUT_FROM_MOUSE,    /* value: a byte of a PS/2 mouse packet */
    INPUT_FROM_TABLET,   /* type, code and value of a virtio input event */
    INPUT_FROM_POWER,    /* the power button was pressed */
} InputSource;

/* After the screen: its size limits the pointer, which begins in its middle. */
void input_start(void);

/* What the pointer's devices are, told by their drivers at their start. */
void input_set_mouse(bool has_wheel);
void input_set_tablet(uint32_t largest_coordinate);

/* From interrupts only. When the ring is full, the report is lost. */
void input_report(InputSource source, uint16_t type, uint16_t code,
                  uint32_t value);

/* True when a report waits. */
bool input_has_news(void);

#endif
