/* Tests of a desktop with hundreds of windows: what a turn, the bar and a frame
 * do is counted, and what is shown is compared with what is drawn at once. */
#include <stdlib.h>
#include <string.h>

#include "gui/gui.h"
#include "kernel/system/assets.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/router.h"
#include "wm/wm_state.h"

enum {
    WIDTH = 640,
    HEIGHT = 480,
    WINDOWS = 500,
    SETTLED_MOST = 64, /* told of anything at once */
    /* Draws of a window in a frame: each is worth at least 2,048 of the pixels
     * of 6 screens, and the last piece may have all of them. */
    DRAWS_MOST = 6 * WIDTH * HEIGHT / 2048 + WINDOWS,
};

static WmWindow windows[WINDOWS];
static Surface *surface; /* of all */
static unsigned told[WINDOWS], refreshes, deliveries, changes;
static const WmWindow *first_changed;

static void deliver(WmWindow *window, const InputEvent *event) {
    deliveries++;
    told[window->number - 1] += (int)event->kind == WM_EVENT_THEME;
}

static void changed(WmWindow *window) {
    first_changed = changes++ ? first_changed : window;
}

static void *escape[5];
static unsigned escape_at; /* at this draw of a window, as for a lost page */

static void refresh(WmWindow *window) {
    (void)window;
    if (++refreshes == escape_at)
        __builtin_longjmp(escape, 1);
}

static const char *app_name(uint32_t app) {
    (void)app;
    return NULL;
}

static const char *clock_text(void) {
    return "12:34";
}

static const WmHooks hooks = {.deliver = deliver,
                              .changed = changed,
                              .refresh = refresh,
                              .app_name = app_name,
                              .clock = clock_text};

static unsigned turns_to_settle(void) {
    unsigned turns = 0;
    for (; !wm_is_settled(); turns++)
        wm_settle();
    return turns;
}

static unsigned frames_to_rest(void) {
    unsigned frames = 0;
    while (frames < 10000 && wm_compose())
        frames++;
    EXPECT(frames < 10000);
    return frames;
}

/* Windows of one size, `step` pixels apart. */
static void start(int32_t step) {
    static const WmDesk desk = {.x = 5, .y = 5};
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    sim_screen_size(WIDTH, HEIGHT);
    EXPECT_EQUAL(wm_start((Screen){WIDTH, HEIGHT}, &hooks, &desk), STATUS_OK);
    surface = aligned_alloc(4096, surface_bytes(240, 160));
    surface_make(surface, 240, 160, 0x336699);
    surface->stamp = wm_stamp();
    for (unsigned i = 0; i < WINDOWS; i++) {
        int32_t along = (int32_t)(i % 100) * step;
        windows[i] =
            (WmWindow){.number = i + 1,
                       .wanted = {20 + along, 50 + along / 2, 240, 160},
                       .stacking = windows_next_stamp(),
                       .focus = i + 1,
                       .title = "Window",
                       .title_bytes = 6,
                       .surface = surface};
        windows_add(&windows[i]);
        wm_window_came(&windows[i]);
    }
    turns_to_settle();
    frames_to_rest();
    EXPECT(!windows_check() && !router_check());
    memset(told, 0, sizeof told);
    refreshes = deliveries = changes = 0;
}

static void stop(void) {
    EXPECT(!windows_check() && !router_check());
    for (unsigned i = 0; i < WINDOWS; i++) {
        wm_window_goes(&windows[i]);
        windows_remove(&windows[i]);
    }
    free(surface);
    bitmap_free(&wm_state.scene);
}

static void point(int32_t x, int32_t y) {
    wm_input(&(InputEvent){.kind = INPUT_POINTER, .x = x, .y = y});
}

static void click(int32_t x, int32_t y) {
    point(x, y);
    for (int down = 1; down >= 0; down--)
        wm_input(&(InputEvent){
            .kind = INPUT_BUTTON, .usage = 1, .down = down, .x = x, .y = y});
}

/* ---- Turns ---- */

TEST("windows of which nothing is to be told cost a turn nothing") {
    start(1);
    for (int i = 0; i < 10; i++)
        wm_settle();
    EXPECT_EQUAL(refreshes, 0);
    EXPECT_EQUAL(deliveries, 0);
    stop();
}

TEST("another theme is told to some windows at a time, to each once") {
    start(1);
    windows_unsettle_all();
    surface->stamp = wm_stamp() + 1; /* as if it were another */
    for (unsigned most = SETTLED_MOST; !wm_is_settled(); most += SETTLED_MOST) {
        wm_settle();
        EXPECT(deliveries <= most);
    }
    for (unsigned i = 0; i < WINDOWS; i++)
        EXPECT_EQUAL(told[i], 1);
    stop();
}

TEST("what a person changed is kept before what waits for other windows") {
    start(1);
    windows_unsettle_all();
    windows_changed(&windows[WINDOWS / 2]);
    wm_settle();
    EXPECT(first_changed == &windows[WINDOWS / 2]);
    EXPECT_EQUAL(changes, 1);
    EXPECT(!wm_is_settled());
    stop();
}

TEST("a program that changes its window keeps no other from being told") {
    start(1);
    surface->stamp = wm_stamp() + 1;
    windows_unsettle_all();
    for (int turn = 0; turn < 2 * WINDOWS / SETTLED_MOST; turn++) {
        for (unsigned i = 0; i < SETTLED_MOST; i++)
            windows_unsettle(&windows[i]);
        wm_settle();
    }
    for (unsigned i = 0; i < WINDOWS; i++)
        EXPECT_EQUAL(told[i], 1);
    turns_to_settle();
    stop();
}

/* ---- The bar ---- */

/* Draws the bar alone; how many items. */
static unsigned draw_bar(void) {
    refreshes = 0;
    wm_tick();
    frames_to_rest();
    return refreshes;
}

TEST("the bar draws no more items than fit, that of the focus among them") {
    start(1);
    windows_raise(&windows[200]);
    wm_settle();
    frames_to_rest();
    unsigned items = draw_bar();
    EXPECT(items > 10 && items < WIDTH / 20);
    Rect rect, clock = wm_clock_rect();
    for (unsigned i = 0; i < WINDOWS; i++) {
        bool near = i + items / 2 >= 200 && i < 200 + items / 2;
        windows[i].title = "x";
        windows[i].title_bytes = 1;
        bool found = wm_find("item", "x", &rect);
        windows[i].title = "Window";
        windows[i].title_bytes = 6;
        EXPECT(!near || found);
        EXPECT(!found || rect.x + rect.width <= clock.x);
    }
    stop();
}

TEST("presses on the first item of the bar lead to the first window") {
    Rect rect;
    start(1);
    for (int i = 0; i < WINDOWS && windows_focused() != &windows[0]; i++) {
        EXPECT(wm_find("item", "Window", &rect));
        click(rect.x + 5, rect.y + 5);
        turns_to_settle();
    }
    EXPECT(windows_focused() == &windows[0]);
    stop();
}

TEST("where all windows fit each has an item") {
    Rect rect;
    start(1);
    for (unsigned i = 9; i < WINDOWS; i++) {
        wm_window_goes(&windows[i]);
        windows_remove(&windows[i]);
    }
    turns_to_settle();
    frames_to_rest();
    EXPECT_EQUAL(draw_bar(), 9);
    for (unsigned i = 0; i < 9; i++) {
        windows[i].title = "x";
        windows[i].title_bytes = 1;
        EXPECT(wm_find("item", "x", &rect));
        windows[i].title_bytes = 0;
    }
    for (unsigned i = 9; i < WINDOWS; i++)
        windows_add(&windows[i]);
    turns_to_settle();
    stop();
}

/* ---- Frames ---- */

/* What is to be seen, drawn in one go from the rear to the front. */
static bool shows_all(void) {
    size_t bytes = (size_t)WIDTH * HEIGHT * 4;
    Bitmap naive;
    Canvas canvas;
    EXPECT_EQUAL(bitmap_make(WIDTH, HEIGHT, &naive), STATUS_OK);
    canvas_begin(&canvas, naive);
    canvas_gradient(&canvas, bitmap_rect(&naive), wm_state.theme->desktop_top,
                    wm_state.theme->desktop_bottom);
    canvas_push(&canvas);
    canvas_clip(&canvas, windows_work_area());
    LIST_EACH(windows_list(), link) {
        const WmWindow *window = LIST_ELEMENT(link, WmWindow, link);
        DecorWindow decor = windows_decor(window);
        if (window == wm_state.hover)
            decor.hover = wm_state.hover_part;
        compositor_draw_window(&canvas, window, &decor, wm_state.theme);
    }
    canvas_pop(&canvas);
    bar_draw(&canvas);
    bool same = memcmp(naive.pixels, wm_state.scene.pixels, bytes) == 0;
    bitmap_free(&naive);
    return same;
}

TEST("a frame draws so much and no more, and the next ones go on") {
    for (int32_t step = 0; step < 3; step++) {
        unsigned frames = 0;
        start(step);
        memset(wm_state.scene.pixels, 0x55, (size_t)WIDTH * HEIGHT * 4);
        wm_damage(bitmap_rect(&wm_state.scene));
        for (bool more = true; more && frames < 10000; frames++) {
            refreshes = 0;
            more = wm_compose();
            EXPECT(refreshes <= DRAWS_MOST);
        }
        EXPECT(frames > 2);
        EXPECT(shows_all());
        stop();
    }
}

/* Frames until all is drawn, each of which draws no more windows than it has
 * for. How many of them were drawn. */
static unsigned draw_in_frames(void) {
    unsigned drawn = 0;
    for (bool more = true; more; drawn += refreshes) {
        refreshes = 0;
        more = wm_compose();
        EXPECT(refreshes <= DRAWS_MOST - WINDOWS);
    }
    return drawn;
}

TEST("pieces that hundreds of windows reach into are dear, however small") {
    uint64_t state = 1;
    for (int32_t step = 0; step < 3; step++) {
        start(step);
        for (int32_t i = 0; i < 7; i++) /* on edges, so that none covers it */
            wm_damage((Rect){16 + i * step, 60 + 20 * i, 8, 8});
        unsigned drawn = draw_in_frames();
        EXPECT(step > 0 || drawn == 7 * WINDOWS);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 10; i++)
                wm_damage((Rect){(int32_t)(test_random(&state) % 400),
                                 (int32_t)(test_random(&state) % 300), 8, 8});
            draw_in_frames();
        }
        EXPECT(shows_all());
        stop();
    }
}

TEST("what is damaged in each frame keeps nothing else from being shown") {
    Rect corner = {WIDTH - 40, HEIGHT - 140, 30, 30};
    start(2);
    wm_damage(bitmap_rect(&wm_state.scene));
    unsigned round = frames_to_rest();
    *bitmap_at(&wm_state.scene, corner.x, corner.y) = 0x55;
    wm_damage(bitmap_rect(&wm_state.scene));
    wm_compose();
    wm_damage(corner);
    for (unsigned i = 0; i < 2 * round; i++) {
        wm_damage((Rect){0, 0, WIDTH, 300});
        wm_compose();
    }
    EXPECT(*bitmap_at(&wm_state.scene, corner.x, corner.y) != 0x55);
    frames_to_rest();
    EXPECT(shows_all());
    stop();
}

TEST("the pointer moves with each frame, whatever waits to be drawn") {
    start(0);
    wm_damage(bitmap_rect(&wm_state.scene));
    for (int32_t i = 0; i < 3; i++) {
        wm_state.x = 300 + 40 * i;
        wm_state.y = 400;
        EXPECT(wm_compose());
        Rect shown = wm_pointer_rect();
        EXPECT_EQUAL(shown.x,
                     cursor_rect(wm_state.cursor, wm_state.x, wm_state.y, 1).x);
    }
    frames_to_rest();
    stop();
}

/* One that does not come to its end. */
__attribute__((noinline)) static void leave_frame(unsigned at) {
    escape_at = refreshes + at;
    if (!__builtin_setjmp(escape)) {
        wm_compose();
        EXPECT(!"the frame is left");
    }
    escape_at = 0;
}

TEST("a frame that a lost page ended is drawn anew, and the rest with it") {
    for (unsigned at = 1; at <= 16; at *= 2) {
        start(1);
        memset(wm_state.scene.pixels, 0x55, (size_t)WIDTH * HEIGHT * 4);
        wm_damage(bitmap_rect(&wm_state.scene));
        leave_frame(at);
        frames_to_rest();
        EXPECT(shows_all());
        stop();
    }
}
