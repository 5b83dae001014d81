/* Tests of the window manager: routing, order, damage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/gui.h"
#include "kernel/base/keymap.h"
#include "kernel/system/assets.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/notice.h"
#include "wm/router.h"
#include "wm/wm_state.h"
#include "wm/script.h"

enum { WIDTH = 640, HEIGHT = 480, WINDOWS = 4 };

static WmWindow windows[WINDOWS];
static Surface *surfaces[WINDOWS];
static InputEvent last[WINDOWS];
static unsigned delivered[WINDOWS], closes[WINDOWS], changes;
static unsigned presses[WINDOWS], releases[WINDOWS];
static int launched;

static void deliver(WmWindow *window, const InputEvent *event) {
    last[window->number - 1] = *event;
    delivered[window->number - 1]++;
    closes[window->number - 1] += (int)event->kind == WM_EVENT_CLOSE;
    presses[window->number - 1] += event->kind == INPUT_BUTTON && event->down;
    releases[window->number - 1] += event->kind == INPUT_BUTTON && !event->down;
}

static void changed(WmWindow *window) {
    (void)window;
    changes++;
}

static void launch(uint32_t app) {
    launched = (int)app;
}

static WmWindow *ended;

static void end_wanted(WmWindow *window) {
    ended = window;
}

static const char *app_name(uint32_t app) {
    static const char *const names[] = {"Editor", "Shell", "Counter"};
    return app < 3 ? names[app] : NULL;
}

static const char *clock_text(void) {
    return "12:34";
}

static Status announce(void *address, size_t size_bytes) {
    (void)address, (void)size_bytes;
    return STATUS_OK;
}

static const SurfaceMemory plain = {announce, announce};

static void paint(unsigned i, uint64_t seed) {
    Bitmap picture;
    Rect part = {0, 0, 0, 0};
    EXPECT_EQUAL(bitmap_make((int32_t)surfaces[i]->width,
                             (int32_t)surfaces[i]->height, &picture),
                 STATUS_OK);
    for (int32_t y = 0; y < picture.height; y++)
        for (int32_t x = 0; x < picture.width; x++)
            *bitmap_at(&picture, x, y) =
                seed % 3
                    ? (uint32_t)(x * 3 + y * 5 + (int32_t)seed) | 0xFF000000u
                    : (uint32_t)seed | 0xFF000000u;
    EXPECT_EQUAL(
        surface_commit(surfaces[i], &picture, wm_stamp(), NULL, &plain, &part),
        STATUS_OK);
    wm_surface_changed(&windows[i], part);
    for (int32_t y = 0; y < picture.height; y += 7) {
        uint32_t row[300];
        surface_row(surfaces[i], 0, (uint32_t)y, surfaces[i]->width, row);
        EXPECT(memcmp(row, bitmap_at(&picture, 0, y), surfaces[i]->width * 4) ==
               0);
    }
    bitmap_free(&picture);
}

static void start(void) {
    static const WmDesk desk = {.x = 5, .y = 5};
    static const WmHooks hooks = {.deliver = deliver,
                                  .end = end_wanted,
                                  .changed = changed,
                                  .launch = launch,
                                  .app_name = app_name,
                                  .clock = clock_text};
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    sim_screen_size(WIDTH, HEIGHT);
    EXPECT_EQUAL(wm_start((Screen){WIDTH, HEIGHT}, &hooks, &desk), STATUS_OK);
    memset(delivered, 0, sizeof delivered);
    memset(closes, 0, sizeof closes);
    memset(presses, 0, sizeof presses);
    memset(releases, 0, sizeof releases);
    for (unsigned i = 0; i < WINDOWS; i++) {
        size_t bytes = surface_bytes(200 + 20 * i, 120);
        surfaces[i] = aligned_alloc(4096, bytes);
        surface_make(surfaces[i], 200 + 20 * i, 120, 0x336699);
        windows[i] =
            (WmWindow){.number = i + 1,
                       .wanted = {40 + 60 * (int32_t)i, 50 + 40 * (int32_t)i,
                                  200 + 20 * (int32_t)i, 120},
                       .stacking = windows_next_stamp(),
                       .focus = i,
                       .title = "Window",
                       .title_bytes = 6,
                       .surface = surfaces[i]};
        windows_add(&windows[i]);
        wm_window_came(&windows[i]);
        wm_settle();
    }
}

static void stop(void) {
    for (unsigned i = 0; i < WINDOWS; i++) {
        wm_window_goes(&windows[i]);
        windows_remove(&windows[i]);
        free(surfaces[i]);
    }
    bitmap_free(&wm_state.scene);
}

static void point(int32_t x, int32_t y) {
    wm_input(&(InputEvent){.kind = INPUT_POINTER, .x = x, .y = y});
}

static void button(bool down, int32_t x, int32_t y) {
    wm_input(&(InputEvent){
        .kind = INPUT_BUTTON, .usage = 1, .down = down, .x = x, .y = y});
}

static void press(unsigned usage, bool down, int32_t x, int32_t y,
                  uint64_t time_ms) {
    wm_input(&(InputEvent){.kind = INPUT_BUTTON,
                           .usage = (uint16_t)usage,
                           .down = down,
                           .x = x,
                           .y = y,
                           .time_ns = time_ms * 1000000});
}

static void click_at(unsigned usage, int32_t x, int32_t y, uint64_t time_ms) {
    press(usage, true, x, y, time_ms);
    press(usage, false, x, y, time_ms);
}

static void click(int32_t x, int32_t y) {
    point(x, y);
    button(true, x, y);
    button(false, x, y);
}

static void click_middle(Rect rect) {
    click(rect.x + rect.width / 2, rect.y + rect.height / 2);
}

TEST("a click focuses, raises, and reaches the content it hits") {
    start();
    EXPECT(windows_focused() == &windows[3]);
    click(60, 60);
    EXPECT(windows_focused() == &windows[0]);
    EXPECT_EQUAL(last[0].x, 60 - windows_content(&windows[0]).x);
    EXPECT_EQUAL(last[0].y, 60 - windows_content(&windows[0]).y);
    wm_input(&(InputEvent){.kind = INPUT_KEY, .usage = 4, .down = true});
    EXPECT_EQUAL(last[0].usage, 4);
    stop();
}

TEST("dragging a title moves the window and keeps its size") {
    start();
    Rect before = windows[3].wanted, title = windows_frame(&windows[3]);
    point(title.x + 30, title.y + 10);
    button(true, title.x + 30, title.y + 10);
    point(title.x + 50, title.y + 25);
    button(false, title.x + 50, title.y + 25);
    EXPECT(rect_equal(windows[3].wanted, rect_moved(before, 20, 15)));
    stop();
}

TEST("an edge that is pulled too far leaves the others where they are") {
    start();
    windows[3].least_width = windows[3].least_height = 90;
    Rect before = windows_content(&windows[3]);
    Rect frame = windows_frame(&windows[3]);
    int32_t x = frame.x - 2, y = frame.y - 2; /* the upper left corner */
    point(x, y);
    button(true, x, y);
    point(x + 600, y + 400);
    button(false, x + 600, y + 400);
    Rect after = windows_content(&windows[3]);
    EXPECT(after.width < before.width && after.height < before.height);
    EXPECT_EQUAL(rect_right(after), rect_right(before));
    EXPECT_EQUAL(rect_bottom(after), rect_bottom(before));
    stop();
}

TEST("title buttons act when released on the same button") {
    Rect rect;
    start();
    windows[3].title = "Fourth";
    EXPECT(wm_find("close", "Fourth", &rect));
    point(rect.x + 5, rect.y + 5);
    button(true, rect.x + 5, rect.y + 5);
    button(false, 5, 5);
    EXPECT_EQUAL(closes[3], 0);
    click_middle(rect);
    EXPECT_EQUAL(closes[3], 1);
    EXPECT(wm_find("minimise", "Fourth", &rect));
    click_middle(rect);
    EXPECT_EQUAL(windows[3].state, WM_MINIMISED);
    EXPECT(windows_focused() != &windows[3]);
    EXPECT(wm_find("item", "Fourth", &rect));
    click_middle(rect);
    EXPECT_EQUAL(windows[3].state, WM_NORMAL);
    EXPECT(windows_focused() == &windows[3]);
    EXPECT(wm_find("maximise", "Fourth", &rect));
    click_middle(rect);
    EXPECT_EQUAL(windows[3].state, WM_MAXIMISED);
    EXPECT(rect_equal(windows_frame(&windows[3]), windows_work_area()));
    EXPECT_EQUAL(windows[3].wanted.width, 260);
    stop();
}

/* Where each thing that can be pressed on a title bar is. */
static Rect title_place(unsigned which) {
    static const char *const buttons[] = {"minimise", "maximise", "close"};
    Rect rect = windows_frame(&windows[3]);
    if (which == 3)
        return windows_content(&windows[3]);
    if (which == 4)
        return (Rect){rect.x + 30, rect.y + 5, 10, 10};
    EXPECT(wm_find(buttons[which], "Fourth", &rect));
    return rect;
}

TEST("a title button does nothing when released on another thing") {
    for (unsigned from = 0; from < 3; from++)
        for (unsigned to = 0; to < 5; to++) {
            if (from == to)
                continue;
            start();
            windows[3].title = "Fourth";
            Rect pressed = title_place(from), released = title_place(to);
            point(pressed.x + 5, pressed.y + 5);
            button(true, pressed.x + 5, pressed.y + 5);
            point(released.x + 5, released.y + 5);
            button(false, released.x + 5, released.y + 5);
            EXPECT_EQUAL(windows[3].state, WM_NORMAL);
            EXPECT_EQUAL(closes[3], 0);
            EXPECT_EQUAL(presses[3] + releases[3], 0);
            stop();
        }
}

TEST("another button ends no drag of a window") {
    start();
    Rect before = windows[3].wanted, title = windows_frame(&windows[3]);
    int32_t x = title.x + 30, y = title.y + 10;
    press(1, true, x, y, 0);
    press(2, true, x + 5, y, 0);
    press(2, false, x + 5, y, 0);
    press(3, false, x + 5, y, 0);
    point(x + 20, y + 15);
    EXPECT(rect_equal(windows[3].wanted, rect_moved(before, 20, 15)));
    press(1, false, x + 20, y + 15, 0);
    point(x + 60, y);
    EXPECT(rect_equal(windows[3].wanted, rect_moved(before, 20, 15)));
    stop();
}

TEST("a content hears of the button that went down in it until that is up") {
    for (unsigned held = 1; held <= 2; held++) {
        start();
        Rect content = windows_content(&windows[3]);
        press(held, true, content.x + 5, content.y + 5, 0);
        press(3 - held, true, content.x + 6, content.y + 6, 0);
        press(3 - held, false, content.x + 6, content.y + 6, 0);
        EXPECT(last[3].kind != INPUT_BUTTON || last[3].usage == held);
        point(content.x - 30, content.y - 20);
        EXPECT_EQUAL(last[3].x, -30);
        press(held, false, content.x - 40, content.y - 20, 0);
        EXPECT_EQUAL(presses[3], 1);
        EXPECT_EQUAL(releases[3], 1);
        EXPECT_EQUAL(presses[2] + releases[2], 0);
        stop();
    }
}

TEST("a button that is up last, of two, is told to nobody") {
    start();
    Rect content = windows_content(&windows[3]);
    press(1, true, content.x + 5, content.y + 5, 0);
    press(2, true, content.x + 5, content.y + 5, 0);
    press(1, false, content.x + 5, content.y + 5, 0);
    press(2, false, content.x + 5, content.y + 5, 0);
    EXPECT_EQUAL(presses[3], 1);
    EXPECT_EQUAL(releases[3], 1);
    stop();
}

TEST("the right button on a frame does nothing but raise the window") {
    Rect rect, before;
    start();
    before = windows[3].wanted;
    windows[3].title = "Fourth";
    EXPECT(wm_find("close", "Fourth", &rect));
    click_at(2, rect.x + 5, rect.y + 5, 0);
    EXPECT_EQUAL(closes[3], 0);
    Rect title = windows_frame(&windows[3]);
    press(2, true, title.x + 30, title.y + 10, 0);
    point(title.x + 60, title.y + 10);
    press(2, false, title.x + 60, title.y + 10, 0);
    EXPECT(rect_equal(windows[3].wanted, before));
    Rect behind = windows_frame(&windows[0]);
    click_at(2, behind.x + 30, behind.y + 10, 0);
    EXPECT(windows_focused() == &windows[0]);
    stop();
}

TEST("a window that goes by a press elsewhere is not under the pointer") {
    Rect item;
    start();
    windows[3].title = "Fourth";
    windows[3].title_bytes = 6;
    Rect content = windows_content(&windows[3]);
    point(content.x + 20, content.y + 20);
    wm_settle();
    EXPECT(wm_state.hover == &windows[3]);
    EXPECT(wm_find("item", "Fourth", &item));
    /* No motion comes before it. */
    button(true, item.x + item.width / 2, item.y + item.height / 2);
    EXPECT_EQUAL(windows[3].state, WM_MINIMISED);
    EXPECT(wm_state.hover == NULL);
    EXPECT(!router_check());
    button(false, item.x + item.width / 2, item.y + item.height / 2);
    stop();
}

TEST("a right click on the bar holds nothing") {
    start();
    click_at(2, WIDTH - 2, HEIGHT - 2, 0);
    EXPECT_EQUAL(wm_state.drag, WM_DRAG_NONE);
    press(1, true, 60, 60, 1000);
    EXPECT_EQUAL(wm_state.drag, WM_DRAG_CONTENT);
    EXPECT(windows_focused() == &windows[0]);
    press(1, false, 60, 60, 1000);
    stop();
}

/* Two clicks on the title of the last window, of these buttons, so far apart in
 * pixels and time: whether they made it as large as the screen. */
static bool double_click(unsigned first, unsigned second, int32_t pixels,
                         uint64_t ms) {
    start();
    Rect title = windows_frame(&windows[3]);
    click_at(first, title.x + 30, title.y + 10, 1000);
    click_at(second, title.x + 30 + pixels, title.y + 10, 1000 + ms);
    bool is_large = windows[3].state == WM_MAXIMISED;
    stop();
    return is_large;
}

TEST("a double click is two of the left button, in one place, soon") {
    EXPECT(double_click(1, 1, 0, 0));
    EXPECT(double_click(1, 1, 4, 399));
    EXPECT(double_click(1, 1, -4, 399));
    EXPECT(!double_click(1, 1, 5, 399));
    EXPECT(!double_click(1, 1, -5, 399));
    EXPECT(!double_click(1, 1, 0, 401));
    EXPECT(!double_click(2, 2, 0, 100));
    EXPECT(!double_click(1, 2, 0, 100));
    EXPECT(!double_click(2, 1, 0, 100));
}

TEST("a third click is the first of a pair") {
    start();
    windows[3].wanted.y = THEME_TITLE_HEIGHT; /* as when it is maximised */
    Rect title = windows_frame(&windows[3]);
    for (uint64_t i = 0; i < 3; i++)
        click_at(1, title.x + 30, title.y + 10, 1000 + 100 * i);
    EXPECT_EQUAL(windows[3].state, WM_MAXIMISED);
    stop();
}

TEST("a window that is dragged twice in a moment is not made larger") {
    start();
    Rect title = windows_frame(&windows[3]);
    int32_t x = title.x + 30, y = title.y + 10;
    press(1, true, x, y, 1000);
    point(x - 100, y);
    press(1, false, x - 100, y, 1010);
    press(1, true, x - 100, y, 1020);
    point(x - 100, 0);
    press(1, false, x - 100, 0, 1030);
    EXPECT_EQUAL(windows[3].state, WM_NORMAL);
    stop();
}

TEST("a click elsewhere is no half of a double click") {
    start();
    Rect title = windows_frame(&windows[3]);
    click_at(1, title.x + 30, title.y + 10, 1000);
    click_at(1, title.x + 30, title.y + 60, 1010);
    click_at(1, title.x + 30, title.y + 10, 1020);
    EXPECT_EQUAL(windows[3].state, WM_NORMAL);
    stop();
}

static bool same_as_all_new(void) {
    size_t bytes = (size_t)WIDTH * HEIGHT * 4;
    uint32_t *partly = malloc(bytes);
    while (wm_compose())
        continue;
    memcpy(partly, wm_state.scene.pixels, bytes);
    wm_damage((Rect){0, 0, WIDTH, HEIGHT});
    wm_compose();
    bool same = memcmp(partly, wm_state.scene.pixels, bytes) == 0;
    free(partly);
    return same;
}

/* The frame now, and one of a window manager that starts on the same desk. */
static bool same_after_restart(void) {
    size_t bytes = (size_t)WIDTH * HEIGHT * 4;
    uint32_t *before = malloc(bytes);
    WmDesk desk = wm_desk();
    WmHooks hooks = wm_state.hooks;
    bool durable = wm_state.durable;
    while (wm_compose())
        continue;
    memcpy(before, wm_state.scene.pixels, bytes);
    bitmap_free(&wm_state.scene);
    EXPECT_EQUAL(wm_start((Screen){WIDTH, HEIGHT}, &hooks, &desk), STATUS_OK);
    wm_show_durable(durable);
    wm_restored();
    wm_compose();
    bool same = memcmp(before, wm_state.scene.pixels, bytes) == 0;
    free(before);
    return same;
}

TEST("a large window that its item minimises leaves nothing behind") {
    Rect rect;
    start();
    windows[3].title = "Fourth";
    EXPECT(wm_find("maximise", "Fourth", &rect));
    click_middle(rect);
    EXPECT(same_as_all_new());
    EXPECT(wm_find("item", "Fourth", &rect));
    click_middle(rect);
    EXPECT_EQUAL(windows[3].state, WM_MINIMISED);
    EXPECT(same_as_all_new());
    click_middle(rect);
    EXPECT_EQUAL(windows[3].state, WM_MAXIMISED);
    EXPECT(same_as_all_new());
    stop();
}

TEST("another theme draws all anew and asks each window to paint once") {
    Rect rect;
    start();
    for (unsigned i = 0; i < WINDOWS; i++)
        paint(i, i + 1);
    wm_settle();
    EXPECT(wm_find("item", "Launcher", &rect));
    click_middle(rect);
    EXPECT(wm_find("item", "Use dark theme", &rect));
    memset(delivered, 0, sizeof delivered);
    click_middle(rect);
    EXPECT(wm_desk().dark);
    EXPECT(wm_theme() == &theme_dark);
    for (unsigned i = 0; i < WINDOWS; i++)
        EXPECT_EQUAL((int)last[i].kind, WM_EVENT_THEME);
    EXPECT(same_as_all_new());
    EXPECT_EQUAL(*bitmap_at(&wm_state.scene, 0, 0) & 0xFFFFFF,
                 theme_dark.desktop_top & 0xFFFFFF);
    wm_settle();
    EXPECT_EQUAL(delivered[1], 1);
    for (unsigned i = 0; i < WINDOWS; i++) {
        EXPECT(surfaces[i]->stamp != wm_stamp());
        paint(i, i + 1);
        EXPECT(surfaces[i]->stamp == wm_stamp());
    }
    EXPECT(same_as_all_new());
    EXPECT(same_after_restart());
    EXPECT(wm_desk().dark);
    stop();
}

static void change_theme(const char *words) {
    Rect rect;
    EXPECT(wm_find("item", "Launcher", &rect));
    click_middle(rect);
    EXPECT(wm_find("item", words, &rect));
    click_middle(rect);
}

TEST("a theme that comes back before a window has painted is not lost") {
    start();
    for (unsigned i = 0; i < WINDOWS; i++)
        paint(i, i + 1);
    change_theme("Use dark theme");
    change_theme("Use light theme");
    paint(0, 1); /* what it was asked for, in the theme that there is now */
    memset(last, 0, sizeof last);
    change_theme("Use dark theme");
    for (unsigned i = 0; i < WINDOWS; i++) {
        EXPECT_EQUAL((int)last[i].kind, WM_EVENT_THEME);
        paint(i, i + 1);
    }
    memset(last, 0, sizeof last);
    change_theme("Use light theme");
    EXPECT_EQUAL((int)last[1].kind, WM_EVENT_THEME);
    change_theme("Use dark theme");
    memset(last, 0, sizeof last);
    change_theme("Use light theme");
    for (unsigned i = 0; i < WINDOWS; i++)
        EXPECT_EQUAL((int)last[i].kind, WM_EVENT_THEME);
    stop();
}

TEST("what is under the pointer looks the same after a restart") {
    Rect rect;
    start();
    windows[3].title = "Fourth";
    windows[3].title_bytes = 6;
    EXPECT(wm_find("close", "Fourth", &rect));
    point(rect.x + 5, rect.y + 5);
    EXPECT_EQUAL(wm_state.hover_part, DECOR_CLOSE);
    EXPECT(same_after_restart());
    EXPECT_EQUAL(wm_state.hover_part, DECOR_CLOSE);
    EXPECT(wm_find("item", "Fourth", &rect));
    point(rect.x + 5, rect.y + 5);
    EXPECT(wm_state.bar_hover != BAR_NOTHING);
    EXPECT(same_after_restart());
    EXPECT(wm_state.bar_hover != BAR_NOTHING);
    EXPECT(wm_find("item", "Launcher", &rect));
    click_middle(rect);
    EXPECT(wm_find("item", "Shell", &rect));
    point(rect.x + 5, rect.y + 5);
    EXPECT(same_as_all_new());
    EXPECT(same_after_restart());
    EXPECT(wm_state.launcher_open);
    EXPECT_EQUAL(wm_state.bar_hover, BAR_FIRST_APP + 1);
    stop();
}

TEST("a window is told when the pointer left, also when another covers it") {
    start();
    Rect content = windows_content(&windows[0]);
    point(content.x + 2, content.y + 2);
    EXPECT_EQUAL(last[0].x, 2);
    windows_raise(&windows[0]);
    windows[1].wanted = windows[0].wanted;
    windows_raise(&windows[1]);
    wm_settle();
    EXPECT(wm_state.hover == &windows[1]);
    EXPECT_EQUAL(last[0].kind == INPUT_POINTER ? last[0].x : -1, -1);
    point(5, 5);
    EXPECT_EQUAL(last[1].kind, INPUT_POINTER);
    EXPECT_EQUAL(last[1].x, -1);
    stop();
}

TEST("the pointer that goes from one window to the next has left the first") {
    start();
    Rect first = windows_content(&windows[0]);
    Rect last_one = windows_content(&windows[3]);
    point(first.x + 2, first.y + 2);
    memset(last, 0, sizeof last);
    point(last_one.x + 8, last_one.y + 8);
    EXPECT_EQUAL(delivered[0] > 0, 1);
    EXPECT_EQUAL(last[0].kind, INPUT_POINTER);
    EXPECT_EQUAL(last[0].x, -1);
    EXPECT_EQUAL(last[0].y, -1);
    EXPECT_EQUAL(last[3].x, 8);
    stop();
}

TEST("the pointer that goes on to the title has left the content") {
    start();
    Rect content = windows_content(&windows[3]);
    point(content.x + 2, content.y + 2);
    point(content.x + 2, content.y - 9);
    EXPECT_EQUAL(last[3].x, -1);
    stop();
}

TEST("a window hears of its new size, also when only the height is another") {
    start();
    Rect frame = windows_frame(&windows[3]);
    int32_t x = frame.x + frame.width / 2, y = frame.y + frame.height + 1;
    button(true, x, y);
    memset(last, 0, sizeof last);
    point(x, y + 9);
    EXPECT_EQUAL((int)last[3].kind, WM_EVENT_SIZE);
    EXPECT_EQUAL(last[3].x, 260);
    EXPECT_EQUAL(last[3].y, 129);
    button(false, x, y + 9);
    stop();
}

TEST("a window that moves is gone from its old place") {
    start();
    for (unsigned i = 0; i < WINDOWS; i++)
        paint(i, i + 1);
    Rect title = windows_frame(&windows[3]);
    button(true, title.x + 30, title.y + 10);
    EXPECT(same_as_all_new());
    point(title.x + 330, title.y + 150); /* old and new place do not touch */
    EXPECT(same_as_all_new());
    button(false, title.x + 330, title.y + 150);
    stop();
}

TEST("a wheel goes to the content under the pointer, in its own places") {
    start();
    Rect content = windows_content(&windows[0]);
    point(content.x + 3, content.y + 4);
    wm_input(&(InputEvent){.kind = INPUT_WHEEL, .wheel = 2});
    EXPECT_EQUAL(last[0].kind, INPUT_WHEEL);
    EXPECT_EQUAL(last[0].wheel, 2);
    EXPECT_EQUAL(last[0].x, 3);
    EXPECT_EQUAL(last[0].y, 4);
    stop();
}

/* ---- Notices ---- */

static int chosen;

static const char *answer(uint32_t place) {
    static const char *const words[] = {"Yes", "No", "Later"};
    return place < 3 ? words[place] : NULL;
}

static void choose(uint32_t place) {
    chosen = (int)place;
}

static const WmNotice question = {
    .title = "Really?", .text = "Say it.", .answer = answer, .chosen = choose};

static void key(unsigned usage, bool down) {
    wm_input(&(InputEvent){
        .kind = INPUT_KEY, .usage = (uint16_t)usage, .down = down});
}

TEST("while a notice is shown all input is for it") {
    start();
    Rect content = windows_content(&windows[3]);
    chosen = -1;
    notice_show(&question);
    wm_settle();
    memset(delivered, 0, sizeof delivered);
    uint64_t focus = windows_focused()->number;
    key(4, true); /* of somebody who types on */
    EXPECT_EQUAL(delivered[focus - 1], 1);
    wm_input(&(InputEvent){.kind = INPUT_KEY,
                           .usage = KEY_F1 + 3,
                           .down = true,
                           .modifiers = INPUT_ALT});
    EXPECT_EQUAL(delivered[focus - 1], 2); /* no shortcut: it closes nothing */
    EXPECT_EQUAL(closes[focus - 1], 0);
    memset(delivered, 0, sizeof delivered);
    sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
    key(KEY_DOWN + 1, true);
    notice_show(&question);
    click_at(1, 60, 60, 100);
    point(content.x + 2, content.y + 2);
    click_at(2, content.x + 2, content.y + 2, 200);
    click_at(1, 20, HEIGHT - 20, 300);
    wm_input(&(InputEvent){.kind = INPUT_WHEEL, .wheel = 1});
    for (unsigned i = 0; i < WINDOWS; i++)
        EXPECT_EQUAL(presses[i] + releases[i], 0);
    EXPECT(!wm_state.launcher_open);
    EXPECT_EQUAL(windows_focused()->number, focus);
    EXPECT(!wm_state.hover);
    EXPECT_EQUAL(delivered[0] + delivered[1] + delivered[2] + delivered[3], 0);
    sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
    key(KEY_DOWN, true);
    key(KEY_ENTER, true);
    EXPECT_EQUAL(chosen, 1);
    EXPECT(!notice_is_shown());
    stop();
}

TEST("an answer is chosen where it stands, once") {
    Rect rect;
    start();
    chosen = -1;
    notice_show(&question);
    EXPECT(wm_find("button", "Later", &rect));
    click_middle(rect); /* meant for what was there */
    EXPECT_EQUAL(chosen, -1);
    sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
    click_middle(rect);
    EXPECT_EQUAL(chosen, 2);
    chosen = -1;
    click_middle(rect);
    EXPECT_EQUAL(chosen, -1);
    stop();
}

TEST("Super+Escape asks for the window with the focus, who does not hear it") {
    start();
    ended = NULL;
    WmWindow *focused = windows_focused();
    unsigned heard = delivered[focused->number - 1];
    wm_input(&(InputEvent){.kind = INPUT_KEY,
                           .usage = KEY_ESCAPE,
                           .down = true,
                           .modifiers = INPUT_META});
    EXPECT(ended == focused);
    EXPECT_EQUAL(delivered[focused->number - 1], heard);
    stop();
}

TEST("keys and buttons held when a notice comes are told as let go") {
    start();
    Rect content = windows_content(&windows[3]);
    key(4, true);
    press(1, true, content.x + 5, content.y + 5, 0);
    notice_show(&question);
    key(4, false);
    EXPECT_EQUAL(last[3].kind, INPUT_KEY);
    EXPECT(!last[3].down);
    press(1, false, content.x + 5, content.y + 5, 0);
    EXPECT_EQUAL(releases[3], 1);
    notice_show(NULL);
    stop();
}

TEST("a title button that was held when a notice came does nothing") {
    Rect rect;
    start();
    windows[3].title = "Fourth";
    EXPECT(wm_find("close", "Fourth", &rect));
    press(1, true, rect.x + 5, rect.y + 5, 0);
    notice_show(&question);
    press(1, false, rect.x + 5, rect.y + 5, 0);
    EXPECT_EQUAL(closes[3], 0);
    notice_show(NULL);
    stop();
}

TEST("a window that was dragged when a notice came stays where it is") {
    start();
    Rect title = windows_frame(&windows[3]), before = windows[3].wanted;
    press(1, true, title.x + 30, title.y + 10, 0);
    notice_show(&question);
    point(title.x + 60, title.y + 60);
    notice_show(NULL);
    point(title.x + 90, title.y + 90);
    EXPECT(rect_equal(windows[3].wanted, before));
    press(1, false, title.x + 90, title.y + 90, 0);
    stop();
}

TEST("nothing is dragged behind a notice but what a window will hear of") {
    static const int32_t places[][2] = {{2, 60}, {30, 10}, {30, 60}};
    Rect rect;
    start();
    Rect frame = windows_frame(&windows[3]);
    for (int i = 0; i < 3; i++) { /* left edge, title, content */
        int32_t x = frame.x + places[i][0] - 2, y = frame.y + places[i][1];
        press(1, true, x, y, 10000 * (uint64_t)i);
        notice_show(&question);
        wm_settle();
        press(1, false, x, y, 10000 * (uint64_t)i);
        notice_show(NULL);
        wm_settle();
    }
    EXPECT(wm_find("item", "Launcher", &rect));
    press(1, true, rect.x + 5, rect.y + 5, 90000);
    notice_show(&question);
    wm_settle();
    notice_show(NULL);
    stop();
}

/* A window goes, in whatever the pointer does with it. */
static void lose(unsigned i) {
    wm_window_goes(&windows[i]);
    windows_remove(&windows[i]);
    EXPECT(wm_state.hover || wm_state.hover_part == DECOR_NOTHING);
    wm_settle();
    EXPECT(!router_check());
    wm_compose();
    windows_add(&windows[i]);
    wm_window_came(&windows[i]);
    wm_settle();
}

TEST("a window may go while it is dragged, hovered, pressed or clicked") {
    Rect rect;
    start();
    Rect frame = windows_frame(&windows[3]);
    static const int32_t places[][2] = {{0, 60}, {30, 10}, {30, 60}};
    for (int i = 0; i < 3; i++) {
        point(frame.x + places[i][0], frame.y + places[i][1]);
        EXPECT(wm_state.hover == &windows[3]);
        lose(3);
        press(1, true, frame.x + places[i][0], frame.y + places[i][1], 0);
        lose(3);
        EXPECT_EQUAL(wm_state.drag, WM_DRAG_NONE);
        press(1, false, frame.x + places[i][0], frame.y + places[i][1], 0);
    }
    click_at(1, frame.x + 30, frame.y + 10, 5000);
    lose(3);
    click_at(1, frame.x + 30, frame.y + 10, 5010);
    EXPECT_EQUAL(windows[3].state, WM_NORMAL);
    EXPECT(wm_find("item", "Launcher", &rect));
    press(1, true, WIDTH - 2, HEIGHT - 2, 6000); /* in the bar */
    point(frame.x + 30, frame.y + 60);
    lose(3);
    press(1, false, WIDTH - 2, HEIGHT - 2, 6000);
    stop();
}

TEST("the last window that is minimised hears that it lost the focus") {
    start();
    for (unsigned i = 0; i < WINDOWS; i++) {
        windows_minimise(&windows[i]);
        wm_settle();
    }
    EXPECT_EQUAL((int)last[3].kind, WM_EVENT_FOCUS);
    EXPECT(!last[3].down);
    windows_restore(&windows[2]);
    wm_settle();
    EXPECT_EQUAL((int)last[2].kind, WM_EVENT_FOCUS);
    EXPECT(last[2].down);
    stop();
}

TEST("a window that is raised is in front of one that had the focus late") {
    start();
    windows_remove(&windows[2]);
    windows[2].focus = windows[3].stacking + 40;
    windows_add(&windows[2]);
    EXPECT(!windows_check());
    EXPECT(windows_focused() == &windows[2]);
    windows_raise(&windows[0]);
    EXPECT(windows_focused() == &windows[0]);
    stop();
}

TEST("a very narrow window breaks no rule") {
    start();
    windows[3].wanted = (Rect){-500, 100, 1, 1};
    wm_settle();
    EXPECT(!windows_check());
    EXPECT_EQUAL(
        rect_common(windows_frame(&windows[3]), windows_work_area()).width, 3);
    stop();
}

TEST("the launcher opens, names the apps and starts one") {
    Rect rect;
    start();
    launched = -1;
    EXPECT(!wm_find("item", "Shell", &rect));
    EXPECT(wm_find("item", "Launcher", &rect));
    click_middle(rect);
    EXPECT(wm_find("item", "Shell", &rect));
    click_middle(rect);
    EXPECT_EQUAL(launched, 1);
    EXPECT(!wm_state.launcher_open);
    stop();
}

static void random_input(void) {
    static bool held;
    int32_t x = (int32_t)(sim_random() % WIDTH);
    int32_t y = (int32_t)(sim_random() % HEIGHT);
    unsigned choice = sim_random() % 20;
    if (choice < 10) {
        point(x, y);
    } else if (choice < 16) {
        held = !held;
        button(held, x, y);
    } else if (choice < 17) {
        press(2 + sim_random() % 2, sim_random() % 2, x, y, 0);
    } else if (choice < 18) {
        notice_show(notice_is_shown() ? NULL : &question);
        wm_settle();
    } else {
        paint(sim_random() % WINDOWS, sim_random());
    }
}

TEST("what is damaged is all that changed, and the order stays good") {
    for (uint64_t seed = 1; seed <= 4; seed++) {
        sim_seed(seed);
        start();
        for (unsigned i = 0; i < WINDOWS; i++)
            paint(i, i + 1);
        for (int step = 0; step < 60; step++) {
            random_input();
            const char *wrong = windows_check();
            wrong = wrong ? wrong : router_check();
            if (wrong || !same_as_all_new()) {
                printf("  seed %lu step %d: %s\n", seed, step,
                       wrong ? wrong : "other pixels");
                EXPECT(false);
                break;
            }
        }
        notice_show(NULL);
        stop();
    }
}

TEST("a window that wants to be far away is dragged from where it is seen") {
    start();
    windows[3].wanted.x = INT32_MAX;
    windows[3].wanted.y = INT32_MIN;
    Rect frame = windows_frame(&windows[3]);
    int32_t x = frame.x - 2, y = frame.y + 60;
    EXPECT(!windows_check());
    point(x, y);
    button(true, x, y);
    point(x - 40, y);
    EXPECT(!router_check());
    button(false, x - 40, y);
    EXPECT_EQUAL(windows_frame(&windows[3]).x, frame.x - 40);
    EXPECT_EQUAL(windows_frame(&windows[3]).width, frame.width + 40);
    stop();
}

TEST("numbers that a program wrote into its windows break nothing") {
    Rect rect;
    start();
    for (unsigned i = 1; i < 3; i++) {
        windows_remove(&windows[i]);
        windows[i].number = 0;
        windows_add(&windows[i]);
    }
    wm_damage((Rect){0, 0, WIDTH, HEIGHT});
    wm_compose();
    EXPECT(wm_find("item", "Window", &rect));
    windows_remove(&windows[1]);
    windows[1].stacking = windows[1].focus = UINT64_MAX;
    windows_add(&windows[1]);
    windows_mend();
    EXPECT(!windows_check());
    EXPECT(windows_focused() == &windows[1]);
    windows_raise(&windows[0]);
    EXPECT(windows_focused() == &windows[0]);
    EXPECT(!windows_check());
    for (unsigned i = 0; i < WINDOWS; i++)
        windows[i].number = i + 1;
    stop();
}

TEST("a search goes through widgets with any places and any links") {
    enum { WIDGETS = 6 };
    static const int64_t numbers[] = {0, 3, INT64_MIN, INT64_MAX, -1};
    static const ScriptSearch wanted = {.role = "a", .name = "b"};
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        WidgetObject all[WIDGETS] = {0}, *links[WIDGETS + 1] = {0};
        sim_seed(seed);
        for (int i = 0; i < WIDGETS; i++)
            links[i + 1] = &all[i];
        for (int i = 0; i < WIDGETS; i++) {
            all[i].parent = links[sim_random() % (WIDGETS + 1)];
            all[i].first_child = links[sim_random() % (WIDGETS + 1)];
            all[i].next_sibling = links[sim_random() % (WIDGETS + 1)];
            all[i].x = numbers[sim_random() % 5];
            all[i].y = numbers[sim_random() % 5];
        }
        ScriptSearch search = wanted;
        script_search(&all[0], &search);
        if (search.found)
            printf("  seed %lu\n", seed);
        EXPECT(!search.found);
    }
}

TEST("a search finds the middle of a widget behind ones with huge places") {
    static char role_bytes[sizeof(String) + 8], name_bytes[sizeof(String) + 8];
    String *role = (String *)(void *)role_bytes;
    String *name = (String *)(void *)name_bytes;
    role->length = name->length = 1;
    memcpy((char *)role->bytes, "a", 1);
    memcpy((char *)name->bytes, "b", 1);
    WidgetObject root = {0}, huge = {0}, inner = {0}, sought = {0};
    root.first_child = &huge;
    huge.parent = inner.parent = sought.parent = &root;
    huge.x = huge.y = INT64_MAX;
    huge.first_child = &inner;
    inner.parent = &huge;
    inner.x = inner.y = INT64_MAX;
    huge.next_sibling = &sought;
    sought.x = 10;
    sought.y = 20;
    sought.width = 30;
    sought.height = 8;
    sought.role = role;
    sought.name = name;
    ScriptSearch search = {.role = "a", .name = "b"};
    script_search(&root, &search);
    EXPECT(search.found);
    EXPECT_EQUAL(search.x, 25);
    EXPECT_EQUAL(search.y, 24);
}
