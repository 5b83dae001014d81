/* Tests of who comes to the front: no app takes the keys of a person who
 * presses in another one (wm/desktop.h). */
#include "kernel/system/install.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "wm/wm_state.h"

enum { KEY_OTHER = 4, KEY_OPEN = 9 };

/* Each press of KEY_OPEN opens another window. */
static const char opens[] =
    "import ui\n"
    "class Opens: Window(\"Opens\", Label(\"opens\"), 200, 120) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage == 9 { spawn { Opens().run() } }\n"
    "        super.handle(event)\n"
    "    }\n"
    "}\n"
    "class Open: App { fun open() { Opens().run() } }\n";

static Domain *domain_of(const WmWindow *window) {
    return ((Seat *)window->owner)->domain;
}

static Domain *focused_app(void) {
    return domain_of(windows_focused());
}

/* Another app, whose window is in front now. */
static Domain *open_other(const char *name) {
    sim_setting("app", opens);
    sim_setting("app_name", name);
    install_setting();
    sim_setting("app_name", NULL);
    sim_setting("app", NULL);
    window_world_rest();
    return focused_app();
}

/* Its program does so by itself: no person pressed anything. Its new window. */
static WmWindow *open_by_itself(const Domain *domain) {
    InputEvent event = {.kind = INPUT_KEY, .usage = KEY_OPEN, .down = true};
    Seat *newest = seat_first_of(domain);
    uint32_t count = desktop_window_count();
    ring_deliver(&newest->window, &event);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), count + 1);
    for (Seat *seat = seat_first_of(domain); seat; seat = seat->next_own)
        if (seat->window.number > newest->window.number)
            newest = seat;
    return &newest->window;
}

static void press_key(void) {
    InputEvent event = {.kind = INPUT_KEY, .usage = KEY_OTHER, .down = true};
    wm_input(&event);
    event.down = false;
    wm_input(&event);
    window_world_rest();
}

static bool stands_behind(const WmWindow *window, const WmWindow *front) {
    return window->calls && windows_focused() == front &&
           window->stacking < front->stacking && window->focus < front->focus;
}

static unsigned calling(void) {
    unsigned count = 0;
    for (const Seat *seat = seat_first(); seat; seat = seat->next)
        count += seat->window.calls;
    return count;
}

static Domain *first, *second;

static void begin(void) {
    window_world_start(opens);
    first = focused_app();
    second = open_other("other");
    EXPECT(first != second);
}

TEST("an app that nobody pressed in opens windows behind, and they call") {
    begin();
    press_key();
    const WmWindow *front = windows_focused();
    EXPECT(domain_of(front) == second);
    for (int i = 0; i < 3; i++) {
        WmWindow *behind = open_by_itself(first);
        EXPECT(stands_behind(behind, front));
        press_key(); /* heard by who was pressed before */
        EXPECT(windows_focused() == front);
        behind->wanted.x += 3; /* it is kept anew */
        windows_changed(behind);
        window_world_rest();
    }
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    EXPECT_EQUAL(calling(), 3);
    EXPECT_EQUAL(windows_focused()->number,
                 seat_first_of(second)->object->number);
    window_world_stop();
}

TEST("a window that called does so until it had the focus") {
    begin();
    press_key();
    WmWindow *behind = open_by_itself(first);
    EXPECT(behind->calls);
    windows_raise(behind);
    EXPECT(!behind->calls);
    EXPECT(focused_app() == first);
    WmWindow *next = open_by_itself(first); /* its own is in front */
    EXPECT(windows_focused() == next && !next->calls);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    EXPECT_EQUAL(calling(), 0);
    window_world_stop();
}

TEST("an app that was opened comes to the front until the next press") {
    begin();
    press_key();
    desktop_expect(first);
    WmWindow *wanted = open_by_itself(first);
    EXPECT(windows_focused() == wanted && !wanted->calls);
    windows_raise(&seat_first_of(second)->window);
    desktop_expect(first);
    press_key();
    WmWindow *late = open_by_itself(first);
    EXPECT(stands_behind(late, windows_focused()));
    EXPECT(focused_app() == second);
    window_world_stop();
}

TEST("an app that a person opens comes to the front, no newer one for it") {
    begin();
    press_key();
    Domain *newer = open_other("newer");
    EXPECT(newer != first && newer != second);
    windows_raise(&seat_first_of(second)->window);
    desktop_expect(first);
    const WmWindow *front = windows_focused();
    EXPECT(stands_behind(open_by_itself(newer), front));
    const WmWindow *wanted = open_by_itself(first);
    EXPECT(windows_focused() == wanted);
    window_world_stop();
}

TEST("a press anywhere ends what an app may do that was just made") {
    static const int32_t places[][2] = {{WORLD_WIDTH - 20, WORLD_HEIGHT - 10},
                                        {WORLD_WIDTH - 2, 2}};
    for (int i = 0; i < 2; i++) {
        begin();
        windows_raise(&seat_first_of(first)->window);
        InputEvent press = {.kind = INPUT_BUTTON,
                            .usage = WM_LEFT,
                            .down = true,
                            .x = places[i][0],
                            .y = places[i][1]};
        wm_input(&press);
        press.down = false;
        wm_input(&press);
        EXPECT(stands_behind(open_by_itself(second), windows_focused()));
        EXPECT(focused_app() == first);
        window_world_stop();
    }
}

TEST("after a restart no app comes to the front by itself") {
    begin();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    window_world_rest();
    const WmWindow *front = windows_focused();
    const Seat *seat = seat_first();
    while (seat->domain == domain_of(front))
        seat = seat->next;
    const Domain *other = seat->domain;
    EXPECT(stands_behind(open_by_itself(other), front));
    while (windows_focused())
        windows_minimise(windows_focused());
    WmWindow *alone = open_by_itself(other);
    EXPECT(windows_focused() == alone && !alone->calls);
    window_world_stop();
}
