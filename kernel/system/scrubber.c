/* When the disk is looked after, and how fast. */
#include "kernel/system/scrubber.h"

#include "kernel/base/log.h"
#include "kernel/base/trace.h"
#include "kernel/platform.h"
#include "kernel/system/setting.h"
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"

/* About 5 MB a second: an idle machine stays one, and a disk of 2 TB takes less
 * than a week. */
enum { STEP_BLOCKS = STORE_SCRUB_LEAST, STEP_NS = 50000000 };
enum { USUAL_MINUTES = 1440, MOST_MINUTES = 60 * 24 * 365 };

#define MINUTE_NS 60000000000ull

static struct {
    uint64_t rest_ns;        /* between two rounds */
    uint64_t next_ns;        /* the next step */
    uint64_t blocks, mended; /* of the rounds that ended */
    StoreRound round;        /* that is under way */
} scrubber;

void scrubber_start(void) {
    uint64_t minutes =
        setting_number("scrub_minutes", USUAL_MINUTES, 0, MOST_MINUTES);
    scrubber.rest_ns = minutes * MINUTE_NS;
    scrubber.next_ns =
        platform_now_ns() +
        (scrubber.rest_ns < MINUTE_NS ? scrubber.rest_ns : MINUTE_NS);
}

static void round_ended(void) {
    const StoreRound *round = &scrubber.round;
    if (round->mended || round->lost)
        log_line("recovery: the whole disk was read: %lu bad blocks were "
                 "written again, %lu are lost",
                 round->mended, round->lost);
    TRACE(store, "all %lu blocks were read", round->blocks);
    scrubber.blocks += round->blocks;
    scrubber.mended += round->mended;
    scrubber.round = (StoreRound){0};
    scrubber.next_ns += scrubber.rest_ns;
}

uint64_t scrubber_step(bool idle) {
    Store *store = memory_store();
    uint64_t now_ns = platform_now_ns();
    if (store && store_undecided(store))
        return UINT64_MAX;
    if (!store || !idle || snapshot_under_way() || now_ns < scrubber.next_ns)
        return store ? scrubber.next_ns : UINT64_MAX;
    scrubber.next_ns = now_ns + STEP_NS;
    if (store_scrub(store, STEP_BLOCKS, memory_second, &scrubber.round) ==
        STATUS_OK)
        round_ended();
    return scrubber.next_ns;
}

uint64_t scrubber_blocks(void) {
    return scrubber.blocks + scrubber.round.blocks;
}

uint64_t scrubber_mended(void) {
    return scrubber.mended + scrubber.round.mended;
}
