/* Tests of what one app may have of what all share. */
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "wm/desktop.h"

static const char many[] =
    "import ui\n"
    "var refused = 0\n"
    "var why: String? = null\n"
    "class Many: App {\n"
    "    fun open() {\n"
    "        for i in 1..140 { spawn { show(i) } }\n"
    "        while true { sleep(1.seconds); print(\"{refused}: {why}\") }\n"
    "    }\n"
    "    fun show(i: Int) {\n"
    "        try { window(\"w{i}\", Label(\"{i}\"), 160, 40) }\n"
    "        catch e: MemoryError { refused += 1; why = e.message }\n"
    "    }\n"
    "}\n";

TEST("an app has at most 128 windows, and is told so") {
    window_world_start(many);
    for (int i = 0; i < 900 && desktop_window_count() < 128; i++)
        window_world_turn(100000);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 128);
    harness_printed[0] = 0;
    sim_time_set_ns(platform_now_ns() + 1000000000);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "12: an app has at most 128 windows ");
    window_world_stop();
}

static const char talks[] =
    "import ui\n"
    "class Talks: Window(\"T\", Label(\"talks\"), 200, 120) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.usage == 4 {\n"
    "            var n = 0\n"
    "            try { while true { log(\"line {n}\"); n += 1 } }\n"
    "            catch e: MemoryError { print(\"{n}\") }\n"
    "        }\n"
    "        if event.usage == 5 { copy(4194304) }\n"
    "        if event.usage == 6 { copy(4194305) }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun copy(size: Int) {\n"
    "        try {\n"
    "            var text = \"xyzzy\"\n"
    "            while text.byteLength < size { text = text + text }\n"
    "            text = text.slice(0, size)\n"
    "            setClipboard(text)\n"
    "            if clipboard() == text { print(\"{text.byteLength}\") }\n"
    "        } catch e: MemoryError { print(e.message) }\n"
    "    }\n"
    "}\n"
    "class Talk: App { fun open() { Talks().run() } }\n";

static const char *after_key(unsigned usage) {
    harness_printed[0] = 0;
    window_world_key(usage);
    window_world_rest();
    return window_world_heard();
}

TEST("an app logs at most 1000 lines a second") {
    window_world_start(talks);
    sim_time_set_ns(9000000000);
    EXPECT_TEXT(after_key(4), "1000 ");
    EXPECT_TEXT(after_key(4), "0 ");
    sim_time_set_ns(10000000000);
    EXPECT_TEXT(after_key(4), "1000 ");
    window_world_stop();
}

TEST("the clipboard takes so much and no more, and all of it is durable") {
    window_world_start(talks);
    EXPECT_TEXT(after_key(5), "4194304 ");
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_TEXT(after_key(5), "4194304 "); /* announced page by page */
    EXPECT_TEXT(after_key(6), "the clipboard takes at most 4 MB ");
    window_world_stop();
}

TEST("of a long title as much is shown as ends with a character") {
    static const char source[] =
        "import ui\n"
        "class Long: App {\n"
        "    fun open() { window(\"a\" + \"\\u{e9}\".repeat(100000),\n"
        "                        Label(\"long\"), 200, 120) }\n"
        "}\n";
    window_world_start(source);
    for (int i = 0; i < 100 && !seat_first(); i++)
        window_world_turn(100000);
    EXPECT_EQUAL(window_world_seat()->window.title_bytes, 255);
    window_world_stop();
}
