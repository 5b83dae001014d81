/* Tests of what work costs, and of who pays (vm/run/worker.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/typeset.h"
#include "kernel/system/install.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/heap/rights.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"
#include "wm/ring.h"

/* ---- One program ---- */

enum { TURN = VM_TURN_UNITS, TURN_MOST = 120000 };

/* Presses a key, which makes the program work until it rests: no look at input
 * waits for more than this. */
static void work(void) {
    harness_printed[0] = 0;
    window_world_key(4);
    for (int i = 0; i < 3000 && (i == 0 || !harness_printed[0]); i++)
        harness_step(TURN);
    EXPECT(harness_printed[0]);
    EXPECT(vm_figures().most_units <= TURN_MOST);
    window_world_rest();
}

#define PROGRAM(body)                                                          \
    "import ui\n"                                                              \
    "class Works: Window(\"W\", Label(\"works\"), 200, 120) {\n"               \
    "    fun handle(event: Event) {\n"                                         \
    "        if event.usage == 4 { print(\"{work()}\") }\n"                    \
    "        super.handle(event)\n"                                            \
    "    }\n" body "}\n"                                                       \
    "class Work: App { fun open() { Works().run() } }\n"

TEST("a throw through many frames takes many turns") {
    static const char source[] =
        PROGRAM("    fun work(): Int { try { return down(100000) } catch e { "
                "return 7 } }\n"
                "    fun down(n: Int): Int {\n"
                "        if n == 0 { throw ValueError(\"deep\") }\n"
                "        return down(n - 1) + 1\n"
                "    }\n");
    window_world_start(source);
    work();
    EXPECT_TEXT(window_world_heard(), "7 ");
    window_world_stop();
}

TEST("large arrays are paid for with later turns, not within one") {
    static const char source[] =
        PROGRAM("    fun work(): Int { var a = make(); a = make(); a = make()\n"
                "        a = make(); a = make(); a = make(); a = make()\n"
                "        a = make(); a = make(); a = make()\n"
                "        return a.length / 1000000 }\n"
                "    fun make(): Array<Int> => Array<Int>(1000000)\n");
    window_world_start(source);
    work();
    EXPECT_TEXT(window_world_heard(), "1 ");
    window_world_stop();
}

TEST("to measure a long text takes many turns") {
    static const char source[] = PROGRAM(
        "    fun work(): Int {\n"
        "        var text = \"W\\u{e9}j\\u{6f22} \"\n"
        "        while text.byteLength < 500000 { text = join2(text, text) }\n"
        "        let width = TextStyle.body.width(text)\n"
        "        let fits = TextStyle.body.fit(text, width)\n"
        "        let hit = TextStyle.body.hit(text, width - 1)\n"
        "        let x = TextStyle.body.x(text, fits)\n"
        "        if fits != text.byteLength or hit < fits - 1 { return 0 }\n"
        "        return if x == width or x == width - 1 { 7 } else { 1 }\n"
        "    }\n");
    window_world_start(source);
    work();
    EXPECT_TEXT(window_world_heard(), "7 ");
    window_world_stop();
}

/* Each two of its characters are kerned, so that it is seen when a step has
 * forgotten what the one before ended with. */
TEST("a text measured in steps is as wide as in one, in each face") {
    static const char source[] = PROGRAM(
        "    let styles = [TextStyle.body, TextStyle.strong, TextStyle.large, "
        "TextStyle.code]\n"
        "    fun work(): String {\n"
        "        let text = \"AV\".repeat(20000)\n"
        "        var all = \"\"\n"
        "        for s in styles {\n"
        "            all += \"{s.width(text)} {s.x(text, 30001)} \"\n"
        "            all += \"{s.hit(text, 140000)} {s.fit(text, 140000)} \"\n"
        "        }\n"
        "        return all.trim()\n"
        "    }\n");
    static const Font fonts[] = {
        {FONT_UI, 13}, {FONT_SEMIBOLD, 13}, {FONT_TITLE, 32}, {FONT_MONO, 13}};
    static char text[40001];
    char wanted[400];
    size_t at = 0;
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = "AV"[i % 2];
    window_world_start(source);
    for (size_t i = 0; i < 4; i++) {
        const TypesetWanted kinds[] = {TYPESET_WIDTH, TYPESET_X, TYPESET_HIT,
                                       TYPESET_FIT};
        const int64_t values[] = {0, 30001, 140000, 140000};
        for (size_t k = 0; k < 4; k++) {
            TypesetPen pen = {0};
            int64_t answer;
            typeset_piece(fonts[i], text, sizeof text - 1, kinds[k], values[k],
                          &pen, UINT64_MAX, &answer);
            at += (size_t)snprintf(wanted + at, sizeof wanted - at, "%ld ",
                                   (long)answer);
        }
    }
    work();
    EXPECT_TEXT(window_world_heard(), wanted);
    window_world_stop();
}

/* The last number that a program printed. */
static long last_printed(void) {
    char *end = strrchr(harness_printed, '\n');
    if (!end)
        return 0;
    *end = 0;
    const char *begin = strrchr(harness_printed, '\n');
    return strtol(begin ? begin + 1 : harness_printed, NULL, 10);
}

static void open_beside(const char *name, const char *source) {
    sim_setting("app", source);
    sim_setting("app_name", name);
    install_setting();
    sim_setting("app_name", NULL);
    sim_setting("app", NULL);
}

static const char busy[] = "import ui\n"
                           "class Busy: App {\n"
                           "    fun open() { var n = 0\n"
                           "        while true { n = n +% 1 } }\n"
                           "}\n";

TEST("a text of megabytes goes to the clipboard and back in many turns") {
    static const char source[] =
        PROGRAM("    fun work(): Int { let text = \"0123456789abcdef\"\n"
                "            .repeat(250000)\n"
                "        setClipboard(text)\n"
                "        return clipboard().byteLength / 1000000 }\n");
    window_world_start(source);
    EXPECT_EQUAL(heap_write(seat_first()->domain, sizeof(Domain)), STATUS_OK);
    seat_first()->domain->rights = RIGHT_CLIPBOARD;
    work();
    EXPECT_TEXT(window_world_heard(), "4 ");
    window_world_stop();
}

TEST("what a slice overruns is owed, and paid") {
    enum { SMALL = 1000, PAID = 4 };
    static const char source[] =
        PROGRAM("    fun work(): Int { let a = \"x\".repeat(200000)\n"
                "        let b = \"x\".repeat(200000)\n"
                "        while true { if a != b { return 7 } } }\n");
    uint64_t owed_last = 0;
    unsigned paid = 0;
    window_world_start(source);
    const Domain *domain = window_world_seat()->domain;
    window_world_key(4);
    for (int i = 0; i < 20000 && paid < PAID; i++) {
        harness_step(SMALL);
        paid += domain->debt < owed_last;
        owed_last = domain->debt;
    }
    EXPECT_EQUAL(paid, PAID);
    window_world_stop();
}

TEST("who overruns its turn pays with the next ones") {
    enum { TURNS = 100, BYTES = 8000000 };
    static const char source[] = PROGRAM(
        "    fun work(): Int { var n = 0\n"
        "        while true { n += Array<Int>(1000000).length / 1000000\n"
        "            print(\"{n}\") } }\n");
    window_world_start(source);
    open_beside("busy", busy);
    window_world_key(4);
    for (int i = 0; i < TURNS; i++)
        harness_step(TURN);
    long share = TURNS * TURN / 2 / (BYTES / COST_BYTES);
    long made = last_printed();
    EXPECT(made >= share / 2 && made <= 2 * share);
    window_world_stop();
}

/* ---- What a method costs ---- */

/* How many calls the program makes in some turns, of a long method that ends
 * with the statement before all others, or runs to its end. */
static long calls(const char *first, bool all) {
    static char source[60000];
    size_t at = (size_t)snprintf(source, sizeof source,
                                 "import ui\n"
                                 "var count = 0\n"
                                 "fun fail() { throw ValueError(\"\") }\n"
                                 "fun long(n: Int): Int {\n"
                                 "    if n == 0 { %s }\n"
                                 "    var m = n\n",
                                 first);
    for (int i = 0; i < 1000; i++)
        at += (size_t)snprintf(source + at, sizeof source - at,
                               "    m = m +%% n\n");
    snprintf(source + at, sizeof source - at,
             "    return m\n"
             "}\n"
             "class Works: Window(\"W\", Label(\"works\"), 200, 120) {\n"
             "    fun handle(event: Event) {\n"
             "        while event.usage == 4 { count += 1\n"
             "            try { long(%d) } catch _ { }\n"
             "            if count %% 100 == 0 { print(\"{count}\") } }\n"
             "        super.handle(event)\n"
             "    }\n"
             "}\n"
             "class Work: App { fun open() { Works().run() } }\n",
             all);
    window_world_start(source);
    window_world_key(4);
    harness_printed[0] = 0;
    for (int i = 0; i < 20; i++)
        harness_step(TURN);
    long count = last_printed();
    window_world_stop();
    return count;
}

TEST("a method is charged for the words that were run, and only those") {
    long whole = calls("return 1", true), begun = calls("return 1", false);
    EXPECT(whole > 300);                    /* 2,000,000 units */
    EXPECT(whole < 20 * TURN / 1000 + 200); /* of 1,000 words at least */
    EXPECT(begun > 10 * whole);
    EXPECT(calls("throw ValueError(\"\")", false) > 5 * whole);
    EXPECT(calls("fail()", false) > 5 * whole);
}

/* ---- Two ---- */

TEST("who got input runs before all others") {
    enum { OTHERS = 6 };
    window_world_start(window_world_told);
    for (int i = 0; i < OTHERS; i++) {
        char name[] = "busy0";
        name[4] = (char)('0' + i);
        open_beside(name, busy);
    }
    for (int round = 0; round < OTHERS; round++) {
        harness_printed[0] = 0;
        harness_step(60000 * (uint64_t)round + 1); /* whoever's turn it is */
        window_world_key(4);
        harness_step(50000); /* a slice */
        EXPECT_TEXT(window_world_heard(), "0.4.1.0 ");
        harness_step(1000000);
    }
    window_world_stop();
}
