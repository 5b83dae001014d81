/* The simulated machine but for its disk. */
#include "tests/sim/sim.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "tests/test.h"

enum { LOG_LINES = 512, LOG_BYTES = 1024, QUEUE = 1024, SETTINGS = 16 };

static uint64_t random_state, now_ns;
static char log_lines[LOG_LINES][LOG_BYTES];
static unsigned log_count;
static InputEvent events[QUEUE];
static unsigned event_first, event_count;
static char console[256];
static uint32_t *pixels;
static Screen screen;
static struct { const char *name, *value; } settings[SETTINGS];
static jmp_buf panic_return;
static bool panic_expected;

/* ---- Randomness and time ---- */

void sim_seed(uint64_t seed) {
    random_state = seed;
}

uint64_t sim_random(void) {
    return test_random(&random_state);
}

void platform_random(void *bytes, size_t count) {
    uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++)
        at[i] = (uint8_t)sim_random();
}

void sim_time_set_ns(uint64_t now) {
    now_ns = now;
}

uint64_t platform_now_ns(void) {
    return now_ns += 100; /* work takes time */
}

int64_t platform_wall_us(void) {
    return 1767225600000000 + (int64_t)(now_ns / 1000); /* from 2026-01-01 */
}

void platform_idle(uint64_t until_ns) {
    platform_disk_poll(true);
    if (until_ns != UINT64_MAX && until_ns > now_ns)
        now_ns = until_ns;
}

/* ---- Settings, log, end ---- */

void sim_setting(const char *name, const char *value) {
    unsigned free_place = SETTINGS;
    for (unsigned i = 0; i < SETTINGS; i++) {
        if (settings[i].name && strcmp(settings[i].name, name) == 0) {
            settings[i].value = value;
            return;
        }
        if (!settings[i].name && free_place == SETTINGS)
            free_place = i;
    }
    CHECK(free_place < SETTINGS);
    settings[free_place].name = name;
    settings[free_place].value = value;
}

const char *platform_setting(const char *name) {
    for (unsigned i = 0; i < SETTINGS; i++)
        if (settings[i].name && strcmp(settings[i].name, name) == 0)
            return settings[i].value;
    return NULL;
}

static void keep_line(const char *bytes, size_t count) {
    char *line = log_lines[log_count++ % LOG_LINES];
    snprintf(line, LOG_BYTES, "%.*s", (int)count - 1, bytes);
    if (getenv("SIM_LOG"))
        fprintf(stderr, "%s\n", line);
}

const char *sim_log_find(const char *prefix) {
    unsigned count = log_count < LOG_LINES ? log_count : LOG_LINES;
    for (unsigned i = 1; i <= count; i++) {
        const char *line = log_lines[(log_count - i) % LOG_LINES];
        if (strncmp(line, prefix, strlen(prefix)) == 0)
            return line;
    }
    return NULL;
}

void sim_log_clear(void) {
    log_count = 0;
}

static void on_panic(void) {
    if (panic_expected)
        longjmp(panic_return, 1);
    fprintf(stderr, "%s\n", sim_log_find("panic:"));
    abort();
}

bool sim_panics(void (*action)(void *), void *argument) {
    panic_expected = true;
    bool panicked = setjmp(panic_return) != 0;
    if (!panicked)
        action(argument);
    panic_expected = false;
    return panicked;
}

static void (*on_restart)(void);

void sim_on_restart(void (*action)(void)) {
    on_restart = action;
}

_Noreturn void platform_restart(void) {
    if (on_restart)
        on_restart();
    panic("the system starts anew");
}

_Noreturn void platform_stop(int code) {
    panic("the system stopped with code %d", code);
}

void sim_start(void) {
    log_set_sink(keep_line);
    panic_set_stop(on_panic);
    host_range_open();
}

/* ---- Screen, input, memory ---- */

void sim_screen_size(uint32_t width, uint32_t height) {
    free(pixels);
    pixels = calloc((size_t)width * height + 1, sizeof *pixels);
    CHECK(pixels);
    screen = (Screen){width, height};
}

const uint32_t *sim_screen_pixels(void) {
    return pixels;
}

Screen platform_screen(void) {
    return screen;
}

void platform_screen_show(const uint32_t *from, size_t stride,
                          const ScreenRect *rects, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (int32_t y = 0; y < rects[i].height; y++)
            memcpy(pixels + (size_t)(rects[i].y + y) * screen.width +
                       rects[i].x,
                   from + (size_t)(rects[i].y + y) * stride + rects[i].x,
                   (size_t)rects[i].width * sizeof *pixels);
}

void sim_input(InputEvent event) {
    CHECK(event_count < QUEUE);
    events[(event_first + event_count++) % QUEUE] = event;
}

unsigned sim_input_count(void) {
    return event_count;
}

bool platform_input_next(InputEvent *event_out) {
    if (event_count == 0)
        return false;
    *event_out = events[event_first++ % QUEUE];
    event_count--;
    return true;
}

void sim_console(const char *line) {
    snprintf(console, sizeof console, "%s", line);
}

bool platform_console_next(char *line_out, size_t capacity) {
    if (!console[0])
        return false;
    snprintf(line_out, capacity, "%s", console);
    console[0] = 0;
    return true;
}

uint64_t platform_memory_bytes(void) {
    return 256ull << 20;
}
