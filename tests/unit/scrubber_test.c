/* Tests of when the disk is looked after (kernel/system/scrubber.h). */
#include "kernel/system/scrubber.h"

#include "kernel/platform.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"

#define SECOND_NS 1000000000ull
#define MINUTE_NS (60 * SECOND_NS)

enum { ROUNDS = 4, REST_MINUTES = 30, STEPS_MOST = 200 };

/* Steps, each when it is wanted, until the next is wanted much later: the time
 * until then. */
static uint64_t one_round(void) {
    for (int i = 0; i < STEPS_MOST; i++) {
        uint64_t now_ns = platform_now_ns(), next_ns = scrubber_step(true);
        EXPECT(next_ns > now_ns);
        if (next_ns > now_ns + SECOND_NS)
            return next_ns - now_ns;
        sim_time_set_ns(next_ns);
    }
    return 0;
}

TEST("rounds over the disk are alike, each a rest after the one before") {
    sim_setting("scrub_minutes", "30");
    harness_start();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    sim_time_set_ns(platform_now_ns() + 90 * MINUTE_NS);
    scrubber_start();
    EXPECT(one_round() > MINUTE_NS - SECOND_NS); /* the first waits, too */
    uint64_t before = scrubber_blocks(), first = 0;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint64_t next_ns = scrubber_step(true);
        sim_time_set_ns(next_ns - SECOND_NS);
        EXPECT_EQUAL(scrubber_step(true), next_ns); /* not before its time */
        EXPECT_EQUAL(scrubber_blocks() - before, (round - 1) * first);
        sim_time_set_ns(next_ns);
        EXPECT_EQUAL(scrubber_step(false), next_ns); /* nor beside other work */
        uint64_t rest_ns = one_round();
        EXPECT(rest_ns >= REST_MINUTES * MINUTE_NS &&
               rest_ns < REST_MINUTES * MINUTE_NS + SECOND_NS);
        if (round == 1)
            first = scrubber_blocks() - before;
        EXPECT(first > 0);
        EXPECT_EQUAL(scrubber_blocks() - before, round * first);
    }
    EXPECT_EQUAL(scrubber_mended(), 0);
    harness_stop();
    sim_setting("scrub_minutes", NULL);
}
