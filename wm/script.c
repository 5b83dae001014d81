/* What UI scripts ask: where the widget with a role and a name is, whether a
 * text is shown, and which parts of a picture do not count. Walks the widget
 * objects of visible windows. */
#include "wm/script.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/heap/class.h"
#include "vm/heap/trust.h"
#include "vm/run/vm.h"
#include "wm/notice.h"
#include "wm/seat.h"

enum { WIDGETS_MOST = 20000 }; /* of one window; a ring of siblings ends here */

/* ---- What a heap that was forged has in place of them is none ---- */

static const WidgetObject *widget(const ScriptSearch *search,
                                  const WidgetObject *at) {
    const Domain *domain = search->domain;
    if (!at || !domain)
        return at;
    const Class *of = trust_is_instance(domain, at)
                          ? class_find_in(domain, at->head.class_id)
                          : NULL;
    return of && of->instance_words * 8ull >= sizeof *at ? at : NULL;
}

static const String *string(const ScriptSearch *search, const String *at) {
    const Domain *domain = search->domain;
    return !domain || trust_is_array(domain, at, CLASS_String) ? at : NULL;
}

/* ---- A search ---- */

static bool is(const String *string, const char *text) {
    return string && string->length == text_length(text) &&
           bytes_equal(string->bytes, text, string->length);
}

static bool contains(const String *string, const char *text) {
    size_t count = text_length(text);
    for (uint64_t at = 0; string && at + count <= string->length; at++)
        if (bytes_equal(string->bytes + at, text, count))
            return true;
    return false;
}

static bool matches(const ScriptSearch *search, const WidgetObject *at) {
    if (!search->role)
        return contains(string(search, at->text), search->name);
    return is(string(search, at->role), search->role) &&
           is(string(search, at->name), search->name);
}

/* Takes a step, unless the search has taken too many. */
static bool may_step(ScriptSearch *search) {
    if (search->left == 0)
        return false;
    search->left--;
    return true;
}

/* Goes through a tree without recursion: down, along, or up and along. A
 * program can write any place and any link into its widgets: places are added
 * modulo 2^64, so that going up undoes going down, and each link is a step. */
static const WidgetObject *next_widget(ScriptSearch *search,
                                       const WidgetObject *at,
                                       const WidgetObject *root) {
    const WidgetObject *next = widget(search, at->first_child);
    if (next && !(at->flags & WIDGET_HIDDEN)) {
        at = next;
        search->x += (uint64_t)at->x;
        search->y += (uint64_t)at->y;
        return at;
    }
    while (at && at != root && !(next = widget(search, at->next_sibling))) {
        search->x -= (uint64_t)at->x;
        search->y -= (uint64_t)at->y;
        at = may_step(search) ? widget(search, at->parent) : NULL;
    }
    if (!at || at == root)
        return NULL;
    search->x += (uint64_t)next->x - (uint64_t)at->x;
    search->y += (uint64_t)next->y - (uint64_t)at->y;
    return next;
}

void script_search(const WidgetObject *root, ScriptSearch *search) {
    root = widget(search, root);
    search->left = WIDGETS_MOST;
    search->found = false;
    search->x = root ? (uint64_t)root->x : 0;
    search->y = root ? (uint64_t)root->y : 0;
    for (const WidgetObject *at = root; at && may_step(search);
         at = next_widget(search, at, root)) {
        if ((at->flags & WIDGET_HIDDEN) || !matches(search, at))
            continue;
        search->found = true;
        search->x += (uint64_t)(at->width / 2);
        search->y += (uint64_t)(at->height / 2);
        return;
    }
}

/* Frontmost windows first. */
static const Seat *look_everywhere(ScriptSearch *search) {
    const List *all = windows_list();
    for (const ListLink *link = all->head.previous; link != &all->head;
         link = link->previous) {
        const WmWindow *window =
            LIST_ELEMENT((ListLink *)(uintptr_t)link, WmWindow, link);
        const Seat *seat = window->owner;
        if (!windows_visible(window))
            continue;
        search->domain = seat->domain;
        script_search(seat->object->root, search);
        if (search->found)
            return seat;
    }
    return NULL;
}

bool script_find(const char *role, const char *name, int32_t *x_out,
                 int32_t *y_out) {
    ScriptSearch search = {.role = role, .name = name};
    Rect rect;
    if (wm_find(role, name, &rect)) {
        *x_out = rect.x + rect.width / 2;
        *y_out = rect.y + rect.height / 2;
        return true;
    }
    if (notice_is_shown())
        return false;
    const Seat *seat = look_everywhere(&search);
    if (!seat)
        return false;
    Rect content = windows_content(&seat->window);
    /* What a person cannot see, a script cannot press. */
    if (search.x >= (uint64_t)content.width ||
        search.y >= (uint64_t)content.height)
        return false;
    *x_out = content.x + (int32_t)search.x;
    *y_out = content.y + (int32_t)search.y;
    return true;
}

bool script_shows(const char *text) {
    ScriptSearch search = {.name = text};
    Rect rect;
    return wm_find("window", text, &rect) || look_everywhere(&search) != NULL;
}

/* ---- Masks ---- */

typedef struct Masks {
    Rect *rects;
    uint32_t count, capacity;
} Masks;

static void add_mask(Masks *masks, Rect rect) {
    if (rect_empty(rect))
        return;
    if (masks->count < masks->capacity) {
        masks->rects[masks->count++] = rect;
        return;
    }
    Rect *last = &masks->rects[masks->capacity - 1];
    *last = rect_around(*last, rect);
}

static void add_moving_widgets(Masks *masks, const Seat *seat) {
    Rect content = windows_content(&seat->window);
    ScriptSearch walk = {.domain = seat->domain, .left = WIDGETS_MOST};
    const WidgetObject *root = widget(&walk, seat->object->root);
    walk.x = root ? (uint64_t)root->x : 0;
    walk.y = root ? (uint64_t)root->y : 0;
    for (const WidgetObject *at = root; at && may_step(&walk);
         at = next_widget(&walk, at, root)) {
        if ((at->flags & WIDGET_HIDDEN) || !(at->flags & WIDGET_MOVES))
            continue;
        Rect rect = {rect_clamp((int64_t)walk.x), rect_clamp((int64_t)walk.y),
                     rect_clamp(at->width), rect_clamp(at->height)};
        add_mask(masks,
                 rect_common(rect_moved(rect, content.x, content.y), content));
    }
}

uint32_t script_masks(Rect *rects_out, uint32_t capacity) {
    Masks masks = {.rects = rects_out, .capacity = capacity};
    add_mask(&masks, wm_pointer_rect());
    if (!vm_test_mode())
        add_mask(&masks, wm_clock_rect());
    for (const Seat *seat = seat_first(); seat; seat = seat->next)
        if (windows_visible(&seat->window))
            add_moving_widgets(&masks, seat);
    return masks.count;
}
