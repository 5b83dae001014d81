/* What is not safe is told by a warning that stays. */
#include "kernel/system/notices/safety.h"

#include "gui/gui.h"
#include "kernel/platform.h"
#include "kernel/system/assets.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/warning.h"
#include "wm/wm.h"

#define SECOND_NS 1000000000ull

static const char *no_app(uint32_t place) {
    (void)place;
    return NULL;
}

static const char *clock_text(void) {
    return "12:34";
}

static void deliver(WmWindow *window, const InputEvent *event) {
    (void)window, (void)event;
}

static void begin(void) {
    WmHooks hooks = {
        .deliver = deliver, .app_name = no_app, .clock = clock_text};
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    sim_screen_size(800, 600);
    EXPECT_EQUAL(wm_start((Screen){800, 600}, &hooks, &(WmDesk){0}), STATUS_OK);
}

static void end(void) {
    bitmap_free(&wm_state.scene);
}

static bool card_is_open(void) {
    return !rect_empty(warning_card());
}

static InputEvent point_at(const char *name) {
    Rect rect;
    EXPECT(wm_find("item", name, &rect));
    InputEvent event = {.kind = INPUT_POINTER,
                        .x = rect.x + rect.width / 2,
                        .y = rect.y + rect.height / 2};
    wm_input(&event);
    return event;
}

/* Presses what is there by this name. */
static void press(const char *name) {
    InputEvent event = point_at(name);
    event.kind = INPUT_BUTTON;
    event.usage = 1;
    event.down = true;
    wm_input(&event);
    event.down = false;
    wm_input(&event);
    wm_settle();
}

TEST("without a disk a warning stays, and can be hidden and brought back") {
    begin();
    safety_begin(false, 0, 0, STORE_HISTORY_WHOLE);
    EXPECT(card_is_open());
    EXPECT_EQUAL(safety_step(0, STATUS_OK), UINT64_MAX);
    EXPECT(card_is_open());
    press("Hide");
    EXPECT(warning_is_there() && !card_is_open());
    safety_step(0, STATUS_OK);
    EXPECT(!card_is_open()); /* it was read */
    press("Warning");
    EXPECT(card_is_open());
    end();
}

/* Whether what is on the screen is what it would be if all were drawn. */
static bool drawn_whole(void) {
    wm_compose();
    uint32_t partly = wm_crc();
    wm_damage((Rect){0, 0, 800, 600});
    wm_compose();
    return wm_crc() == partly;
}

TEST("the card's button is drawn anew when the pointer comes and goes") {
    begin();
    safety_begin(false, 0, 0, STORE_HISTORY_WHOLE);
    EXPECT(drawn_whole());
    InputEvent event = point_at("Hide");
    EXPECT(drawn_whole());
    event.x = event.y = 5;
    wm_input(&event);
    EXPECT(drawn_whole());
    end();
}

TEST("a press on the card is for no window, and changes nothing") {
    begin();
    safety_begin(false, 0, 0, STORE_HISTORY_WHOLE);
    Rect card = warning_card();
    EXPECT(rect_has(card, card.x + 8, card.y + 8));
    InputEvent press = {.kind = INPUT_BUTTON,
                        .usage = 1,
                        .down = true,
                        .x = card.x + 8,
                        .y = card.y + 8};
    wm_input(&press);
    press.down = false;
    wm_input(&press);
    EXPECT(card_is_open());
    end();
}

TEST("a good start warns of nothing") {
    begin();
    safety_begin(true, 0, 7, STORE_HISTORY_WHOLE);
    safety_step(0, STATUS_OK);
    EXPECT(!warning_is_there());
    end();
}

TEST("a disk that takes nothing is told after five seconds, until it does") {
    begin();
    safety_begin(true, 0, 7, STORE_HISTORY_WHOLE);
    uint64_t since_ns = platform_now_ns();
    uint64_t again_ns = safety_step(since_ns, STATUS_IO_ERROR);
    EXPECT(!warning_is_there());
    EXPECT_EQUAL(again_ns - since_ns, 5 * SECOND_NS);
    sim_time_set_ns(again_ns - SECOND_NS);
    safety_step(since_ns, STATUS_IO_ERROR);
    EXPECT(!warning_is_there());
    sim_time_set_ns(again_ns);
    safety_step(since_ns, STATUS_IO_ERROR);
    EXPECT(card_is_open());
    safety_step(0, STATUS_OK);
    EXPECT(!warning_is_there());
    end();
}

TEST("a warning that was hidden comes again with another cause") {
    begin();
    safety_begin(true, 0, 7, STORE_HISTORY_WHOLE);
    uint64_t since_ns = platform_now_ns();
    sim_time_set_ns(since_ns + 6 * SECOND_NS);
    safety_step(since_ns, STATUS_IO_ERROR);
    press("Hide");
    safety_step(since_ns, STATUS_IO_ERROR);
    EXPECT(!card_is_open());
    safety_step(0, STATUS_OK);
    since_ns = platform_now_ns();
    sim_time_set_ns(since_ns + 6 * SECOND_NS);
    safety_step(since_ns, STATUS_NO_SPACE);
    EXPECT(card_is_open());
    end();
}

TEST("an older state that came back is told, also after the disk failed") {
    begin();
    safety_begin(true, 2, 7, STORE_HISTORY_WHOLE);
    EXPECT(card_is_open());
    uint64_t since_ns = platform_now_ns();
    sim_time_set_ns(since_ns + 6 * SECOND_NS);
    safety_step(since_ns, STATUS_IO_ERROR);
    EXPECT(card_is_open());
    safety_step(0, STATUS_OK);
    EXPECT(card_is_open());
    press("Hide");
    EXPECT(warning_is_there() && !card_is_open());
    end();
}

/* ---- One trouble after the other ---- */

typedef enum Trouble { NO_TROUBLE, DISK_FAILS, DISK_IS_FULL, TROUBLES } Trouble;

static const Status reasons[TROUBLES] = {STATUS_OK, STATUS_IO_ERROR,
                                         STATUS_NO_SPACE};

static uint32_t picture(void) {
    EXPECT(drawn_whole());
    return wm_crc();
}

static uint64_t fails_since_ns(Trouble trouble) {
    return trouble == NO_TROUBLE ? 0 : platform_now_ns();
}

/* What is seen of this trouble when nothing came before it. */
static uint32_t alone(bool disk, uint32_t passed_over, Trouble trouble) {
    begin();
    safety_begin(disk, passed_over, 7, STORE_HISTORY_WHOLE);
    uint64_t since_ns = fails_since_ns(trouble);
    sim_time_set_ns(platform_now_ns() + 6 * SECOND_NS);
    safety_step(since_ns, reasons[trouble]);
    uint32_t seen = picture();
    safety_step(0, STATUS_OK);
    end();
    return seen;
}

/* The cause changes within one time of failing, or after it; the card is hidden
 * now and then. */
static void one_after_the_other(bool disk, uint32_t passed_over) {
    uint32_t seen[TROUBLES];
    for (Trouble trouble = 0; trouble < TROUBLES; trouble++)
        seen[trouble] = alone(disk, passed_over, trouble);
    begin();
    safety_begin(disk, passed_over, 7, STORE_HISTORY_WHOLE);
    Trouble now = NO_TROUBLE;
    uint64_t since_ns = 0;
    for (int step = 0; step < 40; step++) {
        Trouble next = (Trouble)(sim_random() % TROUBLES);
        if (now == NO_TROUBLE || next == NO_TROUBLE) {
            since_ns = fails_since_ns(next);
            sim_time_set_ns(platform_now_ns() + SECOND_NS);
            safety_step(since_ns, reasons[next]);
            if (next != now) /* not told yet, or not any more */
                EXPECT_EQUAL(picture(), seen[NO_TROUBLE]);
        }
        sim_time_set_ns(platform_now_ns() + 5 * SECOND_NS);
        safety_step(since_ns, reasons[next]);
        if (next != now)
            EXPECT_EQUAL(picture(), seen[next]);
        now = next;
        if (now != NO_TROUBLE && disk && sim_random() % 3 == 0 &&
            card_is_open()) {
            press("Hide");
            wm_input(&(InputEvent){.kind = INPUT_POINTER});
            safety_step(since_ns, reasons[now]);
            EXPECT(!card_is_open());
        }
    }
    safety_step(0, STATUS_OK);
    end();
}

TEST("what is told of a trouble has nothing to do with those before it") {
    EXPECT(alone(true, 0, DISK_FAILS) != alone(true, 0, DISK_IS_FULL));
    EXPECT(alone(true, 0, NO_TROUBLE) != alone(true, 1, NO_TROUBLE));
    EXPECT(alone(true, 1, NO_TROUBLE) != alone(true, 2, NO_TROUBLE));
    EXPECT_EQUAL(alone(false, 0, DISK_FAILS), alone(false, 0, NO_TROUBLE));
    for (uint64_t seed = 1; seed <= 2; seed++) {
        sim_seed(seed);
        one_after_the_other(true, 0);
        one_after_the_other(true, 2);
        one_after_the_other(false, 0);
    }
}
