/* Tests of the rights of apps: what needs one, and where one stays. */
#include <stdio.h>
#include <string.h>

#include "kernel/system/apps.h"
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/limits.h"
#include "wm/desktop.h"
#include "vm/heap/rights.h"

/* Each key is a wish; what comes of it is printed. */
static const char asks[] =
    "import ui\n"
    "import system\n"
    "class Asks: Window(\"Asks\", Label(\"asks\"), 200, 100) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 { ask(event.usage) }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun ask(number: Int) {\n"
    "        let kept = if number < 10 { 1 } else { 99 }\n"
    "        let first = Generation(kept, Time(0), 0, 0, 0, false)\n"
    "        let wish = number % 10\n"
    "        try {\n"
    "            if wish == 1 { first.keepAs(\"mine\") }\n"
    "            if wish == 2 { first.unpin() }\n"
    "            if wish == 3 { first.look() }\n"
    "            if wish == 4 { first.picture(64) }\n"
    "            if wish == 5 { first.copy(\"app.none\") }\n"
    "            if wish == 6 { first.takeBack(\"app\") }\n"
    "            if wish == 7 { first.goBack() }\n"
    "            if wish == 8 { RunningApp.all().last().restart() }\n"
    "            print(\"done\")\n"
    "        } catch e: Exception { print(\"{e.message ?? \"\"}\") }\n"
    "    }\n"
    "}\n"
    "class AskingApp: App { fun open() { Asks().run() }\n"
    "    restarted { print(\"handler\") } }\n";

enum { LAST_WISH = 8 };

static const char no_right[] = "this app was not given the right \"travel\" to "
                               "look into the past or go back to it ";
static const char not_seen[] =
    "this app was not given the right \"apps\" to see "
    "which apps run and the machine's figures ";

/* An app that starts anew has no window at first. */
static void rest(void) {
    enum { TURNS_MOST = 100 };
    window_world_rest();
    for (int i = 0; i < TURNS_MOST && desktop_window_count() == 0; i++)
        window_world_turn(100000);
    window_world_rest();
}

static const char *wish(unsigned number) {
    harness_printed[0] = 0;
    window_world_key(number);
    rest();
    return window_world_heard();
}

static void begin(void) {
    window_world_start(asks);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

static Domain *only_app(void) {
    Domain *found = NULL;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        EXPECT(!found || !ROOT->domains[i]);
        found = ROOT->domains[i] ? ROOT->domains[i] : found;
    }
    EXPECT(found != NULL);
    return found;
}

static uint64_t newest_number(void) {
    uint64_t newest = 0;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i] && ROOT->domains[i]->number > newest)
            newest = ROOT->domains[i]->number;
    return newest;
}

static void give(Domain *domain, uint32_t rights) {
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    domain->rights = domain->lasting = rights;
}

static bool first_is_pinned(void) {
    return store_record(memory_store(), 0).flags & FORMAT_PINNED;
}

TEST("an app without the right changes and sees nothing of the past") {
    begin();
    uint64_t number = only_app()->number;
    EXPECT_EQUAL(only_app()->rights, 0);
    for (unsigned i = 1; i <= LAST_WISH; i++)
        EXPECT_TEXT(wish(i), i == 8 ? not_seen : no_right);
    EXPECT(!first_is_pinned());
    uint64_t first = store_record(memory_store(), 0).generation;
    EXPECT_EQUAL(store_pin(memory_store(), first, FORMAT_OWNER_PERSON, "kept"),
                 STATUS_OK);
    EXPECT_TEXT(wish(2), no_right);
    EXPECT(first_is_pinned());
    EXPECT_EQUAL(only_app()->number, number);
    window_world_stop();
}

TEST("an app with the right does all that another may not") {
    begin();
    give(only_app(), RIGHTS_ALL);
    EXPECT_TEXT(wish(1), "done ");
    EXPECT(first_is_pinned());
    EXPECT_TEXT(wish(2), "done ");
    EXPECT(!first_is_pinned());
    EXPECT(strstr(wish(2), "is not pinned"));
    EXPECT_TEXT(wish(3), "done ");
    EXPECT_TEXT(wish(4), "done ");
    EXPECT(strstr(wish(5), "there is no \"none\""));
    window_world_stop();
}

enum { OF_NONE = 10 }; /* the same of a generation that is not kept */

TEST("nothing is done with a generation that is not kept, and that is said") {
    begin();
    give(only_app(), RIGHTS_ALL);
    for (unsigned i = 1; i < LAST_WISH; i++)
        EXPECT_TEXT(wish(OF_NONE + i), i == 2 ? "generation 99 is not pinned "
                                              : "generation 99 is not kept ");
    EXPECT_TEXT(wish(1), "done ");
    window_world_stop();
}

TEST("a right is there after a power cut, and no other one is") {
    for (uint32_t rights = 0; rights <= RIGHTS_ALL; rights += RIGHTS_ALL) {
        begin();
        give(only_app(), rights);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        window_world_cut();
        EXPECT_EQUAL(only_app()->rights, rights);
        rest();
        EXPECT_TEXT(wish(3), rights ? "done " : no_right);
        window_world_stop();
    }
}

/* ---- Starting anew ---- */

/* All that an app is, apart from what it has. */
static void expect_same(const Domain *is, const Domain *was) {
    EXPECT_EQUAL(is->rights, was->rights);
    EXPECT_EQUAL(is->limit_bytes, was->limit_bytes);
    EXPECT(memcmp(is->limits, was->limits, sizeof is->limits) == 0);
    EXPECT(is->program == was->program);
    EXPECT_EQUAL(is->name->length, 5);
    EXPECT(memcmp(is->name->bytes, "other", 5) == 0);
    EXPECT_EQUAL(is->state, DOMAIN_RUNNING);
}

static Domain *start_other(uint64_t limit_bytes, uint32_t rights) {
    Domain *domain = NULL;
    EXPECT_EQUAL(vm_start_app("app", "other", limit_bytes, 0, NULL, &domain),
                 STATUS_OK);
    give(domain, rights);
    rest();
    return domain;
}

TEST("an app that is started anew is what it was, as often as wanted") {
    for (uint32_t rights = 0; rights <= RIGHTS_ALL; rights += RIGHTS_ALL) {
        begin();
        EXPECT_EQUAL(vm_stop_app(only_app(), "another comes"), true);
        Domain *domain = start_other((24u + rights) << 20, rights);
        give(domain, rights);
        EXPECT(limits_set(domain, LIMIT_THREADS, 77));
        Domain was = *domain;
        uint64_t last = domain->number;
        for (int i = 0; i < 3; i++) {
            EXPECT_EQUAL(vm_restart_app(domain), STATUS_OK);
            EXPECT_EQUAL(desktop_window_count(), 1);
            rest();
            domain = only_app();
            EXPECT(domain->number > last);
            last = domain->number;
            expect_same(domain, &was);
            EXPECT_EQUAL(window_world_seat()->domain->number, last);
            EXPECT_TEXT(wish(3), rights ? "done " : no_right);
            EXPECT_EQUAL(snapshot_now(), STATUS_OK);
            window_world_cut();
            domain = only_app();
            expect_same(domain, &was);
        }
        window_world_stop();
    }
}

TEST("an app that asks for it is started anew with its right") {
    begin();
    give(only_app(), RIGHTS_ALL);
    uint64_t number = only_app()->number;
    for (int i = 0; i < 2; i++) {
        EXPECT_TEXT(wish(8), "");
        EXPECT(only_app()->number > number);
        number = only_app()->number;
        EXPECT_EQUAL(only_app()->rights, RIGHTS_ALL);
        EXPECT_EQUAL(desktop_window_count(), 1);
    }
    window_world_stop();
}

TEST("an app for whose new start there is no place goes on") {
    Domain *extra;
    begin();
    Domain *domain = only_app();
    give(domain, RIGHTS_ALL);
    Status status = STATUS_OK;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && status == STATUS_OK; i++)
        status = domain_create("extra", 1u << 20, &extra);
    EXPECT_EQUAL(status, STATUS_LIMIT);
    EXPECT_EQUAL(vm_restart_app(domain), STATUS_LIMIT);
    EXPECT_EQUAL(domain->state, DOMAIN_RUNNING);
    EXPECT_EQUAL(domain->thread_count, 1);
    apps_reap(); /* the others have no thread */
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT(only_app() == domain);
    EXPECT_TEXT(wish(3), "done ");
    EXPECT_EQUAL(vm_restart_app(domain), STATUS_OK);
    rest();
    EXPECT(only_app() != domain);
    window_world_stop();
}

/* Apps may use less of the disk than the system; for the time of their start
 * that is so. */
TEST("the system writes at its own level whether an app could start or not") {
    Domain *extra;
    begin();
    EXPECT_EQUAL(memory_level(), MEMORY_SYSTEM);
    EXPECT(apps_open("Counter") && !apps_open("Nobody"));
    EXPECT_EQUAL(memory_level(), MEMORY_SYSTEM);
    apps_launch(77);
    EXPECT(vm_stop_app(heap_domain(newest_number()), "it is done"));
    EXPECT_EQUAL(memory_level(), MEMORY_SYSTEM);
    apps_reap();
    while (domain_create("extra", 1u << 20, &extra) == STATUS_OK)
        continue;
    EXPECT(apps_open("Counter"));
    EXPECT_EQUAL(memory_level(), MEMORY_SYSTEM);
    EXPECT(sim_log_find("apps: Counter does not start"));
    apps_reap();
    window_world_stop();
}

TEST("an app has the rights of its entry in the launcher and no more") {
    static const uint32_t rights[] = {RIGHTS_NONE, RIGHTS_ALL, RIGHTS_NONE};
    begin();
    EXPECT(vm_stop_app(only_app(), "another comes"));
    for (uint32_t i = 0; i < 3; i++) {
        apps_reap();
        apps_launch(i);
        EXPECT_EQUAL(only_app()->rights, rights[i]);
        EXPECT(only_app()->name->length == strlen(apps_name(i)) &&
               memcmp(only_app()->name->bytes, apps_name(i),
                      strlen(apps_name(i))) == 0);
        EXPECT(vm_stop_app(only_app(), "another comes"));
    }
    EXPECT(!apps_name(3));
    window_world_stop();
}
