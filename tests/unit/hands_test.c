/* Tests of windows under the hands of a person: what each click makes of them,
 * and that all of it is the same after a power cut. */
#include <stdio.h>

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "wm/desktop.h"
#include "wm/wm_state.h"

enum { WINDOWS = 3 };

static const char three[] =
    "import ui\n"
    "class Three: App {\n"
    "    fun open() {\n"
    "        spawn { window(\"First\", Label(\"1\"), 200, 120) }\n"
    "        spawn { window(\"Second\", Label(\"2\"), 210, 130) }\n"
    "        window(\"Third\", Label(\"3\"), 220, 140)\n"
    "    }\n"
    "}\n";

static const char *const names[WINDOWS] = {"First", "Second", "Third"};

/* What the person knows of a window: minimised or not, and apart from that
 * large or not, with a place for when it is not. */
static struct Known {
    bool minimised, maximised;
    Rect place;
} known[WINDOWS];

static WmWindow *window_at(int i) {
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->window.title_bytes == text_length(names[i]) &&
            bytes_equal(seat->window.title, names[i], text_length(names[i])))
            return &seat->window;
    EXPECT(!"there is such a window");
    return &seat_first()->window;
}

static int focused(void) {
    int i = 0;
    while (i < WINDOWS && window_at(i) != windows_focused())
        i++;
    return i;
}

static bool is_known(int i) {
    const WmWindow *window = window_at(i);
    const struct Known *is = &known[i];
    WmState state = is->minimised   ? WM_MINIMISED
                    : is->maximised ? WM_MAXIMISED
                                    : WM_NORMAL;
    Rect content = windows_content(window), area = windows_work_area();
    if (state == WM_MAXIMISED) /* but for its title */
        return window->state == state && content.width == area.width &&
               rect_bottom(content) == rect_bottom(area);
    return window->state == state &&
           (state == WM_MINIMISED || rect_equal(content, is->place));
}

/* ---- Hands ---- */

static uint64_t hands_ns; /* no two clicks of different deeds make a pair */

static void point(int32_t x, int32_t y) {
    wm_input(&(InputEvent){
        .kind = INPUT_POINTER, .x = x, .y = y, .time_ns = hands_ns});
}

static void button(bool down, int32_t x, int32_t y) {
    wm_input(&(InputEvent){.kind = INPUT_BUTTON,
                           .usage = WM_LEFT,
                           .down = down,
                           .x = x,
                           .y = y,
                           .time_ns = hands_ns});
}

static void click(int32_t x, int32_t y) {
    point(x, y);
    button(true, x, y);
    button(false, x, y);
}

/* False: there is no such thing, or something else is above it. */
static bool click_on(const char *role, const char *name) {
    Rect rect;
    hands_ns += 5000000000u;
    if (!wm_find(role, name, &rect) || rect_empty(rect))
        return false;
    int32_t x = rect.x + rect.width / 2, y = rect.y + rect.height / 2;
    if (rect_has(windows_work_area(), x, y) != (role[0] != 'i'))
        return false;
    click(x, y);
    return true;
}

/* Where the window can be held at this part. */
static bool find_part(const WmWindow *window, DecorPart wanted, int32_t *x_out,
                      int32_t *y_out) {
    Rect all =
        rect_common(rect_inset(windows_frame(window), -3), windows_work_area());
    for (*y_out = all.y; *y_out < rect_bottom(all); ++*y_out)
        for (*x_out = all.x; *x_out < rect_right(all); ++*x_out) {
            DecorPart part;
            if (windows_at(*x_out, *y_out, &part) == window && part == wanted &&
                !bar_covers(*x_out, *y_out))
                return true;
        }
    return false;
}

/* The pointer stays on the screen. */
static int32_t within(int32_t place, int32_t end) {
    return place < 0 ? 0 : place >= end ? end - 1 : place;
}

static void drag(DecorPart part, int32_t dx, int32_t dy) {
    int i = focused();
    int32_t x, y;
    hands_ns += 5000000000u;
    if (i == WINDOWS || !find_part(window_at(i), part, &x, &y))
        return;
    dx = within(x + dx, WORLD_WIDTH) - x;
    dy = within(y + dy, WORLD_HEIGHT) - y;
    Rect before = known[i].place;
    point(x, y);
    button(true, x, y);
    point(x + dx / 2, y + dy / 3); /* on the way */
    point(x + dx, y + dy);
    button(false, x + dx, y + dy);
    if (known[i].maximised)
        return;
    Rect frame = windows_frame(window_at(i)), area = windows_work_area();
    if (part == DECOR_TITLE)
        known[i].place = rect_moved(before, dx, dy);
    if (part == DECOR_RIGHT)
        known[i].place.width += dx;
    if (part == DECOR_BOTTOM)
        known[i].place.height += dy;
    if (known[i].place.width < 160)
        known[i].place.width = 160;
    if (known[i].place.height < 80)
        known[i].place.height = 80;
    /* Where it is held at the edge of the screen, but not before. */
    Rect wanted = known[i].place, shown = windows_content(window_at(i));
    bool left = rect_right(frame) == area.x + 32;
    bool right = frame.x == rect_right(area) - 32;
    bool top = frame.y == area.y, bottom = frame.y == rect_bottom(area) - 32;
    if ((left && wanted.x <= shown.x) || (right && wanted.x >= shown.x))
        known[i].place.x = shown.x;
    if ((top && wanted.y <= shown.y) || (bottom && wanted.y >= shown.y))
        known[i].place.y = shown.y;
}

static void minimise(void) {
    int i = focused();
    if (i < WINDOWS && click_on("minimise", names[i]))
        known[i].minimised = true;
}

static void maximise(void) {
    int i = focused();
    if (i < WINDOWS && click_on("maximise", names[i]))
        known[i].maximised = !known[i].maximised;
}

static void click_twice(void) {
    int i = focused();
    int32_t x, y;
    if (i == WINDOWS || !find_part(window_at(i), DECOR_TITLE, &x, &y))
        return;
    hands_ns += 5000000000u;
    click(x, y);
    hands_ns += 100000000;
    click(x, y);
    known[i].maximised = !known[i].maximised;
}

static void click_item(int i) {
    bool was_focused = focused() == i;
    if (click_on("item", names[i]))
        known[i].minimised = was_focused;
    EXPECT(was_focused || focused() == i);
}

/* What was damaged is all that changed. */
static uint32_t drawn(void) {
    while (wm_compose())
        continue;
    uint32_t partly = wm_crc();
    wm_damage(bitmap_rect(&wm_state.scene));
    wm_compose();
    EXPECT_EQUAL(wm_crc(), partly);
    return partly;
}

static void change_theme(void) {
    bool dark = wm_desk().dark;
    Rect rect;
    EXPECT(click_on("item", "Launcher"));
    drawn();
    EXPECT(wm_find("item", dark ? "Use light theme" : "Use dark theme", &rect));
    click(rect.x + rect.width / 2, rect.y + rect.height / 2);
    EXPECT(wm_desk().dark != dark && !wm_desk().launcher_open);
}

static void do_something(void) {
    int32_t dx = (int32_t)(sim_random() % 601) - 300;
    int32_t dy = (int32_t)(sim_random() % 401) - 200;
    switch (sim_random() % 11) {
    case 0:
        minimise();
        break;
    case 1:
        maximise();
        break;
    case 2:
        click_twice();
        break;
    case 3:
        drag(DECOR_TITLE, dx, dy);
        break;
    case 4:
        drag(DECOR_RIGHT, dx / 4, dy);
        break;
    case 5:
        drag(DECOR_BOTTOM, dx, dy / 4);
        break;
    case 6:
        change_theme();
        break;
    case 7:
        click_on("item", "Launcher"); /* whatever comes next closes it */
        window_world_turn(100000);
        click_on("item", "Launcher");
        break;
    default:
        click_item((int)(sim_random() % WINDOWS));
        break;
    }
}

/* ---- Power cuts ---- */

static uint32_t picture(void) {
    window_world_rest();
    return drawn();
}

static void expect_known(uint64_t seed, int step) {
    for (int i = 0; i < WINDOWS; i++)
        if (!is_known(i)) {
            printf("  seed %lu step %d: window %s\n", seed, step, names[i]);
            EXPECT(!"it is as the person made it");
        }
}

/* A number for who is before whom, and had the focus when. */
static uint64_t order(void) {
    uint64_t all = 0;
    for (int i = 0; i < WINDOWS; i++)
        all =
            (all * 1000 + window_at(i)->stacking) * 1000 + window_at(i)->focus;
    return all;
}

static void cut(void) {
    uint32_t before = picture();
    uint64_t front = desktop_focused_number(), was = order();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    EXPECT_EQUAL(desktop_focused_number(), front);
    EXPECT_EQUAL(order(), was); /* what is in order gets no new numbers */
    EXPECT_EQUAL(picture(), before);
}

static void begin(void) {
    window_world_start(three);
    hands_ns = platform_now_ns();
    for (int i = 0; i < WINDOWS; i++)
        known[i] = (struct Known){.place = windows_content(window_at(i))};
}

/* So many deeds, with a power cut now and then. */
static void use_hands(uint64_t seed, int steps) {
    begin();
    sim_seed(seed);
    for (int step = 0; step < steps; step++) {
        do_something();
        wm_settle();
        expect_known(seed, step);
        drawn();
        if (step % 20 == 19) {
            cut();
            expect_known(seed, step);
        }
    }
    window_world_stop();
}

TEST("windows are what a person makes of them, and the same after power cuts") {
    use_hands(1, 60);
}

CAMPAIGN("so they are whatever a person does") {
    for (uint64_t seed = 2; seed <= 5; seed++)
        use_hands(seed, 120);
}

/* Minimised and back, after it was large once, in one life and over two. */
TEST("a window that was large once and is not comes back as it is") {
    for (int cuts = 0; cuts < 8; cuts++) {
        begin();
        for (int large = 1; large >= 0; large--) {
            maximise();
            EXPECT_EQUAL(known[focused()].maximised, large);
            int i = focused();
            if (cuts & 1)
                cut();
            minimise();
            if (cuts & 2)
                cut();
            click_item(i);
            if (cuts & 4)
                cut();
            EXPECT_EQUAL(window_at(i)->state, large ? WM_MAXIMISED : WM_NORMAL);
            expect_known(0, cuts);
        }
        window_world_stop();
    }
}
