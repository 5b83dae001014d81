/* The system's start and main loop: store, screen, input. */
#include "kernel/system.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/platform.h"

#define BACKGROUND 0x00C7D2DDu
#define ACCENT 0x002F6FEDu

/* Fills a rectangle that lies inside the picture. */
static void fill(uint32_t *pixels, size_t stride, ScreenRect rect,
                 uint32_t colour) {
    for (int32_t y = rect.y; y < rect.y + rect.height; y++)
        for (int32_t x = rect.x; x < rect.x + rect.width; x++)
            pixels[(size_t)y * stride + (size_t)x] = colour;
}

static void show_first_picture(void) {
    Screen screen = platform_screen();
    if (screen.width == 0)
        return;
    size_t stride = screen.width;
    uint32_t *pixels = alloc_take(stride * screen.height * sizeof *pixels);
    CHECK(pixels);
    ScreenRect all = {0, 0, (int32_t)screen.width, (int32_t)screen.height};
    fill(pixels, stride, all, BACKGROUND);
    ScreenRect middle = {all.width / 4, all.height / 4, all.width / 2,
                         all.height / 2};
    fill(pixels, stride, middle, ACCENT);
    platform_screen_show(pixels, stride, &all, 1);
    alloc_give(pixels);
}

_Noreturn void system_run(void) {
    show_first_picture();
    log_line("desktop: ready ms=%lu generation=0 restored=no",
             platform_now_ns() / 1000000);
    for (;;) {
        InputEvent event;
        while (platform_input_next(&event))
            if (event.kind == INPUT_CLOSE)
                platform_stop(0);
        platform_idle(UINT64_MAX);
    }
}
