/* The window manager's start, and what others tell it. */
#include "wm/notice.h"
#include "wm/router.h"
#include "wm/warning.h"
#include "wm/wm_state.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"

/* The pointer may come from a larger screen. */
static int32_t inside(int32_t place, int32_t length) {
    return place < 0 ? 0 : place >= length ? length - 1 : place;
}

Status wm_start(Screen screen, const WmHooks *hooks, const WmDesk *desk) {
    int32_t width = (int32_t)screen.width, height = (int32_t)screen.height;
    wm_state = (Wm){.hooks = *hooks,
                    .theme = desk->dark ? &theme_dark : &theme_light,
                    .x = inside(desk->x, width),
                    .y = inside(desk->y, height),
                    .launcher_open = desk->launcher_open,
                    .bar_hover = BAR_NOTHING};
    Status status = bitmap_make(width, height, &wm_state.scene);
    if (status != STATUS_OK)
        return status;
    windows_area(width, height);
    warning_show(NULL);
    damage_take(); /* of another screen */
    compositor_start();
    wm_damage(bitmap_rect(&wm_state.scene));
    return STATUS_OK;
}

void wm_restored(void) {
    router_look();
}

void wm_window_came(WmWindow *window) {
    damage_window(window);
    bar_damage();
}

void wm_settle(void) {
    router_settle();
}

bool wm_is_settled(void) {
    return !windows_first_unsettled();
}

void wm_window_retitled(WmWindow *window) {
    damage_window(window);
    bar_damage();
}

void wm_window_goes(WmWindow *window) {
    damage_window(window);
    router_forget(window);
    bar_damage();
}

void wm_surface_changed(WmWindow *window, Rect part) {
    Rect content = windows_content(window);
    windows_unsettle(window); /* it may be for another theme */
    if (windows_visible(window))
        wm_damage(rect_common(rect_moved(part, content.x, content.y), content));
}

void wm_show_durable(bool durable) {
    if (durable == wm_state.durable)
        return;
    wm_state.durable = durable;
    bar_damage();
}

void wm_tick(void) {
    bar_damage();
}

static bool is_named(const WmWindow *window, const char *name) {
    return window->title_bytes == text_length(name) &&
           bytes_equal(window->title, name, window->title_bytes);
}

/* Parts of frames by the words that a person would use. */
static bool find_in_frame(const WmWindow *window, const char *role,
                          Rect *rect_out) {
    DecorWindow decor = windows_decor(window);
    if (text_equal(role, "window")) {
        *rect_out = windows_content(window);
        return true;
    }
    if (text_equal(role, "title")) {
        *rect_out = windows_frame(window);
        rect_out->height = THEME_TITLE_HEIGHT;
        return true;
    }
    static const struct {
        const char *role;
        DecorPart part;
    } parts[] = {{"minimise", DECOR_MINIMISE},
                 {"maximise", DECOR_MAXIMISE},
                 {"close", DECOR_CLOSE}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!text_equal(role, parts[i].role))
            continue;
        *rect_out = decor_button(&decor, parts[i].part);
        return true;
    }
    return false;
}

bool wm_find(const char *role, const char *name, Rect *rect_out) {
    if (notice_is_shown())
        return notice_find(name, rect_out); /* nothing else can be reached */
    if (text_equal(role, "item"))
        return bar_find(name, rect_out);
    LIST_EACH(windows_list(), link) {
        WmWindow *window = LIST_ELEMENT(link, WmWindow, link);
        wm_refresh(window);
        if (is_named(window, name) && windows_visible(window) &&
            find_in_frame(window, role, rect_out))
            return true;
    }
    return false;
}
