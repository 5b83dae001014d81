/* Tests of what one app may have of what all share. */
#include <string.h>

#include "kernel/system/install.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/slots.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "vm/heap/rights.h"

static Domain *app(void) {
    return seat_first()->domain;
}

static void set(Limit limit, uint64_t value) {
    EXPECT_EQUAL(heap_write(app(), sizeof(Domain)), STATUS_OK);
    EXPECT(limits_set(app(), limit, value));
}

TEST("each limit is set from its smallest to its largest, and not beyond") {
    window_world_start(window_world_told);
    for (Limit i = 0; i < LIMIT_COUNT; i++) {
        const LimitRow *row = limits_row(i);
        EXPECT(i == LIMIT_MEMORY || limits_get(app(), i) == row->usual);
        set(i, row->largest);
        set(i, row->smallest);
        EXPECT(!limits_set(app(), i, row->smallest - 1));
        EXPECT(!limits_set(app(), i, row->largest + 1));
        EXPECT_EQUAL(limits_get(app(), i), row->smallest);
    }
    window_world_check(); /* L1, L2 */
    window_world_stop();
}

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

TEST("an app has as many windows as it may, and is told so") {
    window_world_start(many);
    for (int i = 0; i < 900 && desktop_window_count() < 128; i++)
        window_world_turn(100000);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 128);
    harness_printed[0] = 0;
    sim_time_set_ns(platform_now_ns() + 1000000000);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "12: this app has at most 128 windows ");
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
    "        if event.usage == 7 { for i in 0..<20 { "
    "spawn { throw ValueError(\"on purpose\") } } }\n"
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

TEST("an app logs as many lines a second as it may") {
    window_world_start(talks);
    sim_time_set_ns(9000000000);
    EXPECT_TEXT(after_key(4), "1000 ");
    EXPECT_TEXT(after_key(4), "0 ");
    sim_time_set_ns(10000000000);
    EXPECT_TEXT(after_key(4), "1000 ");
    set(LIMIT_LOG, 7); /* fewer than there were */
    EXPECT_TEXT(after_key(4), "0 ");
    sim_time_set_ns(11000000000);
    EXPECT_TEXT(after_key(4), "7 ");
    EXPECT_EQUAL(limits_logged(app()), 7);
    window_world_stop();
}

TEST("threads that end by exceptions log no more than the app may") {
    window_world_start(talks);
    sim_time_set_ns(9000000000);
    EXPECT_TEXT(after_key(7), "");
    EXPECT_EQUAL(limits_logged(app()), 20);
    sim_time_set_ns(10000000000);
    set(LIMIT_LOG, 7);
    EXPECT_TEXT(after_key(7), "");
    EXPECT_EQUAL(limits_logged(app()), 4); /* half are left for its own words */
    EXPECT_TEXT(after_key(4), "3 ");
    window_world_stop();
}

TEST("an app logs its lines whoever had its place before") {
    window_world_start(talks);
    sim_time_set_ns(9000000000);
    EXPECT_TEXT(after_key(4), "1000 ");
    size_t place = slots_of(app());
    EXPECT(vm_stop_app(app(), "another comes"));
    window_world_rest();
    sim_setting("app_name", "second");
    install_setting();
    sim_setting("app_name", NULL);
    window_world_rest();
    EXPECT_EQUAL(slots_of(app()), place);
    EXPECT_EQUAL(limits_logged(app()), 0);
    EXPECT_TEXT(after_key(4), "1000 ");
    EXPECT_EQUAL(platform_now_ns() / 1000000000, 9);
    window_world_stop();
}

TEST("the clipboard takes so much and no more, and all of it is durable") {
    window_world_start(talks);
    EXPECT_EQUAL(heap_write(app(), sizeof(Domain)), STATUS_OK);
    app()->rights = RIGHT_CLIPBOARD;
    EXPECT_TEXT(after_key(5), "4194304 ");
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_TEXT(after_key(5), "4194304 "); /* announced page by page */
    EXPECT_TEXT(after_key(6),
                "the clipboard takes at most 4194304 bytes of this app ");
    set(LIMIT_CLIPBOARD, 4194303); /* what is there stays */
    EXPECT_TEXT(after_key(5),
                "the clipboard takes at most 4194303 bytes of this app ");
    EXPECT_EQUAL((*desk_clipboard())->length, 4194304);
    window_world_stop();
}

TEST("of a long title as much is shown as ends with a character") {
    static const char source[] =
        "import ui\n"
        "class Long: App {\n"
        "    fun open() { window(\"a\" + \"\\u{e9}\".repeat(2000),\n"
        "                        Label(\"long\"), 200, 120) }\n"
        "}\n";
    window_world_start(source);
    for (int i = 0; i < 100 && !seat_first(); i++)
        window_world_turn(100000);
    EXPECT_EQUAL(window_world_seat()->window.title_bytes, 255);
    window_world_stop();
}

/* ---- What is lowered, and what comes back ---- */

static const char wants[] =
    "import ui\n"
    "import system\n"
    "let system = RunningApp(1, \"\", 0, 0, 0)\n"
    "class Wants: Window(\"W\", Label(\"wants\"), 200, 120) {\n"
    "    let kept = List<Object>()\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown {\n"
    "            try { want(event.usage) }\n"
    "            catch e: MemoryError { print(e.message) }\n"
    "        }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun want(what: Int) {\n"
    "        match what {\n"
    "            4 => { while true { kept.add(Array<Int>(1000)) } }\n"
    "            5 => { kept.clear(); print(\"cleared\") }\n"
    "            6 => { title = \"t\".repeat(100); print(\"titled\") }\n"
    "            7 => { title = \"t\".repeat(101); print(\"titled\") }\n"
    "            8 => spawn { show() }\n"
    "            9 => { Window(\"u\".repeat(101), Label(\"u\")).run() }\n"
    "            10 => { spawn { Thread.park() } }\n"
    "            11 => { Array<Int>(9000000) }\n"
    "            12 => limit()\n"
    "            13 => throw ValueError(\"on purpose\")\n"
    "            14 => refused { Limit.of(system) }\n"
    "            15 => refused { Limit(1, 0, \"\", \"\", 0, 0, 0, 0).set(9) }\n"
    "            else => {}\n"
    "        }\n"
    "    }\n"
    "    fun refused(act: () => Void) {\n"
    "        try { act() } catch e: ValueError { print(e.message) }\n"
    "    }\n"
    "    fun limit() {\n"
    "        let threads = Limit.named(\"threads\", "
    "RunningApp.all().last())\n"
    "        try { threads.set(50) } catch e: RightError { print(e.message) }\n"
    "        print(\"{threads}\")\n"
    "    }\n"
    "    fun show() {\n"
    "        try { window(\"s\", Label(\"s\"), 200, 120) }\n"
    "        catch e: MemoryError { print(e.message) }\n"
    "    }\n"
    "}\n"
    "class Want: App { fun open() { Wants().run() } }\n";

/* Pressed in the window that came first. */
static const char *after_wish(uint16_t usage) {
    InputEvent event = {.kind = INPUT_KEY, .usage = usage, .down = true};
    Seat *seat = seat_first();
    for (Seat *at = seat; at; at = at->next)
        if (at->object->number < seat->object->number)
            seat = at;
    harness_printed[0] = 0;
    ring_deliver(&seat->window, &event);
    window_world_rest();
    return window_world_heard();
}

static void cut(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    window_world_rest();
}

TEST("memory that is there stays below a lower limit, and no more is given") {
    window_world_start(wants);
    set(LIMIT_MEMORY, 6000000);
    EXPECT_EQUAL(app()->limit_bytes, 6000000);
    EXPECT_TEXT(after_wish(4), "this app has at most 6000000 bytes of memory ");
    EXPECT_TEXT(after_wish(11), "null "); /* too large for any app */
    set(LIMIT_MEMORY, 2000000);
    uint64_t full = app()->used_bytes;
    EXPECT(full > 5000000);
    EXPECT_EQUAL(app()->limit_bytes, full);
    EXPECT_TEXT(after_wish(4), "this app has at most 2000000 bytes of memory ");
    cut();
    EXPECT_EQUAL(limits_get(app(), LIMIT_MEMORY), 2000000);
    EXPECT_TEXT(after_wish(4), "this app has at most 2000000 bytes of memory ");
    EXPECT(app()->used_bytes + 500000 > full);
    EXPECT_TEXT(after_wish(5), "cleared ");
    EXPECT_TEXT(after_wish(4), "this app has at most 2000000 bytes of memory ");
    EXPECT_EQUAL(app()->limit_bytes, 2000000);
    set(LIMIT_MEMORY, 9000000);
    EXPECT_TEXT(after_wish(4), "this app has at most 9000000 bytes of memory ");
    EXPECT(app()->used_bytes > 8000000);
    window_world_stop();
}

TEST("a title is as long as it may be, or stays as it was") {
    window_world_start(wants);
    set(LIMIT_TITLE, 100);
    EXPECT_TEXT(after_wish(6), "titled ");
    EXPECT_TEXT(after_wish(7), "a title of this app has at most 100 bytes ");
    EXPECT_EQUAL(seat_first()->object->title->length, 100);
    EXPECT_EQUAL(seat_first()->window.title_bytes, 100);
    EXPECT_TEXT(after_wish(9), "a title of this app has at most 100 bytes ");
    EXPECT_EQUAL(desktop_window_count(), 1);
    set(LIMIT_TITLE, 64);
    cut();
    EXPECT_EQUAL(seat_first()->window.title_bytes, 100);
    EXPECT_TEXT(after_wish(7), "a title of this app has at most 64 bytes ");
    window_world_stop();
}

TEST("the surfaces of all windows of an app are as large as they may be") {
    enum { EACH = 4096 + 4 * 8 * 4096, MOST = (1 << 20) / EACH };
    window_world_start(wants);
    set(LIMIT_SURFACES, 1 << 20);
    EXPECT_EQUAL(seat_surface_bytes(app(), NULL), EACH);
    for (int i = 2; i <= MOST; i++)
        EXPECT_TEXT(after_wish(8), "");
    EXPECT_EQUAL(seat_surface_bytes(app(), NULL), MOST * EACH);
    for (int i = 0; i < 2; i++) {
        EXPECT_TEXT(after_wish(8), "the windows of this app have at most "
                                   "1048576 bytes of pixels ");
        EXPECT_EQUAL(desktop_window_count(), MOST); /* it is gone again */
        cut();
    }
    EXPECT_EQUAL(seat_surface_bytes(app(), NULL), MOST * EACH);
    window_world_stop();
}

TEST("a surface that becomes smaller is never refused") {
    window_world_start("import ui\nclass A: App { fun open() { "
                       "Window(\"W\", Label(\"w\"), 700, 500).run() } }\n");
    uint64_t before = seat_surface_bytes(app(), NULL);
    set(LIMIT_SURFACES, 1000000);
    WmWindow *window = &seat_first()->window;
    window->wanted.width = 600;
    windows_changed(window);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 1);
    uint64_t after = seat_surface_bytes(app(), NULL);
    EXPECT(after < before && after > 1000000);
    window_world_stop();
}

TEST("a surface that may not grow stays as it was, and its window with it") {
    window_world_start(window_world_told);
    set(LIMIT_SURFACES, 1000000);
    WmWindow *window = &seat_first()->window;
    const Surface *before = window->surface;
    uint64_t bytes = seat_surface_bytes(app(), NULL);
    for (int32_t i = 0; i < 3; i++) {
        window->wanted.width = 700 + i;
        window->wanted.height = 500;
        windows_changed(window);
        window_world_rest();
        EXPECT_EQUAL(desktop_window_count(), 1);
        EXPECT(window->surface == before);
        EXPECT_EQUAL(seat_surface_bytes(app(), NULL), bytes);
    }
    EXPECT(sim_log_find("app: MemoryError: the windows of this "
                        "app have at most 1000000 bytes of pixels"));
    window->wanted.width = 300;
    windows_changed(window);
    window_world_rest();
    EXPECT_EQUAL(window->surface->width, 300);
    window_world_stop();
}

TEST("with less than it has an app comes back whole, and gets no more") {
    window_world_start(wants);
    EXPECT_TEXT(after_wish(8), "");
    EXPECT_TEXT(after_wish(8), "");
    for (int i = 0; i < 17; i++)
        EXPECT_TEXT(after_wish(10), "");
    for (Limit i = 0; i < LIMIT_COUNT; i++)
        set(i, limits_row(i)->smallest);
    uint64_t threads = app()->thread_count;
    for (int i = 0; i < 2; i++) {
        cut();
        EXPECT_EQUAL(desktop_window_count(), 3);
        EXPECT_EQUAL(app()->thread_count, threads);
        for (Limit k = 0; k < LIMIT_COUNT; k++)
            EXPECT_EQUAL(limits_get(app(), k), limits_row(k)->smallest);
        EXPECT_TEXT(after_wish(10), "this app has at most 16 threads ");
    }
    set(LIMIT_THREADS, 100);
    EXPECT_TEXT(after_wish(8), "this app has at most 1 windows ");
    window_world_stop();
}

TEST("only an app with the right sets limits") {
    window_world_start(wants);
    EXPECT_EQUAL(heap_write(app(), sizeof(Domain)), STATUS_OK);
    app()->rights = RIGHTS_ALL & ~RIGHT_CONTROL;
    EXPECT_TEXT(after_wish(12),
                "this app was not given the right \"control\" to end, start "
                "anew and limit apps threads 1 of 100000 ");
    EXPECT_EQUAL(limits_get(app(), LIMIT_THREADS), 100000);
    app()->rights = RIGHTS_ALL;
    EXPECT_TEXT(after_wish(12), "threads 1 of 100000 ");
    EXPECT_EQUAL(limits_get(app(), LIMIT_THREADS), 50);
    window_world_stop();
}

TEST("the system is no app whose limits are seen or set") {
    window_world_start(wants);
    Domain *of_system = ROOT->domains[0];
    EXPECT_EQUAL(of_system->number, 1);
    uint64_t limit = of_system->limit_bytes;
    EXPECT_EQUAL(heap_write(app(), sizeof(Domain)), STATUS_OK);
    app()->rights = RIGHTS_ALL;
    EXPECT_TEXT(after_wish(14), "no app with number 1 runs ");
    EXPECT_TEXT(after_wish(15), "no app with number 1 runs ");
    EXPECT_EQUAL(of_system->limit_bytes, limit);
    window_world_stop();
}

TEST("a handler that throws more than the log takes spoils no window") {
    window_world_start(wants);
    set(LIMIT_LOG, 1);
    for (int i = 0; i < 3; i++)
        EXPECT_TEXT(after_wish(13), "");
    EXPECT_TEXT(after_wish(5), "cleared ");
    window_world_stop();
}
