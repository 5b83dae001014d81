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

uint32_t keymap_text(uint16_t usage, bool shift, bool caps) {
    unsigned index = usage - KEY_A;
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
};

uint16_t keymap_named(const char *name) {
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_equal(names[i].name, name))
            return names[i].usage;
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
