/* Tests of the commands over the console. */
#include <stdio.h>
#include <string.h>

#include "gui/rect.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "wm/desktop.h"
#include "wm/script.h"
#include "wm/wm.h"

/* What the log says to a line, of what begins like this; "" for nothing. */
static const char *said(const char *line, const char *prefix) {
    static char copy[1200];
    sim_log_clear();
    sim_console(line);
    life_turns(1);
    const char *found = sim_log_find(prefix);
    snprintf(copy, sizeof copy, "%s", found ? found : "");
    copy[strcspn(copy, "\n")] = 0;
    return copy;
}

static void finds(void) {
    char wanted[60];
    int32_t x, y;
    life_start();
    life_turns(20);
    EXPECT(script_find("item", "Launcher", &x, &y));
    snprintf(wanted, sizeof wanted, "ui: found %d %d", x, y);
    EXPECT_TEXT(said("find item \"Launcher\"", "ui: "), wanted);
    EXPECT_TEXT(said("find   item   \"Launcher\"", "ui: "), wanted);
    EXPECT(script_find("button", "New document", &x, &y));
    snprintf(wanted, sizeof wanted, "ui: found %d %d", x, y);
    EXPECT_TEXT(said("find button \"New document\"", "ui: "), wanted);
    EXPECT_TEXT(said("find button \"New document\" rest", "ui: "), wanted);
    static const char *const missing[] = {"find button \"New\"",
                                          "find button \"New documents\"",
                                          "find item \"New document\"",
                                          "find button New document",
                                          "find button",
                                          "find",
                                          "find button \"\"",
                                          "shows \"New documents\"",
                                          "shows New",
                                          "shows"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++)
        EXPECT_TEXT(said(missing[i], "ui: "), "ui: missing");
}

TEST("the console finds what is there by role and name, and nothing else") {
    life_disk_new();
    life_run_whole(finds);
}

static void shows(void) {
    life_start();
    life_turns(20);
    life_type("say \"no\" to \\ and more");
    EXPECT_TEXT(said("shows \"6 words\"", "ui: "), "ui: shows");
    EXPECT_TEXT(said("shows \"word\"", "ui: "), "ui: shows"); /* a part */
    EXPECT_TEXT(said("shows \"say \\\"no\\\" to \\\\ and\"", "ui: "),
                "ui: shows");
    EXPECT_TEXT(said("shows \"say no to\"", "ui: "), "ui: missing");
    EXPECT_TEXT(said("shows \"say \\\"no\\\" to and\"", "ui: "), "ui: missing");
}

TEST("texts in the console's quotes may have quotes in them") {
    life_disk_new();
    life_run_whole(shows);
}

static void opens(void) {
    life_start();
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 1);
    EXPECT_TEXT(said("open \"Counter\"", "console: "),
                "console: opens Counter");
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT_TEXT(said("open \"Nobody\"", "console: "),
                "console: no app has this name");
    EXPECT_TEXT(said("open Counter", "console: "),
                "console: no app has this name");
    EXPECT_TEXT(said("open", "console: "), "console: no app has this name");
    EXPECT_TEXT(said("dance now", "console: "),
                "console: unknown command: dance");
    EXPECT_TEXT(said("", "console: "), "");
    life_turns(20);
    EXPECT_EQUAL(desktop_window_count(), 2);
    uint64_t before = life_snapshot();
    EXPECT_EQUAL(snapshot_durable(), before);
    life_turns(30); /* one is taken, not one after the other */
    EXPECT_EQUAL(snapshot_durable(), before);
    EXPECT(life_snapshot() > before);
}

TEST("the console opens apps and takes snapshots, each once") {
    life_disk_new();
    life_run_whole(opens);
}

/* The rectangles of the answer; how many there are. */
static uint32_t masks(Rect *rects_out, uint32_t most) {
    const char *at = said("masks", "ui: masks") + strlen("ui: masks");
    uint32_t count = 0;
    for (; *at && count < most; count++) {
        Rect *rect = &rects_out[count];
        int used = 0;
        EXPECT_EQUAL(sscanf(at, " %d %d %d %d%n", &rect->x, &rect->y,
                            &rect->width, &rect->height, &used),
                     4);
        at += used;
        EXPECT(*at == 0 || *at == ',');
        at += *at == ',';
    }
    return count;
}

static void masks_what_moves(void) {
    Rect rects[32];
    life_start();
    life_turns(20);
    bool test = life_note[0];
    uint32_t count = masks(rects, 32);
    EXPECT(count >= (test ? 1u : 2u));
    EXPECT(rect_equal(rects[0], wm_pointer_rect()));
    bool clock = count > 1 && rect_equal(rects[1], wm_clock_rect());
    EXPECT_EQUAL(clock, !test);
    Rect few[1];
    EXPECT_EQUAL(script_masks(few, 1), 1); /* joined, none is left out */
    for (uint32_t i = 0; i < count; i++)
        EXPECT(rect_equal(rect_common(few[0], rects[i]), rects[i]));
}

TEST("pointer and clock are masked, but the clock of test mode is not") {
    life_disk_new();
    for (uint64_t test = 0; test < 2; test++) {
        sim_setting("test", test ? "1" : NULL);
        life_note[0] = test;
        life_run_whole(masks_what_moves);
    }
    sim_setting("test", NULL);
}
