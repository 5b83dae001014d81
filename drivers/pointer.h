/* pointer.h: from mouse packets and tablet events to pointer events. Pure: no
 * hardware here. Sources: IBM PS/2 mouse technical reference, with the wheel's
 * fourth byte of Microsoft's IntelliMouse; VIRTIO 1.1, chapter 5.8, whose
 * codes are those of Linux's evdev. */
#ifndef DRIVERS_POINTER_H
#define DRIVERS_POINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/platform.h"

#define POINTER_EVENTS_MAX 5 /* of one report: motion, 3 buttons, wheel */

typedef struct Pointer {
    int32_t width, height; /* of the screen, set by the owner */
    bool has_wheel;        /* mouse packets have four bytes */
    uint32_t tablet_max;   /* the tablet's largest coordinate */
    int32_t x, y;
    uint16_t buttons; /* bit n: button n (1 left, 2 right, 3 middle) */
    uint8_t packet[4];
    uint8_t packet_bytes;
    bool moved; /* the tablet moved since the last motion event */
} Pointer;

/* Take one report, write the events it makes, and return their number;
 * time_ns and modifiers are not set. */
uint32_t pointer_take_mouse(Pointer *pointer, uint8_t byte,
                            InputEvent events_out[POINTER_EVENTS_MAX]);
uint32_t pointer_take_tablet(Pointer *pointer, uint16_t type, uint16_t code,
                             uint32_t value,
                             InputEvent events_out[POINTER_EVENTS_MAX]);

#endif
