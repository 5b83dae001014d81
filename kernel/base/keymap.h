/* The US keyboard layout: USB HID usages (HID Usage Tables 1.12, page 7) to
 * code points and back. */
#ifndef BASE_KEYMAP_H
#define BASE_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

enum { /* usages that code names */
       KEY_A = 0x04,
       KEY_V = 0x19,
       KEY_1 = 0x1E,
       KEY_0 = 0x27,
       KEY_ENTER = 0x28,
       KEY_ESCAPE = 0x29,
       KEY_BACKSPACE = 0x2A,
       KEY_TAB = 0x2B,
       KEY_SPACE = 0x2C,
       KEY_F1 = 0x3A,
       KEY_F12 = 0x45,
       KEY_INSERT = 0x49,
       KEY_HOME = 0x4A,
       KEY_PAGE_UP = 0x4B,
       KEY_DELETE = 0x4C,
       KEY_END = 0x4D,
       KEY_PAGE_DOWN = 0x4E,
       KEY_RIGHT = 0x4F,
       KEY_LEFT = 0x50,
       KEY_DOWN = 0x51,
       KEY_UP = 0x52,
       KEY_NUM_LOCK = 0x53,
       KEY_PAD_DIVIDE = 0x54,
       KEY_PAD_ENTER = 0x58,
       KEY_PAD_1 = 0x59,
       KEY_PAD_POINT = 0x63,
       KEY_CONTROL = 0xE0,
       KEY_SHIFT = 0xE1,
       KEY_ALT = 0xE2,
       KEY_META = 0xE3,
};

/* What a key press types: newline for Enter, tab, and 0 for keys that type
 * nothing. `caps` acts on letters only. */
uint32_t keymap_text(uint16_t usage, bool shift, bool caps);

/* Keys of the pad that were pressed as another key, a bit each from
 * KEY_PAD_DIVIDE on: they are released as that one, too. */
typedef struct KeymapPad {
    uint32_t as_other;
} KeymapPad;

/* The key that a press or release counts as. Those of the pad move and delete
 * while the number lock is off, and its Enter is Enter. 0: it is no key now;
 * usages of other keys are given back as they are. */
uint16_t keymap_pad(KeymapPad *pad, uint16_t usage, bool down, bool num_lock);

/* The key that types the code point. False: no key does. */
bool keymap_find(uint32_t text, uint16_t *usage_out, bool *shift_out);

/* The usage of a key by its name in UI scripts ("a", "enter", "f5", "left",
 * "kp_1", "kp_enter", "num_lock").
 * 0: no such key. */
uint16_t keymap_named(const char *name);

#endif
