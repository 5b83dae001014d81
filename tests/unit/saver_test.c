/* Tests of when snapshots are taken, and of what follows when they fail. */
#include "kernel/system/saver.h"

#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "wm/wm_state.h"

#define SECOND_NS 1000000000ull

static const SimDiskFaults none = {.fail_after = UINT64_MAX},
                           all = {.fail_count = UINT64_MAX};

/* The editor is open and everything is durable. */
static void start_at_rest(void) {
    life_start();
    life_turns(20);
    life_snapshot();
}

static uint64_t given_up(void) {
    return snapshot_figures().given_up;
}

static void until_given_up(uint64_t times) {
    for (int i = 0; i < 1000 && given_up() < times; i++)
        life_turns(1);
    EXPECT_EQUAL(given_up(), times);
}

static void fails_and_mends(void) {
    start_at_rest();
    EXPECT(saver_is_durable() && wm_state.durable);
    sim_disk_faults(all);
    sim_console("snapshot");
    until_given_up(1);
    EXPECT(!saver_is_durable() && !wm_state.durable);
    Status why;
    uint64_t since_ns = saver_failing_since(&why);
    EXPECT_EQUAL(why, STATUS_IO_ERROR);
    EXPECT(since_ns > 0);
    sim_console("snapshot");
    life_last(SECOND_NS * 9 / 10);
    EXPECT_EQUAL(given_up(), 1);
    life_last(SECOND_NS * 2 / 10);
    EXPECT_EQUAL(given_up(), 2);
    EXPECT_EQUAL(saver_failing_since(&why), since_ns); /* the first in a row */
    EXPECT(!saver_is_durable() && !wm_state.durable);
    sim_disk_faults(none);
    sim_console("snapshot");
    EXPECT(life_until("snapshot: durable"));
    life_turns(1);
    EXPECT(saver_is_durable() && wm_state.durable);
    EXPECT_EQUAL(saver_failing_since(&why), 0);
}

TEST("a snapshot that failed shows, and is tried again after a second") {
    life_disk_new();
    life_run(fails_and_mends);
}

static void finishes_after_an_error(void) {
    start_at_rest();
    life_type("a");
    uint64_t before = snapshot_durable();
    sim_disk_faults((SimDiskFaults){.fail_count = 1});
    EXPECT_EQUAL(saver_finish(), STATUS_OK);
    EXPECT(snapshot_durable() > before);
    sim_disk_faults(all);
    life_type("b");
    EXPECT_EQUAL(saver_finish(), STATUS_IO_ERROR);
}

TEST("the last snapshot is tried again after an error of the disk") {
    life_disk_new();
    life_run(finishes_after_an_error);
}

/* ---- When ---- */

static void waits_for_its_interval(void) {
    sim_setting("interval_ms", "1000");
    start_at_rest();
    life_last(3 * SECOND_NS); /* what was still going on */
    uint64_t at_rest = snapshot_durable();
    life_last(10 * SECOND_NS);
    EXPECT_EQUAL(snapshot_durable(), at_rest); /* nothing changed */
    for (int i = 0; i < 40; i++) {
        life_type("a");
        life_last(SECOND_NS / 10);
    }
    EXPECT(snapshot_durable() >= at_rest + 4);
    EXPECT(snapshot_durable() <= at_rest + 6);
}

TEST("what changed is durable after the interval, and nothing else is taken") {
    life_disk_new();
    life_run(waits_for_its_interval);
}

/* ---- A second time ---- */

/* So many failures in a row, from now on; each a second after the one before.
 */
static void fail_for(uint64_t times) {
    uint64_t before = given_up();
    Status why;
    sim_disk_faults(all);
    life_type("a");
    sim_console("snapshot");
    until_given_up(before + 1);
    uint64_t first_ns = saver_failing_since(&why);
    EXPECT(platform_now_ns() - first_ns < SECOND_NS / 10);
    for (uint64_t i = 1; i < times; i++) {
        sim_console("snapshot");
        life_last(SECOND_NS * 9 / 10);
        EXPECT_EQUAL(given_up(), before + i);
        life_last(SECOND_NS * 2 / 10);
        EXPECT_EQUAL(given_up(), before + i + 1);
        EXPECT_EQUAL(saver_failing_since(&why), first_ns);
        EXPECT_EQUAL(why, STATUS_IO_ERROR);
        EXPECT(!saver_is_durable() && !wm_state.durable);
    }
    sim_disk_faults(none);
}

/* As it is when nothing ever failed. */
static void expect_usual(void) {
    Status why;
    life_last(3 * SECOND_NS);
    EXPECT_EQUAL(saver_failing_since(&why), 0);
    EXPECT(saver_is_durable() && wm_state.durable && !saver_is_starved());
    uint64_t at_rest = snapshot_durable(), failed = given_up();
    life_last(5 * SECOND_NS);
    EXPECT_EQUAL(snapshot_durable(), at_rest);
    for (int i = 0; i < 20; i++) {
        life_type("a");
        life_last(SECOND_NS / 10);
    }
    EXPECT(snapshot_durable() >= at_rest + 2);
    EXPECT(snapshot_durable() <= at_rest + 4);
    EXPECT_EQUAL(given_up(), failed);
}

static void fails_again_and_again(void) {
    sim_setting("interval_ms", "1000");
    start_at_rest();
    expect_usual();
    for (uint64_t times = 1; times <= 3; times++) {
        fail_for(times);
        expect_usual();
    }
}

TEST("after failures snapshots are taken as if none had failed") {
    life_disk_new();
    life_run_whole(fails_again_and_again);
}
