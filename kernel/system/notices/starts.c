/* Marks of starts, and the notice while the apps are held. */
#include "kernel/system/notices/starts.h"

#include "kernel/base/text.h"
#include "kernel/base/trace.h"
#include "kernel/platform.h"
#include "kernel/system/notices/answers.h"
#include "persist/store/store.h"
#include "vm/run/vm.h"
#include "wm/notice.h"

/* When the apps ran for so long, this start is a good one. */
#define LASTED_NS 5000000000u

enum { FAILED_MOST = 3 };

static struct {
    Store *store;
    uint64_t since_ns; /* the apps run since then; UINT64_MAX: they are held, or
                        * the second mark is made */
    uint32_t failed;   /* starts in a row before this one */
    bool hold;         /* the apps are to be held */
} starts;

static void hold_or_run(void) {
    vm_hold(starts.hold, NULL);
    starts.since_ns = starts.hold ? UINT64_MAX : platform_now_ns();
}

void starts_begin(Store *store, StartsHold hold) {
    starts.store = store;
    starts.failed = store && store_durable_generation(store)
                        ? store_start_begins(store)
                        : 0;
    starts.hold = hold == STARTS_HOLD ||
                  (hold == STARTS_HOLD_AFTER && starts.failed >= FAILED_MOST);
    hold_or_run();
    if (starts.hold && starts.failed >= FAILED_MOST)
        log_line("recovery: %u starts in a row did not last; the apps are held",
                 starts.failed);
}

/* The second mark. */
static void lasted(void) {
    starts.since_ns = UINT64_MAX;
    if (starts.store)
        store_start_lasted(starts.store);
    TRACE(store, "this start has lasted");
}

void starts_end(void) {
    if (starts.since_ns != UINT64_MAX)
        lasted();
}

uint64_t starts_step(void) {
    if (starts.since_ns == UINT64_MAX)
        return UINT64_MAX;
    if (platform_now_ns() - starts.since_ns < LASTED_NS)
        return starts.since_ns + LASTED_NS;
    lasted();
    return UINT64_MAX;
}

/* ---- The notice ---- */

static void start_apps(void) {
    starts.hold = false;
    hold_or_run();
}

/* The answers: start, end one app each, go back to one generation each. */
static const char *answer(uint32_t place) {
    static char words[80];
    Text text = text_on(words, sizeof words);
    uint32_t apps = answers_listed_apps();
    if (place == 0)
        return apps ? "Start the apps" : "Go on";
    if (place <= apps) {
        answers_add_end(&text, place - 1);
        return text_end(&text);
    }
    return answers_add_return(&text, place - 1 - apps) ? text_end(&text) : NULL;
}

static void chosen(uint32_t place) {
    uint32_t apps = answers_listed_apps();
    if (place == 0) {
        start_apps();
        return;
    }
    if (place > apps) {
        answers_return(place - 1 - apps);
    } else {
        answers_end_listed(place - 1);
    }
    starts_offer();
}

void starts_offer(void) {
    static const WmNotice after_failures = {
        .title = "Your apps are held",
        .text = "The last starts ended within seconds. If it was not the "
                "power, something that runs may be the cause. Everything is "
                "there as it was; nothing of it runs yet. An app that you end "
                "here stays in the trash: see trash and bring in the shell.",
        .answer = answer,
        .chosen = chosen};
    static const WmNotice wanted = {
        .title = "Your apps are held",
        .text = "Everything is there as it was; nothing of it runs yet. An "
                "app that you end here stays in the trash: see trash and bring "
                "in the shell.",
        .answer = answer,
        .chosen = chosen};
    answers_list();
    if (starts.hold)
        notice_show(starts.failed >= FAILED_MOST ? &after_failures : &wanted);
}

void starts_wait(void) {
    vm_hold(true, NULL);
    starts.since_ns = UINT64_MAX;
}

void starts_go_on(void) {
    hold_or_run();
    starts_offer();
}
