/* Type, icons and controls, as the desktop shows them. */
#include "tests/gallery/sheets.h"

#include <string.h>

#include "gui/icons.h"
#include "gui/shape.h"
#include "gui/typeset.h"

static void say(Canvas *canvas, Font font, int32_t x, int32_t baseline,
                const char *text, Colour colour) {
    typeset_draw(canvas, font, x, baseline, text, strlen(text), colour);
}

static void ground(Canvas *canvas, Colour colour) {
    canvas_fill(canvas, bitmap_rect(&canvas->bitmap), colour);
}

static void draw_type(Canvas *canvas, const Theme *theme) {
    static const char sample[] =
        "Go back to this moment. AVATAR Tokyo, 1234567890 — Ärger, Łódź";
    ground(canvas, theme->window);
    int32_t y = 36;
    say(canvas, THEME_FONT_TITLE, 24, y, "It does not forget", theme->text);
    say(canvas, THEME_FONT_HEADING, 24, y += 32, "Heading of a section",
        theme->text);
    say(canvas, THEME_FONT, 24, y += 26, sample, theme->text);
    say(canvas, THEME_FONT_SMALL, 24, y += 22, sample, theme->secondary);
    say(canvas, THEME_FONT_STRONG, 24, y += 24, sample, theme->text);
    say(canvas, THEME_FONT_CODE, 24, y += 24,
        "fun add(n: Int = 1) { count += n }  // 0O 1lI", theme->text);
    say(canvas, THEME_FONT, 24, y += 24,
        "Fallback: Привет שלום ∀x∈ℝ ⌘ ♞ │ \xef\xbf\xbf \xff", theme->text);
    static const uint8_t sizes[] = {10, 11, 12, 13, 14, 16, 18, 24, 32};
    for (size_t i = 0; i < sizeof sizes; i++) {
        Font font = {FONT_UI, sizes[i]};
        y += sizes[i] + 10;
        say(canvas, font, 24, y, "Hamburgefonts quick brown fox", theme->text);
    }
}

static void draw_icons(Canvas *canvas, const Theme *theme) {
    static const int32_t sizes[] = {16, 24, 32};
    ground(canvas, theme->window);
    int32_t y = 24;
    for (size_t i = 0; i < 3; i++) {
        int32_t x = 24;
        for (uint32_t icon = 1; icon < ICON_COUNT; icon++) {
            icons_draw(canvas, icon, x, y, sizes[i], theme->text);
            x += sizes[i] + 12;
            if (x + sizes[i] > canvas->bitmap.width - 24) {
                x = 24;
                y += sizes[i] + 12;
            }
        }
        y += sizes[i] + 24;
    }
}

const Sheet sheets[] = {
    {"type", 640, 560, draw_type},
    {"icons", 640, 360, draw_icons},
    {NULL, 0, 0, NULL},
};
