/* What UI scripts ask: where the widget with a role and a name is, and whether
 * a text is shown. Walks the widget objects of visible windows. */
#include "wm/desktop_native.h"
#include "wm/window_native.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"

enum { WIDGETS_MOST = 20000 }; /* of one window; a ring of siblings ends here */

/* What is looked for, and what was found. */
typedef struct Search {
    const char *role, *name; /* or, with role NULL, the text `name` */
    uint32_t left;
    bool found;
    int64_t x, y; /* the middle, relative to the window's content */
} Search;

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

static bool matches(const Search *search, const WidgetObject *widget) {
    if (!search->role)
        return contains(widget->text, search->name);
    return is(widget->role, search->role) && is(widget->name, search->name);
}

/* Goes through a tree without recursion: down, along, or up and along. */
static const WidgetObject *next_widget(const WidgetObject *at,
                                       const WidgetObject *root, int64_t *x,
                                       int64_t *y) {
    if (at->first_child && !(at->flags & WIDGET_HIDDEN)) {
        at = at->first_child;
        *x += at->x;
        *y += at->y;
        return at;
    }
    while (at && at != root && !at->next_sibling) {
        *x -= at->x;
        *y -= at->y;
        at = at->parent;
    }
    if (!at || at == root)
        return NULL;
    *x += at->next_sibling->x - at->x;
    *y += at->next_sibling->y - at->y;
    return at->next_sibling;
}

static void look_in(const WindowObject *object, Search *search) {
    const WidgetObject *root = object->root;
    int64_t x = root ? root->x : 0, y = root ? root->y : 0;
    for (const WidgetObject *at = root; at && search->left-- > 0;
         at = next_widget(at, root, &x, &y)) {
        if ((at->flags & WIDGET_HIDDEN) || !matches(search, at))
            continue;
        search->found = true;
        search->x = x + at->width / 2;
        search->y = y + at->height / 2;
        return;
    }
}

/* Frontmost windows first. */
static const Seat *look_everywhere(Search *search) {
    const List *all = windows_list();
    for (const ListLink *link = all->head.previous; link != &all->head;
         link = link->previous) {
        const WmWindow *window =
            LIST_ELEMENT((ListLink *)(uintptr_t)link, WmWindow, link);
        const Seat *seat = window->owner;
        if (!windows_visible(window))
            continue;
        search->left = WIDGETS_MOST;
        look_in(seat->object, search);
        if (search->found)
            return seat;
    }
    return NULL;
}

bool desktop_find(const char *role, const char *name, int32_t *x_out,
                  int32_t *y_out) {
    Search search = {.role = role, .name = name};
    Rect rect;
    if (wm_find(role, name, &rect)) {
        *x_out = rect.x + rect.width / 2;
        *y_out = rect.y + rect.height / 2;
        return true;
    }
    const Seat *seat = look_everywhere(&search);
    if (!seat)
        return false;
    Rect content = windows_content(&seat->window);
    *x_out = content.x + (int32_t)search.x;
    *y_out = content.y + (int32_t)search.y;
    return true;
}

bool desktop_shows(const char *text) {
    Search search = {.name = text};
    Rect rect;
    return wm_find("window", text, &rect) || look_everywhere(&search) != NULL;
}
