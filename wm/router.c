/* Where input goes: launcher and bar first, then title bars and edges, then the
 * window under the pointer, or with the focus for keys. */
#include "wm/router.h"

#include "wm/double_click.h"
#include "wm/drag.h"
#include "wm/notice.h"
#include "wm/warning.h"
#include "wm/wm_state.h"

#include "kernel/base/check.h"
#include "kernel/base/keymap.h"

enum { SETTLED_AT_ONCE = 64 }; /* windows; the others with the next turns */

static void tell(WmWindow *window, InputEvent event) {
    if (window)
        wm_state.hooks.deliver(window, &event);
}

/* ---- Telling owners ---- */

static bool knows_its_size(const WmWindow *window) {
    Rect content = windows_content(window);
    return content.width == window->told_width &&
           content.height == window->told_height;
}

static void tell_size(WmWindow *window) {
    Rect content = windows_content(window);
    if (!windows_visible(window) || knows_its_size(window))
        return;
    window->told_width = content.width;
    window->told_height = content.height;
    tell(window, (InputEvent){.kind = (InputKind)WM_EVENT_SIZE,
                              .x = content.width,
                              .y = content.height});
}

/* The pixels stay as they are until the owner paints for the theme. Where they
 * are right, nothing that was told counts any more: the theme may change and
 * come back before the owner has painted. */
static void tell_theme(WmWindow *window) {
    uint64_t stamp = wm_stamp();
    if (!window->surface || window->surface->stamp == stamp) {
        window->told_stamp = 0;
    } else if (window->told_stamp != stamp) {
        window->told_stamp = stamp;
        tell(window, (InputEvent){.kind = (InputKind)WM_EVENT_THEME});
    }
}

static WmWindow *told_focus; /* who was told last that it has the focus */

static void tell_focus(void) {
    WmWindow *focused = windows_focused();
    if (focused == told_focus)
        return;
    WmWindow *before = told_focus;
    told_focus = focused;
    if (before) {
        damage_window(before);
        tell(before, (InputEvent){.kind = (InputKind)WM_EVENT_FOCUS});
    }
    if (focused) {
        damage_window(focused);
        tell(focused,
             (InputEvent){.kind = (InputKind)WM_EVENT_FOCUS, .down = true});
    }
    bar_damage();
}

void router_forget(const WmWindow *window) {
    if (wm_state.hover == window) {
        wm_state.hover = NULL;
        wm_state.hover_part = DECOR_NOTHING;
    }
    if (wm_state.drag_window == window)
        drag_end();
    if (wm_state.title_click_window == window)
        wm_state.title_click_window = NULL;
    if (told_focus == window)
        told_focus = NULL;
}

/* ---- Pointer over frames ---- */

static void set_hover(WmWindow *window, DecorPart part) {
    if (window == wm_state.hover && part == wm_state.hover_part)
        return;
    WmWindow *before = wm_state.hover;
    wm_state.hover = window;
    wm_state.hover_part = part;
    WmWindow *both[] = {before, window};
    for (int i = 0; i < 2; i++) {
        if (!both[i])
            continue;
        Rect title = windows_frame(both[i]);
        title.height = THEME_TITLE_HEIGHT;
        wm_damage(title);
    }
}

static void set_bar_hover(int32_t item) {
    if (item == wm_state.bar_hover)
        return;
    wm_state.bar_hover = item;
    bar_damage();
}

static void to_content(WmWindow *window, InputEvent event) {
    Rect content = windows_content(window);
    event.x -= content.x;
    event.y -= content.y;
    tell(window, event);
}

void router_look(void) {
    DecorPart part = DECOR_NOTHING;
    WmWindow *window = NULL;
    bool free = !notice_is_shown();
    set_bar_hover(free ? bar_at(wm_state.x, wm_state.y) : BAR_NOTHING);
    if (free && !bar_covers(wm_state.x, wm_state.y))
        window = windows_at(wm_state.x, wm_state.y, &part);
    set_hover(window, part);
    if (window)
        wm_refresh(window);
    wm_state.cursor = CURSOR_ARROW;
    if (window)
        wm_state.cursor =
            part == DECOR_CONTENT ? window->cursor : decor_cursor(part);
}

static WmWindow *content_under_pointer(void) {
    return wm_state.hover_part == DECOR_CONTENT ? wm_state.hover : NULL;
}

/* Looks, and tells the window that the pointer left. */
static void look_and_leave(void) {
    WmWindow *before = content_under_pointer();
    router_look();
    if (before && before != content_under_pointer())
        tell(before, (InputEvent){.kind = INPUT_POINTER, .x = -1, .y = -1});
}

static void look_under_pointer(const InputEvent *event) {
    look_and_leave();
    if (content_under_pointer())
        to_content(wm_state.hover, *event);
}

/* A drag that holds a window holds what the pointer is over. */
static bool holds_window(WmDrag drag) {
    return drag == WM_DRAG_MOVE || drag == WM_DRAG_RESIZE ||
           drag == WM_DRAG_CONTENT;
}

/* All that what is under the pointer follows from. */
typedef struct View {
    uint64_t changes;
    int32_t x, y;
    bool launcher_open, notice, warning;
    Rect card;
} View;

static View looked_at; /* last */

static bool looks_the_same(void) {
    View now = {.changes = windows_changes(),
                .x = wm_state.x,
                .y = wm_state.y,
                .launcher_open = wm_state.launcher_open,
                .notice = notice_is_shown(),
                .warning = warning_is_there(),
                .card = warning_card()};
    bool same =
        now.changes == looked_at.changes && now.x == looked_at.x &&
        now.y == looked_at.y && now.launcher_open == looked_at.launcher_open &&
        now.notice == looked_at.notice && now.warning == looked_at.warning &&
        rect_equal(now.card, looked_at.card);
    looked_at = now;
    return same;
}

/* A program may have changed the pointer's shape over its content. */
static void keep_cursor(void) {
    WmWindow *window = content_under_pointer();
    if (!window)
        return;
    wm_refresh(window);
    wm_state.cursor = window->cursor;
}

/* Windows and menus come, go and move under a pointer that rests. */
static void look_again(void) {
    const WmWindow *before = content_under_pointer();
    if (holds_window(wm_state.drag) || looks_the_same()) {
        keep_cursor();
        return;
    }
    look_and_leave();
    WmWindow *now = content_under_pointer();
    if (now && now != before)
        to_content(now, (InputEvent){.kind = INPUT_POINTER,
                                     .x = wm_state.x,
                                     .y = wm_state.y});
}

/* ---- After each event ---- */

static bool is_listed(const WmWindow *wanted) {
    LIST_EACH(windows_list(), link)
    if (LIST_ELEMENT(link, WmWindow, link) == wanted)
        return true;
    return false;
}

static bool drags_window(WmDrag drag) {
    return holds_window(drag) || drag == WM_DRAG_BUTTON;
}

/* What takes no walk. */
static const char *check_state(void) {
    const WmWindow *hover = wm_state.hover;
    if (drags_window(wm_state.drag) != (wm_state.drag_window != NULL))
        return "R1: the drag has no window, or one too many";
    if (hover ? !windows_visible(hover) || wm_state.hover_part == DECOR_NOTHING
              : wm_state.hover_part != DECOR_NOTHING)
        return "R2: the pointer is over what is not there";
    if (notice_is_shown() && wm_state.drag != WM_DRAG_NONE &&
        wm_state.drag != WM_DRAG_CONTENT)
        return "R3: something is dragged behind a notice";
    if (told_focus != windows_focused())
        return "R4: the focus was told to another";
    return NULL;
}

const char *router_check(void) {
    const char *wrong = check_state();
    if (wm_state.drag_window && !is_listed(wm_state.drag_window))
        return "R1: the drag has a window that went";
    if (wm_state.hover && !is_listed(wm_state.hover))
        return "R2: the pointer is over a window that went";
    if (wm_state.title_click_window && !is_listed(wm_state.title_click_window))
        return "R5: half a double click on a window that went";
    LIST_EACH(windows_list(), link) {
        const WmWindow *window = LIST_ELEMENT(link, WmWindow, link);
        if (windows_visible(window) && windows_is_settled(window) &&
            !knows_its_size(window))
            return "R6: a window does not know its size";
    }
    return wrong;
}

/* What became of it is told and kept. What cannot be kept now stays unsettled.
 */
static bool settle(WmWindow *window) {
    wm_refresh(window);
    tell_size(window);
    tell_theme(window);
    if (window->changed) {
        window->changed = false;
        wm_state.hooks.changed(window);
    }
    windows_settle(window);
    if (window->changed)
        windows_unsettle(window);
    return !window->changed;
}

void router_settle(void) {
    const WmWindow *again = NULL;
    WmWindow *window;
    look_again();
    tell_focus();
    for (int i = 0; i < SETTLED_AT_ONCE; i++) {
        window = windows_first_unsettled();
        if (!window || window == again)
            break;
        if (!settle(window) && !again)
            again = window;
    }
    CHECK(!check_state());
}

/* ---- Dragging ---- */

static void drag_on(const InputEvent *event) {
    switch (wm_state.drag) {
    case WM_DRAG_MOVE:
        if (wm_state.drag_window->state == WM_NORMAL)
            drag_move();
        break;
    case WM_DRAG_RESIZE:
        drag_resize();
        break;
    case WM_DRAG_CONTENT:
        to_content(wm_state.drag_window, *event);
        break;
    case WM_DRAG_BUTTON:
    case WM_DRAG_BAR:
    case WM_DRAG_NONE:
        look_under_pointer(event);
        break;
    }
}

/* ---- Buttons ---- */

static void toggle_maximised(WmWindow *window) {
    damage_window(window);
    windows_toggle_maximised(window);
    damage_window(window);
}

static void act_on_button(WmWindow *window, DecorPart part) {
    if (part == DECOR_CLOSE)
        tell(window, (InputEvent){.kind = (InputKind)WM_EVENT_CLOSE});
    if (part == DECOR_MAXIMISE)
        toggle_maximised(window);
    if (part == DECOR_MINIMISE) {
        damage_window(window);
        windows_minimise(window);
        bar_damage();
    }
}

static WmDrag drag_for(DecorPart part) {
    switch (part) {
    case DECOR_TITLE:
        return WM_DRAG_MOVE;
    case DECOR_MINIMISE:
    case DECOR_MAXIMISE:
    case DECOR_CLOSE:
        return WM_DRAG_BUTTON;
    case DECOR_CONTENT:
        return WM_DRAG_CONTENT;
    case DECOR_NOTHING:
        return WM_DRAG_NONE;
    case DECOR_TOP:
    case DECOR_BOTTOM:
    case DECOR_LEFT:
    case DECOR_RIGHT:
    case DECOR_TOP_LEFT:
    case DECOR_TOP_RIGHT:
    case DECOR_BOTTOM_LEFT:
    case DECOR_BOTTOM_RIGHT:
        return WM_DRAG_RESIZE;
    }
    return WM_DRAG_NONE;
}

static void press_on_window(WmWindow *window, DecorPart part,
                            const InputEvent *event) {
    bool second =
        double_click_press(part == DECOR_TITLE ? window : NULL, event);
    damage_window(window);
    windows_raise(window);
    if (event->usage == WM_LEFT || part == DECOR_CONTENT)
        drag_begin(drag_for(part), window, part, event->usage);
    router_settle(); /* the focus comes before the press */
    if (part == DECOR_CONTENT)
        to_content(window, *event);
    else if (second)
        toggle_maximised(window);
}

static void press(const InputEvent *event) {
    if (wm_state.launcher_open || bar_covers(wm_state.x, wm_state.y)) {
        double_click_press(NULL, event);
        drag_begin(WM_DRAG_BAR, NULL, DECOR_NOTHING, event->usage);
        bar_press(bar_at(wm_state.x, wm_state.y));
        return;
    }
    DecorPart part;
    WmWindow *window = windows_at(wm_state.x, wm_state.y, &part);
    if (window)
        press_on_window(window, part, event);
    else
        double_click_press(NULL, event);
}

static InputEvent motion_of(const InputEvent *event) {
    return (InputEvent){.kind = INPUT_POINTER,
                        .modifiers = event->modifiers,
                        .x = event->x,
                        .y = event->y,
                        .time_ns = event->time_ns};
}

/* The button that began the drag is up. */
static void release(const InputEvent *event) {
    WmDrag drag = wm_state.drag;
    WmWindow *window = wm_state.drag_window;
    InputEvent motion = motion_of(event);
    if (drag == WM_DRAG_CONTENT)
        to_content(window, *event);
    drag_end();
    if (drag == WM_DRAG_BUTTON) {
        DecorPart part;
        damage_window(window);
        if (windows_at(wm_state.x, wm_state.y, &part) == window &&
            part == wm_state.drag_part)
            act_on_button(window, part);
    }
    look_under_pointer(&motion);
}

/* While one button drags, nobody hears of the others: who heard a press hears
 * the release of the same button, and nothing else. */
static void button(const InputEvent *event) {
    InputEvent motion = motion_of(event);
    bool drags = wm_state.drag != WM_DRAG_NONE;
    if (!drags && event->down)
        press(event);
    else if (drags && !event->down && event->usage == wm_state.drag_button)
        release(event);
    else
        drag_on(&motion);
}

/* ---- Keys ---- */

/* The desktop's own keys; true when the event is used up. */
static bool shortcut(const InputEvent *event) {
    WmWindow *focused = windows_focused();
    if (!event->down)
        return false;
    if (wm_state.launcher_open && event->usage == KEY_ESCAPE) {
        bar_press(BAR_NOTHING);
        return true;
    }
    if ((event->modifiers & INPUT_META) && event->usage == KEY_ESCAPE &&
        focused) {
        wm_state.hooks.end(focused);
        return true;
    }
    if ((event->modifiers & INPUT_ALT) && event->usage == KEY_F1 + 3 &&
        focused) {
        tell(focused, (InputEvent){.kind = (InputKind)WM_EVENT_CLOSE});
        return true;
    }
    return false;
}

/* ---- All ---- */

static void move_pointer(const InputEvent *event) {
    wm_state.x = event->x;
    wm_state.y = event->y;
}

/* Held keys and buttons may have gone down before the notice came. */
static bool for_notice(const InputEvent *event) {
    bool up = (event->kind == INPUT_KEY || event->kind == INPUT_BUTTON) &&
              !event->down;
    return notice_is_shown() && !up && !notice_lets_pass(event);
}

static bool is_press(const InputEvent *event) {
    return (event->kind == INPUT_KEY || event->kind == INPUT_BUTTON) &&
           event->down;
}

void wm_input(const InputEvent *event) {
    if (is_press(event) && wm_state.hooks.press)
        wm_state.hooks.press();
    if (for_notice(event)) {
        if (event->kind == INPUT_POINTER || event->kind == INPUT_BUTTON)
            move_pointer(event);
        notice_input(event);
        router_settle();
        return;
    }
    switch (event->kind) {
    case INPUT_KEY:
        if (notice_is_shown() || !shortcut(event))
            tell(windows_focused(), *event);
        break;
    case INPUT_POINTER:
        move_pointer(event);
        drag_on(event);
        break;
    case INPUT_BUTTON:
        move_pointer(event);
        button(event);
        break;
    case INPUT_WHEEL:
        if (wm_state.hover && wm_state.hover_part == DECOR_CONTENT) {
            InputEvent here = *event;
            here.x = wm_state.x;
            here.y = wm_state.y;
            to_content(wm_state.hover, here);
        }
        break;
    case INPUT_CLOSE:
        break;
    }
    router_settle();
}
