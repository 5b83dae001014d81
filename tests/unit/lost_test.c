/* Tests of several apps that lost a page, one after the other, and of one that
 * cannot come back. */
#include <string.h>

#include "kernel/system/notices/answers.h"
#include "kernel/system/notices/lost.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"
#include "wm/wm_state.h"

typedef enum Choice { BACK, ANEW, CLOSED, CHOICES } Choice;

static const char *const words[CHOICES] = {
    "Take it back to its last whole state", "Start it anew", "Leave it closed"};

static void type_zebras(void) {
    for (int i = 0; i < 20; i++) {
        life_press("zebra ");
        life_turns(2);
    }
    life_turns(20);
}

/* Of the window that is there for the longest time. */
static void press_first_item(void) {
    bar_press(BAR_FIRST_WINDOW);
    life_turns(5);
}

/* Two editors with a word each in the older generation and twenty more in the
 * newer one. */
static void makes_two_editors(void) {
    life_start();
    life_turns(20);
    life_type("early");
    sim_console("open \"Editor\"");
    life_turns(20);
    life_type("early");
    EXPECT_EQUAL(desktop_window_count(), 2);
    life_snapshot();
    type_zebras();
    press_first_item(); /* it comes to the front */
    type_zebras();
    life_snapshot();
}

static void damage_zebras(void) {
    const uint8_t *disk = sim_disk_bytes();
    for (uint64_t block = 0; block < LIFE_BLOCKS; block++)
        if (memmem(disk + block * PLATFORM_BLOCK_BYTES, PLATFORM_BLOCK_BYTES,
                   "zebra zebra zebra", 17))
            sim_disk_flip(block, 77);
}

static void type_until_lost(void) {
    for (int i = 0; i < 5 && !notice_is_shown(); i++)
        life_type("x");
    EXPECT(script_shows("Editor was stopped"));
}

static void choose(Choice choice) {
    EXPECT(life_click("item", words[choice]));
    life_turns(50);
    EXPECT(!lost_waits());
}

/* The windows there are show so many texts of one word, and are so many. */
static void expect_windows(Choice first, Choice second) {
    bool any_back = first == BACK || second == BACK;
    EXPECT_EQUAL(desktop_window_count(),
                 (first != CLOSED) + (second != CLOSED));
    EXPECT_EQUAL(life_apps(), desktop_window_count());
    EXPECT_EQUAL(script_shows("1 word"), any_back);
}

static void loses_both(void) {
    Choice first = (Choice)life_note[0], second = (Choice)life_note[1];
    damage_zebras();
    life_start();
    type_until_lost();
    EXPECT_EQUAL(desktop_window_count(), 0); /* both, as they are drawn */
    choose(first);
    type_until_lost(); /* it is the turn of the other */
    choose(second);
    EXPECT(!notice_is_shown());
    expect_windows(first, second);
    life_snapshot();
}

static void is_the_same(void) {
    life_start();
    life_turns(20);
    EXPECT(!notice_is_shown());
    expect_windows((Choice)life_note[0], (Choice)life_note[1]);
}

static void lose_both(Choice first, Choice second) {
    life_disk_back();
    life_note[0] = first;
    life_note[1] = second;
    life_run_whole(loses_both);
    life_run_whole(is_the_same);
}

TEST("each of two apps that lost a page at once is told of, and obeyed") {
    life_disk_new();
    life_run_whole(makes_two_editors);
    life_disk_mark();
    lose_both(BACK, CLOSED);
    lose_both(CLOSED, ANEW);
}

CAMPAIGN("what is chosen for an app that lost a page is not done to the next") {
    life_disk_new();
    life_run_whole(makes_two_editors);
    life_disk_mark();
    for (Choice first = 0; first < CHOICES; first++)
        for (Choice second = 0; second < CHOICES; second++)
            lose_both(first, second);
}

/* ---- No way back ---- */

/* One that was not there when the first generation was made. */
static void makes_a_late_one(void) {
    life_start();
    life_turns(20);
    life_snapshot();
    sim_console("open \"Editor\"");
    life_turns(20);
    type_zebras();
    life_snapshot();
}

static bool is_offered(Choice choice) {
    int32_t x, y;
    return script_find("item", words[choice], &x, &y);
}

static void cannot_come_back(void) {
    damage_zebras();
    life_start();
    type_until_lost();
    EXPECT(is_offered(BACK) && is_offered(ANEW) && is_offered(CLOSED));
    EXPECT(life_click("item", words[BACK]));
    life_turns(50);
    EXPECT(!lost_waits());
    EXPECT(script_shows("Editor cannot come back"));
    EXPECT(!is_offered(BACK) && is_offered(ANEW) && is_offered(CLOSED));
    choose(life_note[0] ? ANEW : CLOSED);
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(desktop_window_count(), 1 + life_note[0]);
    EXPECT(!script_shows("20 words"));
}

TEST("an app that no generation has whole can be started anew, or left") {
    for (uint64_t anew = 0; anew < 2; anew++) {
        life_disk_new();
        life_run_whole(makes_a_late_one);
        life_note[0] = anew;
        life_run_whole(cannot_come_back);
    }
}
