/* The US keyboard layout. */
#include "kernel/base/keymap.h"

#include "kernel/base/text.h"

/* Usages from KEY_A on, plain and with shift; 0 where nothing is typed. The
 * hole at 0x32 is the non-US # key. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyz1234567890\n\0\0\t "
                            "-=[]\\\0;'`,./";
static const char shifted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\n\0\0\t "
                              "_+{}|\0:\"~<>?";
enum { TYPING_KEYS = sizeof plain - 1 };

_Static_assert(sizeof plain == sizeof shifted, "one layout, two levels");

/* Of the pad's keys, the number lock being on. */
static const char pad_text[] = "/*-+\n1234567890.";

uint32_t keymap_text(uint16_t usage, bool shift, bool caps) {
    unsigned index = usage - KEY_A;
    if (usage >= KEY_PAD_DIVIDE && usage <= KEY_PAD_POINT)
        return (unsigned char)pad_text[usage - KEY_PAD_DIVIDE];
    if (index >= TYPING_KEYS)
        return 0;
    bool letter = plain[index] >= 'a' && plain[index] <= 'z';
    bool upper = letter ? shift != caps : shift;
    return (unsigned char)(upper ? shifted[index] : plain[index]);
}

bool keymap_find(uint32_t text, uint16_t *usage_out, bool *shift_out) {
    for (unsigned i = 0; text && i < TYPING_KEYS; i++) {
        bool is_plain = (unsigned char)plain[i] == text;
        if (is_plain || (unsigned char)shifted[i] == text) {
            *usage_out = (uint16_t)(KEY_A + i);
            *shift_out = !is_plain;
            return true;
        }
    }
    return false;
}

/* 1 to 9, 0 and the point, the number lock being off. */
static const uint8_t pad_moves[] = {
    KEY_END,  KEY_DOWN, KEY_PAGE_DOWN, KEY_LEFT,   0,         KEY_RIGHT,
    KEY_HOME, KEY_UP,   KEY_PAGE_UP,   KEY_INSERT, KEY_DELETE};

uint16_t keymap_pad(KeymapPad *pad, uint16_t usage, bool down, bool num_lock) {
    if (usage < KEY_PAD_ENTER || usage > KEY_PAD_POINT)
        return usage;
    uint32_t bit = 1u << (usage - KEY_PAD_DIVIDE);
    bool other =
        down ? usage == KEY_PAD_ENTER || !num_lock : (pad->as_other & bit) != 0;
    pad->as_other = down && other ? pad->as_other | bit : pad->as_other & ~bit;
    if (!other)
        return usage;
    return usage == KEY_PAD_ENTER ? KEY_ENTER : pad_moves[usage - KEY_PAD_1];
}

static const struct {
    const char *name;
    uint16_t usage;
} names[] = {
    {"enter", KEY_ENTER},
    {"escape", KEY_ESCAPE},
    {"backspace", KEY_BACKSPACE},
    {"tab", KEY_TAB},
    {"space", KEY_SPACE},
    {"insert", KEY_INSERT},
    {"home", KEY_HOME},
    {"pageup", KEY_PAGE_UP},
    {"delete", KEY_DELETE},
    {"end", KEY_END},
    {"pagedown", KEY_PAGE_DOWN},
    {"right", KEY_RIGHT},
    {"left", KEY_LEFT},
    {"down", KEY_DOWN},
    {"up", KEY_UP},
    {"ctrl", KEY_CONTROL},
    {"shift", KEY_SHIFT},
    {"alt", KEY_ALT},
    {"meta", KEY_META},
    {"super", KEY_META},
    {"num_lock", KEY_NUM_LOCK},
    {"kp_divide", KEY_PAD_DIVIDE},
    {"kp_multiply", KEY_PAD_DIVIDE + 1},
    {"kp_subtract", KEY_PAD_DIVIDE + 2},
    {"kp_add", KEY_PAD_DIVIDE + 3},
    {"kp_enter", KEY_PAD_ENTER},
    {"kp_decimal", KEY_PAD_POINT},
};

/* "kp_0" to "kp_9", or 0. */
static uint16_t pad_digit(const char *name) {
    uint64_t digit;
    if (name[0] != 'k' || name[1] != 'p' || name[2] != '_' ||
        !text_to_u64(name + 3, &digit) || digit > 9)
        return 0;
    return (uint16_t)(digit == 0 ? KEY_PAD_POINT - 1 : KEY_PAD_1 + digit - 1);
}

uint16_t keymap_named(const char *name) {
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_equal(names[i].name, name))
            return names[i].usage;
    if (pad_digit(name))
        return pad_digit(name);
    uint64_t number;
    if (name[0] == 'f' && text_to_u64(name + 1, &number) && number >= 1 &&
        number <= 12)
        return (uint16_t)(KEY_F1 + number - 1);
    uint16_t usage;
    bool shift;
    if (name[0] && !name[1] &&
        keymap_find((unsigned char)name[0], &usage, &shift))
        return usage;
    return 0;
}
