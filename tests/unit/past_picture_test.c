/* Tests of the small picture of an older desktop (wm/past_picture.h). */
#include <stdlib.h>

#include "persist/memory/snapshot.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "tests/unit/vm_harness.h"
#include "vm/run/domain.h"

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
    window->changed = true;
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
    window_world_seat()->domain->rights |= DOMAIN_MAY_TRAVEL;
    look(100, &high, &high_bar);
    look(WORLD_HEIGHT - 100, &low, &low_bar);
    EXPECT(high > 0 && high_bar > 0);
    EXPECT(high != low); /* the window is on it, and went down */
    EXPECT_EQUAL(low_bar, high_bar);
    window_world_stop();
}
