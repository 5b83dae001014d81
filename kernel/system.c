/* The system's start and main loop: store, VM, screen, input, snapshots. */
#include "kernel/system.h"

#include "gui/gui.h"
#include "kernel/apps.h"
#include "kernel/assets.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/console.h"
#include "kernel/first.h"
#include "kernel/install.h"
#include "kernel/platform.h"
#include "kernel/refuse.h"
#include "kernel/travel.h"
#include "persist/snapshot.h"
#include "vm/vm.h"
#include "wm/desktop_native.h"

enum {
    STEP_PAGES = 256,       /* of a snapshot between two looks at input */
    STEP_WAIT_NS = 1000000, /* while the disk works */
    INTERVAL_MS = 1000,     /* between snapshots */
    INTERVAL_LEAST_MS = 10,
    RETRY_NS = 1000000000,
    WAIT_NS = 5000000,      /* for a program that waits for room */
    PRESSED_NS = 100000000, /* between snapshots that only make room */
    PRESSED_SAID = 20,      /* fruitless ones before the log says so */
    INTERVAL_MOST_MS = 3600000,
    MEMORY_SHARE = 2,      /* of the machine's RAM for pages: a half */
    SLICE_BUDGET = 100000, /* calls and loops between two looks at input */
    MINUTE_US = 60000000,
};

static struct {
    uint64_t interval_ns;
    uint64_t next_snapshot_ns;
    uint64_t pressed_ns;     /* no snapshot for room before this */
    uint32_t pressed_count;  /* of them in a row */
    uint64_t retry_ns;       /* no snapshot before this, after a failed one */
    uint64_t inputs;         /* events received since the start */
    uint64_t settled_inputs; /* and those at the last "ui: settled", */
    uint64_t settled_frame;  /* with its frame */
    int64_t minute;          /* that the clock shows */
    bool test;               /* test mode */
    bool started;            /* the desktop is ready */
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

/* MemoryOptions.lost: without its own pages the system cannot start. */
static _Noreturn void lost_page(void) {
    if (run.started)
        vm_lost_page();
    refuse_start("a page that the system needs cannot be read any more; "
                 "rvdisk check says what else is damaged");
}

static void set_retention(Store *store) {
    StoreRetention usual = STORE_RETENTION;
    StoreRetention wanted = {
        .last = (uint32_t)setting_number("keep", usual.last, STORE_LAST_LEAST,
                                         1000),
        .minutes =
            (uint32_t)setting_number("keep_minutes", usual.minutes, 0, 1000),
        .hours = (uint32_t)setting_number("keep_hours", usual.hours, 0, 1000),
        .days = (uint32_t)setting_number("keep_days", usual.days, 0, 1000),
    };
    store_set_retention(store, &wanted);
}

static uint32_t regions_of(const Store *store, uint64_t generation) {
    for (uint32_t i = 0; i < store_record_count(store); i++)
        if (store_record(store, i).generation == generation)
            return store_record(store, i).regions;
    return 0;
}

/* The world goes on from this generation, on a new branch. */
static Status go_back_to(Store *store, uint64_t wanted, StoreOpening *opening) {
    Status status = store_go_back(store, wanted);
    if (status != STATUS_OK)
        return status;
    log_line("recovery: generation %lu was asked for; %lu stays pinned", wanted,
             opening->generation);
    opening->generation = wanted;
    opening->regions = regions_of(store, wanted);
    return STATUS_OK;
}

/* What a program asked for before the machine started anew (travel.c), else
 * the setting `generation`. */
static void go_back(Store *store, StoreOpening *opening) {
    uint64_t asked = store_return_wanted(store);
    Status status = STATUS_OK;
    if (asked)
        status = go_back_to(store, asked, opening);
    if (status != STATUS_OK)
        log_line("recovery: generation %lu was asked for: %s; going on with "
                 "the newest",
                 asked, status_text(status));
    uint64_t wanted = setting_number("generation", 0, 1, UINT64_MAX);
    if (asked || wanted == 0 || wanted == opening->generation)
        return;
    status = go_back_to(store, wanted, opening);
    if (status == STATUS_NOT_FOUND)
        refuse_start("the generation that was asked for is not kept; rvdisk "
                     "list shows which are");
    if (status != STATUS_OK)
        refuse_start(status_text(status));
}

/* The generation that came back, 0 for none. */
static uint64_t open_memory(void) {
    MemoryOptions options = {.limit_bytes = memory_limit(),
                             .lost = lost_page,
                             .audit = setting_number("audit", 0, 0, 1) == 1};
    StoreOpening opening;
    Status status = store_open(0, &options.store, &opening);
    if (status == STATUS_NO_DISK)
        log_line("recovery: there is no disk; nothing will outlive this run");
    else if (status != STATUS_OK)
        refuse_start(opening.message);
    if (options.store) {
        set_retention(options.store);
        go_back(options.store, &opening);
    }
    options.regions = opening.regions;
    if (memory_open(&options) != STATUS_OK)
        refuse_start("there is not enough memory to start");
    return opening.generation;
}

/* A blank disk, or none, begins with the first heap; what follows is the same
 * for every start. */
static void open_vm(bool blank) {
    char why[200];
    Text text = text_on(why, sizeof why);
    apps_register();
    Status status = blank ? first_clone(&text) : STATUS_OK;
    if (status != STATUS_OK)
        refuse_start(text_end(&text));
    status = vm_restore();
    if (status == STATUS_OTHER_FORMAT)
        refuse_start(
            "the disk is from another version of the system; it was left "
            "as it is");
    if (status != STATUS_OK)
        refuse_start(status_text(status));
    apps_update();
}

/* ---- The screen ---- */

static const char *clock_text(void) {
    static char shown[8];
    int64_t minutes = platform_wall_us() / MINUTE_US;
    Text text = text_on(shown, sizeof shown);
    if (run.test)
        minutes = 12 * 60;
    run.minute = minutes;
    text_add_format(&text, "%02d:%02d", (int)(minutes / 60 % 24),
                    (int)(minutes % 60));
    return text_end(&text);
}

static void open_desktop(void) {
    WmHooks hooks = {
        .launch = apps_launch, .app_name = apps_name, .clock = clock_text};
    Screen screen = platform_screen();
    if (screen.width == 0)
        refuse_start("there is no screen");
    desktop_hooks(&hooks);
    gui_calibrate(platform_now_ns);
    WmDesk desk = {.x = (int32_t)screen.width / 2,
                   .y = (int32_t)screen.height / 2};
    Status status = gui_start(asset_find);
    if (status == STATUS_OK) {
        desktop_desk(&desk);
        status = wm_start(screen, &hooks, &desk);
    }
    if (status == STATUS_OK)
        status = desktop_restore();
    if (status != STATUS_OK)
        refuse_start(status_text(status));
    wm_show_durable(true);
    wm_compose();
}

static void say_restored(uint64_t generation) {
    uint64_t threads = 0;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i])
            threads += ROOT->domains[i]->thread_count;
    log_line("restore: generation=%lu threads=%lu windows=%u crc=%08x ms=%lu",
             generation, threads, desktop_window_count(), wm_crc(),
             platform_now_ns() / 1000000);
}

/* Stops after the pure blit until the console says "resume". */
static void stay_frozen(void) {
    const char *frozen = platform_setting("frozen");
    while (frozen && text_equal(frozen, "1") && !console_take_resume()) {
        platform_idle(UINT64_MAX);
        console_step();
    }
}

/* ---- The main loop ---- */

uint64_t system_inputs(void) {
    return run.inputs;
}

static void obey_input(void) {
    InputEvent event;
    while (!desktop_behind() && platform_input_next(&event)) {
        run.inputs++;
        if (event.kind == INPUT_CLOSE)
            console_want_stop();
        wm_input(&event);
    }
    wm_settle();
    desktop_step();
}

static void keep_clock(void) {
    if (!run.test && platform_wall_us() / MINUTE_US != run.minute)
        wm_tick();
}

static uint64_t next_minute_ns(void) {
    if (run.test)
        return UINT64_MAX;
    int64_t left_us = MINUTE_US - platform_wall_us() % MINUTE_US;
    return platform_now_ns() + (uint64_t)left_us * 1000;
}

/* True when something waits for room and a snapshot may make some. */
static bool room_is_due(uint64_t now_ns) {
    if (!vm_pressed() && !memory_pressed()) {
        run.pressed_count = 0;
        return false;
    }
    if (now_ns < run.pressed_ns)
        return false;
    run.pressed_ns = now_ns + PRESSED_NS;
    if (++run.pressed_count == PRESSED_SAID)
        log_line("store: the disk or the memory is full; programs that want "
                 "more wait");
    return true;
}

/* Starts and continues snapshots; when to look again. */
static uint64_t run_snapshots(void) {
    uint64_t now_ns = platform_now_ns();
    bool changed = memory_dirty_pages() > 0;
    bool asked = console_snapshot_wanted();
    if (now_ns < run.retry_ns)
        return run.retry_ns; /* the last one failed; the cause needs time */
    bool due = asked || vm_snapshot_wanted() ||
               (changed && now_ns >= run.next_snapshot_ns);
    if (!snapshot_under_way() && (due || room_is_due(now_ns))) {
        run.next_snapshot_ns = now_ns + run.interval_ns;
        console_snapshot_taken();
        vm_barrier_taken();
        uint64_t generation = snapshot_barrier();
        if (asked)
            log_line("snapshot: begun generation=%lu", generation);
        if (generation == 0)
            return UINT64_MAX;
    }
    if (snapshot_under_way()) {
        Status status = snapshot_step(STEP_PAGES);
        if (status == STATUS_BUSY)
            return platform_now_ns() + STEP_WAIT_NS;
        wm_show_durable(status == STATUS_OK);
        if (status == STATUS_OK) /* else commit() waits for the next one */
            vm_generation_durable(snapshot_durable());
        else
            run.retry_ns = platform_now_ns() + RETRY_NS;
    }
    if (console_snapshot_wanted() || vm_snapshot_wanted())
        return platform_now_ns(); /* asked for while one was under way */
    if (run.pressed_count > 0)
        return run.pressed_ns;
    return memory_dirty_pages() > 0 ? run.next_snapshot_ns : UINT64_MAX;
}

/* Says once that the desktop is at rest, for scripts. */
static void say_settled(void) {
    if (!desktop_quiet() ||
        (run.settled_inputs == run.inputs && run.settled_frame == wm_frames()))
        return;
    run.settled_inputs = run.inputs;
    run.settled_frame = wm_frames();
    log_line("ui: settled input=%lu frame=%lu crc=%08x windows=%u focus=%lu",
             run.inputs, wm_frames(), wm_crc(), desktop_window_count(),
             desktop_focused_number());
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void system_step(void) {
    obey_input();
    console_step();
    uint64_t until_ns = vm_run(SLICE_BUDGET);
    bool waits = vm_pressed(); /* one program waits for room: no spinning */
    if (waits)
        until_ns = platform_now_ns() + WAIT_NS;
    apps_reap();
    wm_settle();
    desktop_step();
    travel_step();
    keep_clock();
    bool drawn = wm_compose();
    until_ns = earlier(until_ns, run_snapshots());
    memory_trim();
    if (!drawn)
        say_settled();
    until_ns = earlier(until_ns, next_minute_ns());
    bool busy = drawn || (!waits && !desktop_quiet());
    if (!console_stop_wanted())
        platform_idle(busy ? platform_now_ns() : until_ns);
}

static _Noreturn void shut_down(void) {
    Status status = snapshot_now();
    if (status != STATUS_OK)
        log_line("store: the last snapshot failed: %s", status_text(status));
    platform_stop(status == STATUS_OK ? 0 : 1);
}

void system_start(void) {
    run.test = setting_number("test", 0, 0, 1) == 1;
    run.interval_ns = setting_number("interval_ms", INTERVAL_MS,
                                     INTERVAL_LEAST_MS, INTERVAL_MOST_MS) *
                      1000000;
    uint64_t generation = open_memory();
    open_vm(generation == 0);
    open_desktop();
    if (generation)
        say_restored(generation);
    stay_frozen();
    if (!generation)
        apps_first_start();
    install_setting();
    log_line("desktop: ready ms=%lu generation=%lu restored=%s",
             platform_now_ns() / 1000000, generation,
             generation ? "yes" : "no");
    run.started = true;
}

_Noreturn void system_run(void) {
    system_start();
    while (!console_stop_wanted())
        system_step();
    shut_down();
}
