/* Tests of what is refused while nothing can be written, and of what comes of
 * it when there is room again: waits of threads, events, the end of apps. */
#include <stdio.h>
#include <string.h>

#include "kernel/system/apps.h"
#include "kernel/system/install.h"
#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/ring.h"

/* From now on no page is announced at this level that was not before, until
 * there is room. What was durable is to be announced anew. */
static void use_up(MemoryLevel level) {
    enum { REGION = 40 };
    uint64_t page = REGION * MEMORY_REGION_PAGES;
    EXPECT_EQUAL(memory_attach(REGION), STATUS_OK);
    memory_set_level(level);
    while (memory_write(page_address(page), 8) == STATUS_OK)
        page++;
    memory_set_level(MEMORY_SYSTEM);
    EXPECT_EQUAL(memory_refused_why(), STATUS_NO_SPACE);
}

static void make_room(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    memory_trim();
}

/* ---- Waits ---- */

/* A key lets a thread count for a while and then wait; another ends that. The
 * threads beside which it waits lie on pages of their own. */
static const char waits[] =
    "import ui\n"
    "class Waits(let other: Thread, let lock: Lock):\n"
    "        Window(\"W\", Label(\"w\"), 200, 120) {\n"
    "    let time = 100.seconds\n"
    "    var waiter: Thread? = null\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown { act(event.usage) }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun act(what: Int) {\n"
    "        match what {\n"
    "            4 => later { sleep(time) }\n"
    "            5 => later { other.join() }\n"
    "            6 => later { lock.lock() }\n"
    "            7 => later { Thread.park() }\n"
    "            8 => later { commit() }\n"
    "            15 => other.unpark()\n"
    "            16 => { for i in 0..20 { lock.unlock() } }\n"
    "            17 => { let thread = waiter; thread?.unpark() }\n"
    "            else => {}\n"
    "        }\n"
    "    }\n"
    "    fun later(wait: () => Void) {\n"
    "        waiter = spawn {\n"
    "            print(\"begun\")\n"
    "            var i = 0\n"
    "            while i < 300000 { i += 1 }\n"
    "            wait()\n"
    "            print(\"over\")\n"
    "        }\n"
    "    }\n"
    "}\n"
    "class Wait: App {\n"
    "    let kept = List<Object>()\n"
    "    fun open() {\n"
    "        let lock = Lock()\n"
    "        let other = apart { Thread.park() }\n"
    "        lock.lock()\n"
    "        for i in 1..20 {\n"
    "            apart { Thread.park() }\n"
    "            apart { sleep(1000000.seconds) }\n"
    "            apart { lock.lock() }\n"
    "        }\n"
    "        apart {}\n"
    "        Waits(other, lock).run()\n"
    "    }\n"
    "    fun apart(body: () => Void): Thread {\n"
    "        for i in 1..100 { kept.add(Array<Int>(4)) }\n"
    "        return spawn(body)\n"
    "    }\n"
    "}\n";

enum { TURN = 20000 };

static const char *heard_after(int turns) {
    while (turns-- > 0)
        harness_step(TURN);
    return window_world_heard();
}

/* The key's wait is refused at first. It ends with another key, or when time
 * goes by, or all is durable. */
static void expect_wait(unsigned key, unsigned end) {
    sim_seed(1);
    sim_time_set_ns(1000000000);
    window_world_start(waits);
    for (int i = 0; i < 100 && !seat_first(); i++)
        window_world_turn(100000);
    window_world_rest();
    window_world_key(key);
    for (int i = 0; i < 100 && !harness_printed[0]; i++)
        harness_step(TURN);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_TEXT(heard_after(1), "begun ");
    use_up(MEMORY_APP); /* but for what it counts with */
    uint64_t before = memory_refusals();
    for (int i = 0; i < 400 && memory_refusals() == before; i++)
        harness_step(TURN);
    EXPECT(memory_refusals() > before);
    EXPECT_TEXT(heard_after(20), "begun ");
    make_room();
    EXPECT_TEXT(heard_after(20), "begun ");
    if (end)
        window_world_key(end);
    sim_time_set_ns(platform_now_ns() + 100000000000);
    vm_barrier_taken();
    vm_generation_durable(snapshot_durable());
    EXPECT_TEXT(heard_after(20), "begun over ");
    window_world_stop();
}

TEST("a wait that could not begin does not return before its time") {
    static const unsigned keys[][2] = {
        {4, 0}, {5, 15}, {6, 16}, {7, 17}, {8, 0}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        expect_wait(keys[i][0], keys[i][1]);
}

/* ---- Events ---- */

static void keys(unsigned count) {
    for (unsigned i = 1; i <= count; i++)
        window_world_key(i);
}

static void silent(void) {
    sim_time_set_ns(platform_now_ns() + RING_PATIENCE_NS);
}

TEST("events that waited for room and then for the program are in its way") {
    window_world_start(window_world_told);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    use_up(MEMORY_SYSTEM);
    keys(WINDOW_EVENTS + 1);
    const Seat *seat = window_world_seat();
    EXPECT_EQUAL(seat->object->event_count, 0);
    silent();
    window_world_key(77); /* the program is not to blame */
    EXPECT_EQUAL(ring_late(seat), WINDOW_EVENTS + 2);
    make_room();
    ring_flush();
    EXPECT_EQUAL(ring_late(seat), 2);
    silent();
    window_world_key(78);
    EXPECT_EQUAL(ring_late(seat), 2);
    window_world_check(); /* E2 */
    window_world_rest();
    EXPECT(strstr(window_world_heard(), " 0.77.1.0 ") != NULL);
    EXPECT(strstr(window_world_heard(), " 0.78.1.0 ") == NULL);
    window_world_stop();
}

TEST("events that waited for the program and then for room are kept") {
    window_world_start(window_world_told);
    keys(WINDOW_EVENTS + 2);
    Seat *seat = window_world_seat();
    EXPECT_EQUAL(heap_write(seat->object, sizeof *seat->object), STATUS_OK);
    ring_drop(seat->object);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    use_up(MEMORY_SYSTEM);
    ring_flush();
    EXPECT_EQUAL(ring_late(seat), 2);
    silent();
    window_world_key(77);
    EXPECT_EQUAL(ring_late(seat), 3);
    make_room();
    window_world_rest();
    EXPECT(strstr(window_world_heard(), " 0.77.1.0 ") != NULL);
    window_world_stop();
}

/* ---- The end of apps ---- */

static void expect_given_back(void) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        EXPECT(!ROOT->domains[i]);
    for (size_t i = 0; i < ROOT_ENDING_MAX; i++)
        EXPECT_EQUAL(ROOT->ending[i], 0);
}

TEST("an app that ended while nothing can be written goes when there is room") {
    window_world_start(window_world_told);
    Domain *domain = window_world_seat()->domain;
    EXPECT(vm_stop_app(domain, "it is done"));
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    use_up(MEMORY_SYSTEM);
    for (int i = 0; i < 3; i++)
        apps_reap();
    EXPECT(ROOT->domains[1] == domain);
    make_room();
    apps_reap();
    expect_given_back();
    window_world_stop();
}

TEST("however many apps end at once all of them are given back") {
    enum { APPS = ROOT_ENDING_MAX + 3 };
    char name[16];
    window_world_start(window_world_told);
    for (int i = 1; i < APPS; i++) {
        snprintf(name, sizeof name, "app %d", i);
        sim_setting("app_name", name);
        install_setting();
    }
    sim_setting("app_name", NULL);
    window_world_rest();
    for (size_t i = 1; i <= APPS; i++)
        EXPECT(vm_stop_app(ROOT->domains[i], "it is done"));
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    use_up(MEMORY_ENDING);
    for (int i = 0; i < 3; i++)
        apps_reap();
    EXPECT(ROOT->domains[APPS] != NULL); /* no chain is free */
    make_room();
    for (int i = 0; i < 3; i++)
        apps_reap();
    expect_given_back();
    window_world_stop();
}

/* ---- What a person opens ---- */

static unsigned count_apps(void) {
    unsigned count = 0;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        count += ROOT->domains[i] != NULL;
    return count;
}

TEST("what is opened while there is no room opens later, once") {
    sim_time_set_ns(1000000000);
    window_world_start(window_world_told);
    unsigned before = count_apps();
    EXPECT(!apps_waiting());
    use_up(MEMORY_APP);
    apps_launch(0);
    apps_launch(0);
    char line[80];
    snprintf(line, sizeof line, "apps: %s waits to start", apps_name(0));
    EXPECT(sim_log_find(line) && apps_waiting());
    EXPECT(apps_step() < UINT64_MAX);
    EXPECT_EQUAL(count_apps(), before);
    for (int i = 0; i < 10 && apps_waiting(); i++) {
        make_room();
        sim_time_set_ns(platform_now_ns() + 60000000000ull);
        apps_step();
    }
    EXPECT(!apps_waiting());
    EXPECT_EQUAL(apps_step(), UINT64_MAX);
    EXPECT_EQUAL(count_apps(), before + 1);
    window_world_rest();
    for (int i = 0; i < 3; i++) {
        sim_time_set_ns(platform_now_ns() + 60000000000ull);
        EXPECT_EQUAL(apps_step(), UINT64_MAX);
    }
    EXPECT_EQUAL(count_apps(), before + 1);
    window_world_stop();
}
