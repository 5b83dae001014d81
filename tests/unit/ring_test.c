/* Tests of the rings of events, from the window manager into a program. */
#include <stdio.h>
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "wm/desktop.h"
#include "wm/ring.h"

static void motion(int32_t x) {
    window_world_tell((InputEvent){.kind = INPUT_POINTER, .x = x, .y = 5});
}

static void size(int32_t width) {
    window_world_tell(
        (InputEvent){.kind = (InputKind)WM_EVENT_SIZE, .x = width, .y = 100});
}

static void wheel(int32_t x) {
    window_world_tell(
        (InputEvent){.kind = INPUT_WHEEL, .wheel = 1, .x = x, .y = 5});
}

static void button(bool down, int32_t x) {
    window_world_tell((InputEvent){
        .kind = INPUT_BUTTON, .usage = 1, .down = down, .x = x, .y = 5});
}

/* Keys with the usages from `first` on. */
static void keys(unsigned first, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        window_world_key(first + i);
}

/* What the program prints of those. */
static const char *told_keys(unsigned first, unsigned count) {
    static char told[4096];
    size_t at = 0;
    told[0] = 0;
    for (unsigned i = 0; i < count; i++)
        at += (size_t)snprintf(told + at, sizeof told - at, "0.%u.1.0 ",
                               first + i);
    return told;
}

static int64_t waiting(void) {
    return window_world_seat()->object->event_count;
}

TEST("an event wakes the thread that waits for it and is taken") {
    window_world_start(window_world_told);
    EXPECT(ring_waiter(window_world_seat()) != NULL);
    window_world_key(4);
    EXPECT(ring_waiter(window_world_seat()) == NULL);
    EXPECT_EQUAL(waiting(), 1);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "0.4.1.0 ");
    EXPECT_EQUAL(waiting(), 0);
    window_world_stop();
}

TEST("unpark() of a thread that waits for events is kept for its park()") {
    window_world_start(
        "import ui\n"
        "class Parks: Window(\"P\", Label(\"p\")) { fun handle(event: Event) "
        "{\n"
        "    if event.usage == 4 { Thread.park(); print(\"on\") } } }\n"
        "class Park: App { fun open() { let thread = Thread.current()\n"
        "    spawn { sleep(1.seconds); thread.unpark() }\n"
        "    Parks().run() } }\n");
    sim_time_set_ns(platform_now_ns() + 1000000000);
    window_world_rest();
    EXPECT(ring_waiter(window_world_seat()) != NULL);
    window_world_key(4);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "on ");
    window_world_stop();
}

TEST("events are taken in the order in which they came") {
    window_world_start(window_world_told);
    window_world_key(4);
    button(true, 20);
    wheel(21);
    button(false, 22);
    window_world_key(5);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(),
                "0.4.1.0 2.1.1.20 3.0.0.21 2.1.0.22 0.5.1.0 ");
    window_world_stop();
}

TEST("every field of an event comes to its window") {
    window_world_start(window_world_told);
    window_world_tell((InputEvent){.kind = INPUT_KEY,
                                   .usage = 7,
                                   .down = true,
                                   .repeat = true,
                                   .modifiers = 5,
                                   .text = 0x1F600,
                                   .x = -3,
                                   .y = -4,
                                   .wheel = -2});
    const WindowObject *object = window_world_seat()->object;
    static const int64_t wanted[] = {INPUT_KEY, 7, 3, 5, 0x1F600, -3, -4, -2};
    EXPECT(memcmp(ring_event(object, 0), wanted, sizeof wanted) == 0);
    window_world_rest();
    window_world_stop();
}

TEST("of motion and of sizes that were not taken the newest is left") {
    window_world_start(window_world_told);
    motion(1);
    motion(2);
    size(300);
    size(310);
    size(320);
    motion(3);
    motion(4);
    EXPECT_EQUAL(waiting(), 3);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "1.0.0.2 16.0.0.320 1.0.0.4 ");
    window_world_stop();
}

TEST("motion stays behind the button, wheel or key that it came after") {
    window_world_start(window_world_told);
    motion(1);
    button(true, 1);
    motion(2);
    wheel(2);
    motion(3);
    window_world_key(4);
    motion(5);
    motion(6);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "1.0.0.1 2.1.1.1 1.0.0.2 3.0.0.2 1.0.0.3 "
                                      "0.4.1.0 1.0.0.6 ");
    window_world_stop();
}

TEST("keys and buttons are never merged") {
    window_world_start(window_world_told);
    window_world_key(4);
    window_world_key(4);
    button(true, 1);
    button(true, 1);
    EXPECT_EQUAL(waiting(), 4);
    window_world_rest();
    window_world_stop();
}

TEST("a ring that was gone through goes on at its beginning") {
    window_world_start(window_world_told);
    for (unsigned round = 0; round < 3; round++) {
        harness_printed[0] = 0;
        keys(1, WINDOW_EVENTS - 5);
        EXPECT(!ring_behind(window_world_seat()));
        window_world_rest();
        EXPECT_TEXT(window_world_heard(), told_keys(1, WINDOW_EVENTS - 5));
    }
    EXPECT(window_world_seat()->object->event_first < WINDOW_EVENTS);
    window_world_stop();
}

TEST("a ring takes as many events as it has places, at any first one") {
    window_world_start(window_world_told);
    keys(1, 3);
    window_world_rest();
    harness_printed[0] = 0;
    keys(1, WINDOW_EVENTS);
    EXPECT(!ring_behind(window_world_seat()));
    EXPECT_EQUAL(waiting(), WINDOW_EVENTS);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), told_keys(1, WINDOW_EVENTS));
    window_world_stop();
}

TEST("a full ring lets the rest wait, and nothing is lost or goes ahead") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS + 40);
    EXPECT(ring_behind(window_world_seat()));
    EXPECT(!desktop_waits());
    EXPECT_EQUAL(waiting(), WINDOW_EVENTS);
    window_world_rest();
    EXPECT(!ring_behind(window_world_seat()));
    EXPECT_TEXT(window_world_heard(), told_keys(1, WINDOW_EVENTS + 40));
    window_world_stop();
}

TEST("what comes while something waits stays behind it") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS - 1);
    motion(1);
    window_world_key(99);
    motion(2); /* could take the place of the one before the key */
    EXPECT(ring_behind(window_world_seat()));
    window_world_rest();
    const char *heard = window_world_heard();
    EXPECT(strstr(heard, " 1.0.0.1 0.99.1.0 1.0.0.2 ") != NULL);
    window_world_stop();
}

TEST("motion into a full ring that ends with motion has its place") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS - 1);
    motion(1);
    motion(2);
    EXPECT(!ring_behind(window_world_seat()));
    EXPECT_EQUAL(waiting(), WINDOW_EVENTS);
    window_world_rest();
    EXPECT(strstr(window_world_heard(), " 1.0.0.2 ") != NULL);
    window_world_stop();
}

TEST("a release is heard though the ring was full when it came") {
    window_world_start(window_world_told);
    button(true, 9);
    keys(1, WINDOW_EVENTS - 1);
    button(false, 9);
    EXPECT(ring_behind(window_world_seat()));
    window_world_rest();
    const char *told = told_keys(1, WINDOW_EVENTS - 1);
    const char *heard = window_world_heard();
    EXPECT(strstr(heard, told) == heard + strlen("2.1.1.9 "));
    EXPECT(strcmp(strstr(heard, told) + strlen(told), "2.1.0.9 ") == 0);
    window_world_stop();
}

TEST("after a power cut a window has the events that were durable") {
    window_world_start(window_world_told);
    keys(1, 2);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    keys(3, 2);
    window_world_cut();
    EXPECT_EQUAL(waiting(), 2);
    EXPECT(!ring_behind(window_world_seat()));
    window_world_rest(); /* each start tells of the focus */
    EXPECT_TEXT(window_world_heard(), "0.1.1.0 0.2.1.0 18.0.1.0 ");
    window_world_stop();
}

TEST("a thread that waited for events waits after a power cut") {
    window_world_start(window_world_told);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_key(1);
    window_world_cut();
    EXPECT_EQUAL(waiting(), 0);
    EXPECT(ring_waiter(window_world_seat()) != NULL);
    window_world_key(2);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), "0.2.1.0 18.0.1.0 ");
    window_world_stop();
}

TEST("what waits for a window goes with it") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS + 2);
    EXPECT(ring_behind(window_world_seat()));
    desktop_remove(window_world_seat());
    EXPECT_EQUAL(desktop_window_count(), 0);
    EXPECT_EQUAL(desktop_focused_number(), 0);
    window_world_stop();
}

/* A program with two windows. */
static const char two[] = "import ui\n"
                          "class Two: App {\n"
                          "    fun open() {\n"
                          "        spawn { window(\"A\", Label(\"a\")) }\n"
                          "        window(\"B\", Label(\"b\"))\n"
                          "    }\n"
                          "}\n";

TEST("a window that takes no events keeps nothing from another") {
    static const InputEvent key = {.kind = INPUT_KEY, .usage = 4, .down = true};
    window_world_start(two);
    Seat *first = seat_first(), *second = first->next;
    for (int i = 0; i < WINDOW_EVENTS + 9; i++)
        ring_deliver(&first->window, &key);
    ring_deliver(&second->window, &key);
    EXPECT(ring_behind(first) && !ring_behind(second));
    EXPECT_EQUAL(second->object->event_count, 1);
    EXPECT(!ring_waiter(second));
    desktop_remove(first);
    window_world_check();
    for (int i = 0; i < 9; i++)
        window_world_turn(100000);
    EXPECT_EQUAL(second->object->event_count, 0);
    window_world_stop();
}

/* ---- A program that takes nothing ---- */

enum { LATE_MOST = 4096 }; /* an app's usual limit of events */

/* Time goes by, and it has taken nothing. */
static void silent(void) {
    sim_time_set_ns(platform_now_ns() + RING_PATIENCE_NS);
    ring_flush();
}

static void presses(unsigned first, unsigned count) {
    for (unsigned i = first; i < first + count; i++) {
        window_world_key(i);
        window_world_tell(
            (InputEvent){.kind = INPUT_KEY, .usage = (uint16_t)i});
    }
}

TEST("a window that does not answer hears no new press, but each release") {
    window_world_start(window_world_told);
    window_world_key(4);
    button(true, 9);
    keys(100, WINDOW_EVENTS - 2);
    silent();
    window_world_key(99);
    window_world_check(); /* E2 */
    presses(200, 3);
    button(false, 9);
    window_world_tell((InputEvent){.kind = INPUT_KEY, .usage = 4});
    wheel(3);
    window_world_rest();
    const char *told = told_keys(100, WINDOW_EVENTS - 2);
    const char *heard = window_world_heard();
    EXPECT(strstr(heard, told) == heard + strlen("0.4.1.0 2.1.1.9 "));
    EXPECT_TEXT(strstr(heard, told) + strlen(told),
                "0.200.0.0 0.201.0.0 0.202.0.0 2.1.0.9 0.4.0.0 ");
    window_world_stop();
}

TEST("before it does not answer a window hears all that is typed ahead") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS);
    sim_time_set_ns(platform_now_ns() + RING_PATIENCE_NS - 1000000);
    ring_flush();
    window_world_key(200);
    window_world_rest();
    EXPECT(strstr(window_world_heard(), " 0.200.1.0 ") != NULL);
    window_world_stop();
}

TEST("who takes an event again answers again") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS);
    silent();
    EXPECT(ring_silent_ns(window_world_seat()) >= RING_PATIENCE_NS);
    WindowObject *object = window_world_seat()->object;
    EXPECT_EQUAL(heap_write(object, sizeof *object), STATUS_OK);
    ring_drop(object);
    ring_flush();
    EXPECT(ring_silent_ns(window_world_seat()) < RING_PATIENCE_NS);
    window_world_rest();
    sim_time_set_ns(platform_now_ns() + RING_PATIENCE_NS);
    EXPECT_EQUAL(ring_silent_ns(window_world_seat()), 0); /* it waits */
    window_world_stop();
}

/* For hours, with what says how things are in between. */
TEST("what a window that does not answer keeps has an end") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS);
    silent();
    for (int i = 0; i < 3 * LATE_MOST; i++) {
        motion(i);
        size(200 + i % 7);
        presses(4 + (unsigned)i % 50, 1);
    }
    window_world_check(); /* E3 */
    window_world_rest();
    char wanted[64];
    snprintf(wanted, sizeof wanted, " 1.0.0.%d ", 3 * LATE_MOST - 1);
    EXPECT(strstr(window_world_heard(), wanted) != NULL);
    snprintf(wanted, sizeof wanted, " 1.0.0.%d ", 3 * LATE_MOST - 2);
    EXPECT(strstr(window_world_heard(), wanted) == NULL);
    window_world_stop();
}

static void set_events(uint64_t value) {
    Domain *domain = window_world_seat()->domain;
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    EXPECT(limits_set(domain, LIMIT_EVENTS, value));
}

static void releases(unsigned first, unsigned count) {
    for (unsigned i = first; i < first + count; i++)
        window_world_tell(
            (InputEvent){.kind = INPUT_KEY, .usage = (uint16_t)i});
}

TEST("so many presses wait as the app's limit leaves room for, no more") {
    window_world_start(window_world_told);
    set_events(1024);
    keys(1, WINDOW_EVENTS + 600);
    const Seat *seat = window_world_seat();
    EXPECT_EQUAL(ring_late(seat), 1024 - RING_RELEASES);
    releases(1000, RING_RELEASES);
    EXPECT_EQUAL(ring_late(seat), 1024);
    set_events(2048);
    keys(1, 900);
    EXPECT_EQUAL(ring_late(seat), 2048 - RING_RELEASES);
    releases(3000, RING_RELEASES);
    set_events(1024); /* what waits stays, and releases come to it */
    window_world_key(7);
    EXPECT_EQUAL(ring_late(seat), 2048);
    releases(4000, 3);
    EXPECT_EQUAL(ring_late(seat), 2051);
    window_world_check();
    set_events(16384);
    keys(1, 20000);
    EXPECT_EQUAL(ring_late(seat), 16384 - RING_RELEASES);
    window_world_rest();
    EXPECT(!ring_behind(seat));
    window_world_stop();
}

TEST("typed ahead without end, releases still find a place") {
    window_world_start(window_world_told);
    button(true, 9);
    for (int i = 0; i < LATE_MOST; i++)
        presses(4 + (unsigned)i % 20, 1);
    button(false, 77);
    window_world_check();
    Seat *seat = window_world_seat();
    EXPECT(ring_late(seat) <= LATE_MOST);
    uint64_t taken = 0, released = 0;
    for (; seat->object->event_count > 0; taken++) {
        EXPECT_EQUAL(heap_write(seat->object, sizeof *seat->object), STATUS_OK);
        released += ring_event(seat->object, 0)[5] == 77;
        ring_drop(seat->object);
        ring_flush();
    }
    EXPECT_EQUAL(released, 1);
    EXPECT(taken > LATE_MOST / 2);
    window_world_rest();
    window_world_stop();
}

TEST("as much as there is room for is delivered at once") {
    window_world_start(window_world_told);
    keys(1, WINDOW_EVENTS + 9);
    WindowObject *object = window_world_seat()->object;
    EXPECT_EQUAL(heap_write(object, sizeof *object), STATUS_OK);
    for (int i = 0; i < 4; i++)
        ring_drop(object);
    desktop_step();
    EXPECT_EQUAL(waiting(), WINDOW_EVENTS);
    window_world_rest();
    EXPECT_TEXT(window_world_heard(), told_keys(5, WINDOW_EVENTS + 5));
    window_world_stop();
}

/* What a program may write into its window. */
static void damage(unsigned how, WindowObject *object) {
    EXPECT_EQUAL(heap_write(object, sizeof *object), STATUS_OK);
    if (how == 0)
        HEAP_SET(object->events, NULL);
    if (how == 1)
        object->event_first = WINDOW_EVENTS;
    if (how == 2)
        object->event_first = -1;
    if (how == 3)
        object->event_count = WINDOW_EVENTS + 1;
    if (how == 4)
        object->event_count = -1;
}

TEST("a window whose ring its program damaged hears nothing, harms nobody") {
    for (unsigned how = 0; how < 5; how++) {
        window_world_start(window_world_told);
        WindowObject *object = window_world_seat()->object;
        damage(how, object);
        int64_t count = object->event_count;
        EXPECT(!ring_is_good(object));
        keys(1, 3);
        EXPECT_EQUAL(object->event_count, count);
        EXPECT(!ring_behind(window_world_seat()));
        for (int i = 0; i < 10; i++)
            window_world_turn(100000);
        EXPECT_TEXT(window_world_heard(), "");
        window_world_stop();
    }
}

TEST("a ring of events that is too short is none") {
    window_world_start(window_world_told);
    const WindowObject *object = window_world_seat()->object;
    Array *events = object->events;
    EXPECT_EQUAL(heap_write(events, sizeof *events), STATUS_OK);
    events->length = WINDOW_EVENTS * WINDOW_EVENT_WORDS;
    EXPECT(ring_is_good(object));
    events->length--;
    EXPECT(!ring_is_good(object));
    events->length++;
    window_world_stop();
}

/* ---- Against what was sent ---- */

enum { USAGES = 3, SENT = 160, SENT_TEXT = 4096 };

/* Adds a key's event to a text, but no release that follows one. */
static void note_key(char *text, bool *down, unsigned usage, bool now) {
    size_t at = strlen(text);
    if (now || down[usage])
        snprintf(text + at, SENT_TEXT - at, "%c%u ", now ? '+' : '-', usage);
    down[usage] = now;
}

/* Keys of what the program printed, and where the pointer was last. */
static void read_heard(char *text, int *x_out) {
    bool down[USAGES + 1] = {false};
    int kind, usage, now, x, length;
    text[0] = 0;
    for (const char *at = harness_printed;
         sscanf(at, "%d.%d.%d.%d%n", &kind, &usage, &now, &x, &length) == 4;
         at += length) {
        if (kind == INPUT_KEY)
            note_key(text, down, (unsigned)usage, now);
        if (kind == INPUT_POINTER)
            *x_out = x;
    }
}

TEST("keys are heard as they were typed, however full the ring was") {
    for (uint64_t seed = 1; seed <= 6; seed++) {
        char sent[SENT_TEXT] = "", heard[SENT_TEXT];
        bool down[USAGES + 1] = {false};
        int x = -1, heard_x = -1;
        window_world_start(window_world_told);
        sim_seed(seed);
        harness_printed[0] = 0;
        for (int i = 0; i < SENT; i++) {
            unsigned usage = 1 + sim_random() % USAGES;
            bool now = sim_random() % 2;
            if (sim_random() % 4 == 0) {
                motion(x = i);
            } else {
                window_world_tell((InputEvent){
                    .kind = INPUT_KEY, .usage = (uint16_t)usage, .down = now});
                note_key(sent, down, usage, now);
            }
            if (sim_random() % 60 == 0)
                harness_step(20000);
        }
        window_world_rest();
        read_heard(heard, &heard_x);
        EXPECT_TEXT(heard, sent);
        EXPECT_EQUAL(heard_x, x);
        if (strcmp(heard, sent) != 0)
            printf("  seed %u\n", (unsigned)seed);
        window_world_stop();
    }
}

TEST("the silence of a window counts from the event that it did not take") {
    const uint64_t second_ns = 1000000000;
    window_world_start(window_world_told);
    Seat *seat = window_world_seat();
    sim_time_set_ns(platform_now_ns() + 100 * second_ns);
    EXPECT_EQUAL(ring_silent_ns(seat), 0); /* it waits for one */
    window_world_key(4);
    EXPECT(ring_silent_ns(seat) < second_ns);
    sim_time_set_ns(platform_now_ns() + 5 * second_ns);
    EXPECT(ring_silent_ns(seat) >= 5 * second_ns);
    window_world_rest();
    EXPECT_EQUAL(ring_silent_ns(seat), 0);
    window_world_stop();
}

TEST("a window that stays open has answered when it waits again") {
    window_world_start("import ui\n"
                       "class Stays: Window(\"S\", Label(\"s\"), 200, 120) {\n"
                       "    fun handle(event: Event) { print(event.kind) }\n"
                       "}\n"
                       "class Stay: App { fun open() { Stays().run() } }\n");
    Seat *seat = window_world_seat();
    EXPECT(!ring_first_closing());
    window_world_tell((InputEvent){.kind = (InputKind)WM_EVENT_CLOSE});
    EXPECT(ring_first_closing() == seat && seat->close_ns > 0);
    window_world_rest();
    EXPECT(!ring_first_closing() && seat->close_ns == 0);
    window_world_stop();
}
