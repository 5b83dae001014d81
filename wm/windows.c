/* The list of windows and the rules of its order. */
#include "wm/windows.h"

#include "kernel/base/check.h"
#include "gui/theme.h"

enum { REACHABLE = 32 }; /* pixels of a title bar that stay on the screen */

#define STAMP_MOST ((uint64_t)1 << 62) /* no person gets this far */

static List windows;   /* all, from the rear to the front, */
static List numbered;  /* by number, */
static List focusable; /* the visible ones by focus, */
static List settled, unsettled;
static uint32_t window_count;
static uint64_t rounds; /* of settling all */
static uint64_t changes;
static Rect area;
static uint64_t stamps;

static WmWindow *window_of(ListLink *link) {
    return LIST_ELEMENT(link, WmWindow, link);
}

static WmWindow *focusable_of(ListLink *link) {
    return LIST_ELEMENT(link, WmWindow, by_focus);
}

void windows_area(int32_t width, int32_t height) {
    area = (Rect){0, 0, width, height - THEME_BAR_HEIGHT};
    changes++;
    if (windows.head.next)
        return;
    list_init(&windows);
    list_init(&numbered);
    list_init(&focusable);
    list_init(&settled);
    list_init(&unsettled);
    rounds = 1;
}

Rect windows_work_area(void) {
    return area;
}

const List *windows_list(void) {
    return &windows;
}

const List *windows_by_number(void) {
    return &numbered;
}

uint32_t windows_count(void) {
    return window_count;
}

uint64_t windows_changes(void) {
    return changes;
}

uint64_t windows_next_stamp(void) {
    return ++stamps;
}

/* ---- What is not settled ---- */

bool windows_is_settled(const WmWindow *window) {
    return window->settled_in == rounds;
}

void windows_unsettle(WmWindow *window) {
    if (!windows_is_settled(window))
        return;
    window->settled_in = 0;
    list_remove(&window->by_turn);
    list_append(&unsettled, &window->by_turn);
}

void windows_unsettle_all(void) {
    rounds++;
    list_append_all(&unsettled, &settled);
}

void windows_changed(WmWindow *window) {
    changes++;
    window->changed = true;
    window->settled_in = 0;
    list_remove(&window->by_turn);
    list_insert_before(unsettled.head.next, &window->by_turn);
}

WmWindow *windows_first_unsettled(void) {
    ListLink *first = list_first(&unsettled);
    return first ? LIST_ELEMENT(first, WmWindow, by_turn) : NULL;
}

void windows_settle(WmWindow *window) {
    window->settled_in = rounds;
    list_remove(&window->by_turn);
    list_append(&settled, &window->by_turn);
}

/* ---- Orders ---- */

/* What comes last stands near the end of each list. */
static void insert_by_stacking(WmWindow *window) {
    ListLink *behind = windows.head.previous;
    while (behind != &windows.head &&
           window_of(behind)->stacking > window->stacking)
        behind = behind->previous;
    list_insert_before(behind->next, &window->link);
}

static void insert_by_number(WmWindow *window) {
    ListLink *behind = numbered.head.previous;
    while (behind != &numbered.head &&
           LIST_ELEMENT(behind, WmWindow, by_number)->number > window->number)
        behind = behind->previous;
    list_insert_before(behind->next, &window->by_number);
}

static bool focus_is_later(const WmWindow *a, const WmWindow *b) {
    return a->focus != b->focus ? a->focus > b->focus
                                : a->stacking < b->stacking;
}

static void insert_by_focus(WmWindow *window) {
    ListLink *behind = focusable.head.previous;
    while (behind != &focusable.head &&
           focus_is_later(focusable_of(behind), window))
        behind = behind->previous;
    list_insert_before(behind->next, &window->by_focus);
}

void windows_add(WmWindow *window) {
    insert_by_stacking(window);
    insert_by_number(window);
    if (windows_visible(window))
        insert_by_focus(window);
    window->settled_in = 0;
    list_append(&unsettled, &window->by_turn);
    window_count++;
    changes++;
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
        windows_changed(window);
    }
    list_init(&focusable);
    LIST_EACH(&windows, link)
    if (windows_visible(window_of(link)))
        insert_by_focus(window_of(link));
}

void windows_remove(WmWindow *window) {
    list_remove(&window->link);
    list_remove(&window->by_number);
    list_remove(&window->by_turn);
    if (windows_visible(window))
        list_remove(&window->by_focus);
    window_count--;
    changes++;
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
    bool none = !windows.head.next || list_empty(&focusable);
    return none ? NULL : focusable_of(focusable.head.previous);
}

void windows_raise(WmWindow *window) {
    if (window == windows_focused() && windows.head.previous == &window->link)
        return;
    list_remove(&window->link);
    list_append(&windows, &window->link);
    window->stacking = window->focus = windows_next_stamp();
    window->calls = false;
    if (windows_visible(window)) {
        list_remove(&window->by_focus);
        list_append(&focusable, &window->by_focus);
    }
    windows_changed(window);
}

void windows_minimise(WmWindow *window) {
    if (windows_visible(window))
        list_remove(&window->by_focus);
    window->was_maximised = window->state == WM_MAXIMISED;
    window->state = WM_MINIMISED;
    windows_changed(window);
}

void windows_restore(WmWindow *window) {
    if (window->state == WM_MINIMISED) {
        window->state = window->was_maximised ? WM_MAXIMISED : WM_NORMAL;
        insert_by_focus(window);
        windows_changed(window);
    }
    windows_raise(window);
}

void windows_toggle_maximised(WmWindow *window) {
    if (window->fixed)
        return;
    if (window->state == WM_MINIMISED)
        insert_by_focus(window);
    window->state = window->state == WM_MAXIMISED ? WM_NORMAL : WM_MAXIMISED;
    windows_changed(window);
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

/* ---- Invariants ---- */

static const char *check_window(const WmWindow *window) {
    if (window->stacking > stamps || window->focus > stamps)
        return "4: a number that was not given out";
    if (!windows_visible(window))
        return NULL;
    Rect title = windows_frame(window);
    title.height = THEME_TITLE_HEIGHT;
    int32_t least = title.width < REACHABLE ? title.width : REACHABLE;
    if (rect_common(title, area).width < least)
        return "3: a title bar cannot be reached";
    return NULL;
}

/* Each of the lists has as many as there are, in its order. */
static const char *check_lists(uint32_t visible) {
    uint32_t numbers = 0, focuses = 0, turns = 0;
    const WmWindow *last = NULL;
    LIST_EACH(&numbered, link) {
        const WmWindow *window = LIST_ELEMENT(link, WmWindow, by_number);
        if (last && last->number > window->number)
            return "5: the windows are not in the order of their numbers";
        last = window;
        numbers++;
    }
    last = NULL;
    LIST_EACH(&focusable, link) {
        const WmWindow *window = focusable_of(link);
        if (!windows_visible(window) || (last && focus_is_later(last, window)))
            return "1: the windows are not in the order of the focus";
        last = window;
        focuses++;
    }
    LIST_EACH(&settled, link)
    turns += windows_is_settled(LIST_ELEMENT(link, WmWindow, by_turn));
    LIST_EACH(&unsettled, link)
    turns += !windows_is_settled(LIST_ELEMENT(link, WmWindow, by_turn));
    return numbers == window_count && focuses == visible &&
                   turns == window_count
               ? NULL
               : "5: a list of windows lacks one";
}

const char *windows_check(void) {
    uint64_t last = 0;
    uint32_t visible = 0;
    const char *wrong = NULL;
    LIST_EACH(&windows, link) {
        const WmWindow *window = window_of(link);
        if (window->stacking <= last)
            return "2: stacking is not a strict order";
        last = window->stacking;
        visible += windows_visible(window);
        wrong = wrong ? wrong : check_window(window);
    }
    return wrong ? wrong : check_lists(visible);
}
