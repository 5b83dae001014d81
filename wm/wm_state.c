/* The window manager's one state, and what follows from it alone. */
#include "wm/wm_state.h"

Wm wm_state;

WmDesk wm_desk(void) {
    return (WmDesk){.x = wm_state.x,
                    .y = wm_state.y,
                    .launcher_open = wm_state.launcher_open,
                    .dark = wm_state.theme == &theme_dark};
}

const Theme *wm_theme(void) {
    return wm_state.theme;
}

uint64_t wm_stamp(void) {
    enum { SCALE = 1, DARK = 1 << 8 };
    return SCALE | (wm_state.theme == &theme_dark ? DARK : 0);
}

void wm_refresh(WmWindow *window) {
    if (wm_state.hooks.refresh)
        wm_state.hooks.refresh(window);
}
