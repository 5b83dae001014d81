/* Which two presses are a double click. */
#include "wm/double_click.h"

enum {
    DOUBLE_CLICK_NS = 400000000,
    DOUBLE_CLICK_PIXELS = 4, /* as ui.Window has it */
};

static bool near_title_click(const InputEvent *event) {
    int32_t dx = event->x - wm_state.title_click_x;
    int32_t dy = event->y - wm_state.title_click_y;
    return dx >= -DOUBLE_CLICK_PIXELS && dx <= DOUBLE_CLICK_PIXELS &&
           dy >= -DOUBLE_CLICK_PIXELS && dy <= DOUBLE_CLICK_PIXELS &&
           event->time_ns - wm_state.title_click_ns <= DOUBLE_CLICK_NS;
}

bool double_click_press(WmWindow *title, const InputEvent *event) {
    WmWindow *clicked = event->usage == WM_LEFT ? title : NULL;
    bool second = clicked && clicked == wm_state.title_click_window &&
                  near_title_click(event);
    wm_state.title_click_window = second ? NULL : clicked;
    wm_state.title_click_ns = event->time_ns;
    wm_state.title_click_x = event->x;
    wm_state.title_click_y = event->y;
    return second;
}
