/* The warning's places, and how it looks. */
#include "wm/warning.h"

#include "gui/decor.h"
#include "gui/icons.h"
#include "gui/shape.h"
#include "gui/typeset.h"
#include "kernel/base/text.h"

enum {
    WIDTH = 360,
    PADDING = 16,
    ICON = 24,
    BUTTON = 24,
    CROSS = 16,
    TITLE_HEIGHT = 24,
    LINE_HEIGHT = 20,
    LINES_MOST = 5,
};

static const WmWarning *warning;
static bool hidden;
static Rect card; /* where it is; setting its text takes a while */

/* ---- Places ---- */

static int32_t width(void) {
    int32_t most = wm_state.scene.width - 2 * THEME_GAP;
    return most < WIDTH ? most : WIDTH;
}

/* The text from `top` on; its height. Draws with a canvas. */
static int32_t set_text(Canvas *canvas, int32_t left, int32_t top) {
    Rect rect = {left, top, width() - 2 * PADDING - ICON - THEME_GAP, 0};
    return typeset_lines(canvas, THEME_FONT, rect, LINE_HEIGHT, LINES_MOST,
                         warning->text, text_length(warning->text),
                         wm_state.theme->secondary);
}

static Rect place_card(void) {
    if (!warning || hidden)
        return (Rect){0};
    int32_t height = 2 * PADDING + TITLE_HEIGHT + set_text(NULL, 0, 0);
    return (Rect){wm_state.scene.width - THEME_GAP - width(),
                  wm_state.scene.height - THEME_BAR_HEIGHT - THEME_GAP - height,
                  width(), height};
}

Rect warning_card(void) {
    return card;
}

Rect warning_button(void) {
    if (rect_empty(card))
        return card;
    return (Rect){card.x + card.width - THEME_GAP - BUTTON, card.y + PADDING,
                  BUTTON, BUTTON};
}

/* ---- Coming and going ---- */

static void damage_card(void) {
    if (!rect_empty(card))
        wm_damage(decor_panel_extent(card, wm_state.theme));
}

/* With the tray, whose dot follows from it. */
static void damage_all(void) {
    damage_card();
    wm_damage((Rect){0, wm_state.scene.height - THEME_BAR_HEIGHT,
                     wm_state.scene.width, THEME_BAR_HEIGHT});
}

void warning_changed(void) {
    damage_card();
    card = place_card();
    damage_card();
}

void warning_show(const WmWarning *wanted) {
    if (wanted == warning)
        return;
    damage_all();
    warning = wanted;
    hidden = false;
    card = place_card();
    damage_all();
}

bool warning_is_there(void) {
    return warning != NULL;
}

void warning_toggle(void) {
    damage_card();
    hidden = !hidden;
    card = place_card();
    damage_card();
}

/* ---- Drawing ---- */

static void draw_button(Canvas *canvas) {
    Rect button = warning_button();
    const Theme *theme = wm_state.theme;
    if (wm_state.bar_hover == BAR_HIDE)
        shape_fill(canvas, button, THEME_CONTROL_RADIUS, theme->hover);
    icons_draw_in(canvas, ICON_CLOSE, button, CROSS, theme->secondary);
}

void warning_draw(Canvas *canvas) {
    const Theme *theme = wm_state.theme;
    if (rect_empty(card))
        return;
    decor_panel(canvas, card, theme);
    Rect icon = {card.x + PADDING, card.y + PADDING, ICON, TITLE_HEIGHT};
    icons_draw_in(canvas, ICON_WARNING, icon, ICON, theme->warning);
    int32_t left = icon.x + ICON + THEME_GAP;
    Rect title = {left, icon.y, warning_button().x - left, TITLE_HEIGHT};
    typeset_label(canvas, THEME_FONT_HEADING, title, TYPESET_START,
                  warning->title, text_length(warning->title), theme->text);
    set_text(canvas, left, icon.y + TITLE_HEIGHT);
    draw_button(canvas);
}
