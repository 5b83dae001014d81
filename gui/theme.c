/* The light and the dark theme. */
#include "gui/theme.h"

#define SHADOW(down_px, blur_px, alpha)                                        \
    {                                                                          \
        .down = (down_px), .blur = (blur_px), .radius = THEME_WINDOW_RADIUS,   \
        .colour = (Colour)(alpha) << 24                                        \
    }

#define THEME_COLOUR(name, light, dark) .name = light,
const Theme theme_light = {
    THEME_COLOURS(THEME_COLOUR)
        /* 18 % and 12 % black */
        .active_shadow = SHADOW(8, 24, 46),
    .inactive_shadow = SHADOW(2, 8, 31),
    .menu_shadow = SHADOW(4, 16, 41),
};
#undef THEME_COLOUR

#define THEME_COLOUR(name, light, dark) .name = dark,
const Theme theme_dark = {
    THEME_COLOURS(THEME_COLOUR)
        /* on a dark ground a shadow must be deeper to be seen */
        .active_shadow = SHADOW(8, 24, 128),
    .inactive_shadow = SHADOW(2, 8, 77),
    .menu_shadow = SHADOW(4, 16, 115),
};
#undef THEME_COLOUR

Colour theme_colour(const Theme *theme, uint32_t number) {
    const Colour colours[THEME_COLOUR_COUNT] = {
#define THEME_COLOUR(name, light, dark) theme->name,
        THEME_COLOURS(THEME_COLOUR)
#undef THEME_COLOUR
    };
    return number < THEME_COLOUR_COUNT ? colours[number] : theme->text;
}
