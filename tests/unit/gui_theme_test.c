/* Tests of gui/theme.c: can it be read? */
#include "gui/theme.h"

#include <stdio.h>

#include "kernel/lib/math.h"
#include "tests/test.h"

static double linear(uint32_t byte) {
    double part = byte / 255.0;
    return part <= 0.03928 ? part / 12.92
                           : math_pow((part + 0.055) / 1.055, 2.4);
}

static double luminance(Colour colour) {
    return 0.2126 * linear(colour >> 16 & 255) +
           0.7152 * linear(colour >> 8 & 255) + 0.0722 * linear(colour & 255);
}

/* The ratio of WCAG 2.1, "contrast ratio": 1 to 21. */
static double contrast(Colour a, Colour b) {
    double high = luminance(a), low = luminance(b);
    if (high < low) {
        double kept = high;
        high = low;
        low = kept;
    }
    return (high + 0.05) / (low + 0.05);
}

static void expect_contrast(Colour ink, Colour ground, double least) {
    double is = contrast(ink, ground);
    if (is < least)
        printf("  #%06x on #%06x: %.2f, wanted %.1f\n", ink & 0xffffff,
               ground & 0xffffff, is, least);
    EXPECT(is >= least);
}

TEST("text can be read on every ground, light and dark") {
    const Theme *themes[] = {&theme_light, &theme_dark};
    for (int i = 0; i < 2; i++) {
        const Theme *theme = themes[i];
        Colour grounds[] = {theme->window,         theme->panel,
                            theme->title,          theme->field,
                            theme->title_inactive, theme->button};
        for (size_t k = 0; k < sizeof grounds / sizeof *grounds; k++) {
            expect_contrast(theme->text, grounds[k], 7);
            expect_contrast(theme->secondary, grounds[k], 4.5);
        }
        expect_contrast(theme->on_accent, theme->accent, 4.5);
        expect_contrast(theme->on_tooltip, theme->tooltip, 7);
        expect_contrast(theme->accent, theme->window, 3);
        expect_contrast(theme->danger, theme->window, 3);
        expect_contrast(theme->success, theme->window, 3);
        expect_contrast(theme->warning, theme->window, 4.5);
    }
}

TEST("colours have the numbers that programs know, and others are text") {
    EXPECT_EQUAL(theme_colour(&theme_light, THEME_NUMBER_accent), 0xff2f6fed);
    EXPECT_EQUAL(THEME_NUMBER_desktop_top, 0);
    EXPECT_EQUAL(THEME_NUMBER_text, 5);
    EXPECT_EQUAL(theme_colour(&theme_dark, 9999), theme_dark.text);
}
