/* Tests of places at the edges: of windows on the screen, of items in the bar
 * and in the launcher, of the warning's card, each pixel for pixel. */
#include <stdio.h>
#include <string.h>

#include "gui/gui.h"
#include "kernel/system/assets.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/placement.h"
#include "wm/warning.h"
#include "wm/wm_state.h"

enum { WIDTH = 640, HEIGHT = 480, WINDOWS_MOST = 40, REACHABLE = 32 };

static WmWindow windows[WINDOWS_MOST];
static char titles[WINDOWS_MOST][24];
static unsigned window_count;
static int launched;

static void deliver(WmWindow *window, const InputEvent *event) {
    (void)window, (void)event;
}

static void changed(WmWindow *window) {
    (void)window;
}

static void launch(uint32_t app) {
    launched = (int)app;
}

static const char *const apps[] = {"Editor", "Shell", "Counter"};

static const char *app_name(uint32_t app) {
    return app < 3 ? apps[app] : NULL;
}

static const char *clock_text(void) {
    return "12:34";
}

static void begin(unsigned count) {
    static const WmHooks hooks = {.deliver = deliver,
                                  .changed = changed,
                                  .launch = launch,
                                  .app_name = app_name,
                                  .clock = clock_text};
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    sim_screen_size(WIDTH, HEIGHT);
    EXPECT_EQUAL(wm_start((Screen){WIDTH, HEIGHT}, &hooks, &(WmDesk){0}),
                 STATUS_OK);
    window_count = count;
    for (unsigned i = 0; i < count; i++) {
        snprintf(titles[i], sizeof titles[i], "title %u", i);
        windows[i] = (WmWindow){.number = count - i, /* the last one first */
                                .wanted = {100, 100, 200, 120},
                                .stacking = windows_next_stamp(),
                                .title = titles[i],
                                .title_bytes = strlen(titles[i])};
        windows[i].focus = windows[i].stacking;
        windows_add(&windows[i]);
        wm_window_came(&windows[i]);
    }
    wm_settle();
}

static void end(void) {
    for (unsigned i = 0; i < window_count; i++) {
        wm_window_goes(&windows[i]);
        windows_remove(&windows[i]);
    }
    bitmap_free(&wm_state.scene);
}

static void point(int32_t x, int32_t y) {
    wm_input(&(InputEvent){.kind = INPUT_POINTER, .x = x, .y = y});
}

static void button(bool down, int32_t x, int32_t y) {
    wm_input(&(InputEvent){
        .kind = INPUT_BUTTON, .usage = WM_LEFT, .down = down, .x = x, .y = y});
}

static void click(int32_t x, int32_t y) {
    point(x, y);
    button(true, x, y);
    button(false, x, y);
}

/* Whether this rectangle is where bar_at says `item`, to the pixel. */
static bool is_exactly(Rect rect, int32_t item) {
    int32_t right = rect.x + rect.width, bottom = rect.y + rect.height;
    return !rect_empty(rect) && bar_at(rect.x, rect.y) == item &&
           bar_at(right - 1, bottom - 1) == item &&
           bar_at(rect.x - 1, rect.y) != item &&
           bar_at(right, bottom - 1) != item &&
           bar_at(rect.x, rect.y - 1) != item &&
           bar_at(right - 1, bottom) != item;
}

/* ---- The bar ---- */

TEST("each item of the bar has its own place, however many there are") {
    for (unsigned count = 0; count <= 24; count++) {
        begin(count);
        Rect launcher, item, last = {0};
        Rect clock = wm_clock_rect();
        EXPECT(bar_find("Launcher", &launcher));
        EXPECT_EQUAL(bar_at(launcher.x, launcher.y), BAR_LAUNCHER);
        for (unsigned place = 0; place < count; place++) {
            EXPECT(bar_find(titles[count - 1 - place], &item));
            EXPECT(is_exactly(item, BAR_FIRST_WINDOW + (int32_t)place));
            EXPECT(item.x >= rect_right(launcher));
            EXPECT(item.x >= rect_right(last) || place == 0);
            EXPECT(place == 0 || item.width == last.width);
            EXPECT(item.width >= 16 && item.width <= 168);
            last = item;
        }
        if (count > 0 && count <= 20) /* then they become too narrow */
            EXPECT(rect_right(last) < clock.x - 16);
        if (count == 2)
            EXPECT_EQUAL(item.width, 164);
        if (count > 4 && count <= 20) /* they take all the room there is */
            EXPECT(rect_right(last) >
                   clock.x - 16 - 8 - 4 - (int32_t)count - 4);
        EXPECT_EQUAL(rect_right(clock), WIDTH - THEME_PADDING);
        EXPECT_EQUAL(bar_at(WIDTH - 1, HEIGHT - 1), BAR_NOTHING);
        EXPECT_EQUAL(bar_at(0, HEIGHT - 1), BAR_LAUNCHER);
        EXPECT(bar_covers(0, HEIGHT - 1) && bar_covers(WIDTH - 1, HEIGHT - 1));
        EXPECT(bar_covers(5, HEIGHT - THEME_BAR_HEIGHT));
        EXPECT(!bar_covers(5, HEIGHT - THEME_BAR_HEIGHT - 1));
        EXPECT(!bar_find("title 99", &item));
        end();
    }
}

TEST("a press on an item of the bar is for its window and no other") {
    begin(5);
    for (unsigned i = 0; i < 5; i++) {
        Rect item;
        EXPECT(bar_find(titles[i], &item));
        bool was_focused = windows_focused() == &windows[i];
        click(item.x, item.y);
        EXPECT(was_focused || windows_focused() == &windows[i]);
        click(rect_right(item) - 1, rect_bottom(item) - 1);
        for (unsigned k = 0; k < 5; k++)
            EXPECT_EQUAL(windows[k].state,
                         k == i && !was_focused ? WM_MINIMISED : WM_NORMAL);
        if (!was_focused)
            click(item.x, item.y);
    }
    end();
}

TEST("each entry of the launcher has its own place and does its own thing") {
    begin(1);
    Rect item, menu_end = {0};
    EXPECT(!bar_find("Shell", &item) && !bar_find("Use dark theme", &item));
    bar_press(BAR_LAUNCHER);
    for (int32_t app = 0; app < 3; app++) {
        EXPECT(bar_find(apps[app], &item));
        EXPECT(is_exactly(item, BAR_FIRST_APP + app));
        EXPECT(app == 0 || item.y == rect_bottom(menu_end));
        menu_end = item;
    }
    EXPECT(bar_find("Use dark theme", &item));
    EXPECT(is_exactly(item, BAR_THEME));
    EXPECT(item.y > rect_bottom(menu_end)); /* a line is between */
    EXPECT_EQUAL(bar_at(item.x, item.y - 1), BAR_NOTHING);
    EXPECT(bar_covers(item.x, item.y - 1));
    EXPECT(rect_bottom(item) < HEIGHT - THEME_BAR_HEIGHT);
    for (int32_t app = 0; app < 3; app++) {
        launched = -1;
        EXPECT(bar_find(apps[app], &item));
        click(rect_right(item) - 1, rect_bottom(item) - 1);
        EXPECT_EQUAL(launched, app);
        EXPECT(!wm_state.launcher_open);
        bar_press(BAR_LAUNCHER);
        EXPECT(wm_state.launcher_open);
    }
    launched = -1;
    EXPECT(bar_find("Use dark theme", &item));
    click(item.x, item.y - 1); /* the line */
    EXPECT(launched == -1 && !wm_desk().dark && !wm_state.launcher_open);
    bar_press(BAR_LAUNCHER);
    click(item.x, item.y);
    EXPECT(launched == -1 && wm_desk().dark && !wm_state.launcher_open);
    bar_press(BAR_LAUNCHER);
    EXPECT(!bar_find("Use dark theme", &item));
    EXPECT(bar_find("Use light theme", &item));
    click(item.x, item.y);
    EXPECT(!wm_desk().dark);
    bar_press(BAR_LAUNCHER);
    bar_press(BAR_LAUNCHER);
    EXPECT(!wm_state.launcher_open); /* the same button closes it */
    bar_press(BAR_LAUNCHER);
    click(WIDTH / 2, 20); /* so does a press elsewhere */
    EXPECT(!wm_state.launcher_open);
    end();
}

TEST("the card of a warning ends where its pixels do, and so do its buttons") {
    static const WmWarning warning = {.title = "Careful",
                                      .text = "Something is not safe."};
    begin(1);
    Rect card, hide, dot;
    EXPECT(!bar_find("Warning", &dot) && !bar_find("Hide", &hide));
    warning_show(&warning);
    card = warning_card();
    EXPECT(bar_find("Warning", &dot) && bar_find("Hide", &hide));
    EXPECT(rect_equal(rect_common(hide, card), hide));
    EXPECT_EQUAL(rect_right(card), WIDTH - THEME_GAP);
    EXPECT_EQUAL(rect_bottom(card), HEIGHT - THEME_BAR_HEIGHT - THEME_GAP);
    EXPECT(is_exactly(hide, BAR_HIDE));
    EXPECT_EQUAL(bar_at(card.x, card.y), BAR_CARD);
    EXPECT_EQUAL(bar_at(rect_right(card) - 1, rect_bottom(card) - 1), BAR_CARD);
    EXPECT_EQUAL(bar_at(card.x - 1, card.y), BAR_NOTHING);
    EXPECT_EQUAL(bar_at(card.x, card.y - 1), BAR_NOTHING);
    EXPECT(is_exactly(rect_inset(dot, -4), BAR_DOT)); /* some room around */
    click(rect_right(hide) - 1, hide.y);
    EXPECT(rect_empty(warning_card()) && !bar_find("Hide", &hide));
    EXPECT_EQUAL(bar_at(card.x + 9, card.y + 9), BAR_NOTHING);
    for (int i = 0; i < 4; i++) {
        click(dot.x - 4, dot.y - 4);
        EXPECT_EQUAL(rect_empty(warning_card()), i % 2);
    }
    warning_show(NULL);
    EXPECT_EQUAL(bar_at(dot.x, dot.y), BAR_NOTHING);
    end();
}

/* ---- Windows ---- */

/* Where a window is shown that wants to be there. */
static Rect shown(int32_t x, int32_t y) {
    windows[0].wanted.x = x;
    windows[0].wanted.y = y;
    EXPECT(!windows_check());
    return windows_frame(&windows[0]);
}

TEST("a title bar stays on the screen by 32 pixels, and is free but for that") {
    begin(1);
    Rect area = windows_work_area();
    EXPECT(rect_equal(area, (Rect){0, 0, WIDTH, HEIGHT - THEME_BAR_HEIGHT}));
    Rect frame = shown(100, 100);
    int32_t dx = 100 - frame.x, dy = 100 - frame.y;
    const int32_t left = REACHABLE - frame.width, right = WIDTH - REACHABLE;
    const int32_t bottom = area.height - REACHABLE;
    for (int32_t off = -3; off <= 3; off++) {
        EXPECT_EQUAL(shown(left + off + dx, 100).x,
                     off < 0 ? left : left + off);
        EXPECT_EQUAL(shown(right + off + dx, 100).x,
                     off > 0 ? right : right + off);
        EXPECT_EQUAL(shown(100, off + dy).y, off < 0 ? 0 : off);
        EXPECT_EQUAL(shown(100, bottom + off + dy).y,
                     off > 0 ? bottom : bottom + off);
    }
    end();
}

/* Pulls at an edge of the window by so much, and back; what is pulled beyond
 * the least size counts from where it began. */
static void pull(DecorPart part, int32_t dx, int32_t dy, Rect wanted) {
    Rect before = windows[0].wanted, frame = windows_frame(&windows[0]);
    bool left = part == DECOR_LEFT || part == DECOR_TOP_LEFT ||
                part == DECOR_BOTTOM_LEFT;
    bool right = part == DECOR_RIGHT || part == DECOR_TOP_RIGHT ||
                 part == DECOR_BOTTOM_RIGHT;
    bool top =
        part == DECOR_TOP || part == DECOR_TOP_LEFT || part == DECOR_TOP_RIGHT;
    bool bottom = part == DECOR_BOTTOM || part == DECOR_BOTTOM_LEFT ||
                  part == DECOR_BOTTOM_RIGHT;
    int32_t x = left    ? frame.x - 1
                : right ? rect_right(frame)
                        : frame.x + frame.width / 2;
    int32_t y = top      ? frame.y - 1
                : bottom ? rect_bottom(frame)
                         : frame.y + frame.height / 2;
    DecorPart found;
    EXPECT(windows_at(x, y, &found) == &windows[0] && found == part);
    point(x, y);
    button(true, x, y);
    point(x + dx, y + dy);
    EXPECT(rect_equal(windows[0].wanted, wanted));
    point(x, y);
    EXPECT(rect_equal(windows[0].wanted, before));
    button(false, x, y);
}

TEST("each edge and corner pulls what it is at, down to the least size") {
    static const struct {
        DecorPart part;
        int32_t x, y, width, height; /* how each changes by (10, 6) */
    } parts[] = {
        {DECOR_LEFT, 10, 0, -10, 0},        {DECOR_RIGHT, 0, 0, 10, 0},
        {DECOR_TOP, 0, 6, 0, -6},           {DECOR_BOTTOM, 0, 0, 0, 6},
        {DECOR_TOP_LEFT, 10, 6, -10, -6},   {DECOR_TOP_RIGHT, 0, 6, 10, -6},
        {DECOR_BOTTOM_LEFT, 10, 0, -10, 6}, {DECOR_BOTTOM_RIGHT, 0, 0, 10, 6}};
    begin(1);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        Rect at = windows[0].wanted;
        pull(parts[i].part, 10, 6,
             (Rect){at.x + parts[i].x, at.y + parts[i].y,
                    at.width + parts[i].width, at.height + parts[i].height});
        /* 200 by 120: down to 160 by 80, or to what the content wants. */
        for (int32_t least = 0; least <= 90; least += 45) {
            windows[0].least_width = 2 * least;
            windows[0].least_height = least;
            int32_t by_x = least == 90 ? 20 : 40;
            int32_t by_y = least == 90 ? 30 : 40;
            int32_t sx = parts[i].width > 0 ? -1 : 1;
            int32_t sy = parts[i].height > 0 ? -1 : 1;
            pull(parts[i].part, sx * 45, sy * 45,
                 (Rect){at.x + (parts[i].x ? by_x : 0),
                        at.y + (parts[i].y ? by_y : 0),
                        at.width - (parts[i].width ? by_x : 0),
                        at.height - (parts[i].height ? by_y : 0)});
        }
        windows[0].least_width = windows[0].least_height = 0;
    }
    end();
}

TEST("a screen for which there is no memory is refused, and the next is not") {
    static const WmHooks hooks = {.deliver = deliver,
                                  .changed = changed,
                                  .launch = launch,
                                  .app_name = app_name,
                                  .clock = clock_text};
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    sim_screen_size(WIDTH, HEIGHT);
    sim_alloc_fail(1, true);
    EXPECT_EQUAL(wm_start((Screen){WIDTH, HEIGHT}, &hooks, &(WmDesk){0}),
                 STATUS_NO_MEMORY);
    sim_alloc_fail(0, false);
    begin(1);
    EXPECT(wm_compose());
    end();
}

/* The pointer may come from a larger screen. */
TEST("the pointer is on the screen from the start, wherever it was before") {
    static const int32_t was[] = {-1, 0, 1, 479, 480, 639, 640, 9999};
    static const WmHooks hooks = {.deliver = deliver,
                                  .changed = changed,
                                  .launch = launch,
                                  .app_name = app_name,
                                  .clock = clock_text};
    for (int i = 0; i < 8; i++) {
        WmDesk desk = {.x = was[i], .y = was[7 - i]};
        EXPECT_EQUAL(wm_start((Screen){WIDTH, HEIGHT}, &hooks, &desk),
                     STATUS_OK);
        EXPECT_EQUAL(wm_desk().x, was[i] < 0        ? 0
                                  : was[i] >= WIDTH ? WIDTH - 1
                                                    : was[i]);
        EXPECT_EQUAL(wm_desk().y, was[7 - i] < 0         ? 0
                                  : was[7 - i] >= HEIGHT ? HEIGHT - 1
                                                         : was[7 - i]);
        bitmap_free(&wm_state.scene);
    }
}

/* ---- New windows ---- */

static WindowObject placed(int64_t number, int64_t width, int64_t height,
                           int64_t flags) {
    WindowObject object = {
        .number = number, .width = width, .height = height, .flags = flags};
    placement_choose(&object);
    return object;
}

TEST("new windows go down in eight steps, as long as there is room") {
    begin(1);
    Rect area = windows_work_area();
    for (int64_t number = 0; number < 20; number++) {
        WindowObject object = placed(number, 100, 80, 0);
        EXPECT_EQUAL(object.x, 96 + number % 8 * 32);
        EXPECT_EQUAL(object.y, 72 + number % 8 * 32);
        EXPECT(object.width == 100 && object.height == 80);
    }
    static const int64_t sides[] = {1, 399, 400, 401, 607, 608, 609, 2000};
    for (int64_t number = 0; number < 8; number++)
        for (int i = 0; i < 8; i++)
            for (int k = 0; k < 8; k++) {
                WindowObject object = placed(number, sides[i], sides[k], 0);
                EXPECT(object.x >= 16 && object.y >= 16 + THEME_TITLE_HEIGHT);
                EXPECT(object.x + object.width <= area.width - 16);
                EXPECT(object.y + object.height <= area.height - 16);
                EXPECT(object.width == sides[i] ||
                       object.width == area.width - 32);
                EXPECT(object.height == sides[k] ||
                       object.height == area.height - 32 - THEME_TITLE_HEIGHT);
                EXPECT(object.x == 96 + number * 32 ||
                       object.x + object.width == area.width - 16);
                EXPECT(object.y == 72 + number * 32 ||
                       object.y + object.height == area.height - 16);
                object = placed(number, sides[i], sides[k], WINDOW_FIXED);
                EXPECT(object.width == sides[i] && object.height == sides[k]);
                EXPECT(object.x >= 16 && object.y >= 16 + THEME_TITLE_HEIGHT);
            }
    WindowObject none = placed(1, 0, -5, 0);
    EXPECT(none.width == 1 && none.height == 1);
    end();
}
