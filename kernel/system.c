/* The system's start and main loop: store, screen, input, snapshots. */
#include "kernel/system.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "persist/snapshot.h"

#define BACKGROUND 0x00C7D2DDu
#define ACCENT 0x002F6FEDu

enum {
    STEP_PAGES = 256,       /* of a snapshot between two looks at input */
    STEP_WAIT_NS = 1000000, /* while the disk works */
    INTERVAL_MS = 1000,     /* between snapshots */
    INTERVAL_LEAST_MS = 10,
    INTERVAL_MOST_MS = 3600000,
    MEMORY_SHARE = 2, /* of the machine's RAM for pages: a half */
};

static struct {
    uint64_t interval_ns;
    uint64_t next_snapshot_ns;
    bool snapshot_wanted; /* somebody asked for one */
    bool stopping;
} run;

/* ---- Start ---- */

/* A number from the settings, within limits; a bad one is named and ignored. */
static uint64_t setting_number(const char *name, uint64_t usual, uint64_t least,
                               uint64_t most) {
    const char *text = platform_setting(name);
    uint64_t value;
    if (!text)
        return usual;
    if (text_to_u64(text, &value) && value >= least && value <= most)
        return value;
    log_line("settings: %s=%s is not a number from %lu to %lu; using %lu", name,
             text, least, most, usual);
    return usual;
}

static uint64_t memory_limit(void) {
    uint64_t most = platform_memory_bytes() >> 20;
    uint64_t usual = most / MEMORY_SHARE;
    return setting_number("memory_mb", usual, 8, most) << 20;
}

static _Noreturn void refuse(const char *message) {
    log_line("recovery: cannot start: %s", message);
    platform_stop(1);
}

/* The generation that came back, 0 for none. */
static uint64_t open_memory(void) {
    MemoryOptions options = {.limit_bytes = memory_limit(),
                             .audit = setting_number("audit", 0, 0, 1) == 1};
    StoreOpening opening;
    Status status = store_open(0, &options.store, &opening);
    if (status == STATUS_NO_DISK)
        log_line("recovery: there is no disk; nothing will outlive this run");
    else if (status != STATUS_OK)
        refuse(opening.message);
    if (options.store)
        store_set_keep(options.store,
                       (uint32_t)setting_number("keep", STORE_KEEP, 2, 1000));
    options.regions = opening.regions;
    if (memory_open(&options) != STATUS_OK)
        refuse("there is not enough memory to start");
    return opening.generation;
}

/* ---- The picture ---- */

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

/* ---- The main loop ---- */

static void obey_console(void) {
    char line[256];
    while (platform_console_next(line, sizeof line)) {
        if (text_equal(line, "snapshot"))
            run.snapshot_wanted = true;
        else if (text_equal(line, "shutdown"))
            run.stopping = true;
        else
            log_line("console: unknown command: %s", line);
    }
}

static void obey_input(void) {
    InputEvent event;
    while (platform_input_next(&event))
        if (event.kind == INPUT_CLOSE)
            run.stopping = true;
}

/* Starts and continues snapshots; when to look again. */
static uint64_t run_snapshots(void) {
    uint64_t now_ns = platform_now_ns();
    bool changed = memory_dirty_pages() > 0;
    bool due = run.snapshot_wanted || memory_pressed() ||
               (changed && now_ns >= run.next_snapshot_ns);
    if (!snapshot_under_way() && due) {
        run.next_snapshot_ns = now_ns + run.interval_ns;
        run.snapshot_wanted = false;
        if (snapshot_barrier() == 0)
            return UINT64_MAX;
    }
    if (snapshot_step(STEP_PAGES) == STATUS_BUSY)
        return platform_now_ns() + STEP_WAIT_NS;
    return changed ? run.next_snapshot_ns : UINT64_MAX;
}

static _Noreturn void shut_down(void) {
    Status status = snapshot_now();
    if (status != STATUS_OK)
        log_line("store: the last snapshot failed: %s", status_text(status));
    platform_stop(status == STATUS_OK ? 0 : 1);
}

_Noreturn void system_run(void) {
    uint64_t generation = open_memory();
    run.interval_ns = setting_number("interval_ms", INTERVAL_MS,
                                     INTERVAL_LEAST_MS, INTERVAL_MOST_MS) *
                      1000000;
    show_first_picture();
    log_line("desktop: ready ms=%lu generation=%lu restored=%s",
             platform_now_ns() / 1000000, generation,
             generation ? "yes" : "no");
    while (!run.stopping) {
        obey_input();
        obey_console();
        uint64_t until_ns = run_snapshots();
        memory_trim();
        if (!run.stopping)
            platform_idle(until_ns);
    }
    shut_down();
}
