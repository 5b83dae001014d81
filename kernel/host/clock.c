/* Time, randomness, the log and the end of the hosted machine. */
#include "kernel/host/host.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "kernel/base/check.h"
#include "kernel/base/log.h"

static uint64_t start_ns;
static void (*log_observer)(const char *line);

static uint64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void sink(const char *bytes, size_t count) {
    ssize_t written = write(STDERR_FILENO, bytes, count);
    (void)written; /* nobody to tell when standard error is gone */
    if (log_observer)
        log_observer(bytes);
}

static void stop_after_panic(void) {
    _exit(EXIT_FAILURE);
}

void host_log_observe(void (*observer)(const char *line)) {
    log_observer = observer;
}

/* Tables of a collection, bitmaps and the like come again and again: what goes
 * is kept for the next, or each is mapped and touched page by page anew. */
enum { KEPT_BYTES = 32 << 20 };

void host_start(void) {
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    start_ns = monotonic_ns();
    log_set_sink(sink);
    panic_set_stop(stop_after_panic);
}

uint64_t platform_now_ns(void) {
    return monotonic_ns() - start_ns;
}

int64_t platform_wall_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void platform_random(void *bytes, size_t count) {
    CHECK(getrandom(bytes, count, 0) == (ssize_t)count);
}

_Noreturn void platform_stop(int code) {
    host_disk_close();
    exit(code);
}

uint64_t platform_memory_bytes(void) {
    return 1024ull << 20; /* a budget, not the computer's RAM */
}
