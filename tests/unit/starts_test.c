/* Tests of starts that do not last, and of the notice while apps are held. */
#include <stdio.h>
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"
#include "wm/seat.h"

#define LASTS_NS 6000000000ull
#define FALLS_NS 4000000000ull

/* The first start of a disk has nothing that could fail. */
static void first(void) {
    life_start();
    EXPECT(!vm_held());
    life_turns(20);
    life_note[0] = life_snapshot();
}

static void starts_like_any_other(void) {
    life_start();
    EXPECT(!vm_held() && !notice_is_shown());
    life_turns(5);
}

static void falls(void) {
    life_start();
    EXPECT(!vm_held());
    life_last(FALLS_NS);
}

static void lasts(void) {
    life_start();
    EXPECT(!vm_held());
    life_last(LASTS_NS);
}

static void is_held(void) {
    life_start();
    EXPECT(vm_held() && notice_is_shown());
    EXPECT(script_shows("Your apps are held"));
    life_last(LASTS_NS); /* that nothing ran does not mean that it lasts */
}

static void goes_on(void) {
    life_start();
    EXPECT(vm_held());
    EXPECT(life_click("item", "Start the apps"));
    EXPECT(!vm_held() && !notice_is_shown());
    life_last(LASTS_NS);
}

TEST("after three starts in a row that did not last the apps are held") {
    life_disk_new();
    life_run(first);
    for (int i = 0; i < 3; i++)
        life_run(falls);
    life_run(is_held);
    life_run(is_held);
}

TEST("a start that lasted begins the count anew") {
    life_disk_new();
    life_run(first);
    for (int i = 0; i < 2; i++)
        life_run(starts_like_any_other);
    life_run(lasts);
    for (int i = 0; i < 3; i++)
        life_run(starts_like_any_other);
    life_run(goes_on);
    life_run(starts_like_any_other);
}

/* ---- The answers ---- */

static void stops_the_editor(void) {
    sim_setting("held", "1");
    life_start();
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT(life_click("item", "End Editor"));
    life_turns(2);
    EXPECT_EQUAL(desktop_window_count(), 0);
    EXPECT(vm_held() && notice_is_shown());
    EXPECT(life_click("item", "Go on"));
    EXPECT(!vm_held());
    life_snapshot();
}

/* It is in the trash, as what a person ends otherwise. */
static void has_no_window(void) {
    life_start();
    EXPECT_EQUAL(desktop_window_count(), 0);
    EXPECT(trash_oldest() != NULL);
}

TEST("an app that is held can be stopped for good") {
    life_disk_new();
    life_run(first);
    life_run(stops_the_editor);
    life_run(has_no_window);
}

static void types(void) {
    life_start();
    life_type("some words");
    EXPECT(script_shows("2 words"));
    life_snapshot();
}

static void goes_back(void) {
    char words[80];
    sim_setting("held", "1");
    life_start();
    snprintf(words, sizeof words,
             "Go back to generation %lu, less than a minute ago", life_note[0]);
    EXPECT(life_click("item", words));
    EXPECT(!"it goes back");
}

/* While the notice is shown the generations go on. */
static void goes_back_later(void) {
    char words[80];
    sim_setting("held", "1");
    life_start();
    for (int i = 0; i < 3; i++)
        life_snapshot();
    snprintf(words, sizeof words,
             "Go back to generation %lu, less than a minute ago", life_note[0]);
    EXPECT(life_click("item", words));
    EXPECT(!"it goes back");
}

static void is_before_the_words(void) {
    sim_setting("held", "0");
    life_start();
    EXPECT_EQUAL(snapshot_durable(), life_note[0]);
    life_turns(20);
    EXPECT(!script_shows("2 words"));
}

TEST("the notice leads to the older generation that it names") {
    life_disk_new();
    life_run(first);
    life_run(types);
    EXPECT(life_run(goes_back));
    life_run(is_before_the_words);
}

TEST("the notice does what it said when it came, whatever came since") {
    life_disk_new();
    life_run(first);
    life_run(types);
    EXPECT(life_run(goes_back_later));
    life_run(is_before_the_words);
}

static void is_wanted(void) {
    sim_setting("held", "1");
    life_start();
    EXPECT(vm_held() && notice_is_shown());
}

TEST("starts that held as was wanted are no failures of the apps") {
    life_disk_new();
    life_run(first);
    life_run(is_wanted);
    life_run(starts_like_any_other);
}

/* ---- Several apps, several generations ---- */

enum { FIRST_OF, SECOND_OF, THIRD_OF, ANSWER };

static void makes_three(void) {
    life_start();
    life_turns(20);
    life_note[FIRST_OF] = life_snapshot();
    sim_console("open \"Counter\"");
    life_turns(20);
    life_note[SECOND_OF] = life_snapshot();
    life_type("x");
    life_note[THIRD_OF] = life_snapshot();
}

static void stops_one(void) {
    static const char *const names[] = {"Editor", "Counter"};
    const char *gone = names[life_note[ANSWER]];
    const char *other = names[1 - life_note[ANSWER]];
    char words[40];
    sim_setting("held", "1");
    life_start();
    EXPECT_EQUAL(desktop_window_count(), 2);
    snprintf(words, sizeof words, "End %s", gone);
    EXPECT(life_click("item", words));
    life_turns(2);
    EXPECT(vm_held() && notice_is_shown());
    EXPECT(!life_click("item", words));
    EXPECT(life_click("item", "Start the apps"));
    life_turns(20);
    EXPECT(!vm_held() && !notice_is_shown());
    EXPECT_EQUAL(desktop_window_count(), 1);
    const String *left = seat_first()->domain->name;
    EXPECT(left->length == strlen(other) &&
           memcmp(left->bytes, other, left->length) == 0);
}

static void goes_back_to_one(void) {
    char words[80];
    sim_setting("held", "1");
    life_start();
    snprintf(words, sizeof words,
             "Go back to generation %lu, less than a minute ago",
             life_note[life_note[ANSWER]]);
    EXPECT(life_click("item", words));
    EXPECT(!"it goes back");
}

static void went_back(void) {
    sim_setting("held", "0");
    life_start();
    EXPECT_EQUAL(snapshot_durable(), life_note[life_note[ANSWER]]);
    EXPECT_EQUAL(desktop_window_count(), life_note[ANSWER] == FIRST_OF ? 1 : 2);
}

static void offers_no_present(void) {
    char words[80];
    sim_setting("held", "1");
    life_start();
    snprintf(words, sizeof words,
             "Go back to generation %lu, less than a minute ago",
             life_note[THIRD_OF]);
    EXPECT(!life_click("item", words));
    life_last(LASTS_NS);
    EXPECT(vm_held()); /* nobody chose */
}

TEST("each answer while apps are held is for the app or the moment it names") {
    life_disk_new();
    life_run_whole(makes_three);
    life_disk_mark();
    for (uint64_t i = 0; i < 2; i++) {
        life_note[ANSWER] = i;
        life_disk_back();
        life_run_whole(stops_one);
        life_disk_back();
        EXPECT(life_run(goes_back_to_one));
        life_run_whole(went_back);
    }
    life_disk_back();
    life_run_whole(offers_no_present);
}
