/* The task bar at the lower edge, and the launcher above it.
 *
 * Whatever the windows are, no more items are drawn or looked at than fit, and
 * of a title no more than the seat gives. */
#include "wm/wm_state.h"

#include "gui/icons.h"
#include "gui/typeset.h"
#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "wm/warning.h"

enum {
    MARGIN = 4,
    LAUNCHER_WIDTH = 40,
    ITEM_WIDTH = 168,
    ITEM_LEAST = 20, /* an icon and its gap */
    CLOCK_WIDTH = 40,
    DOT_SIDE = 16,
    TRAY_WIDTH = DOT_SIDE + THEME_GAP + CLOCK_WIDTH + THEME_PADDING,
    MENU_WIDTH = 220,
    MENU_ITEM = 36,
    MENU_PADDING = 8,
    MENU_LINE = 9, /* between the apps and what is below */
};

static Rect bar_rect(void) {
    return (Rect){0, wm_state.scene.height - THEME_BAR_HEIGHT,
                  wm_state.scene.width, THEME_BAR_HEIGHT};
}

/* ---- Places ---- */

static Rect dot_rect(void) {
    Rect bar = bar_rect();
    return (Rect){bar.width - TRAY_WIDTH, bar.y + (bar.height - DOT_SIDE) / 2,
                  DOT_SIDE, DOT_SIDE};
}

static Rect launcher_button(void) {
    Rect bar = bar_rect();
    return (Rect){MARGIN, bar.y + MARGIN, LAUNCHER_WIDTH,
                  bar.height - 2 * MARGIN};
}

/* Where the first window's item begins, and what all may take. */
static int32_t items_from(void) {
    return 2 * MARGIN + LAUNCHER_WIDTH;
}

static int32_t items_room(void) {
    int32_t room = bar_rect().width - items_from() - TRAY_WIDTH - MARGIN;
    return room > ITEM_LEAST ? room : ITEM_LEAST;
}

static uint32_t item_count(void) {
    uint32_t fit = (uint32_t)(items_room() / ITEM_LEAST);
    return windows_count() < fit ? windows_count() : fit;
}

static ListLink *back(ListLink *link, uint32_t most) {
    while (most-- > 0 && link->previous != &windows_by_number()->head)
        link = link->previous;
    return link;
}

/* Windows stand in the bar in the order of their numbers. Where not all fit,
 * those around the one with the focus do: a press at an end leads on. */
static const ListLink *first_item(void) {
    const List *all = windows_by_number();
    const WmWindow *focused = windows_focused();
    uint32_t count = item_count(), there = 0;
    if (count == windows_count())
        return all->head.next;
    ListLink *first = focused ? (ListLink *)(uintptr_t)&focused->by_number
                              : all->head.previous;
    first = back(first, count / 2);
    for (const ListLink *at = first; at != &all->head && there < count;
         at = at->next)
        there++;
    return back(first, count - there);
}

static WmWindow *window_of(const ListLink *item) {
    return LIST_ELEMENT((ListLink *)(uintptr_t)item, WmWindow, by_number);
}

static WmWindow *window_at_place(uint32_t place) {
    const ListLink *item = first_item();
    if (place >= item_count())
        return NULL;
    while (place-- > 0)
        item = item->next;
    return window_of(item);
}

static Rect window_item(uint32_t place) {
    Rect bar = bar_rect();
    int32_t count = (int32_t)item_count();
    int32_t width = count > 0 ? items_room() / count : ITEM_WIDTH;
    width = width > ITEM_WIDTH ? ITEM_WIDTH : width;
    return (Rect){items_from() + (int32_t)place * width, bar.y + MARGIN,
                  width - MARGIN, bar.height - 2 * MARGIN};
}

Rect wm_clock_rect(void) {
    Rect bar = bar_rect();
    return (Rect){bar.width - THEME_PADDING - CLOCK_WIDTH, bar.y, CLOCK_WIDTH,
                  bar.height};
}

static uint32_t app_count(void) {
    uint32_t count = 0;
    while (wm_state.hooks.app_name(count))
        count++;
    return count;
}

static Rect menu_rect(void) {
    int32_t height =
        (int32_t)(app_count() + 1) * MENU_ITEM + MENU_LINE + 2 * MENU_PADDING;
    return (Rect){MARGIN, bar_rect().y - MARGIN - height, MENU_WIDTH, height};
}

static Rect menu_item(uint32_t app) {
    Rect menu = menu_rect();
    return (Rect){menu.x + MENU_PADDING,
                  menu.y + MENU_PADDING + (int32_t)app * MENU_ITEM,
                  menu.width - 2 * MENU_PADDING, MENU_ITEM};
}

static Rect theme_item(void) {
    return rect_moved(menu_item(app_count()), 0, MENU_LINE);
}

static bool is_dark(void) {
    return wm_state.theme == &theme_dark;
}

/* What the last entry of the launcher does. */
static const char *theme_words(void) {
    return is_dark() ? "Use light theme" : "Use dark theme";
}

void bar_damage(void) {
    wm_damage(bar_rect());
    wm_damage(warning_card()); /* the pointer may be over its button */
    if (wm_state.launcher_open)
        wm_damage(decor_panel_extent(menu_rect(), wm_state.theme));
}

static int32_t menu_at(int32_t x, int32_t y) {
    for (uint32_t app = 0; app < app_count(); app++)
        if (rect_has(menu_item(app), x, y))
            return BAR_FIRST_APP + (int32_t)app;
    return rect_has(theme_item(), x, y) ? BAR_THEME : BAR_NOTHING;
}

static int32_t warning_at(int32_t x, int32_t y) {
    if (warning_is_there() && rect_has(rect_inset(dot_rect(), -MARGIN), x, y))
        return BAR_DOT;
    if (rect_has(warning_button(), x, y))
        return BAR_HIDE;
    return rect_has(warning_card(), x, y) ? BAR_CARD : BAR_NOTHING;
}

int32_t bar_at(int32_t x, int32_t y) {
    if (wm_state.launcher_open && rect_has(menu_rect(), x, y))
        return menu_at(x, y);
    int32_t warning = warning_at(x, y);
    if (warning != BAR_NOTHING)
        return warning;
    if (!rect_has(bar_rect(), x, y))
        return BAR_NOTHING;
    if (x < MARGIN + LAUNCHER_WIDTH)
        return BAR_LAUNCHER;
    for (uint32_t place = 0; place < item_count(); place++)
        if (rect_has(window_item(place), x, y))
            return BAR_FIRST_WINDOW + (int32_t)place;
    return BAR_NOTHING;
}

bool bar_covers(int32_t x, int32_t y) {
    return rect_has(bar_rect(), x, y) || rect_has(warning_card(), x, y) ||
           (wm_state.launcher_open && rect_has(menu_rect(), x, y));
}

static bool named(const char *text, size_t count, const char *name) {
    return text_length(name) == count && bytes_equal(text, name, count);
}

static bool find_warning(const char *name, Rect *rect_out) {
    bool dot = warning_is_there() && text_equal(name, "Warning");
    bool hide = !rect_empty(warning_card()) && text_equal(name, "Hide");
    *rect_out = dot ? dot_rect() : warning_button();
    return dot || hide;
}

bool bar_find(const char *name, Rect *rect_out) {
    if (find_warning(name, rect_out))
        return true;
    if (text_equal(name, "Launcher")) {
        *rect_out = launcher_button();
        return true;
    }
    for (uint32_t app = 0; wm_state.launcher_open && app < app_count(); app++) {
        if (!text_equal(wm_state.hooks.app_name(app), name))
            continue;
        *rect_out = menu_item(app);
        return true;
    }
    if (wm_state.launcher_open && text_equal(name, theme_words())) {
        *rect_out = theme_item();
        return true;
    }
    const ListLink *at = first_item();
    for (uint32_t place = 0; place < item_count(); place++, at = at->next) {
        WmWindow *window = window_of(at);
        wm_refresh(window);
        if (!named(window->title, window->title_bytes, name))
            continue;
        *rect_out = window_item(place);
        return true;
    }
    return false;
}

/* ---- Presses ---- */

static void set_launcher(bool open) {
    bar_damage(); /* with the menu, before or after */
    wm_state.launcher_open = open;
    bar_damage();
}

static void change_theme(void) {
    wm_state.theme = is_dark() ? &theme_light : &theme_dark;
    windows_unsettle_all();
    wm_damage(bitmap_rect(&wm_state.scene));
}

static void press_window(WmWindow *window) {
    if (!window)
        return;
    damage_window(window);
    if (window == windows_focused())
        windows_minimise(window);
    else
        windows_restore(window);
    damage_window(window);
    bar_damage();
}

void bar_press(int32_t item) {
    bool was_open = wm_state.launcher_open;
    if (was_open)
        set_launcher(false);
    if (item == BAR_DOT || item == BAR_HIDE)
        warning_toggle();
    else if (item == BAR_CARD)
        return;
    else if (item == BAR_THEME)
        change_theme();
    else if (item >= BAR_FIRST_APP)
        wm_state.hooks.launch((uint32_t)(item - BAR_FIRST_APP));
    else if (item >= BAR_FIRST_WINDOW)
        press_window(window_at_place((uint32_t)(item - BAR_FIRST_WINDOW)));
    else if (item == BAR_LAUNCHER && !was_open)
        set_launcher(true);
}

/* ---- Drawing ---- */

uint32_t bar_icon(const char *name, size_t count) {
    static const struct {
        const char *name;
        uint32_t icon;
    } icons[] = {{"Editor", ICON_EDITOR},
                 {"Shell", ICON_SHELL},
                 {"Counter", ICON_COUNTER}};
    for (size_t i = 0; i < sizeof icons / sizeof icons[0]; i++)
        if (named(name, count, icons[i].name))
            return icons[i].icon;
    return ICON_WINDOW;
}

static void draw_window_item(Canvas *canvas, WmWindow *window, uint32_t place) {
    Rect rect = window_item(place);
    if (!canvas_sees(canvas, rect))
        return;
    wm_refresh(window);
    DecorItem item = {.rect = rect,
                      .icon = bar_icon(window->app, window->app_bytes),
                      .text = window->title,
                      .text_bytes = window->title_bytes,
                      .active = window == windows_focused(),
                      .open = windows_visible(window),
                      .calls = window->calls && window != windows_focused(),
                      .hover = wm_state.bar_hover ==
                               BAR_FIRST_WINDOW + (int32_t)place};
    decor_bar_item(canvas, &item, wm_state.theme);
}

static void draw_tray(Canvas *canvas) {
    const char *clock = wm_state.hooks.clock();
    typeset_label(canvas, THEME_FONT, wm_clock_rect(), TYPESET_END, clock,
                  text_length(clock), wm_state.theme->text);
    if (warning_is_there())
        icons_draw_in(canvas, ICON_WARNING, dot_rect(), DOT_SIDE,
                      wm_state.theme->warning);
    else
        decor_durable(canvas, dot_rect(), wm_state.durable, wm_state.theme);
}

static void draw_menu(Canvas *canvas) {
    decor_panel(canvas, menu_rect(), wm_state.theme);
    for (uint32_t app = 0; app < app_count(); app++) {
        const char *name = wm_state.hooks.app_name(app);
        DecorItem item = {.rect = menu_item(app),
                          .icon = bar_icon(name, text_length(name)),
                          .text = name,
                          .text_bytes = text_length(name),
                          .hover = wm_state.bar_hover ==
                                   BAR_FIRST_APP + (int32_t)app};
        decor_menu_item(canvas, &item, wm_state.theme);
    }
    Rect item = theme_item();
    decor_menu_line(canvas,
                    (Rect){item.x, item.y - MENU_LINE, item.width, MENU_LINE},
                    wm_state.theme);
    DecorItem theme = {.rect = item,
                       .icon = is_dark() ? ICON_SUN : ICON_MOON,
                       .text = theme_words(),
                       .text_bytes = text_length(theme_words()),
                       .hover = wm_state.bar_hover == BAR_THEME};
    decor_menu_item(canvas, &theme, wm_state.theme);
}

void bar_draw(Canvas *canvas) {
    if (canvas_sees(canvas, bar_rect())) {
        decor_bar(canvas, bar_rect(), wm_state.theme);
        DecorItem launcher = {.rect = launcher_button(),
                              .icon = ICON_LAUNCHER,
                              .active = wm_state.launcher_open,
                              .hover = wm_state.bar_hover == BAR_LAUNCHER};
        decor_bar_item(canvas, &launcher, wm_state.theme);
        const ListLink *at = first_item();
        for (uint32_t place = 0; place < item_count(); place++, at = at->next)
            draw_window_item(canvas, window_of(at), place);
        draw_tray(canvas);
    }
    warning_draw(canvas);
    if (wm_state.launcher_open)
        draw_menu(canvas);
}
