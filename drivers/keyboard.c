/* Scan codes to usages, and the modifiers that are held. */
#include "drivers/keyboard.h"

#include "kernel/base/keymap.h"

#define RELEASED 0x80u
#define PREFIX_MORE 0xe0u
#define PREFIX_PAUSE 0xe1u
#define PAUSE_REST 5u /* bytes after the prefix: 1d 45 e1 9d c5 */

enum { /* usages that are treated apart, besides those of keymap.h */
       USAGE_CAPS = 0x39,
       USAGE_BACKSLASH_102 = 0x64,
       RIGHT = 4, /* from a left modifier key to its right twin */
};

/* By scan code; 0 is no key. */
static const uint8_t keyboard_plain[] = {
    0x00, 0x29, 0x1e, 0x1f,
    0x20, 0x21, 0x22, 0x23, /* 00: - Esc 1 to 6 */
    0x24, 0x25, 0x26, 0x27,
    0x2d, 0x2e, 0x2a, 0x2b, /* 08: 7 8 9 0 - = Bs Tab */
    0x14, 0x1a, 0x08, 0x15,
    0x17, 0x1c, 0x18, 0x0c, /* 10: Q W E R T Y U I */
    0x12, 0x13, 0x2f, 0x30,
    0x28, 0xe0, 0x04, 0x16, /* 18: O P [ ] Ent Ctl A S */
    0x07, 0x09, 0x0a, 0x0b,
    0x0d, 0x0e, 0x0f, 0x33, /* 20: D F G H J K L ; */
    0x34, 0x35, 0xe1, 0x31,
    0x1d, 0x1b, 0x06, 0x19, /* 28: ' ` Shf \ Z X C V */
    0x05, 0x11, 0x10, 0x36,
    0x37, 0x38, 0xe5, 0x55, /* 30: B N M , . / Shf * */
    0xe2, 0x2c, 0x39, 0x3a,
    0x3b, 0x3c, 0x3d, 0x3e, /* 38: Alt Spc Caps F1.. */
    0x3f, 0x40, 0x41, 0x42,
    0x43, 0x53, 0x47, 0x5f, /* 40: F6.. Num Scroll 7 */
    0x60, 0x61, 0x56, 0x5c,
    0x5d, 0x5e, 0x57, 0x59, /* 48: 8 9 - 4 5 6 + 1 */
    0x5a, 0x5b, 0x62, 0x63,
    0x46, 0x00, 0x64, 0x44, /* 50: 2 3 0 . Prn - < F11 */
    0x45,                   /* 58: F12 */
};

static uint16_t usage_extended(uint8_t code) {
    static const struct {
        uint8_t code, usage;
    } keys[] = {
        {0x1c, 0x58}, {0x1d, 0xe4}, {0x35, 0x54}, {0x37, 0x46}, {0x38, 0xe6},
        {0x46, 0x48}, {0x47, 0x4a}, {0x48, 0x52}, {0x49, 0x4b}, {0x4b, 0x50},
        {0x4d, 0x4f}, {0x4f, 0x4d}, {0x50, 0x51}, {0x51, 0x4e}, {0x52, 0x49},
        {0x53, 0x4c}, {0x5b, 0xe3}, {0x5c, 0xe7}, {0x5d, 0x65},
    };
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].code == code)
            return keys[i].usage;
    return 0; /* also the shifts that keyboards pretend */
}

static uint16_t usage_of(uint8_t prefix, uint8_t code) {
    if (prefix == PREFIX_MORE)
        return usage_extended(code);
    return code < sizeof keyboard_plain ? keyboard_plain[code] : 0;
}

static bool held(const Keyboard *keyboard, uint16_t usage) {
    return keyboard->held[usage / 32] >> usage % 32 & 1;
}

static uint16_t modifiers(const Keyboard *keyboard) {
    static const uint16_t bits[] = {INPUT_CTRL, INPUT_SHIFT, INPUT_ALT,
                                    INPUT_META};
    uint16_t result = keyboard->caps ? INPUT_CAPS : 0;
    for (uint16_t i = 0; i < 4; i++)
        if (held(keyboard, KEY_CONTROL + i) ||
            held(keyboard, KEY_CONTROL + RIGHT + i))
            result |= bits[i];
    return result;
}

static uint32_t text_of(uint16_t usage, uint16_t with) {
    bool shift = with & INPUT_SHIFT;
    if (with & (INPUT_CTRL | INPUT_ALT | INPUT_META))
        return 0;
    if (usage == USAGE_BACKSLASH_102)
        return shift ? '|' : '\\';
    return keymap_text(usage, shift, with & INPUT_CAPS);
}

static bool key(Keyboard *keyboard, uint16_t usage, bool down,
                InputEvent *event_out) {
    bool was_down = held(keyboard, usage);
    if (usage == 0 || (!down && !was_down))
        return false;
    if (down)
        keyboard->held[usage / 32] |= 1u << usage % 32;
    else
        keyboard->held[usage / 32] &= ~(1u << usage % 32);
    if (down && !was_down && usage == USAGE_CAPS)
        keyboard->caps = !keyboard->caps;
    if (down && !was_down && usage == KEY_NUM_LOCK)
        keyboard->num_off = !keyboard->num_off;
    uint16_t with = modifiers(keyboard);
    usage = keymap_pad(&keyboard->pad, usage, down, !keyboard->num_off);
    *event_out = (InputEvent){
        .kind = INPUT_KEY,
        .usage = usage,
        .down = down,
        .repeat = was_down && down,
        .modifiers = with,
        .text = down ? text_of(usage, with) : 0,
    };
    return usage != 0;
}

bool keyboard_take(Keyboard *keyboard, uint8_t byte, InputEvent *event_out) {
    if (keyboard->skip > 0) {
        keyboard->skip--;
        return false;
    }
    if (byte == PREFIX_PAUSE) {
        keyboard->skip = PAUSE_REST;
        return false;
    }
    if (byte == PREFIX_MORE) {
        keyboard->prefix = byte;
        return false;
    }
    uint8_t prefix = keyboard->prefix;
    keyboard->prefix = 0;
    return key(keyboard, usage_of(prefix, byte & (RELEASED - 1)),
               !(byte & RELEASED), event_out);
}
