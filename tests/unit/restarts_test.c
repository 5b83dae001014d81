/* Tests of the `restarted` handlers (vm/run/restarts.h). */
#include <stdio.h>
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/vm.h"

#define PROGRAM(classes, open)                                                 \
    "import ui\n" classes "\n"                                                 \
    "class Program: App {\n"                                                   \
    "    let kept = List<Object>()\n"                                          \
    "    fun open() {\n" open "\n"                                             \
    "        window(\"Program\", Label(\"runs\"), 200, 120)\n"                 \
    "    }\n"                                                                  \
    "}\n"

static void cut(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    harness_printed[0] = 0;
}

/* What was printed since, with blanks for ends of lines. */
static const char *after_turns(int turns) {
    while (turns-- > 0)
        harness_step(VM_TURN_UNITS);
    return window_world_heard();
}

static const char in_turn[] =
    PROGRAM("class Told(let name: String) {\n"
            "    transient var seen = 0\n"
            "    restarted { print(\"{name}{seen}\"); seen = 7 }\n"
            "}",
            "        for i in 1..3 { let t = Told(\"a{i}.\"); t.seen = i\n"
            "            kept.add(t) }\n"
            "        spawn { while true { sleep(1.seconds) } }");

TEST("handlers run once a start, in order; what is transient is empty then") {
    window_world_start(in_turn);
    for (int start = 0; start < 3; start++) {
        cut();
        EXPECT_TEXT(after_turns(3), "a1.0 a2.0 a3.0 ");
        window_world_rest();
        EXPECT_TEXT(window_world_heard(), "a1.0 a2.0 a3.0 ");
    }
    window_world_stop();
}

/* For which the stack has to grow before it is entered. */
TEST("a handler with a long frame is called, once") {
    static char source[16000];
    size_t at = (size_t)snprintf(source, sizeof source,
                                 "import ui\n"
                                 "class Long(let n: Int) { restarted {\n"
                                 "    var a0 = n\n");
    for (int i = 1; i < 200; i++)
        at += (size_t)snprintf(source + at, sizeof source - at,
                               "    var a%d = a%d + 1\n", i, i - 1);
    snprintf(source + at, sizeof source - at,
             "    print(\"{a199}\") } }\n"
             "class Program: App {\n"
             "    let kept = [Long(1), Long(2), Long(3)]\n"
             "    fun open() { window(\"P\", Label(\"p\"), 200, 120) }\n"
             "}\n");
    window_world_start(source);
    cut();
    EXPECT_TEXT(after_turns(5), "200 201 202 ");
    window_world_stop();
}

TEST("handlers do not run while their app is held, nor later twice") {
    window_world_start(in_turn);
    for (int start = 0; start < 4; start++) {
        cut();
        vm_hold(true, NULL);
        EXPECT_TEXT(after_turns(3), "");
    }
    vm_hold(false, NULL);
    EXPECT_TEXT(after_turns(3), "a1.0 a2.0 a3.0 ");
    window_world_stop();
}

TEST("to be told of restarts keeps no object alive") {
    static const char source[] =
        PROGRAM("class Told(let n: Int) { let a = Array<Int>(500)\n"
                "    restarted { if n % 2000 == 0 { print(\"{n}\") } } }",
                "        for i in 1..6000 { let t = Told(i)\n"
                "            if i % 2000 == 0 { kept.add(t) } }\n"
                "        kept.removeAt(1)");
    window_world_start(source); /* 24 MB in all */
    for (int i = 0; i < 200 && !seat_first(); i++)
        window_world_turn(VM_TURN_UNITS);
    const Domain *domain = window_world_seat()->domain;
    EXPECT(domain->used_bytes < 16u << 20);
    EXPECT(domain->restarted_count < 4000);
    cut();
    const char *told = after_turns(300);
    EXPECT(strstr(told, "2000 ") && strstr(told, "6000 "));
    harness_check();
    window_world_stop();
}

TEST("a handler that never ends keeps the app's other threads for a second") {
    static const char source[] =
        PROGRAM("class Told(let n: Int) { restarted { print(\"h{n}\")\n"
                "    while true { } } }",
                "        kept.add(Told(1)); kept.add(Told(2))\n"
                "        spawn { while true { sleep(1.seconds)\n"
                "            print(\"t\") } }");
    window_world_start(source);
    Domain *domain = window_world_seat()->domain;
    for (int start = 0; start < 3; start++) { /* in each a second of its own */
        cut();
        sim_time_set_ns(platform_now_ns() + 5000000000);
        EXPECT_TEXT(after_turns(20), "h1 ");
        EXPECT(domain->handled_ns > 0);
        EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
        domain->handled_ns = 1000000000;
        EXPECT_TEXT(after_turns(20), "h1 t ");
    }
    window_world_stop();
}

TEST("after a handler was cut off all are called, and it goes on") {
    static const char source[] =
        PROGRAM("class Told(let n: Int) { restarted { print(\"b{n}\")\n"
                "    var i = 0\n"
                "    while i < 200000 { i += 1 }\n"
                "    print(\"e{n}\") } }",
                "        kept.add(Told(1)); kept.add(Told(2))");
    window_world_start(source);
    cut();
    EXPECT_TEXT(after_turns(1), "b1 ");
    cut();
    EXPECT_TEXT(after_turns(50), "b1 e1 b2 e2 e1 ");
    window_world_stop();
}

/* The second of them is still under way when the thread of before is through
 * with the first. */
TEST("who was in a handler when the power was cut calls no other") {
    static const char source[] =
        PROGRAM("class Told(let n: Int) { restarted { print(\"b{n}\")\n"
                "    var i = 0\n"
                "    while i < 200000 { i += 1 }\n"
                "    if n == 2 { sleep(2.seconds) }\n"
                "    print(\"e{n}\") } }",
                "        for i in 1..3 { kept.add(Told(i)) }");
    window_world_start(source);
    cut();
    EXPECT_TEXT(after_turns(1), "b1 ");
    cut();
    EXPECT_TEXT(after_turns(50), "b1 e1 b2 e1 ");
    sim_time_set_ns(platform_now_ns() + 3000000000);
    EXPECT_TEXT(after_turns(50), "b1 e1 b2 e1 e2 b3 e3 ");
    window_world_stop();
}

TEST("a handler that throws keeps none from those behind it") {
    static const char source[] =
        PROGRAM("class Told(let n: Int) { restarted { if n == 1 {\n"
                "    throw ValueError(\"no\") }\n"
                "    print(\"{n}\") } }",
                "        kept.add(Told(1)); kept.add(Told(2))");
    window_world_start(source);
    cut();
    EXPECT_TEXT(after_turns(3), "2 ");
    EXPECT(sim_log_find("app: restarted: "));
    window_world_stop();
}

/* A key makes it fill all memory that it may have. */
static const char full[] =
    "import ui\n"
    "class Keep(let next: Keep?, let a: Array<Int>)\n"
    "class Told { restarted { print(\"told\") } }\n"
    "class Filler(let told: Told): Window(\"F\", Label(\"fills\"), 200, 120) "
    "{\n"
    "    var head: Keep? = null\n"
    "    fun handle(event: Event) {\n"
    "        if event.usage == 4 { fill() }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun fill() {\n"
    "        var size = 100000\n"
    "        while size > 0 {\n"
    "            try { while true { head = Keep(head, Array<Int>(size)) }\n"
    "            } catch e: MemoryError { print(\"full at {size}\") }\n"
    "            size = size / 10\n"
    "        }\n"
    "    }\n"
    "}\n"
    "class Fills: App { fun open() { Filler(Told()).run() } }\n";

static Domain *start_full(void) {
    window_world_start(full);
    Domain *domain = window_world_seat()->domain;
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    domain->limit_bytes = domain->used_bytes + (8u << 20);
    window_world_key(4);
    window_world_rest();
    EXPECT(strstr(harness_printed, "full at 1\n") != NULL);
    EXPECT(domain->used_bytes + (64u << 10) > domain->limit_bytes);
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    heap_retire(domain); /* a hole that is being filled is used already */
    domain->limit_bytes = domain->used_bytes;
    return domain;
}

TEST("an app at its limit is told of a restart, and does not keep a start") {
    start_full();
    for (int start = 0; start < 5; start++) {
        cut();
        EXPECT_TEXT(after_turns(5), "told ");
        window_world_rest();
        harness_check();
    }
    EXPECT(!sim_log_find("app: app: its handlers of restarts are left out"));
    window_world_stop();
}

TEST("where even the reserve is used up handlers are left out, with a line") {
    Domain *domain = start_full();
    cut();
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    uint64_t limit = domain->limit_bytes;
    domain->limit_bytes = domain->used_bytes - HEAP_RESERVE_SYSTEM;
    EXPECT_TEXT(after_turns(5), "");
    EXPECT(sim_log_find("app: app: its handlers of restarts are left out"));
    domain->limit_bytes = limit;
    window_world_rest();
    window_world_stop();
}
