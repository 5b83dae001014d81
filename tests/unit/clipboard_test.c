/* Tests of the clipboard: it is the desk's, not an app's. */
#include <stdio.h>
#include <string.h>

#include "kernel/base/keymap.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/heap/rights.h"
#include "vm/run/limits.h"
#include "wm/clipboard.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/ring.h"

/* Even keys copy a text of so many letters, less two, odd ones say what is
 * there, or why not. */
static const char copier[] =
    "import ui\n"
    "class Copier: Window(\"C\", Label(\"c\"), 200, 100) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 { obey(event.usage) }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun obey(number: Int) {\n"
    "        try {\n"
    "            if number % 2 == 1 { print(\"<{clipboard()}>\"); return }\n"
    "            let builder = StringBuilder()\n"
    "            for i in 2..<number { builder.add(\"é\") }\n"
    "            setClipboard(builder.toString())\n"
    "        } catch e: RightError { print(\"no\") }\n"
    "    }\n"
    "}\n"
    "class CopierApp: App { fun open() { Copier().run() } }\n";

enum { READ = 1, COPY_NONE = 2, COPY_TWO = 4, COPY_FOUR = 6 };

static void press(const Domain *domain, unsigned number, unsigned modifiers) {
    InputEvent event = {.kind = INPUT_KEY,
                        .usage = (uint16_t)number,
                        .modifiers = (uint16_t)modifiers,
                        .down = true};
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->domain == domain)
            ring_deliver(&seat->window, &event);
}

static void obey(const Domain *domain, unsigned number) {
    press(domain, number, 0);
    window_world_rest();
}

static const char *heard_after(const Domain *domain, unsigned number,
                               unsigned modifiers) {
    harness_printed[0] = 0;
    press(domain, number, modifiers);
    window_world_rest();
    return window_world_heard();
}

/* It reads when the paste key is pressed. */
static const char *said_by(const Domain *domain) {
    return heard_after(domain, KEY_V, INPUT_CTRL);
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

/* ---- Whose act it is ---- */

TEST("without the paste key an app reads nothing, with it once") {
    window_world_start(copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(first, COPY_TWO);
    for (int i = 0; i < 2; i++) {
        EXPECT_TEXT(heard_after(second, READ, 0), "no ");
        EXPECT_TEXT(heard_after(first, READ, 0), "no "); /* nor its own */
        EXPECT_TEXT(heard_after(second, KEY_V, INPUT_CTRL | INPUT_ALT), "no ");
        EXPECT_TEXT(heard_after(second, KEY_V, 0), "no ");
        EXPECT_TEXT(said_by(second), "<éé> ");
    }
    second->rights = RIGHT_CLIPBOARD;
    EXPECT_TEXT(heard_after(second, READ, 0), "<éé> ");
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    window_world_stop();
}

/* The presses come before the app hears of any. */
TEST("each press of the paste key gives the text that was there, as often") {
    window_world_start(copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(first, COPY_TWO);
    harness_printed[0] = 0;
    press(second, KEY_V, INPUT_CTRL);
    press(second, KEY_V, INPUT_CTRL);
    press(second, READ, 0);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "<éé> <éé> no ");
    InputEvent paste = {.kind = INPUT_KEY,
                        .usage = KEY_V,
                        .modifiers = INPUT_CTRL,
                        .down = true};
    clipboard_press(second, &paste); /* it has not heard of it yet */
    obey(first, COPY_FOUR);
    EXPECT_TEXT(heard_after(second, READ, 0), "no ");
    EXPECT_TEXT(said_by(second), "<éééé> ");
    EXPECT_TEXT(heard_after(second, READ, 0), "no "); /* not for the old one */
    window_world_stop();
}

TEST("who types faster than the app copies pastes what it copied") {
    window_world_start(copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(first, COPY_TWO);
    harness_printed[0] = 0;
    press(second, COPY_FOUR, 0);
    press(second, KEY_V, INPUT_CTRL);
    press(second, KEY_V, INPUT_CTRL);
    press(second, READ, 0);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "<éééé> <éééé> no ");
    EXPECT_TEXT(heard_after(first, READ, 0), "no ");
    window_world_stop();
}

TEST("what a press of the paste key gives is there after a power cut") {
    window_world_start(copier);
    Domain *first = seat_first()->domain;
    obey(first, COPY_TWO);
    press(first, KEY_V, INPUT_CTRL);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "<éé> ");
    window_world_stop();
}

TEST("only the app that had the last press writes, after a power cut, too") {
    window_world_start(copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(first, COPY_TWO);
    for (int i = 0; i < 2; i++) {
        press(second, COPY_FOUR, 0);
        press(first, READ, 0);
        harness_printed[0] = 0;
        window_world_rest();
        EXPECT_TEXT(window_world_heard(), "no no "); /* both were too late */
        EXPECT_TEXT(said_by(first), "<éé> ");
        InputEvent up = {.kind = INPUT_BUTTON};
        clipboard_press(second, &up);
        clipboard_press(first,
                        &(InputEvent){.kind = INPUT_WHEEL, .down = true});
        EXPECT_EQUAL(*desk_word(DESK_PRESSED), first->number);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        window_world_cut();
        first = seat_first()->domain;
        second = seat_first()->next->domain;
    }
    window_world_stop();
}

/* ---- Large texts, which go in steps ---- */

/* A key N copies "N N N ..."; others say what is there: the first N, and all
 * bytes, if it is whole. */
static const char large_copier[] =
    "import ui\n"
    "class Large: Window(\"C\", Label(\"c\"), 200, 100) {\n"
    "    var made = \"\"\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 { obey(event.usage) }\n"
    "        super.handle(event)\n"
    "    }\n"
    "    fun obey(number: Int) {\n"
    "        try {\n"
    "            if number < 4000 { print(said(clipboard())); return }\n"
    "            if not made.startsWith(\"{number} \") {\n"
    "                made = large(\"{number} \")\n"
    "            }\n"
    "            setClipboard(made)\n"
    "            print(\"set\")\n"
    "        } catch e: RightError { print(\"no\") }\n"
    "    }\n"
    "    fun said(text: String): String {\n"
    "        if text.byteLength < 5 { return text }\n"
    "        let one = text.slice(0, 5)\n"
    "        return if text == large(one) { one } else { \"torn\" }\n"
    "    }\n"
    "    fun large(one: String): String {\n"
    "        var text = one\n"
    "        while text.byteLength < 2600000 { text = \"{text}{text}\" }\n"
    "        return text\n"
    "    }\n"
    "}\n"
    "class CopierApp: App { fun open() { Large().run() } }\n";

enum { TEXT_A = 5000, TEXT_B = 6000 };

static bool comes(void) {
    return *desk_coming() != NULL;
}

/* A key whose text is on its way when this returns, `steps` steps later. */
static void begin_copy(const Domain *domain, unsigned number, int steps) {
    const String *before = *desk_coming();
    harness_printed[0] = 0;
    press(domain, number, 0);
    for (int i = 0; i < 4000 && (!comes() || *desk_coming() == before); i++)
        window_world_turn(1000);
    EXPECT(*desk_coming() != before);
    for (int i = 0; i < steps; i++)
        window_world_turn(1000);
    EXPECT(comes());
    EXPECT_TEXT(window_world_heard(), "");
}

TEST("a large text is copied whole, after a power cut at any step, too") {
    window_world_start(large_copier);
    for (int steps = 0; steps < 3; steps++) {
        unsigned number = TEXT_A + (unsigned)steps;
        char whole[32];
        snprintf(whole, sizeof whole, "%u  ", number);
        begin_copy(seat_first()->domain, number, steps);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        window_world_cut();
        window_world_rest();
        EXPECT_TEXT(window_world_heard(), "set ");
        EXPECT(!comes());
        EXPECT_TEXT(said_by(seat_first()->domain), whole);
    }
    window_world_stop();
}

TEST("of two large texts that come at once the one that began last stays") {
    window_world_start(large_copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(second, TEXT_B); /* has it ready */
    begin_copy(first, TEXT_A, 0);
    begin_copy(second, TEXT_B, 0);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "set set ");
    EXPECT_TEXT(said_by(first), "6000  ");
    EXPECT_TEXT(said_by(second), "6000  ");
    window_world_stop();
}

TEST("who copies while the person goes on elsewhere is refused at the end") {
    window_world_start(large_copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(first, TEXT_A);
    begin_copy(second, TEXT_B, 0);
    press(first, KEY_V, 0);
    window_world_rest();
    EXPECT(strstr(window_world_heard(), "no "));
    EXPECT(!strstr(window_world_heard(), "set "));
    EXPECT_TEXT(said_by(first), "5000  ");
    EXPECT(!comes());
    window_world_stop();
}

TEST("the text of an app that is over comes no more, that of others does") {
    window_world_start(large_copier);
    Domain *first = seat_first()->domain, *second = start_second();
    obey(first, TEXT_A);
    begin_copy(second, TEXT_B, 0);
    clipboard_forget(first);
    EXPECT(comes());
    clipboard_forget(second);
    EXPECT(!comes());
    window_world_rest();
    EXPECT_TEXT(said_by(first), "5000  ");
    obey(first, TEXT_B); /* megabytes of it are nobody's any more */
    clipboard_forget(second);
    EXPECT_TEXT(said_by(first), "6000  ");
    EXPECT(ROOT->domains[0]->since_bytes < 1 << 20);
    window_world_stop();
}

/* The paste key; the app's copy of the text is under way when this returns. */
static void begin_reading(const Domain *domain) {
    harness_printed[0] = 0;
    press(domain, KEY_V, INPUT_CTRL);
    EXPECT_EQUAL(domain->pastes, 1);
    for (int i = 0; i < 4000 && domain->pastes; i++)
        window_world_turn(1000);
    EXPECT_EQUAL(domain->pastes, 0);
    EXPECT_TEXT(window_world_heard(), "");
}

/* Another text takes its place; as long, or short. */
static void replace_text(bool as_long) {
    Status status;
    const String *old = *desk_clipboard();
    String *new = as_long
                      ? heap_new_string(ROOT->domains[0], old->bytes,
                                        old->length, &status)
                      : heap_new_string(ROOT->domains[0], "new", 3, &status);
    for (uint64_t i = 0; as_long && i < new->length; i++)
        new->bytes[i] = '7';
    HEAP_SET(*desk_clipboard(), new);
    ++*desk_word(DESK_COPIES);
}

TEST("who reads a text that another replaces has nothing, or all of the new") {
    window_world_start(large_copier);
    Domain *domain = seat_first()->domain;
    for (int way = 0; way < 4; way++) {
        bool trusted = way & 1, as_long = way & 2;
        domain->rights = 0;
        obey(domain, TEXT_A);
        begin_reading(domain);
        domain->rights = trusted ? RIGHT_CLIPBOARD : 0;
        replace_text(as_long);
        window_world_rest();
        EXPECT_TEXT(window_world_heard(), !trusted  ? "no "
                                          : as_long ? "77777 "
                                                    : "new ");
    }
    window_world_stop();
}

TEST("a power cut while a large text is read gives all of it") {
    window_world_start(large_copier);
    obey(seat_first()->domain, TEXT_A);
    begin_reading(seat_first()->domain);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "5000  ");
    window_world_stop();
}

/* It was copied in what is the future of an app that went back. */
TEST("a text that came already does not come again from the past") {
    window_world_start(large_copier);
    Domain *domain = seat_first()->domain;
    begin_copy(domain, TEXT_A, 1);
    String *coming = *desk_coming();
    *desk_coming() = NULL;
    HEAP_SET(*desk_clipboard(), coming);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "set ");
    EXPECT_EQUAL(*desk_word(DESK_COPIES), 0);
    window_world_stop();
}
