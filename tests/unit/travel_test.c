/* Tests of going back in time, of the whole machine and under power cuts. */
#include "kernel/system/travel.h"

#include <stdio.h>
#include <string.h>

#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "vm/native/compilation.h"
#include "vm/run/limits.h"
#include "wm/desktop.h"
#include "wm/script.h"
#include "wm/seat.h"

enum { OLDER, PRESENT, CUT_AT, ANEW, NOTHING = 100000 };

static void makes_two(void) {
    life_start();
    life_turns(20);
    life_note[OLDER] = life_snapshot();
    life_type("some words");
    life_note[PRESENT] = life_snapshot();
}

static void begin(void) {
    life_disk_new();
    life_run(makes_two);
}

static void goes_back(void) {
    life_start();
    life_type(" and more");
    life_press(" x");
    life_turns(2);
    sim_disk_freeze_after(life_note[CUT_AT]);
    EXPECT(travel_to(life_note[OLDER]) != STATUS_OK);
    EXPECT(sim_disk_frozen());
}

/* The generation that is kept because it was left, or 0. */
static uint64_t left(void) {
    const Store *store = memory_store();
    for (uint32_t i = 0; i < store_record_count(store); i++) {
        uint64_t generation = store_record(store, i).generation;
        const char *name = store_pin_name(store, generation);
        if (name && strcmp(name, "left") == 0)
            return generation;
    }
    return 0;
}

static void is_older(void) {
    life_start();
    EXPECT_EQUAL(snapshot_durable(), life_note[OLDER]);
    EXPECT(left() > life_note[PRESENT]);
    life_turns(20);
    EXPECT(!script_shows("2 words") && !script_shows("5 words"));
    EXPECT(life_snapshot() > life_note[PRESENT]);
}

static void is_older_still(void) {
    life_start();
    EXPECT(snapshot_durable() > life_note[PRESENT]);
    EXPECT(!sim_log_find("recovery: generation"));
    life_turns(20);
    EXPECT(!script_shows("2 words") && !script_shows("5 words"));
    travel_to(left());
}

/* With the last key before the machine went. */
static void is_what_was_left(void) {
    life_start();
    life_turns(20);
    EXPECT(script_shows("5 words"));
}

TEST("the machine goes back once, and what it left is pinned") {
    begin();
    life_note[CUT_AT] = NOTHING;
    EXPECT(life_run(goes_back));
    life_run(is_older);
    EXPECT(life_run(is_older_still));
    life_run(is_what_was_left);
}

/* What came back is the present, or the older generation; nothing else, and not
 * the present where the machine started anew for it. */
static void is_either(void) {
    life_start();
    bool went = snapshot_durable() == life_note[OLDER];
    life_note[5] += went;
    life_note[6] += !went;
    EXPECT(went || !life_note[ANEW]);
    EXPECT(went || snapshot_durable() >= life_note[PRESENT]);
    EXPECT(!went || left() > life_note[PRESENT]);
    life_turns(20);
    EXPECT(went == !(script_shows("2 words") || script_shows("4 words") ||
                     script_shows("5 words")));
}

TEST("a power cut on the way back leads to the present or to where it goes") {
    begin();
    life_disk_mark();
    for (life_note[ANEW] = 0; life_note[ANEW] == 0; life_note[CUT_AT]++) {
        life_disk_back();
        life_note[ANEW] = life_run(goes_back);
        life_run(is_either);
    }
    EXPECT(life_note[6] > 2); /* before the mark */
    EXPECT(life_note[5] > 0); /* after it */
}

static void stays(void) {
    life_start();
    life_type(" and more");
    EXPECT_EQUAL(travel_to(NOTHING), STATUS_NOT_FOUND);
    sim_disk_faults((SimDiskFaults){.fail_count = UINT64_MAX});
    EXPECT(travel_to(life_note[OLDER]) != STATUS_OK);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    EXPECT(life_until("ui: settled"));
    EXPECT(script_shows("4 words"));
    life_snapshot();
}

static void is_present(void) {
    life_start();
    EXPECT(snapshot_durable() > life_note[PRESENT]);
    life_turns(20);
    EXPECT(script_shows("4 words"));
}

TEST("a way back that cannot be gone leaves everything as it is") {
    begin();
    EXPECT(!life_run(stays));
    life_run(is_present);
}

/* ---- One app that runs ---- */

static const WmWindow *only_window(void) {
    EXPECT_EQUAL(desktop_window_count(), 1);
    return &seat_first()->window;
}

static void limit_threads(uint64_t count) {
    Domain *domain = seat_first()->domain;
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    EXPECT(limits_set(domain, LIMIT_THREADS, count));
}

/* As if a line of the app were being compiled. */
static Compilation *begin_line(void) {
    Compilation *line;
    uint64_t number = seat_first()->domain->number;
    EXPECT_EQUAL(compilation_begin(number, 77, 0, &line), STATUS_OK);
    return line;
}

/* It was moved, and made large or minimised, and written in, since then. */
static void goes_back_alone(void) {
    life_start();
    life_turns(20);
    life_type("one");
    Rect was = only_window()->wanted;
    limit_threads(50);
    life_snapshot();
    limit_threads(90);
    seat_first()->window.wanted = (Rect){150, 90, 400, 300};
    windows_toggle_maximised(&seat_first()->window);
    if (life_note[CUT_AT])
        windows_minimise(&seat_first()->window);
    life_turns(20);
    if (!life_note[CUT_AT])
        life_type(" two three");
    for (int times = 0; times < 2; times++) {
        uint64_t number = seat_first()->domain->number;
        EXPECT(compilation_find(number, 77) == NULL);
        EXPECT(begin_line() == compilation_find(number, 77));
        EXPECT(travel_app_to_newest(number));
        life_turns(20);
        EXPECT_EQUAL(only_window()->state, WM_NORMAL);
        EXPECT(rect_equal(only_window()->wanted, was));
        EXPECT(windows_focused() == only_window());
        EXPECT(script_shows("1 word"));
        EXPECT_EQUAL(limits_get(seat_first()->domain, LIMIT_THREADS), 50);
        life_type(" more");
        EXPECT(script_shows("2 words"));
    }
    life_note[OLDER] = life_snapshot();
    EXPECT(!travel_app_to_newest(77));
    EXPECT(script_shows("2 words"));
}

static void is_what_it_became(void) {
    life_start();
    life_turns(20);
    EXPECT_EQUAL(only_window()->state, WM_NORMAL);
    EXPECT(script_shows("2 words"));
}

TEST("an app that goes back has its window where and as it was then") {
    for (uint64_t minimised = 0; minimised < 2; minimised++) {
        life_disk_new();
        life_note[CUT_AT] = minimised;
        life_run_whole(goes_back_alone);
        life_run_whole(is_what_it_became);
    }
}

/* Its documents were there then, but no window. */
static void goes_back_to_rest(void) {
    uint64_t number = 0;
    life_start();
    life_turns(20);
    life_type("one");
    number = seat_first()->domain->number;
    EXPECT(life_click("close", "one"));
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 0);
    life_snapshot();
    sim_console("open \"Editor\"");
    life_turns(20);
    life_type(" two three");
    EXPECT(script_shows("3 words"));
    EXPECT(travel_app_to_newest(number));
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 0);
    sim_console("open \"Editor\"");
    life_turns(20);
    EXPECT_EQUAL(only_window()->state, WM_NORMAL);
    EXPECT_EQUAL(seat_first()->domain->number, number);
    EXPECT(script_shows("1 word"));
}

TEST("an app goes back to when it was closed, with what it had") {
    life_disk_new();
    life_run_whole(goes_back_to_rest);
}

static void ask_for_editor(uint64_t generation) {
    char line[40];
    snprintf(line, sizeof line, "back %lu Editor\n", generation);
    life_type(line);
}

/* The present did not grow from the first that is asked for. */
static void is_refused_and_goes(void) {
    static const char refused[] = "the app cannot go back",
                      done[] = "Editor is as it was in generation";
    life_start();
    life_turns(20);
    life_type("one");
    uint64_t kept = life_snapshot();
    life_type(" two");
    EXPECT(script_shows("2 words"));
    sim_console("open \"Shell\"");
    life_turns(30);
    ask_for_editor(left());
    EXPECT(script_shows(refused) && !script_shows(done));
    EXPECT(script_shows("2 words"));
    life_type("clear\n");
    EXPECT(!script_shows(refused));
    ask_for_editor(kept);
    EXPECT(script_shows(done) && !script_shows(refused));
    EXPECT(script_shows("1 word"));
}

TEST("who asks after another was refused is told of its own way back") {
    begin();
    life_note[CUT_AT] = NOTHING;
    EXPECT(life_run(goes_back));
    life_run_whole(is_refused_and_goes);
}
