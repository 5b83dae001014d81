/* The system's start and main loop: store, VM, screen, input, snapshots. */
#include "kernel/system/system.h"

#include "gui/gui.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/base/trace.h"
#include "kernel/platform.h"
#include "kernel/system/apps.h"
#include "kernel/system/assets.h"
#include "kernel/system/console.h"
#include "kernel/system/disks.h"
#include "kernel/system/first.h"
#include "kernel/system/install.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/notices/asks.h"
#include "kernel/system/notices/damaged.h"
#include "kernel/system/notices/ending.h"
#include "kernel/system/notices/failed.h"
#include "kernel/system/notices/full.h"
#include "kernel/system/notices/lost.h"
#include "kernel/system/notices/older.h"
#include "kernel/system/notices/safety.h"
#include "kernel/system/notices/starts.h"
#include "kernel/system/refuse.h"
#include "kernel/system/saver.h"
#include "kernel/system/scrubber.h"
#include "kernel/system/setting.h"
#include "kernel/system/travel.h"
#include "persist/memory/snapshot.h"
#include "vm/past/past_gone.h"
#include "vm/run/grants.h"
#include "vm/run/guard.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/notice.h"

enum {
    MEMORY_SHARE = 2, /* of the machine's RAM for pages: a half */
    MINUTE_US = 60000000,
    COMPUTES_NS = 1000000000, /* a program that shows nothing for so long */
    SHOWS_NS = 2000000000,    /* and one that does */
};

static struct {
    uint64_t inputs;         /* events received since the start */
    uint64_t settled_inputs; /* and those at the last "ui: settled", */
    uint64_t settled_frame;  /* with its frame */
    uint64_t opens_ns;    /* when an app that waits to start is tried again */
    uint64_t moved_ns;    /* when windows last drew, or events came, */
    uint64_t input_ns;    /* and when these came */
    uint64_t unshown_ns;  /* the oldest event without a frame after it, or 0 */
    uint64_t shown_ns;    /* longest from an event to its frame, and */
    uint64_t frame_ns;    /* longest work on a frame, since "ui: settled" */
    int64_t minute;       /* that the clock shows */
    bool test;            /* test mode */
    bool started;         /* the desktop is ready */
    bool drawn;           /* something new, in this turn */
    bool quiet;           /* no app does anything, in this turn */
    bool disk;            /* there is one, */
    StoreOpening opening; /* and what its store was like */
    Status status;        /* of a guarded step */
} run;

/* ---- Start ---- */

static uint64_t memory_limit(void) {
    uint64_t most = platform_memory_bytes() >> 20;
    uint64_t usual = most / MEMORY_SHARE;
    return setting_number("memory_mb", usual, 8, most) << 20;
}

/* MemoryOptions.lost: an app's page costs that app; without its own ones the
 * system cannot go on. */
static _Noreturn void lost_page(void) {
    if (vm_is_guarded())
        vm_lost_page();
    refuse_damage("a page that the system needs cannot be read any more",
                  run.started);
}

static void heap_is_forged(const char *what) {
    log_line("recovery: the heap is damaged: %s", what);
    refuse_damage("what the system needs of the world is damaged", run.started);
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
    if (store_undecided(store))
        return;
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

/* Test mode never holds by itself: its lives are short. */
static StartsHold hold_wanted(void) {
    if (platform_setting("held"))
        return setting_is_on("held") ? STARTS_HOLD : STARTS_HOLD_NEVER;
    return setting_is_on("test") ? STARTS_HOLD_NEVER : STARTS_HOLD_AFTER;
}

/* The generation that came back, 0 for none. */
static uint64_t open_memory(void) {
    MemoryOptions options = {.limit_bytes = memory_limit(),
                             .lost = lost_page,
                             .audit = setting_is_on("audit")};
    StoreOpening opening;
    Status status = store_open(0, &options.store, &opening);
    if (status == STATUS_NO_DISK)
        log_line("recovery: %s; nothing will outlive this run",
                 platform_disk_missing());
    else if (status != STATUS_OK)
        refuse_start(opening.message);
    run.disk = options.store != NULL;
    older_begin(options.store, &opening);
    starts_begin(options.store, hold_wanted());
    if (older_waits())
        starts_wait();
    if (options.store) {
        set_retention(options.store);
        go_back(options.store, &opening);
    }
    options.regions = opening.regions;
    if (memory_open(&options) != STATUS_OK)
        refuse_start("there is not enough memory to start");
    run.opening = opening;
    return opening.generation;
}

static uint32_t denied(uint64_t app) {
    return memory_store() ? store_denied(memory_store(), app) : 0;
}

static Status deny(uint64_t app, uint32_t rights) {
    return memory_store() ? store_deny(memory_store(), app, rights) : STATUS_OK;
}

static uint64_t denied_newest(void) {
    return memory_store() ? store_denied_newest(memory_store()) : 0;
}

/* A blank disk, or none, begins with the first heap; what follows is the same
 * for every start. */
static void open_vm(bool blank) {
    static const GrantsMarks marks = {denied, deny, denied_newest};
    char why[200];
    Text text = text_on(why, sizeof why);
    apps_register();
    guard_set_find(past_gone_find);
    grants_set_marks(&marks);
    vm_set_give_up(heap_is_forged);
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

static void restore_desktop(void) {
    run.status = desktop_restore();
}

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* Shows a frame where there is one to show, and takes the time. */
static void compose(void) {
    uint64_t begun_ns = platform_now_ns();
    run.drawn = wm_compose();
    if (!run.drawn)
        return;
    uint64_t now_ns = platform_now_ns();
    run.frame_ns = larger(run.frame_ns, now_ns - begun_ns);
    if (run.unshown_ns > 0)
        run.shown_ns = larger(run.shown_ns, now_ns - run.unshown_ns);
    run.unshown_ns = 0;
}

/* An app that lost a page is stopped on the way, and ended. */
static void until_done(void (*step)(void)) {
    while (!vm_guarded(step))
        apps_reap();
}

static void open_desktop(void) {
    static const AnswersDeeds deeds = {.go_back = travel_to,
                                       .take_app_back = travel_app_to_newest,
                                       .has_app = apps_has,
                                       .open_app = apps_open,
                                       .empty_trash = apps_empty_trash,
                                       .expect_room = saver_expect_room,
                                       .switch_off = console_want_stop};
    WmHooks hooks = {.launch = apps_launch,
                     .app_name = apps_name,
                     .clock = clock_text,
                     .end = ending_ask};
    Screen screen = platform_screen();
    if (screen.width == 0)
        refuse_start("there is no screen");
    desktop_hooks(&hooks);
    answers_set_deeds(&deeds);
    gui_calibrate(platform_now_ns);
    WmDesk desk = {.x = (int32_t)screen.width / 2,
                   .y = (int32_t)screen.height / 2};
    Status status = gui_start(assets_find);
    if (status == STATUS_OK) {
        desk_read(&desk);
        status = wm_start(screen, &hooks, &desk);
    }
    if (status == STATUS_OK) {
        until_done(restore_desktop);
        status = run.status;
    }
    if (status != STATUS_OK)
        refuse_start(status_text(status));
    wm_show_durable(true);
    until_done(wm_compose_first);
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
    while (platform_input_next(&event)) {
        run.inputs++;
        run.moved_ns = run.input_ns =
            platform_now_ns(); /* what follows may need more turns */
        TRACE(input, "kind=%d usage=%u down=%d at %d,%d", (int)event.kind,
              event.usage, event.down, event.x, event.y);
        if (run.unshown_ns == 0)
            run.unshown_ns = event.time_ns;
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

/* Somebody waits for room, and the next snapshots may make some. */
static bool room_may_come(void) {
    return vm_pressed() && !saver_is_starved();
}

/* Nothing waits, and nothing is going to change soon: all programs rest, or
 * what still runs has computed for a while without anything to see. What never
 * stops showing something is at rest when it has heard all input for longer. */
static bool at_rest(void) {
    uint64_t now_ns = platform_now_ns();
    bool asked = now_ns - run.input_ns < SHOWS_NS ||
                 now_ns - console_opened_ns() < SHOWS_NS || notice_is_deaf();
    if (!asked && desktop_has_heard())
        return true;
    if (run.drawn || !desktop_waits())
        run.moved_ns = now_ns;
    return !run.drawn && (run.quiet || now_ns - run.moved_ns >= COMPUTES_NS);
}

/* Says once that the desktop is at rest, for scripts. Events that have no frame
 * by now need none. */
static void say_settled(void) {
    run.unshown_ns = 0;
    if (run.settled_inputs == run.inputs && run.settled_frame == wm_frames())
        return;
    run.settled_inputs = run.inputs;
    run.settled_frame = wm_frames();
    log_line("ui: settled input=%lu frame=%lu crc=%08x windows=%u focus=%lu "
             "shown_us=%lu frame_us=%lu",
             run.inputs, wm_frames(), wm_crc(), desktop_window_count(),
             desktop_focused_number(), run.shown_ns / 1000,
             run.frame_ns / 1000);
    run.shown_ns = run.frame_ns = 0;
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void before_programs(void) {
    obey_input();
    console_step();
}

static void after_programs(void) {
    apps_reap();
    run.opens_ns = apps_step();
    wm_settle();
    desktop_step();
    travel_step();
    lost_step();
    failed_step();
    asks_step();
    keep_clock();
    full_step(saver_is_starved());
    damaged_step(saver_is_damaged());
    compose();
}

static void look_around(void) {
    run.quiet = desktop_quiet() && !travel_waits() && !lost_waits() &&
                !room_may_come() && !apps_waiting() && !notice_is_deaf();
    if (at_rest())
        say_settled();
}

/* When to look again. */
static uint64_t say_what_is_safe(void) {
    Status why;
    uint64_t failing_ns = saver_failing_since(&why);
    wm_show_durable(saver_is_durable() && !older_waits());
    return safety_step(failing_ns, why);
}

void system_step(void) {
    vm_guarded(before_programs);
    uint64_t until_ns = vm_run(VM_TURN_UNITS);
    bool waits = vm_pressed(); /* one program waits for room: no spinning */
    run.drawn = true; /* when this is left half-way, there is more to do */
    vm_guarded(after_programs);
    until_ns = earlier(until_ns, saver_step());
    until_ns = earlier(until_ns, say_what_is_safe());
    until_ns = earlier(until_ns, starts_step());
    until_ns = earlier(until_ns, ending_step());
    until_ns = earlier(until_ns, run.opens_ns);
    until_ns = earlier(until_ns, console_waits_until_ns());
    until_ns = earlier(until_ns, notice_deaf_until_ns());
    memory_trim();
    run.quiet = false;
    vm_guarded(look_around);
    until_ns = earlier(until_ns, next_minute_ns());
    bool busy = run.drawn || (!waits && !run.quiet && !notice_is_deaf());
    until_ns = earlier(until_ns, scrubber_step(!busy && !waits));
    if (!console_stop_wanted())
        platform_idle(busy ? platform_now_ns() : until_ns);
}

static _Noreturn void shut_down(void) {
    Status status = saver_finish();
    starts_end();
    if (status != STATUS_OK)
        log_line("store: the last snapshot failed: %s", status_text(status));
    platform_stop(status == STATUS_OK ? 0 : 1);
}

uint64_t system_open_world(void) {
    const char *traces = platform_setting("trace");
    if (traces && !trace_start(traces))
        log_line("settings: trace=%s: there are %s", traces, trace_names);
    run.test = setting_is_on("test");
    saver_start();
    scrubber_start();
    disks_find();
    uint64_t generation = open_memory();
    open_vm(generation == 0);
    return generation;
}

/* One question after the other; what older.h asks tells the rest later. */
static void offer(void) {
    const StoreOpening *opening = &run.opening;
    bool waits = older_waits();
    safety_begin(run.disk, waits ? 0 : opening->passed_over,
                 opening->generation, opening->history);
    if (waits)
        older_offer();
    else
        starts_offer();
}

void system_start(void) {
    uint64_t generation = system_open_world();
    open_desktop();
    if (generation)
        say_restored(generation);
    stay_frozen();
    if (!generation)
        apps_first_start();
    install_setting();
    offer();
    log_line("desktop: ready ms=%lu generation=%lu restored=%s",
             platform_now_ns() / 1000000, generation,
             generation ? "yes" : "no");
    if (memory_warm_pages() > 0)
        log_line("memory: %lu of %lu pages were still in RAM",
                 memory_warm_pages(), memory_page_ins());
    run.started = true;
}

_Noreturn void system_run(void) {
    system_start();
    while (!console_stop_wanted())
        system_step();
    shut_down();
}
