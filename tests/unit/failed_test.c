/* Tests of what an app that ends by an exception leaves. */
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"
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
    "    var times = 0\n"
    "    fun open() {\n"
    "        times += 1\n"
    "        picture.good = true\n"
    "        window(\"Fails\", Column([picture, Label(\"opened {times}\"), "
    "Button(\"Fail\") {\n"
    "            picture.good = false\n"
    "            picture.changed() }]), 200, 120)\n"
    "    }\n"
    "}\n";

static void fail(void) {
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT(life_click("button", "Fail"));
    life_turns(20);
    EXPECT(script_shows("Fails has ended"));
    EXPECT_EQUAL(desktop_window_count(), 1);
}

static void tells(void) {
    sim_setting("app", fails);
    sim_setting("app_name", "Fails");
    life_start();
    life_turns(20);
    EXPECT(script_shows("opened 1"));
    fail();
    int32_t x, y;
    EXPECT(!script_find("item", "Open it anew", &x, &y));
    EXPECT(life_click("item", "All right"));
    EXPECT(!notice_is_shown());
    life_turns(20);
    EXPECT(!notice_is_shown());
    EXPECT(trash_oldest() != NULL);
    life_snapshot();
}

/* Its window is not as it was: nothing runs that would show it. An app that was
 * opened again stays when that is over. */
static void brings(void) {
    life_start();
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT(trash_oldest() != NULL);
    EXPECT_EQUAL(trash_take(trash_oldest()), STATUS_OK);
    life_turns(20);
    EXPECT(trash_oldest() == NULL);
    EXPECT(script_shows("opened 2"));
    fail();
    EXPECT(trash_oldest() == NULL);
    EXPECT(life_click("item", "Bring it back with what it had"));
    life_turns(20);
    EXPECT(!notice_is_shown());
    EXPECT(script_shows("opened 3"));
    EXPECT_EQUAL(desktop_window_count(), 2);
}

TEST("an app whose window cannot be painted ends, and comes from the trash") {
    life_disk_new();
    life_run_whole(tells);
    life_run_whole(brings);
}

/* The second notice waits for the first; what it is about has gone meanwhile.
 */
static void tells_of_nothing(void) {
    sim_setting("app", fails);
    sim_setting("app_name", "Fails");
    life_start();
    life_turns(20);
    fail();
    EXPECT(script_shows("What it had is in the trash"));
    vm_tell_failed(trash_oldest(), "other words");
    EXPECT(trash_drop(trash_oldest(), "it is in the way"));
    life_turns(20);
    EXPECT(life_click("item", "All right"));
    life_turns(20);
    EXPECT(script_shows("It said: other words"));
    EXPECT(!script_shows("What it had"));
}

TEST("of an app that has gone nothing is said to be there") {
    life_disk_new();
    life_run_whole(tells_of_nothing);
}
