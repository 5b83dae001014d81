/* Tests of apps that a person ended (vm/run/trash.h, kernel/system/apps.c). */
#include "vm/run/trash.h"

#include <string.h>

#include "kernel/system/apps.h"
#include "kernel/system/install.h"
#include "kernel/system/notices/answers.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "vm/heap/rights.h"

/* Counts keys; key 8 shows which apps run and which are in the trash, key 9
 * takes the app that was ended last from there, key 10 lets it go. */
static const char counts[] =
    "import ui\n"
    "import system\n"
    "class Counts: Window(\"Counts\", Label(\"counts\"), 200, 120) {\n"
    "    var count = 0\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage == 4 { count += 1; "
    "print(\"{count}\") }\n"
    "        if event.isDown and event.usage == 8 { show() }\n"
    "        if event.isDown and event.usage == 9 { bring() }\n"
    "        if event.isDown and event.usage == 10 { drop() }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun show() {\n"
    "        let run = RunningApp.all().map { it.name }\n"
    "        let ended = EndedApp.all().map { it.name }\n"
    "        print(run.join(\" \") + \"; \" + ended.join(\" \"))\n"
    "    }\n"
    "    fun bring() {\n"
    "        try {\n"
    "            let all = EndedApp.all()\n"
    "            all.first().bringBack()\n"
    "            print(\"back\")\n"
    "        } catch e: Exception { print(\"{e.message ?? \"\"}\") }\n"
    "    }\n"
    "    fun drop() {\n"
    "        try {\n"
    "            EndedApp.all().first().drop()\n"
    "            print(\"gone\")\n"
    "        } catch e: Exception { print(\"{e.message ?? \"\"}\") }\n"
    "    }\n"
    "}\n"
    "class Count: App { fun open() { Counts().run() } }\n";

static const char no_right[] =
    "this app was not given the right \"apps\" to see "
    "which apps run and the machine's figures ";

enum { COUNT_KEY = 4, SHOW_KEY = 8, BRING_KEY = 9, DROP_KEY = 10 };

static Domain *app_named(const char *name) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && domain->name->length == strlen(name) &&
            memcmp(domain->name->bytes, name, strlen(name)) == 0)
            return domain;
    }
    return NULL;
}

static Domain *open_app(const char *source, const char *name) {
    sim_setting("app", source);
    sim_setting("app_name", name);
    install_setting();
    sim_setting("app_name", NULL);
    sim_setting("app", NULL);
    window_world_rest();
    return app_named(name);
}

static Domain *open_other(const char *name) {
    return open_app(counts, name);
}

static Seat *seat_of_app(const Domain *domain) {
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->domain == domain)
            return seat;
    return NULL;
}

static const char *press(const Domain *domain, uint16_t usage) {
    InputEvent event = {.kind = INPUT_KEY, .usage = usage, .down = true};
    Seat *seat = seat_of_app(domain);
    harness_printed[0] = 0;
    EXPECT(seat != NULL);
    if (seat)
        ring_deliver(&seat->window, &event);
    window_world_rest();
    return window_world_heard();
}

static void give_right(Domain *domain) {
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    domain->rights = RIGHTS_ALL;
}

static uint32_t in_trash(void) {
    uint32_t count = 0;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        count += ROOT->domains[i] && trash_holds(ROOT->domains[i]);
    return count;
}

TEST("what is ended does nothing, stays over a cut, and goes on where it was") {
    int code;
    window_world_start(counts);
    Domain *other = open_other("other");
    EXPECT_TEXT(press(other, COUNT_KEY), "1 ");
    EXPECT_TEXT(press(other, COUNT_KEY), "2 ");
    answers_end(other);
    window_world_rest();
    EXPECT(vm_app_ended(other, &code));
    EXPECT(trash_holds(other));
    EXPECT(!seat_of_app(other));
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    other = app_named("other");
    EXPECT(other && trash_holds(other));
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT(trash_oldest() == other);
    EXPECT_EQUAL(trash_take(other), STATUS_OK);
    window_world_rest();
    EXPECT(!trash_oldest());
    EXPECT(!vm_app_ended(other, &code));
    EXPECT_EQUAL(code, 0); /* that of its end, later */
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT_TEXT(press(other, COUNT_KEY), "3 ");
    window_world_stop();
}

TEST(
    "only an app with the right takes from the trash, and only what is there") {
    window_world_start(counts);
    Domain *asks = seat_first()->domain;
    Domain *other = open_other("other");
    answers_end(other);
    window_world_rest();
    EXPECT_TEXT(press(asks, BRING_KEY), no_right);
    EXPECT(trash_holds(other));
    give_right(asks);
    EXPECT_TEXT(press(asks, BRING_KEY), "back ");
    EXPECT(!trash_holds(other));
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT(strlen(press(asks, BRING_KEY)) > 0); /* an exception: it is empty */
    EXPECT_EQUAL(desktop_window_count(), 2);
    window_world_stop();
}

/* A thread changes its window all the time. */
static const char paints[] =
    "import ui\n"
    "class Paints: App {\n"
    "    let label = Label(\"0\")\n"
    "    fun open() {\n"
    "        spawn { var n = 0; while true { n += 1; label.text = \"{n}\" } }\n"
    "        window(\"P\", label, 200, 100)\n"
    "    }\n"
    "}\n";

TEST("an app that paints all the time finds its window when it is brought") {
    InputEvent bring = {.kind = INPUT_KEY, .usage = BRING_KEY, .down = true};
    int code;
    window_world_start(counts);
    Domain *asks = seat_first()->domain;
    give_right(asks);
    sim_setting("app", paints);
    sim_setting("app_name", "paints");
    install_setting();
    sim_setting("app_name", NULL);
    sim_setting("app", NULL);
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 40 + round; i++)
            window_world_turn(100000);
        Domain *other = app_named("paints");
        EXPECT(seat_of_app(other) != NULL);
        answers_end(other);
        window_world_turn(100000);
        EXPECT(trash_holds(other));
        ring_deliver(&seat_of_app(asks)->window, &bring);
        for (int i = 0; i < 100 && trash_holds(other); i++)
            window_world_turn(100000);
        for (int i = 0; i < 20; i++)
            window_world_turn(100000);
        EXPECT(!vm_app_ended(other, &code) && seat_of_app(other));
    }
    window_world_stop();
}

TEST("an app is among those that run, or in the trash, or in neither") {
    window_world_start(counts);
    Domain *asks = seat_first()->domain;
    give_right(asks);
    Domain *one = open_other("one"), *two = open_other("two");
    EXPECT_TEXT(press(asks, SHOW_KEY), "app one two;  ");
    answers_end(one);
    window_world_rest();
    EXPECT_TEXT(press(asks, SHOW_KEY), "app two; one ");
    answers_end(two);
    window_world_rest();
    EXPECT_TEXT(press(asks, SHOW_KEY), "app; two one ");
    EXPECT_TEXT(press(asks, BRING_KEY), "back ");
    EXPECT_TEXT(press(asks, SHOW_KEY), "app two; one ");
    EXPECT(vm_stop_app(two, "for good"));
    EXPECT_TEXT(press(asks, SHOW_KEY), "app; one ");
    EXPECT_TEXT(press(asks, DROP_KEY), "gone ");
    EXPECT_TEXT(press(asks, SHOW_KEY), "app;  ");
    window_world_stop();
}

TEST("an app with the right empties the trash, and the memory is back") {
    window_world_start(counts);
    Domain *asks = seat_first()->domain;
    uint64_t before = vm_figures().used_bytes;
    answers_end(open_other("first"));
    answers_end(open_other("second"));
    window_world_rest();
    EXPECT_EQUAL(in_trash(), 2);
    EXPECT_TEXT(press(asks, DROP_KEY), no_right);
    EXPECT_EQUAL(in_trash(), 2);
    give_right(asks);
    EXPECT_TEXT(press(asks, DROP_KEY), "gone ");
    EXPECT(!app_named("second"));
    EXPECT(trash_newest() == app_named("first"));
    EXPECT_TEXT(press(asks, DROP_KEY), "gone ");
    EXPECT_EQUAL(in_trash(), 0);
    EXPECT(!app_named("first"));
    EXPECT(strlen(press(asks, DROP_KEY)) > 0); /* an exception: it is empty */
    EXPECT(vm_figures().used_bytes < before + 65536);
    window_world_stop();
}

/* No thread is left whose frames lead to what a start needs. */
TEST("after a collection with no app an app starts as before") {
    window_world_start(counts);
    EXPECT(vm_stop_app(seat_first()->domain, "it is the last"));
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 0);
    collect_set_poison(true);
    EXPECT_EQUAL(collect_domain(ROOT->domains[0]), STATUS_OK);
    collect_set_poison(false);
    Domain *other = open_other("other");
    EXPECT_TEXT(press(other, COUNT_KEY), "1 ");
    window_world_check();
    window_world_stop();
}

TEST("the trash keeps the sixteen that were ended last") {
    enum { KEPT = 16, ENDED = 18 };
    char name[] = "aa";
    window_world_start(counts);
    for (int i = 0; i < ENDED; i++) {
        name[1] = (char)('a' + i);
        answers_end(open_other(name));
        window_world_rest();
        EXPECT_EQUAL(in_trash(), i < KEPT ? i + 1 : KEPT);
    }
    EXPECT(!app_named("aa"));
    EXPECT(!app_named("ab"));
    EXPECT(trash_oldest() == app_named("ac"));
    EXPECT(apps_empty_trash());
    window_world_rest();
    EXPECT_EQUAL(in_trash(), 0);
    EXPECT(!app_named("ac"));
    EXPECT(!apps_empty_trash());
    EXPECT_EQUAL(desktop_window_count(), 1);
    window_world_stop();
}

TEST("one that is stopped for good is not in the trash") {
    window_world_start(counts);
    Domain *other = open_other("other");
    answers_stop(other);
    window_world_rest();
    EXPECT_EQUAL(in_trash(), 0);
    EXPECT(!app_named("other"));
    window_world_stop();
}

/* The disk has 64 MB, of which the trash may have an eighth. */
TEST("what is ended last is kept whatever its size, and costs none before it") {
    static const char large[] = "import ui\n"
                                "class Large: App {\n"
                                "    var kept: Array<Int>? = null\n"
                                "    fun open() {\n"
                                "        kept = Array<Int>(1500000)\n"
                                "        window(\"L\", Label(\"large\"))\n"
                                "    }\n"
                                "}\n";
    window_world_start(counts);
    answers_end(open_other("small"));
    Domain *first = open_app(large, "large");
    EXPECT(first->used_bytes > 12000000);
    answers_end(first);
    window_world_rest();
    EXPECT_EQUAL(in_trash(), 2);
    answers_end(open_other("third"));
    window_world_rest();
    EXPECT_EQUAL(in_trash(), 1); /* the oldest first, until it is enough */
    EXPECT(trash_oldest() == app_named("third"));
    EXPECT(trash_newest() == app_named("third"));
    window_world_stop();
}
