/* The screen of the hosted machine: a picture in memory, and a window on it
 * unless the machine is headless. */
#include "kernel/host/host.h"

#include <string.h>

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"

static Screen screen;
static uint32_t *shown; /* what a person would see, for screenshots */
static bool with_window;

void host_screen_open(uint32_t width, uint32_t height, bool headless) {
    screen = (Screen){width, height};
    shown = alloc_take((size_t)width * height * sizeof *shown);
    CHECK(shown);
    with_window = !headless;
    if (with_window)
        host_window_open(width, height);
}

const uint32_t *host_screen_pixels(void) {
    return shown;
}

Screen platform_screen(void) {
    return screen;
}

void platform_screen_show(const uint32_t *pixels, size_t stride,
                          const ScreenRect *rects, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ScreenRect r = rects[i];
        CHECK(r.x >= 0 && r.y >= 0 && r.width >= 0 && r.height >= 0);
        CHECK(r.x + r.width <= (int32_t)screen.width);
        CHECK(r.y + r.height <= (int32_t)screen.height);
        for (int32_t y = r.y; y < r.y + r.height; y++)
            memcpy(shown + (size_t)y * screen.width + r.x,
                   pixels + (size_t)y * stride + r.x,
                   (size_t)r.width * sizeof *pixels);
    }
    if (with_window)
        host_window_show(shown, screen.width, rects, count);
}
