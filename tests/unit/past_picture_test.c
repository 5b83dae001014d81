/* Tests of the small picture of an older desktop (wm/past_picture.h). */
#include <stdlib.h>
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/rights.h"
#include "vm/run/domain.h"
#include "vm/run/limits.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "wm/wm_state.h"

/* At each key it says what the newest generation looks like: the sum of the
 * pixels well above the bar, and of those in it. */
static const char looker[] =
    "import ui\n"
    "import system\n"
    "class Looker: Window(\"L\", Label(\"looks\"), 300, 200) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown { look() }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun look() {\n"
    "        let all = Generation.all()\n"
    "        let pixels = all[all.size - 1].picture(128)\n"
    "        let above = sum(pixels, 0, pixels.length / 4 * 3)\n"
    "        let bar = sum(pixels, pixels.length - 128 * 4 * 4, "
    "pixels.length)\n"
    "        print(\"{above} {bar}\")\n"
    "    }\n"
    "    fun sum(pixels: Array<Byte>, from: Int, to: Int): Int {\n"
    "        var sum = 0\n"
    "        for i in from..<to { sum += pixels[i].toInt() }\n"
    "        return sum\n"
    "    }\n"
    "}\n"
    "class Looks: App { fun open() { Looker().run() } }\n";

/* With the window this far down. */
static void look(int32_t y, long *above_out, long *bar_out) {
    WmWindow *window = &window_world_seat()->window;
    window->wanted.y = y;
    windows_changed(window);
    window_world_rest();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    harness_printed[0] = 0;
    window_world_key(4);
    window_world_rest();
    char *end;
    *above_out = strtol(harness_printed, &end, 10);
    *bar_out = strtol(end, NULL, 10);
}

TEST("on a picture of the past no window is over the bar") {
    long high, high_bar, low, low_bar;
    window_world_start(looker);
    window_world_seat()->domain->rights |= RIGHTS_ALL;
    look(100, &high, &high_bar);
    look(WORLD_HEIGHT - 100, &low, &low_bar);
    EXPECT(high > 0 && high_bar > 0);
    EXPECT(high != low); /* the window is on it, and went down */
    EXPECT_EQUAL(low_bar, high_bar);
    window_world_stop();
}

/* More than a picture has room for, of two apps. */
TEST("of very many windows a picture of the past shows some") {
    enum { EACH = 40 };
    static const char many[] =
        "import ui\n"
        "import system\n"
        "class Many: App {\n"
        "    fun open() {\n"
        "        for i in 0..<40 {\n"
        "            spawn { Plain(\"W{i}\").run() }\n"
        "        }\n"
        "    }\n"
        "}\n"
        "class Plain(title: String): Window(title, Label(\"l\"), 120, 60) {\n"
        "    fun handle(event: Event) {\n"
        "        if event.isDown and event.usage > 0 {\n"
        "            print(\"{Generation.all().last().picture(64).length}\")\n"
        "        }\n"
        "        super.handle(event)\n"
        "    }\n"
        "}\n";
    Domain *second;
    window_world_start(many);
    for (int i = 0; i < 400 && desktop_window_count() < EACH; i++)
        window_world_turn(100000);
    EXPECT_EQUAL(vm_start_app("app", "second", limits_row(LIMIT_MEMORY)->usual,
                              0, NULL, &second),
                 STATUS_OK);
    for (int i = 0; i < 400 && desktop_window_count() < 2 * EACH; i++)
        window_world_turn(100000);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 2 * EACH);
    second->rights = RIGHTS_ALL;
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    harness_printed[0] = 0;
    InputEvent event = {.kind = INPUT_KEY, .usage = 4, .down = true};
    ring_deliver(&seat_first_of(second)->window, &event);
    for (int i = 0; i < 400 && !harness_printed[0]; i++)
        window_world_turn(100000);
    EXPECT(strtol(harness_printed, NULL, 10) > 64 * 4);
    window_world_stop();
}

/* ---- The present changes ---- */

/* At each key it says of each generation a sum of its picture's pixels, each
 * with its place. */
static const char historian[] =
    "import ui\n"
    "import system\n"
    "class Historian: Window(\"H\", Label(\"looks\"), 300, 200) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 { look() }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun look() {\n"
    "        for each in Generation.all() {\n"
    "            let pixels = each.picture(64)\n"
    "            var sum = 0\n"
    "            for i in 0..<pixels.length {\n"
    "                sum = (sum * 31 + pixels[i].toInt()) % 1000000007\n"
    "            }\n"
    "            print(\"{each.number} {sum}\")\n"
    "        }\n"
    "    }\n"
    "}\n"
    "class HistorianApp: App { fun open() { Historian().run() } }\n";

enum { GENERATIONS_MOST = 64 };

static long sums[GENERATIONS_MOST]; /* by generation, as they were first */

/* What was there before looks as it did; the sum of the newest. */
static long look_at_all(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    uint64_t newest = snapshot_durable();
    harness_printed[0] = 0;
    window_world_key(4);
    window_world_rest();
    unsigned count = 0;
    for (char *at = harness_printed; *at; count++) {
        uint64_t generation = strtoul(at, &at, 10);
        long sum = strtol(at, &at, 10);
        at += *at == '\n';
        EXPECT(generation < GENERATIONS_MOST && sum > 0);
        EXPECT(sums[generation] == 0 || sums[generation] == sum);
        sums[generation] = sum;
    }
    EXPECT(count > 0);
    return sums[newest];
}

TEST("an older desktop looks the same whatever the present looks like") {
    memset(sums, 0, sizeof sums);
    window_world_start(historian);
    WmWindow *window = &window_world_seat()->window;
    window_world_seat()->domain->rights |= RIGHTS_ALL;
    long usual = look_at_all(), moved, large, gone, dark;
    window->wanted.x += 200;
    windows_changed(window);
    window_world_rest();
    moved = look_at_all();
    window->wanted.x -= 200;
    windows_toggle_maximised(window);
    window_world_rest();
    large = look_at_all();
    windows_toggle_maximised(window);
    windows_minimise(window);
    window_world_rest();
    gone = look_at_all();
    windows_restore(window);
    window_world_rest();
    EXPECT_EQUAL(look_at_all(), usual);
    bar_press(BAR_THEME);
    window_world_rest();
    dark = look_at_all();
    bar_press(BAR_THEME);
    window_world_rest();
    EXPECT_EQUAL(look_at_all(), usual);
    const long all[] = {usual, moved, large, gone, dark};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < i; k++)
            EXPECT(all[i] != all[k]);
    window_world_stop();
}

/* ---- Given up ---- */

/* At each key it says what the two newest generations look like, the last
 * first; then a thread that is stopped while it waits for the one asks for the
 * other, and how often it was stopped there. */
static const char fickle[] =
    "import ui\n"
    "import system\n"
    "class Fickle: Window(\"F\", Label(\"looks\"), 300, 200) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 { look() }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun look() {\n"
    "        let all = Generation.all()\n"
    "        let new = all[all.size - 1]\n"
    "        let old = all[all.size - 2]\n"
    "        var asks = false\n"
    "        var stopped = 0\n"
    "        print(\"{sum(new)} {sum(old)}\")\n"
    "        let asker = spawn {\n"
    "            asks = true\n"
    "            try { old.picture(64) } catch e: StopError { stopped += 1 }\n"
    "            print(\"{sum(new)} {stopped}\")\n"
    "        }\n"
    "        while not asks { Thread.yield() }\n"
    "        asker.stop()\n"
    "        asker.join()\n"
    "    }\n"
    "    fun sum(of: Generation): Int {\n"
    "        let pixels = of.picture(64)\n"
    "        var sum = 0\n"
    "        for i in 0..<pixels.length {\n"
    "            sum = (sum * 31 + pixels[i].toInt()) % 1000000007\n"
    "        }\n"
    "        return sum\n"
    "    }\n"
    "}\n"
    "class FickleApp: App { fun open() { Fickle().run() } }\n";

TEST("a picture that was given up is not taken for the next one") {
    window_world_start(fickle);
    WmWindow *window = &window_world_seat()->window;
    window_world_seat()->domain->rights |= RIGHTS_ALL;
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window->wanted.y += 200;
    windows_changed(window);
    window_world_rest();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    vm_set_stress(300); /* the stop comes between two steps */
    harness_printed[0] = 0;
    window_world_key(4);
    window_world_rest();
    vm_set_stress(0);
    char *end;
    long new = strtol(harness_printed, &end, 10);
    long old = strtol(end, &end, 10);
    EXPECT(new > 0 && old > 0 && new != old);
    EXPECT_EQUAL(strtol(end, &end, 10), new);
    EXPECT_EQUAL(strtol(end, &end, 10), 1);
    window_world_stop();
}
