/* Tests of the clipboard: it is the desk's, not an app's. */
#include <stdio.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/run/limits.h"
#include "wm/desktop.h"
#include "wm/ring.h"

/* Even keys copy a text of so many letters, less two, odd ones say what is
 * there. */
static const char copier[] =
    "import ui\n"
    "class Copier: Window(\"C\", Label(\"c\"), 200, 100) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 { obey(event.usage) }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun obey(number: Int) {\n"
    "        if number % 2 == 1 { print(\"<{clipboard()}>\") }\n"
    "        else {\n"
    "            let builder = StringBuilder()\n"
    "            for i in 2..<number { builder.add(\"é\") }\n"
    "            setClipboard(builder.toString())\n"
    "        }\n"
    "    }\n"
    "}\n"
    "class CopierApp: App { fun open() { Copier().run() } }\n";

enum { SAY = 1, COPY_NONE = 2, COPY_TWO = 4, COPY_FOUR = 6 };

static void obey(const Domain *domain, unsigned number) {
    InputEvent event = {
        .kind = INPUT_KEY, .usage = (uint16_t)number, .down = true};
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->domain == domain)
            ring_deliver(&seat->window, &event);
    window_world_rest();
}

static const char *said_by(const Domain *domain) {
    harness_printed[0] = 0;
    obey(domain, SAY);
    return window_world_heard();
}

static Domain *start_second(void) {
    Domain *domain;
    EXPECT_EQUAL(vm_start_app("app", "second", limits_row(LIMIT_MEMORY)->usual,
                              0, NULL, &domain),
                 STATUS_OK);
    for (int i = 0; i < 100 && desktop_window_count() < 2; i++)
        window_world_turn(100000);
    window_world_rest();
    return domain;
}

TEST("what one app copies each app has, until another text is copied") {
    window_world_start(copier);
    Domain *first = seat_first()->domain, *second = start_second();
    EXPECT_TEXT(said_by(first), "<> ");
    static const struct {
        unsigned copy;
        const char *said;
    } steps[] = {{COPY_TWO, "<éé> "},
                 {COPY_FOUR, "<éééé> "},
                 {COPY_NONE, "<> "},
                 {COPY_FOUR, "<éééé> "}};
    for (int i = 0; i < 8; i++) {
        obey(i % 2 ? first : second, steps[i % 4].copy);
        EXPECT_TEXT(said_by(first), steps[i % 4].said);
        EXPECT_TEXT(said_by(second), steps[i % 4].said);
    }
    window_world_stop();
}

TEST("what was copied outlives power cuts and the app that copied it") {
    window_world_start(copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(second, COPY_TWO);
    EXPECT(vm_stop_app(second, "it copied"));
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 1);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        obey(first, COPY_FOUR); /* not durable */
        window_world_cut();
        EXPECT_TEXT(said_by(first), "<éé> ");
    }
    window_world_stop();
}
