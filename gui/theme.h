/* theme.h: the colours, sizes and fonts of the desktop, light and dark.
 *
 * Everything that draws takes its colours from a Theme; nothing else in the
 * project names a colour. Sizes are logical pixels on a grid of 4. */
#ifndef GUI_THEME_H
#define GUI_THEME_H

#include "gui/bitmap.h"
#include "gui/fonts.h"
#include "gui/shadow.h"

/* THEME_COLOUR(name, light, dark): one list for the struct, the two themes and
 * the paint list's colour numbers. Append only: the numbers are in programs. */
#define THEME_COLOURS(THEME_COLOUR)                                            \
    THEME_COLOUR(desktop_top, 0xffdce3ea, 0xff191d22)                          \
    THEME_COLOUR(desktop_bottom, 0xffc7d2dd, 0xff101317)                       \
    THEME_COLOUR(window, 0xffffffff, 0xff1e2227)                               \
    THEME_COLOUR(panel, 0xfff5f6f8, 0xff23282e)                                \
    THEME_COLOUR(line, 0xffe1e4e8, 0xff323940)                                 \
    THEME_COLOUR(text, 0xff1c2024, 0xffe6e8ea)                                 \
    THEME_COLOUR(secondary, 0xff60656c, 0xff9ba3ac)                            \
    THEME_COLOUR(accent, 0xff2f6fed, 0xff6ea0ff)                               \
    THEME_COLOUR(on_accent, 0xffffffff, 0xff101826)                            \
    THEME_COLOUR(danger, 0xffd13b3b, 0xfff06a6a)                               \
    THEME_COLOUR(success, 0xff1e8e4a, 0xff4cc07a)                              \
    THEME_COLOUR(field, 0xffffffff, 0xff191d21)                                \
    THEME_COLOUR(field_line, 0xffc9ced5, 0xff444c55)                           \
    THEME_COLOUR(button, 0xffffffff, 0xff2c3239)                               \
    THEME_COLOUR(button_line, 0xffd0d5db, 0xff3d454e)                          \
    THEME_COLOUR(hover, 0x0a1c2024, 0x0fe6e8ea)                                \
    THEME_COLOUR(pressed, 0x141c2024, 0x1ee6e8ea)                              \
    THEME_COLOUR(selection, 0x332f6fed, 0x4d6ea0ff)                            \
    THEME_COLOUR(window_line, 0x22000000, 0xff343b43)                          \
    THEME_COLOUR(title, 0xffffffff, 0xff262b31)                                \
    THEME_COLOUR(title_inactive, 0xfff8f9fa, 0xff1e2227)                       \
    THEME_COLOUR(bar, 0xf2f8fafb, 0xf21b1f24)                                  \
    THEME_COLOUR(scroll, 0x591c2024, 0x59e6e8ea)                               \
    THEME_COLOUR(disabled, 0x661c2024, 0x66e6e8ea)                             \
    THEME_COLOUR(title_hover, 0x121c2024, 0x17e6e8ea)                          \
    THEME_COLOUR(title_pressed, 0x211c2024, 0x29e6e8ea)                        \
    THEME_COLOUR(tooltip, 0xff2b3036, 0xff3a424b)                              \
    THEME_COLOUR(on_tooltip, 0xfff5f6f8, 0xfff0f2f4)                           \
    THEME_COLOUR(warning, 0xff8a5a00, 0xffe3b341)

typedef enum ThemeColour {
#define THEME_COLOUR(name, light, dark) THEME_NUMBER_##name,
    THEME_COLOURS(THEME_COLOUR)
#undef THEME_COLOUR
        THEME_COLOUR_COUNT
} ThemeColour;

typedef struct Theme {
#define THEME_COLOUR(name, light, dark) Colour name;
    THEME_COLOURS(THEME_COLOUR)
#undef THEME_COLOUR
    Shadow active_shadow, inactive_shadow, menu_shadow;
} Theme;

extern const Theme theme_light, theme_dark;

/* A colour by its number in the list above; of no such number, that of text. */
Colour theme_colour(const Theme *theme, uint32_t number);

enum { /* sizes in pixels */
       THEME_CONTROL_HEIGHT = 28,
       THEME_FIELD_HEIGHT = 30,
       THEME_TITLE_HEIGHT = 32,
       THEME_BAR_HEIGHT = 40,
       THEME_GAP = 8,
       THEME_PADDING = 12,
       THEME_WINDOW_RADIUS = 8,
       THEME_CONTROL_RADIUS = 6,
       THEME_FOCUS_WIDTH = 2,
       THEME_FOCUS_GAP = 2,
};

#define THEME_FONT ((Font){FONT_UI, 13})
#define THEME_FONT_SMALL ((Font){FONT_UI, 12})
#define THEME_FONT_STRONG ((Font){FONT_SEMIBOLD, 13})
#define THEME_FONT_HEADING ((Font){FONT_SEMIBOLD, 15})
#define THEME_FONT_TITLE ((Font){FONT_TITLE, 20})
#define THEME_FONT_CODE ((Font){FONT_MONO, 13})

#endif
