/* Tests of the question whether the world goes on from an older generation. */
#include <stdio.h>
#include <string.h>

#include "kernel/system/console.h"
#include "kernel/system/notices/older.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "tests/unit/store_support.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"
#include "wm/warning.h"

#define LASTS_NS 6000000000ull

enum { OLDER, NEWEST };

static void makes_two(void) {
    life_start();
    life_turns(20);
    life_type("one");
    life_note[OLDER] = life_snapshot();
    life_type(" two");
    life_note[NEWEST] = life_snapshot();
}

/* The disk as it is after `ruin`, in a life that does nothing else. */
static void ruins_heap(void) {
    FormatSuper newest = store_support_newest();
    EXPECT_EQUAL(newest.generation, life_note[NEWEST]);
    store_support_ruin(&newest.heap);
}

static void ruins_list(void) {
    FormatSuper newest = store_support_newest();
    store_support_ruin(&newest.meta);
}

static void make_damaged(void (*ruin)(void)) {
    life_disk_new();
    life_run_whole(makes_two);
    life_run_whole(ruin);
}

static bool click_go_on(void) {
    char words[80];
    snprintf(words, sizeof words,
             "Go on from generation %lu, less than a minute ago",
             life_note[OLDER]);
    return life_click("item", words);
}

/* ---- Asked ---- */

static void expect_asked(void) {
    EXPECT(older_waits() && vm_held());
    EXPECT(script_shows("The newest state is damaged"));
    EXPECT_EQUAL(snapshot_durable(), life_note[OLDER]);
}

/* Nor does it by itself, however long nobody answers. */
static void writes_nothing(void) {
    uint64_t writes = sim_disk_writes();
    sim_setting("interval_ms", "100");
    sim_setting("scrub_minutes", "0");
    life_start();
    expect_asked();
    EXPECT(sim_log_find("recovery: generation"));
    sim_console("snapshot");
    life_last(LASTS_NS);
    expect_asked();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(sim_disk_writes(), writes);
}

static void switches_off(void) {
    uint64_t writes = sim_disk_writes();
    life_start();
    EXPECT(life_click("item", "Switch off, and leave the disk as it is"));
    EXPECT(console_stop_wanted());
    EXPECT_EQUAL(sim_disk_writes(), writes);
}

static void expect_gone_on(void) {
    EXPECT(!older_waits() && !vm_held() && !notice_is_shown());
    EXPECT(warning_is_there());
    life_turns(20);
    EXPECT(script_shows("1 word"));
    life_type(" more");
    EXPECT(life_snapshot() > life_note[NEWEST]);
}

static void chooses_older(void) {
    life_start();
    expect_asked();
    EXPECT(click_go_on());
    expect_gone_on();
}

static void is_past_it(void) {
    life_start();
    EXPECT(!older_waits() && !notice_is_shown() && !warning_is_there());
    EXPECT(script_shows("2 words"));
    const char *name = store_pin_name(memory_store(), life_note[NEWEST]);
    EXPECT(name && strcmp(name, "damaged") == 0);
}

TEST("a person decides whether a damaged generation is given up") {
    make_damaged(ruins_heap);
    life_run_whole(writes_nothing);
    life_run_whole(switches_off);
    life_run_whole(chooses_older);
    life_run_whole(is_past_it);
}

/* ---- Decided otherwise ---- */

static void is_told_by_setting(void) {
    sim_setting("take", "older");
    life_start();
    expect_gone_on();
}

static void is_told_by_number(void) {
    char number[24];
    snprintf(number, sizeof number, "%lu", life_note[OLDER]);
    sim_setting("generation", number);
    life_start();
    expect_gone_on();
}

static void is_told_wrong(void) {
    sim_setting("take", "newest");
    life_start();
    expect_asked();
    EXPECT(sim_log_find("settings: take=newest"));
}

static void is_told_by_console(void) {
    life_start();
    sim_console("take older");
    life_turns(2);
    expect_gone_on();
    sim_console("take older");
    EXPECT(life_until("console: no older generation was taken"));
}

TEST("a setting or the console decides, too") {
    static void (*const ways[])(void) = {is_told_by_setting, is_told_by_number,
                                         is_told_by_console};
    make_damaged(ruins_heap);
    life_run_whole(is_told_wrong);
    life_disk_mark();
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        life_disk_back();
        life_run_whole(ways[i]);
        life_run_whole(is_past_it);
    }
}

/* ---- Held, too; and a disk that fails ---- */

static void is_held_after(void) {
    sim_setting("held", "1");
    life_start();
    expect_asked();
    EXPECT(click_go_on());
    EXPECT(!older_waits() && vm_held());
    EXPECT(script_shows("Your apps are held"));
    EXPECT(life_click("item", "Start the apps"));
    expect_gone_on();
}

TEST("apps that are to be held are so after the decision") {
    make_damaged(ruins_heap);
    life_run_whole(is_held_after);
}

static void is_asked_again(void) {
    life_start();
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = 1});
    EXPECT(click_go_on());
    expect_asked();
    EXPECT(click_go_on());
    expect_gone_on();
}

TEST("a decision that the disk does not take is asked for again") {
    make_damaged(ruins_heap);
    life_run_whole(is_asked_again);
}

/* ---- The list ---- */

static void has_all(void) {
    life_start();
    EXPECT(!older_waits() && !vm_held());
    EXPECT_EQUAL(snapshot_durable(), life_note[NEWEST]);
    EXPECT(script_shows("2 words"));
    EXPECT(warning_is_there());
    life_snapshot();
}

static void warns_of_nothing(void) {
    life_start();
    EXPECT(!warning_is_there());
    EXPECT(script_shows("2 words"));
}

TEST("a damaged list of generations costs nothing of the newest, and is told") {
    make_damaged(ruins_list);
    life_run_whole(has_all);
    life_run_whole(warns_of_nothing);
}
