/* Waiting: for the window or the script, the disk, and a time. */
#include "kernel/host/host.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kernel/base/check.h"

static int wake_event = -1;
static int watched = -1;
static void (*watched_ready)(void);
static bool with_window;

void host_idle_open(bool window) {
    wake_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(wake_event >= 0);
    with_window = window;
}

void host_idle_watch(int descriptor, void (*ready)(void)) {
    watched = descriptor;
    watched_ready = ready;
}

void host_wake(void) {
    uint64_t one = 1;
    ssize_t written = write(wake_event, &one, sizeof one);
    (void)written; /* full means that a wake-up already waits */
}

static int timeout_ms(uint64_t until_ns) {
    if (until_ns == UINT64_MAX)
        return -1;
    uint64_t now = platform_now_ns();
    if (until_ns <= now)
        return 0;
    uint64_t ms = (until_ns - now + 999999) / 1000000;
    return ms > 60000 ? 60000 : (int)ms;
}

/* SDL has no descriptor to wait on: a window looks for events every 4 ms. */
static int limited_timeout(uint64_t until_ns) {
    int timeout = timeout_ms(until_ns);
    if (with_window && (timeout < 0 || timeout > 4))
        return 4;
    return timeout;
}

void platform_idle(uint64_t until_ns) {
    if (with_window)
        host_window_pump(0);
    if (host_input_waiting() || host_disk_finished())
        return;
    struct pollfd waits[] = {{.fd = wake_event, .events = POLLIN},
                             {.fd = watched, .events = POLLIN}};
    poll(waits, 2, limited_timeout(until_ns));
    uint64_t wakes;
    ssize_t got = read(wake_event, &wakes, sizeof wakes);
    (void)got; /* nothing to read is as good */
    if (waits[1].revents && watched_ready)
        watched_ready();
    if (with_window)
        host_window_pump(0);
}
