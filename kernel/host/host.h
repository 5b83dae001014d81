/* host.h: what the files of the hosted machine share.
 *
 * The hosted machine is one Linux process. One thread runs the system; a second
 * writes and flushes the disk file (disk.c). host_wake() is how that thread,
 * and nobody else, interrupts platform_idle(). */
#ifndef KERNEL_HOST_HOST_H
#define KERNEL_HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/status.h"
#include "kernel/platform.h"

/* clock.c: starts the clock, the log on standard error and the panic's end. */
void host_start(void);
/* Who sees each log line besides standard error. */
void host_log_observe(void (*observer)(const char *line));

/* settings.c: sets NAME to VALUE from "NAME=VALUE". False: no '=' in it. */
bool host_set(const char *assignment);
/* The same with the first `length` bytes of `name`. */
void host_set_value(const char *name, size_t length, const char *value);

/* range.c: maps the persistent range. On failure prints one line and exits. */
void host_range_open(void);

/* disk.c: opens the disk file, made with `size_bytes` if it is missing. False
 * after one line on standard error. */
bool host_disk_open(const char *path, uint64_t size_bytes);
/* It was not opened since another machine has it. */
bool host_disk_in_use(void);
/* Waits for requests under way and closes the file. */
void host_disk_close(void);
/* True when a request finished since the last platform_disk_poll. */
bool host_disk_finished(void);

/* screen.c and input.c: a window, or nothing to see with `headless`. */
void host_screen_open(uint32_t width, uint32_t height, bool headless);
/* The last picture shown, for screenshots: rows of platform_screen().width. */
const uint32_t *host_screen_pixels(void);

/* window.c: the SDL2 side; called by screen.c and idle only with a window. */
void host_window_open(uint32_t width, uint32_t height);
void host_window_show(const uint32_t *pixels, size_t stride,
                      const ScreenRect *rects, size_t count);
void host_window_close(void);
/* Moves waiting window events into the queue; waits for the first one up to
 * `timeout_ms` (0: does not wait, -1: for ever). */
void host_window_pump(int timeout_ms);

/* input.c: the queue that platform_input_next empties. */
void host_input_put(InputEvent event);
bool host_input_waiting(void);

/* idle.c, or no_wake.c for programs without a main loop: ends a platform_idle
 * that waits; callable from any thread. */
void host_wake(void);
void host_idle_open(bool window);
/* A file descriptor whose bytes also end the waiting (the UI script), with
 * what to call when some have come; -1 for none. */
void host_idle_watch(int descriptor, void (*ready)(void));

/* The whole file with a zero behind it, and its size; NULL after one line on
 * standard error. The caller's, for free(). */
char *host_read_file(const char *path, size_t *size_out);

#endif
