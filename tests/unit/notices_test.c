/* Tests of the notices about a full disk and about an app that lost a page. */
#include <string.h>

#include "kernel/system/apps.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/notices/full.h"
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"
#include "wm/warning.h"

/* ---- The disk is full ---- */

#define MINUTE_NS 60000000000ull

static bool asks(void) {
    full_step(true);
    return notice_is_shown();
}

static void goes_away(void) {
    life_start();
    life_turns(20);
    EXPECT(asks());
    EXPECT(script_shows("The memory is full") ||
           script_shows("The disk is full"));
    full_step(false);
    EXPECT(!notice_is_shown());
}

TEST("the notice about a full disk goes away when there is room") {
    life_disk_new();
    life_run(goes_away);
}

static void waits(void) {
    life_start();
    life_turns(20);
    int32_t x, wait_y, stop_y;
    EXPECT(asks());
    EXPECT(script_find("item", "Wait", &x, &wait_y) &&
           script_find("item", "Stop Editor for good", &x, &stop_y));
    EXPECT(wait_y < stop_y); /* the first answer ends nothing */
    EXPECT(life_click("item", "Wait"));
    EXPECT(!notice_is_shown());
    EXPECT(!asks());
    EXPECT(warning_is_there()); /* instead of the notice, until there is room */
    sim_time_set_ns(platform_now_ns() + 2000000000);
    full_step(false);
    EXPECT(warning_is_there());
    sim_time_set_ns(platform_now_ns() + MINUTE_NS);
    full_step(false);
    EXPECT(!warning_is_there());
    EXPECT(!asks());
    sim_time_set_ns(platform_now_ns() + 2 * MINUTE_NS);
    EXPECT(asks());
    EXPECT_EQUAL(desktop_window_count(), 1);
}

TEST("who chose to wait is asked again after two minutes, not before") {
    life_disk_new();
    life_run(waits);
}

/* Which made room; nobody chose to wait. */
static void has_ended_meanwhile(void) {
    life_start();
    life_turns(20);
    EXPECT(asks());
    answers_stop(seat_first()->domain);
    apps_reap();
    EXPECT_EQUAL(life_apps(), 0);
    EXPECT(life_click("item", "Stop Editor for good"));
    EXPECT(asks());
}

TEST("an app that ended before it was chosen does not count as waiting") {
    life_disk_new();
    life_run(has_ended_meanwhile);
}

static void stops_the_app(void) {
    life_start();
    life_turns(20);
    EXPECT(asks());
    EXPECT(life_click("item", "Stop Editor for good"));
    life_turns(2);
    EXPECT(sim_log_find("app: Editor stopped: a person stopped it"));
    EXPECT_EQUAL(desktop_window_count(), 0);
    EXPECT(asks()); /* at once, as long as there is no room */
    EXPECT(!script_find("item", "Stop Editor for good", &(int32_t){0},
                        &(int32_t){0}));
}

TEST("the app that a person names is stopped for room, and offered no more") {
    life_disk_new();
    life_run(stops_the_app);
}

/* ---- An app lost a page ---- */

static void makes_two(void) {
    life_start();
    life_turns(20);
    life_type("early");
    life_note[0] = life_snapshot();
    for (int i = 0; i < 20; i++)
        life_type("zebra ");
    life_note[1] = life_snapshot();
}

/* Every page that only the newer generation has. */
static void damage(void) {
    const uint8_t *disk = sim_disk_bytes();
    uint64_t count = 0;
    for (uint64_t block = 0; block < LIFE_BLOCKS; block++)
        if (memmem(disk + block * PLATFORM_BLOCK_BYTES, PLATFORM_BLOCK_BYTES,
                   "zebra zebra zebra", 17)) {
            sim_disk_flip(block, 77);
            count++;
        }
    EXPECT(count > 0);
}

static void loses_a_page(void) {
    damage();
    life_start();
    for (int i = 0; i < 5 && !notice_is_shown(); i++)
        life_type("x");
    EXPECT(script_shows("Editor was stopped"));
    EXPECT_EQUAL(desktop_window_count(), 0);
    EXPECT(life_click("item", "Take it back to its last whole state"));
    life_turns(50);
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT(script_shows("1 word"));
    life_snapshot();
}

static void chooses_during_a_snapshot(void) {
    damage();
    life_start();
    for (int i = 0; i < 5 && !notice_is_shown(); i++)
        life_type("x");
    sim_console("snapshot");
    EXPECT(life_until("snapshot: begun"));
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX, .lazy = true});
    EXPECT(life_click("item", "Take it back to its last whole state"));
    life_turns(3);
    EXPECT(snapshot_under_way());
    EXPECT_EQUAL(desktop_window_count(), 0);
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
    life_turns(50);
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT(script_shows("1 word"));
}

static void has_one_word(void) {
    life_start();
    life_turns(20);
    EXPECT(script_shows("1 word"));
}

TEST("an app that lost a page is taken back to its last whole state") {
    life_disk_new();
    life_run(makes_two);
    life_run(loses_a_page);
    life_run(has_one_word);
}

TEST("an app is taken back as soon as the snapshot under way has ended") {
    life_disk_new();
    life_run(makes_two);
    life_run(chooses_during_a_snapshot);
}

static void starts_it_anew(void) {
    damage();
    life_start();
    for (int i = 0; i < 5 && !notice_is_shown(); i++)
        life_type("x");
    EXPECT(life_click("item", "Start it anew"));
    life_turns(20);
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT(!script_shows("1 word"));
}

TEST("an app that lost a page can be started anew") {
    life_disk_new();
    life_run(makes_two);
    life_run(starts_it_anew);
}

/* ---- Words ---- */

static const char *age(int64_t minutes) {
    static char words[40];
    Text text = text_on(words, sizeof words);
    answers_add_age(&text, platform_wall_us() - minutes * 60000000);
    return text_end(&text);
}

TEST("an age is said in the unit that a person would choose") {
    EXPECT_TEXT(age(0), "less than a minute ago");
    EXPECT_TEXT(age(1), "a minute ago");
    EXPECT_TEXT(age(119), "119 minutes ago");
    EXPECT_TEXT(age(120), "2 hours ago");
    EXPECT_TEXT(age(2879), "47 hours ago");
    EXPECT_TEXT(age(2880), "2 days ago");
}

static const char *size_of(uint64_t bytes) {
    static char words[40];
    Text text = text_on(words, sizeof words);
    answers_add_size(&text, bytes);
    return text_end(&text);
}

TEST("a size is said in whole megabytes, and one below that is no 0 MB") {
    EXPECT_TEXT(size_of(0), "less than 1 MB");
    EXPECT_TEXT(size_of((1u << 20) - 1), "less than 1 MB");
    EXPECT_TEXT(size_of(1u << 20), "1 MB");
    EXPECT_TEXT(size_of((2u << 20) - 1), "1 MB");
    EXPECT_TEXT(size_of(3ull << 32), "12288 MB");
}
