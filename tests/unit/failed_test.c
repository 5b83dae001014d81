/* Tests of what an app that ends by an exception leaves. */
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"

/* Its picture fails when its button was pressed. */
static const char fails[] =
    "import ui\n"
    "class Picture: Widget {\n"
    "    var good = true\n"
    "    fun paint(painter: Painter) {\n"
    "        if not good { throw ValueError(\"no picture of \\u{e9}\") }\n"
    "    }\n"
    "}\n"
    "class Fails: App {\n"
    "    let picture = Picture()\n"
    "    fun open() {\n"
    "        window(\"Fails\", Column([picture, Button(\"Fail\") {\n"
    "            picture.good = false\n"
    "            picture.changed() }]), 200, 120)\n"
    "    }\n"
    "}\n";

static void tells(void) {
    sim_setting("app", fails);
    sim_setting("app_name", "Fails");
    life_start();
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT(life_click("button", "Fail"));
    life_turns(20);
    EXPECT(script_shows("Fails has ended"));
    EXPECT_EQUAL(desktop_window_count(), 1);
    int32_t x, y;
    EXPECT(!script_find("item", "Open it anew", &x, &y));
    EXPECT(life_click("item", "All right"));
    EXPECT(!notice_is_shown());
    life_turns(20);
    EXPECT(!notice_is_shown());
}

TEST("an app whose window cannot be painted ends, and leaves a notice") {
    life_disk_new();
    life_run(tells);
}
