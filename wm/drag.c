/* Dragging: its state, moving and resizing. */
#include "wm/drag.h"

enum {
    LEAST_WIDTH = 160, /* of a content that says nothing else */
    LEAST_HEIGHT = 80,
};

void drag_end(void) {
    wm_state.drag = WM_DRAG_NONE;
    wm_state.drag_window = NULL;
}

void drag_notice_comes(void) {
    if (wm_state.drag != WM_DRAG_CONTENT)
        drag_end();
}

void drag_begin(WmDrag drag, WmWindow *window, DecorPart part,
                uint16_t button) {
    wm_state.drag = drag;
    wm_state.drag_button = button;
    wm_state.drag_window = window;
    wm_state.drag_part = part;
    wm_state.drag_x = wm_state.x;
    wm_state.drag_y = wm_state.y;
    /* From where it is shown: a program may want any place. */
    if (window)
        wm_state.drag_wanted = window->state == WM_NORMAL
                                   ? windows_content(window)
                                   : window->wanted;
}

void drag_move(void) {
    WmWindow *window = wm_state.drag_window;
    damage_window(window);
    window->wanted =
        rect_moved(wm_state.drag_wanted, wm_state.x - wm_state.drag_x,
                   wm_state.y - wm_state.drag_y);
    /* What is kept is what was seen: a bar cannot be lost at the edge. */
    Rect content = windows_content(window);
    window->wanted.x = content.x;
    window->wanted.y = content.y;
    windows_changed(window);
    damage_window(window);
}

static bool pulls_left(DecorPart part) {
    return part == DECOR_LEFT || part == DECOR_TOP_LEFT ||
           part == DECOR_BOTTOM_LEFT;
}

static bool pulls_right(DecorPart part) {
    return part == DECOR_RIGHT || part == DECOR_TOP_RIGHT ||
           part == DECOR_BOTTOM_RIGHT;
}

static bool pulls_top(DecorPart part) {
    return part == DECOR_TOP || part == DECOR_TOP_LEFT ||
           part == DECOR_TOP_RIGHT;
}

static bool pulls_bottom(DecorPart part) {
    return part == DECOR_BOTTOM || part == DECOR_BOTTOM_LEFT ||
           part == DECOR_BOTTOM_RIGHT;
}

/* A new length, from a change that pulls one end, within limits. */
static int32_t pulled(int32_t length, int32_t change, int32_t least) {
    int32_t most = SURFACE_SIDE_MAX;
    length += change;
    return length < least ? least : length > most ? most : length;
}

void drag_resize(void) {
    WmWindow *window = wm_state.drag_window;
    Rect from = wm_state.drag_wanted, to = from;
    int32_t dx = wm_state.x - wm_state.drag_x,
            dy = wm_state.y - wm_state.drag_y;
    int32_t least_width =
        window->least_width > LEAST_WIDTH ? window->least_width : LEAST_WIDTH;
    int32_t least_height = window->least_height > LEAST_HEIGHT
                               ? window->least_height
                               : LEAST_HEIGHT;
    if (pulls_right(wm_state.drag_part))
        to.width = pulled(from.width, dx, least_width);
    if (pulls_bottom(wm_state.drag_part))
        to.height = pulled(from.height, dy, least_height);
    if (pulls_left(wm_state.drag_part)) {
        to.width = pulled(from.width, -dx, least_width);
        to.x = from.x + from.width - to.width;
    }
    if (pulls_top(wm_state.drag_part)) {
        to.height = pulled(from.height, -dy, least_height);
        to.y = from.y + from.height - to.height;
    }
    damage_window(window);
    window->wanted = to;
    windows_changed(window);
    damage_window(window);
}
