/* The framebuffer: rows of pixels copied with words of 64 bits, which QEMU's
 * translator does twice as fast as SSE and eight times as fast as bytes. */
#include "drivers/screen.h"

#include <stdbool.h>
#include <stddef.h>

#include "drivers/bochs.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"

#define DEFAULT_WIDTH 1024u
#define DEFAULT_HEIGHT 768u
#define WIDTH_MIN 640u
#define HEIGHT_MIN 480u
#define WIDTH_MAX 1920u
#define HEIGHT_MAX 1080u

static DeviceScreen screen;
static uint8_t *screen_memory; /* NULL: there is no screen */

/* "1280x800" to two numbers; false when it is none or beyond the limits. */
static bool parse_size(const char *text, uint32_t *width_out,
                       uint32_t *height_out) {
    char copy[16];
    size_t length = text_length(text), cross = 0;
    while (cross < length && text[cross] != 'x')
        cross++;
    if (cross == length || length >= sizeof copy)
        return false;
    bytes_copy(copy, text, length + 1);
    copy[cross] = 0;
    uint64_t width, height;
    if (!text_to_u64(copy, &width) || !text_to_u64(copy + cross + 1, &height) ||
        width < WIDTH_MIN || width > WIDTH_MAX || height < HEIGHT_MIN ||
        height > HEIGHT_MAX)
        return false;
    *width_out = (uint32_t)width;
    *height_out = (uint32_t)height;
    return true;
}

/* Leaves `screen` alone when the mode is there already or cannot be set. */
static void choose_mode(void) {
    uint32_t width = DEFAULT_WIDTH, height = DEFAULT_HEIGHT;
    const char *size = platform_setting("size");
    bool wanted = size && parse_size(size, &width, &height);
    if (size && !wanted)
        log_line("screen: size %s is not from %ux%u to %ux%u", size, WIDTH_MIN,
                 HEIGHT_MIN, WIDTH_MAX, HEIGHT_MAX);
    if (screen.address &&
        (!wanted || (screen.width == width && screen.height == height)))
        return;
    bochs_set_mode(width, height, &screen);
}

void screen_start(const DeviceScreen *boot) {
    screen = *boot;
    choose_mode();
    if (screen.address)
        screen_memory =
            device_map(screen.address, (uint64_t)screen.pitch * screen.height,
                       DEVICE_FRAMEBUFFER);
    if (!screen_memory) {
        screen = (DeviceScreen){.address = 0};
        log_line("screen: none");
        return;
    }
    log_line("screen: %ux%u, %u bits", screen.width, screen.height,
             screen.bits);
}

Screen platform_screen(void) {
    return (Screen){screen.width, screen.height};
}

/* ---- Copying ---- */

static void copy_row(uint8_t *to, const uint32_t *from, size_t count) {
    const uint8_t *bytes = (const uint8_t *)from;
    size_t at = 0, end = count * 4;
    if ((uintptr_t)to % 8 != 0 && end > 0) {
        bytes_put32(to, bytes_get32(bytes));
        at = 4;
    }
    for (; at + 32 <= end; at += 32) {
        uint64_t a = bytes_get64(bytes + at);
        uint64_t b = bytes_get64(bytes + at + 8);
        uint64_t c = bytes_get64(bytes + at + 16);
        uint64_t d = bytes_get64(bytes + at + 24);
        bytes_put64(to + at, a);
        bytes_put64(to + at + 8, b);
        bytes_put64(to + at + 16, c);
        bytes_put64(to + at + 24, d);
    }
    for (; at < end; at += 4)
        bytes_put32(to + at, bytes_get32(bytes + at));
}

/* Any other order of the colours, or three bytes a pixel. */
static void convert_row(uint8_t *to, const uint32_t *from, size_t count) {
    size_t step = screen.bits / 8;
    for (size_t i = 0; i < count; i++) {
        uint32_t pixel = (from[i] >> 16 & 255) << screen.red_shift |
                         (from[i] >> 8 & 255) << screen.green_shift |
                         (from[i] & 255) << screen.blue_shift;
        for (size_t byte = 0; byte < step; byte++)
            to[i * step + byte] = (uint8_t)(pixel >> byte * 8);
    }
}

static bool is_plain(void) {
    return screen.bits == 32 && screen.red_shift == 16 &&
           screen.green_shift == 8 && screen.blue_shift == 0;
}

static void show(const uint32_t *pixels, size_t stride, ScreenRect rect) {
    CHECK(rect.x >= 0 && rect.y >= 0 && rect.width >= 0 && rect.height >= 0);
    CHECK((uint32_t)(rect.x + rect.width) <= screen.width);
    CHECK((uint32_t)(rect.y + rect.height) <= screen.height);
    bool plain = is_plain();
    size_t x = (size_t)rect.x, count = (size_t)rect.width;
    for (int32_t row = rect.y; row < rect.y + rect.height; row++) {
        const uint32_t *from = pixels + (size_t)row * stride + x;
        uint8_t *to =
            screen_memory + (size_t)row * screen.pitch + x * (screen.bits / 8);
        if (plain)
            copy_row(to, from, count);
        else
            convert_row(to, from, count);
    }
}

void platform_screen_show(const uint32_t *pixels, size_t stride,
                          const ScreenRect *rects, size_t count) {
    for (size_t i = 0; screen_memory && i < count; i++)
        show(pixels, stride, rects[i]);
}
