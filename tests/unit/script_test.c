/* Tests of what UI scripts find of real windows: what a person could see and
 * press, and nothing else. */
#include "wm/script.h"

#include <stdio.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/heap/heap.h"
#include "wm/wm_state.h"

/* Two windows with buttons of the same name. */
static const char two[] =
    "import ui\n"
    "fun content(text: String): Widget {\n"
    "    return Column([Button(\"Press\") {}, Row([Label(text), Button(text) "
    "{}])])\n"
    "}\n"
    "class Two: App {\n"
    "    fun open() {\n"
    "        spawn { window(\"Rear\", content(\"in the rear\"), 200, 150) }\n"
    "        window(\"Front\", content(\"in front\"), 220, 150)\n"
    "    }\n"
    "}\n";

static WmWindow *window_of_width(int32_t width) {
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->window.wanted.width == width)
            return &seat->window;
    EXPECT(!"there is such a window");
    return &seat_first()->window;
}

static void begin(void) {
    window_world_start(two);
    windows_raise(window_of_width(220));
    window_world_rest();
}

/* The place is on the window; it is within its content. */
static bool finds_on(const char *role, const char *name,
                     const WmWindow *window) {
    int32_t x, y;
    return script_find(role, name, &x, &y) &&
           rect_has(windows_content(window), x, y);
}

static bool finds(const char *role, const char *name) {
    int32_t x, y;
    return script_find(role, name, &x, &y);
}

TEST("of things with one name a script finds that of the window in front") {
    begin();
    WmWindow *rear = window_of_width(200), *front = window_of_width(220);
    rear->wanted = (Rect){20, 60, 200, 150};
    front->wanted = (Rect){400, 300, 220, 150};
    window_world_rest();
    EXPECT(finds_on("button", "Press", front));
    EXPECT(finds_on("button", "in the rear", rear));
    EXPECT(finds_on("button", "in front", front));
    windows_raise(rear);
    window_world_rest();
    EXPECT(finds_on("button", "Press", rear));
    windows_minimise(rear);
    window_world_rest();
    EXPECT(finds_on("button", "Press", front));
    EXPECT(!finds("button", "in the rear") && !script_shows("in the rear"));
    EXPECT(!finds("window", "Rear") && !script_shows("Rear"));
    EXPECT(finds("item", "Rear")); /* it is in the bar */
    windows_minimise(front);
    window_world_rest();
    EXPECT(!finds("button", "Press"));
    window_world_stop();
}

TEST(
    "a script finds a thing by its whole name and its role, a text by a part") {
    begin();
    EXPECT(finds("button", "in front") && !finds("field", "in front"));
    EXPECT(!finds("button", "in fron") && !finds("button", "n front"));
    EXPECT(!finds("button", "in front ") && !finds("button", ""));
    EXPECT(!finds("butto", "in front") && !finds("item", "in front"));
    EXPECT(script_shows("in fron") && script_shows("n front"));
    EXPECT(script_shows("in front") && !script_shows("in  front"));
    EXPECT(!script_shows("in front "));
    window_world_stop();
}

TEST("what lies outside of its window cannot be pressed by a script") {
    begin();
    WindowObject *object = ((Seat *)window_of_width(220)->owner)->object;
    WidgetObject *root = object->root;
    int32_t x, y, to_x, to_y;
    EXPECT(script_find("button", "in front", &x, &y));
    Rect content = windows_content(window_of_width(220));
    EXPECT_EQUAL(heap_write(root, sizeof *root), STATUS_OK);
    /* The last places that are inside, and the first that are not. */
    static const int directions[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    for (int i = 0; i < 4; i++) {
        int dx = directions[i][0], dy = directions[i][1];
        int32_t way = dx > 0   ? rect_right(content) - 1 - x
                      : dx < 0 ? x - content.x
                      : dy > 0 ? rect_bottom(content) - 1 - y
                               : y - content.y;
        root->x = dx * way;
        root->y = dy * way;
        EXPECT(script_find("button", "in front", &to_x, &to_y));
        EXPECT_EQUAL(to_x, x + dx * way);
        EXPECT_EQUAL(to_y, y + dy * way);
        root->x += dx;
        root->y += dy;
        EXPECT(!finds("button", "in front"));
        root->x = root->y = 0;
    }
    window_world_stop();
}

/* As the masks go to the log, so many of them. */
TEST("what moves by itself is masked where it is seen") {
    Rect masks[8];
    begin();
    WmWindow *front = window_of_width(220);
    Rect content = windows_content(front);
    uint32_t usual = script_masks(masks, 8);
    EXPECT_EQUAL(usual, 2); /* pointer and clock */
    WidgetObject *root = ((Seat *)front->owner)->object->root;
    EXPECT_EQUAL(heap_write(root, sizeof *root), STATUS_OK);
    root->flags |= WIDGET_MOVES;
    EXPECT_EQUAL(script_masks(masks, 8), 3);
    EXPECT(rect_equal(masks[2], content));
    root->x = 10;
    root->y = 20;
    EXPECT_EQUAL(script_masks(masks, 8), 3);
    EXPECT(
        rect_equal(masks[2], (Rect){content.x + 10, content.y + 20,
                                    content.width - 10, content.height - 20}));
    root->x = content.width; /* nothing of it is seen */
    EXPECT_EQUAL(script_masks(masks, 8), 2);
    root->x = root->y = 0;
    root->flags |= WIDGET_HIDDEN;
    EXPECT_EQUAL(script_masks(masks, 8), 2);
    root->flags &= ~(int64_t)WIDGET_HIDDEN;
    windows_minimise(front);
    EXPECT_EQUAL(script_masks(masks, 8), 2);
    windows_restore(front);
    EXPECT_EQUAL(script_masks(masks, 3), 3);
    EXPECT_EQUAL(script_masks(masks, 2), 2); /* the last takes the rest in */
    EXPECT(rect_equal(rect_common(masks[1], content), content));
    EXPECT(rect_equal(rect_common(masks[1], wm_clock_rect()), wm_clock_rect()));
    window_world_stop();
}
