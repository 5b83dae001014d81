/* Tests of what the desktop keeps: places, order, pointer, theme. */
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "wm/window_table.h"
#include "wm/wm_state.h"

/* A program with three windows, each with a thread of its own. */
static const char three[] =
    "import ui\n"
    "class Three: App {\n"
    "    fun open() {\n"
    "        spawn { window(\"First\", Label(\"1\"), 200, 120) }\n"
    "        spawn { window(\"Second\", Label(\"2\"), 210, 130) }\n"
    "        window(\"Third\", Label(\"3\"), 220, 140)\n"
    "    }\n"
    "}\n";

static WmWindow *window_of_width(int32_t width) {
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->window.wanted.width == width)
            return &seat->window;
    EXPECT(!"there is such a window");
    return &seat_first()->window;
}

static void keep_and_cut(void) {
    window_world_rest();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
}

TEST("places, states and the order of windows come back") {
    window_world_start(three);
    window_of_width(200)->wanted.x = 77;
    window_of_width(200)->wanted.y = 55;
    windows_raise(window_of_width(200));
    windows_toggle_maximised(window_of_width(210));
    windows_minimise(window_of_width(220));
    keep_and_cut();
    EXPECT_EQUAL(window_of_width(200)->wanted.x, 77);
    EXPECT_EQUAL(window_of_width(200)->wanted.y, 55);
    EXPECT(windows_focused() == window_of_width(200));
    EXPECT_EQUAL(window_of_width(210)->state, WM_MAXIMISED);
    EXPECT_EQUAL(window_of_width(220)->state, WM_MINIMISED);
    window_world_stop();
}

TEST("of an app that is brought back the window in front has the focus") {
    window_world_start(three);
    windows_raise(window_of_width(210));
    window_world_rest();
    Domain *domain = seat_first()->domain;
    desktop_forget(domain);
    EXPECT(!windows_focused());
    EXPECT_EQUAL(desktop_bring(domain), STATUS_OK);
    EXPECT(windows_focused() == window_of_width(210));
    window_world_stop();
}

TEST("a window that was maximised before it was minimised is so again") {
    window_world_start(three);
    windows_toggle_maximised(window_of_width(210));
    windows_minimise(window_of_width(210));
    keep_and_cut();
    windows_restore(window_of_width(210));
    EXPECT_EQUAL(window_of_width(210)->state, WM_MAXIMISED);
    window_world_stop();
}

TEST("the focus is on none of the minimised windows") {
    window_world_start(three);
    for (int32_t width = 220; width >= 200; width -= 10) {
        EXPECT(windows_visible(windows_focused()));
        windows_minimise(windows_focused());
        window_world_rest();
    }
    EXPECT(!windows_focused());
    EXPECT_EQUAL(desktop_focused_number(), 0);
    keep_and_cut();
    EXPECT(!windows_focused());
    window_world_stop();
}

TEST("pointer, launcher and theme come back") {
    window_world_start(three);
    wm_input(&(InputEvent){.kind = INPUT_POINTER, .x = 333, .y = 222});
    bar_press(BAR_THEME);
    bar_press(BAR_LAUNCHER);
    keep_and_cut();
    EXPECT_EQUAL(wm_desk().x, 333);
    EXPECT_EQUAL(wm_desk().y, 222);
    EXPECT(wm_desk().dark);
    EXPECT(wm_desk().launcher_open);
    bar_press(BAR_LAUNCHER);
    keep_and_cut();
    EXPECT(!wm_desk().launcher_open);
    EXPECT(wm_desk().dark);
    window_world_stop();
}

TEST("the theme comes back that was changed alone") {
    window_world_start(three);
    keep_and_cut();
    wm_state.theme = &theme_dark;
    keep_and_cut();
    EXPECT(wm_desk().dark);
    window_world_stop();
}

TEST("the number of a window is given out once") {
    window_world_start(three);
    int64_t highest = 0;
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->object->number > highest)
            highest = seat->object->number;
    EXPECT(window_of_width(200)->number != window_of_width(210)->number);
    keep_and_cut();
    EXPECT_EQUAL(desk_announce(), STATUS_OK);
    EXPECT_EQUAL(desk_next_window(), highest + 1);
    window_world_stop();
}

/* ---- No room ---- */

enum { FAR_REGION = 200 }; /* that the heap has no use for */

static uint64_t far_pages;

static uint64_t far_page(uint64_t page) {
    return MEMORY_ROOT + FAR_REGION * MEMORY_REGION_BYTES +
           page * PLATFORM_PAGE_BYTES;
}

/* From here on nothing can be written that is not written to already. */
static void use_up_room(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    if (!memory_attached(FAR_REGION))
        EXPECT_EQUAL(memory_attach(FAR_REGION), STATUS_OK);
    for (far_pages = 0; far_pages < MEMORY_REGION_PAGES; far_pages++)
        if (memory_write(far_page(far_pages), 8) != STATUS_OK)
            return;
    EXPECT(!"the disk is full");
}

static void give_room_back(void) {
    EXPECT_EQUAL(memory_discard(far_page(0), far_pages * PLATFORM_PAGE_BYTES),
                 STATUS_OK);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

TEST("an event that cannot be written is heard when there is room") {
    window_world_start(window_world_told);
    use_up_room();
    window_world_key(4);
    window_world_key(5);
    EXPECT_EQUAL(window_world_seat()->object->event_count, 0);
    EXPECT(ring_waiter(window_world_seat()) != NULL);
    EXPECT(ring_behind(window_world_seat()));
    desktop_step();
    EXPECT_EQUAL(window_world_seat()->object->event_count, 0);
    window_world_check();
    give_room_back();
    window_world_rest();
    EXPECT(!ring_behind(window_world_seat()));
    EXPECT_TEXT(window_world_heard(), "0.4.1.0 0.5.1.0 ");
    window_world_stop();
}

TEST("what the person changed without room is written when there is some") {
    window_world_start(window_world_told);
    WmWindow *window = &window_world_seat()->window;
    const WindowObject *object = window_world_seat()->object;
    use_up_room();
    int64_t x = object->x;
    window->wanted.x = 123;
    windows_changed(window);
    wm_input(&(InputEvent){.kind = INPUT_POINTER, .x = 5, .y = 300});
    wm_settle();
    desktop_step();
    EXPECT_EQUAL(object->x, x);
    WmDesk desk;
    EXPECT(desk_read(&desk) && desk.y != 300);
    give_room_back();
    wm_settle();
    desktop_step();
    EXPECT_EQUAL(object->x, 123);
    EXPECT(desk_read(&desk) && desk.y == 300);
    window_world_rest();
    window_world_stop();
}

TEST("an app's windows are in its table, each at one place") {
    window_world_start(three);
    Domain *domain = seat_first()->domain;
    size_t found = 0;
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        for (uint64_t i = 0; i < window_table_length(domain); i++)
            found += window_table_at(domain, i) == seat->object;
    EXPECT_EQUAL(found, 3);
    EXPECT_EQUAL(desktop_window_count(), 3);
    window_world_stop();
}

TEST("a window that an image has twice is one") {
    window_world_start(three);
    Array *table = (Array *)(void *)seat_first()->domain->seat;
    EXPECT_EQUAL(heap_write(table, heap_object_bytes(&table->head)), STATUS_OK);
    HEAP_SET(table->at.references[0], table->at.references[1]);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    EXPECT_EQUAL(desktop_window_count(), 2);
    window_world_stop();
}

TEST("a table is one of windows of ui's class, or damaged") {
    window_world_start(three);
    Domain *domain = seat_first()->domain;
    Array *table = (Array *)(void *)domain->seat;
    Object *one = table->at.references[0];
    Object *const others[] = {NULL, domain->app, &domain->name->head,
                              (Object *)(void *)((char *)one + 16)};
    EXPECT(window_table_is_good(domain));
    EXPECT_EQUAL(heap_write(table, heap_object_bytes(&table->head)), STATUS_OK);
    EXPECT_EQUAL(heap_write(&domain->seat, 8), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        HEAP_SET(table->at.references[0], others[i]);
        EXPECT_EQUAL(window_table_is_good(domain), i == 0);
    }
    HEAP_SET(table->at.references[0], one);
    Status status;
    HEAP_SET(domain->seat, heap_new_array(domain, CLASS_IntArray, 4, &status));
    EXPECT(domain->seat && !window_table_is_good(domain));
    HEAP_SET(domain->seat, table);
    EXPECT(window_table_is_good(domain));
    window_world_stop();
}

/* Windows that come and go many times, some of them there all the time. */
static const char many[] =
    "import ui\n"
    "class Many: App {\n"
    "    fun open() {\n"
    "        for i in 1..9 { show(200 + i) }\n"
    "    }\n"
    "    fun show(width: Int) {\n"
    "        spawn { Window(\"Many\", Label(\"m\"), width, 120).run() }\n"
    "    }\n"
    "}\n";

TEST("a table of windows grows, and has room again for those that went") {
    window_world_start(many);
    window_world_rest();
    Domain *domain = seat_first()->domain;
    EXPECT_EQUAL(desktop_window_count(), 9);
    EXPECT_EQUAL(window_table_length(domain), 16);
    Seat *fifth = window_of_width(205)->owner;
    InputEvent close = {.kind = (InputKind)WM_EVENT_CLOSE};
    wm_state.hooks.deliver(&fifth->window, &close);
    window_world_rest();
    keep_and_cut();
    EXPECT_EQUAL(desktop_window_count(), 8);
    for (int width = 201; width <= 209; width++)
        EXPECT(width == 205 || window_of_width(width) != NULL);
    window_world_stop();
}

TEST("a window that is closed is gone, also after a power cut") {
    window_world_start(three);
    Seat *second = window_of_width(210)->owner;
    InputEvent close = {.kind = (InputKind)WM_EVENT_CLOSE};
    wm_state.hooks.deliver(&second->window, &close);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), 2);
    keep_and_cut();
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT_EQUAL(window_of_width(200)->title_bytes, 5);
    EXPECT_EQUAL(window_of_width(220)->title_bytes, 5);
    window_world_stop();
}

/* ---- At rest ---- */

TEST("the desktop waits when all that came was taken, or nothing may run") {
    window_world_start(window_world_told);
    EXPECT(desktop_waits() && desktop_quiet());
    window_world_key(4);
    EXPECT(!desktop_waits() && !desktop_quiet());
    vm_hold(true, NULL);
    EXPECT(desktop_waits() && desktop_quiet());
    vm_hold(false, NULL);
    EXPECT(!desktop_waits() && !desktop_quiet());
    window_world_rest();
    EXPECT(desktop_waits() && desktop_quiet());
    window_world_stop();
}

/* At a key a thread beside the window's counts for ever. */
static const char counting[] =
    "import ui\n"
    "class Counts: Window(\"Counts\", Label(\"c\"), 200, 120) {\n"
    "    fun handle(event: Event) {\n"
    "        if event.isDown and event.usage > 0 {\n"
    "            spawn { var n = 0; while true { n = (n + 1) % 1000 } }\n"
    "        }\n"
    "        super.handle(event)\n"
    "    }\n"
    "}\n"
    "class CountsApp: App { fun open() { Counts().run() } }\n";

TEST("a program that computes lets the desktop wait, but it is not quiet") {
    window_world_start(counting);
    EXPECT(desktop_waits() && desktop_quiet());
    window_world_key(4);
    for (int i = 0; i < 20; i++)
        window_world_turn(10000);
    EXPECT(desktop_waits());
    EXPECT(!desktop_quiet());
    EXPECT(vm_stop_app(window_world_seat()->domain, "it counts"));
    window_world_turn(10000);
    EXPECT(desktop_waits() && desktop_quiet());
    EXPECT_EQUAL(desktop_window_count(), 0);
    window_world_stop();
}
