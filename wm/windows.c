/* The list of windows and the rules of its order. */
#include "wm/windows.h"

#include "kernel/base/check.h"
#include "gui/theme.h"

enum { REACHABLE = 32 }; /* pixels of a title bar that stay on the screen */

#define STAMP_MOST ((uint64_t)1 << 62) /* no person gets this far */

static List windows;
static Rect area;
static uint64_t stamps;

static WmWindow *window_of(ListLink *link) {
    return LIST_ELEMENT(link, WmWindow, link);
}

void windows_area(int32_t width, int32_t height) {
    area = (Rect){0, 0, width, height - THEME_BAR_HEIGHT};
    if (!windows.head.next)
        list_init(&windows);
}

Rect windows_work_area(void) {
    return area;
}

const List *windows_list(void) {
    return &windows;
}

uint64_t windows_next_stamp(void) {
    return ++stamps;
}

void windows_add(WmWindow *window) {
    ListLink *place = &windows.head;
    LIST_EACH(&windows, link) {
        if (window_of(link)->stacking > window->stacking) {
            place = link;
            break;
        }
    }
    list_insert_before(place, &window->link);
    if (window->stacking > stamps)
        stamps = window->stacking;
    if (window->focus > stamps)
        stamps = window->focus;
}

/* How many windows had the focus before this one. */
static uint64_t focus_rank(const WmWindow *of) {
    uint64_t rank = 0;
    bool behind = true;
    LIST_EACH(&windows, link) {
        const WmWindow *window = window_of(link);
        behind = behind && window != of;
        rank +=
            window->focus < of->focus || (window->focus == of->focus && behind);
    }
    return rank;
}

void windows_mend(void) {
    if (stamps <= STAMP_MOST && !windows_check())
        return;
    LIST_EACH(&windows, link)
    window_of(link)->stacking = 1 + focus_rank(window_of(link));
    stamps = 0;
    LIST_EACH(&windows, link) {
        WmWindow *window = window_of(link);
        window->focus = window->stacking;
        window->stacking = ++stamps;
        window->changed = true;
    }
}

void windows_remove(WmWindow *window) {
    list_remove(&window->link);
}

bool windows_visible(const WmWindow *window) {
    return window->state != WM_MINIMISED;
}

static int32_t clamp(int32_t value, int32_t least, int32_t most) {
    return value < least ? least : value > most ? most : value;
}

/* Moves a frame so that its title bar can be reached. */
static Rect reachable(Rect frame) {
    int32_t right = area.x + area.width, bottom = area.y + area.height;
    frame.x =
        clamp(frame.x, area.x + REACHABLE - frame.width, right - REACHABLE);
    frame.y = clamp(frame.y, area.y, bottom - REACHABLE);
    return frame;
}

Rect windows_frame(const WmWindow *window) {
    if (window->state == WM_MAXIMISED)
        return area;
    return reachable(decor_frame(window->wanted, false));
}

Rect windows_content(const WmWindow *window) {
    return decor_content(windows_frame(window), window->state == WM_MAXIMISED);
}

WmWindow *windows_focused(void) {
    WmWindow *best = NULL;
    LIST_EACH(&windows, link) {
        WmWindow *window = window_of(link);
        if (windows_visible(window) && (!best || window->focus > best->focus))
            best = window;
    }
    return best;
}

void windows_raise(WmWindow *window) {
    if (window == windows_focused() && windows.head.previous == &window->link)
        return;
    list_remove(&window->link);
    list_append(&windows, &window->link);
    window->stacking = window->focus = windows_next_stamp();
    window->changed = true;
}

void windows_minimise(WmWindow *window) {
    window->was_maximised = window->state == WM_MAXIMISED;
    window->state = WM_MINIMISED;
    window->changed = true;
}

void windows_restore(WmWindow *window) {
    if (window->state == WM_MINIMISED) {
        window->state = window->was_maximised ? WM_MAXIMISED : WM_NORMAL;
        window->changed = true;
    }
    windows_raise(window);
}

void windows_toggle_maximised(WmWindow *window) {
    if (window->fixed)
        return;
    window->state = window->state == WM_MAXIMISED ? WM_NORMAL : WM_MAXIMISED;
    window->changed = true;
}

DecorWindow windows_decor(const WmWindow *window) {
    return (DecorWindow){.frame = windows_frame(window),
                         .title = window->title,
                         .title_bytes = window->title_bytes,
                         .active = window == windows_focused(),
                         .maximised = window->state == WM_MAXIMISED,
                         .fixed = window->fixed};
}

WmWindow *windows_at(int32_t x, int32_t y, DecorPart *part_out) {
    for (ListLink *link = windows.head.previous; link != &windows.head;
         link = link->previous) {
        WmWindow *window = window_of(link);
        if (!windows_visible(window))
            continue;
        DecorWindow decor = windows_decor(window);
        *part_out = decor_part(&decor, x, y);
        if (*part_out != DECOR_NOTHING)
            return window;
    }
    *part_out = DECOR_NOTHING;
    return NULL;
}

const char *windows_check(void) {
    uint64_t last = 0;
    bool any_visible = false;
    LIST_EACH(&windows, link) {
        const WmWindow *window = window_of(link);
        if (window->stacking <= last)
            return "2: stacking is not a strict order";
        if (window->stacking > stamps || window->focus > stamps)
            return "4: a number that was not given out";
        last = window->stacking;
        if (!windows_visible(window))
            continue;
        any_visible = true;
        Rect title = windows_frame(window);
        title.height = THEME_TITLE_HEIGHT;
        int32_t least = title.width < REACHABLE ? title.width : REACHABLE;
        if (rect_common(title, area).width < least)
            return "3: a title bar cannot be reached";
    }
    const WmWindow *focused = windows_focused();
    if (any_visible != (focused && windows_visible(focused)))
        return "1: the focus is not on one of the visible windows";
    return NULL;
}
