/* Random input for the simulated machine. */
#include "tests/machine/input.h"

#include <stdio.h>

#include "kernel/base/keymap.h"
#include "kernel/system/apps.h"
#include "tests/sim/sim.h"
#include "wm/desktop.h"
#include "wm/wm_state.h"

enum { WINDOWS_MAX = 6, WAITING_MAX = 200, GAP_NS = 40000000 };

static int32_t below(int32_t limit) {
    return (int32_t)(sim_random() % (uint64_t)limit);
}

static void key(uint16_t usage, uint16_t modifiers) {
    InputEvent event = {.kind = INPUT_KEY,
                        .usage = usage,
                        .down = true,
                        .modifiers = modifiers,
                        .time_ns = platform_now_ns()};
    bool types = !(modifiers & (INPUT_CTRL | INPUT_ALT));
    event.text = types ? keymap_text(usage, modifiers & INPUT_SHIFT, false) : 0;
    sim_input(event);
    event.down = false;
    event.text = 0;
    sim_input(event);
}

static void type(void) {
    for (int32_t left = 1 + below(6); left > 0; left--)
        key((uint16_t)(KEY_A + below(26)), below(5) ? 0 : INPUT_SHIFT);
    if (below(4) == 0)
        key(below(3) ? KEY_SPACE : KEY_ENTER, 0);
}

static void edit(void) {
    static const uint16_t usages[] = {KEY_BACKSPACE, KEY_DELETE,   KEY_LEFT,
                                      KEY_RIGHT,     KEY_UP,       KEY_DOWN,
                                      KEY_HOME,      KEY_END,      KEY_TAB,
                                      KEY_PAGE_UP,   KEY_PAGE_DOWN};
    int32_t count = (int32_t)(sizeof usages / sizeof usages[0]);
    for (int32_t left = 1 + below(4); left > 0; left--)
        key(usages[below(count)], below(3) ? 0 : INPUT_SHIFT);
}

static void command(void) {
    static const char letters[] = "acvxzy";
    key((uint16_t)(KEY_A + letters[below(6)] - 'a'), INPUT_CTRL);
}

static uint16_t pressed = 1; /* the button, most often the left one */

static void pointer(InputKind kind, bool down, int32_t x, int32_t y) {
    sim_input((InputEvent){.kind = kind,
                           .usage = kind == INPUT_BUTTON ? pressed : 0,
                           .down = down,
                           .x = x,
                           .y = y,
                           .wheel = kind == INPUT_WHEEL ? 1 - below(3) : 0,
                           .time_ns = platform_now_ns()});
}

/* Anywhere, or at a place where something happens. */
static void choose_place(int32_t *x_out, int32_t *y_out) {
    *x_out = below(wm_state.scene.width);
    *y_out = below(wm_state.scene.height);
    WmWindow *window = windows_focused();
    if (!window || below(3) == 0)
        return;
    Rect content = windows_content(window);
    *x_out = content.x + below(content.width);
    *y_out = content.y + (below(2) ? below(content.height) : -below(24));
    *x_out = *x_out < 0 ? 0 : *x_out % wm_state.scene.width;
    *y_out = *y_out < 0 ? 0 : *y_out % wm_state.scene.height;
}

static void click(void) {
    int32_t x, y;
    choose_place(&x, &y);
    for (int32_t left = 1 + (below(4) == 0); left > 0; left--) {
        pointer(INPUT_BUTTON, true, x, y);
        pointer(INPUT_BUTTON, false, x, y);
    }
}

/* Of which another goes down and up on the way. */
static void press_other(int32_t x, int32_t y) {
    uint16_t before = pressed;
    pressed = (uint16_t)(1 + below(3));
    pointer(INPUT_BUTTON, below(2), x, y);
    pressed = before;
}

static void drag(void) {
    int32_t x, y;
    choose_place(&x, &y);
    pointer(INPUT_BUTTON, true, x, y);
    for (int32_t left = 1 + below(4); left > 0; left--) {
        x = (x + below(120) + wm_state.scene.width - 60) % wm_state.scene.width;
        y = (y + below(120) + wm_state.scene.height - 60) %
            wm_state.scene.height;
        pointer(INPUT_POINTER, false, x, y);
        if (below(8) == 0)
            press_other(x, y);
    }
    if (below(8)) /* else the button stays down for a while */
        pointer(INPUT_BUTTON, false, x, y);
}

static void move(void) {
    int32_t x, y;
    choose_place(&x, &y);
    pointer(below(4) ? INPUT_POINTER : INPUT_WHEEL, false, x, y);
}

static void open_app(void) {
    uint32_t count = 0;
    char line[80];
    while (apps_name(count))
        count++;
    if (desktop_window_count() >= WINDOWS_MAX)
        return;
    snprintf(line, sizeof line, "open \"%s\"",
             apps_name((uint32_t)below((int32_t)count)));
    sim_console(line);
}

static void act(void) {
    int32_t what = below(100);
    pressed = (uint16_t)(below(6) ? 1 : 2 + below(2));
    if (what < 40)
        type();
    else if (what < 52)
        edit();
    else if (what < 57)
        command();
    else if (what < 75)
        click();
    else if (what < 83)
        drag();
    else if (what < 92)
        move();
    else if (what < 95)
        open_app();
    else
        sim_console("snapshot");
}

void input_random(void) {
    if (below(3) == 0 && sim_input_count() < WAITING_MAX)
        act();
    if (below(4) == 0)
        sim_time_set_ns(platform_now_ns() + (uint64_t)below(GAP_NS));
}
