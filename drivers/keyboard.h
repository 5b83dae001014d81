/* keyboard.h: from scan codes (set 1) to key events of a US keyboard. Pure: no
 * hardware here. Sources: Microsoft, "Keyboard Scan Code Specification",
 * appendix A; USB HID Usage Tables 1.12, chapter 10. */
#ifndef DRIVERS_KEYBOARD_H
#define DRIVERS_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/keymap.h"
#include "kernel/platform.h"

typedef struct Keyboard {
    uint8_t prefix;     /* 0, or 0xe0 that began a sequence */
    uint8_t skip;       /* bytes left of the Pause key's sequence */
    bool caps, num_off; /* number lock is on at the start */
    uint32_t held[8];   /* a bit for each usage */
    KeymapPad pad;
} Keyboard;

/* Takes one byte. True when it completes a key event; time_ns is not set. */
bool keyboard_take(Keyboard *keyboard, uint8_t byte, InputEvent *event_out);

#endif
