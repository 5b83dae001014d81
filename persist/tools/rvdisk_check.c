/* rvdisk check and repair: the whole image is read. */
#include <stdio.h>

#include "persist/tools/rvdisk.h"

StoreOpening rvdisk_opened;
bool rvdisk_map_is_wrong;

static void say(const char *sentence) {
    printf("%s\n", sentence);
}

/* False: the newest generation, or the list of the others, is damaged. */
static bool say_opened(void) {
    const StoreOpening *opening = &rvdisk_opened;
    if (opening->history != STORE_HISTORY_WHOLE)
        printf("generation %lu: its list of generations cannot be read; %s\n",
               opening->generation,
               opening->history == STORE_HISTORY_LOST
                   ? "no other generation can"
                   : "that of the generation before has all of it");
    if (opening->passed_over)
        printf("generation %lu, the newest, does not verify: %s; generation "
               "%lu is whole\n",
               opening->damaged, status_text(opening->damaged_status),
               opening->generation);
    if (opening->passed_over > 1)
        printf("%u generations do not verify\n", opening->passed_over);
    return opening->history == STORE_HISTORY_WHOLE && !opening->passed_over;
}

int rvdisk_check(Store *store, const char *unused) {
    (void)unused;
    StoreReport report = {.say = say};
    if (store_durable_generation(store) == 0) {
        printf("nothing is durable on this disk yet\n");
        return GOOD;
    }
    Status status = store_verify(store, &report);
    if (status != STATUS_OK)
        return rvdisk_complain_status("check", status);
    printf("%lu generations, %lu pages, %lu nodes verified; %lu bad blocks\n",
           report.generations, report.pages, report.nodes, report.bad);
    if (report.unmarked)
        printf("%lu reachable blocks are marked as free\n", report.unmarked);
    if (report.leaked)
        printf("%lu blocks are used by nothing\n", report.leaked);
    return say_opened() && !report.bad && !report.unmarked ? GOOD : BAD;
}

int rvdisk_repair(Store *store, const char *unused) {
    (void)unused;
    StoreReport report = {.say = say, .mend = true};
    bool listed = rvdisk_opened.history == STORE_HISTORY_WHOLE;
    if (rvdisk_opened.passed_over) {
        fprintf(stderr,
                "rvdisk: repair: generation %lu, the newest, does not verify; "
                "nothing was changed; rvdisk rollback goes on from %lu\n",
                rvdisk_opened.damaged, rvdisk_opened.generation);
        return BAD;
    }
    Status status = store_verify(store, &report);
    if (status != STATUS_OK)
        return rvdisk_complain_status("repair", status);
    printf("%lu bad blocks, %lu written again from their second copies\n",
           report.bad, report.mended);
    rvdisk_map_is_wrong =
        report.map_lost || report.unmarked || report.leaked || !listed;
    return report.mended + 2 * report.map_lost == report.bad ? GOOD : BAD;
}
