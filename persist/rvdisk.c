/* build/rvdisk: checks disk images and lists their generations.
 *
 * Runs on the hosted machine's disk, with the store as the system has it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/host/host.h"
#include "persist/store.h"

enum { GOOD, BAD, WRONG_USE };

static const char usage[] =
    "usage: rvdisk check IMAGE   verify every kept generation\n"
    "       rvdisk list IMAGE    show the generations\n";

/* Nothing here waits for the disk thread but by platform_disk_poll. */
void host_wake(void) {
}

static void say(const char *sentence) {
    printf("%s\n", sentence);
}

/* Newer generations that the open had to pass over. */
static uint32_t passed_over;

static Store *open_image(const char *path) {
    Store *store;
    StoreOpening opening;
    if (access(path, R_OK) != 0) {
        perror(path);
        return NULL;
    }
    if (!host_disk_open(path, 0))
        return NULL;
    if (store_open(STORE_NEWEST_TO_LOOK, &store, &opening) != STATUS_OK) {
        fprintf(stderr, "rvdisk: %s: %s\n", path, opening.message);
        return NULL;
    }
    passed_over = opening.passed_over;
    return store;
}

static int check(Store *store) {
    StoreReport report = {.say = say};
    if (store_durable_generation(store) == 0) {
        printf("nothing is durable on this disk yet\n");
        return GOOD;
    }
    Status status = store_verify(store, &report);
    if (status != STATUS_OK) {
        fprintf(stderr, "rvdisk: check: %s\n", status_text(status));
        return BAD;
    }
    printf("%lu generations, %lu pages, %lu nodes verified; %lu bad blocks\n",
           report.generations, report.pages, report.nodes, report.bad);
    if (report.unmarked)
        printf("%lu reachable blocks are marked as free\n", report.unmarked);
    if (report.leaked)
        printf("%lu blocks are used by nothing\n", report.leaked);
    if (passed_over)
        printf("%u newer generations do not verify\n", passed_over);
    return report.bad || report.unmarked || passed_over ? BAD : GOOD;
}

static int list(Store *store) {
    printf("%10s %10s %-20s %8s %10s %s\n", "generation", "parent",
           "time (UTC)", "pages", "bytes", "pinned");
    for (uint32_t i = 0; i < store_record_count(store); i++) {
        FormatRecord record = store_record(store, i);
        time_t seconds = (time_t)(record.wall_us / 1000000);
        char when[32] = "?";
        struct tm parts;
        if (gmtime_r(&seconds, &parts))
            strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &parts);
        printf("%10lu %10lu %-20s %8lu %10lu %s\n", record.generation,
               record.parent, when, record.pages, record.bytes,
               record.flags & FORMAT_PINNED ? "yes" : "no");
    }
    return GOOD;
}

int main(int count, char **words) {
    int (*command)(Store *) = NULL;
    if (count == 3 && strcmp(words[1], "check") == 0)
        command = check;
    if (count == 3 && strcmp(words[1], "list") == 0)
        command = list;
    if (!command) {
        fputs(usage, stderr);
        return WRONG_USE;
    }
    host_start();
    Store *store = open_image(words[2]);
    if (!store)
        return BAD;
    int result = command(store);
    store_close(store);
    host_disk_close();
    return result;
}
