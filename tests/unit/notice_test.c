/* Tests of a notice: which answer is chosen, what is seen of a long list, and
 * that a notice has nothing from the one before. */
#include "wm/notice.h"

#include <stdio.h>

#include "gui/gui.h"
#include "kernel/base/keymap.h"
#include "kernel/system/assets.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/wm_state.h"

enum { SEEN_MOST = 8 };

static uint32_t answers;
static int chosen;

static const char *answer(uint32_t place) {
    static char words[40];
    snprintf(words, sizeof words, "answer %u", place);
    return place < answers ? words : NULL;
}

static const char *size_of(uint32_t place) {
    static char words[40];
    snprintf(words, sizeof words, "%u MB", place * 3);
    return words;
}

static void choose(uint32_t place) {
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(chosen, -1);
    chosen = (int)place;
}

static const WmNotice question = {
    .title = "Really?", .text = "Say it.", .answer = answer, .chosen = choose};
static const WmNotice other = {.title = "Which one?",
                               .text = "It stands there.",
                               .answer = answer,
                               .note = size_of,
                               .chosen = choose};

static const char *no_app(uint32_t place) {
    (void)place;
    return NULL;
}

static const char *clock_text(void) {
    return "12:34";
}

static void begin(uint32_t width, uint32_t height) {
    WmHooks hooks = {.app_name = no_app, .clock = clock_text};
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    sim_screen_size(width, height);
    EXPECT_EQUAL(wm_start((Screen){width, height}, &hooks, &(WmDesk){0}),
                 STATUS_OK);
}

static void end(void) {
    notice_show(NULL);
    bitmap_free(&wm_state.scene);
}

static void show(const WmNotice *notice, uint32_t count) {
    answers = count;
    chosen = -1;
    notice_show(notice);
    sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
}

static void key(unsigned usage) {
    InputEvent event = {
        .kind = INPUT_KEY, .usage = (uint16_t)usage, .down = true};
    wm_input(&event);
    event.down = false;
    wm_input(&event);
}

static void turn(int32_t wheel) {
    wm_input(&(InputEvent){.kind = INPUT_WHEEL, .wheel = wheel});
}

static void point(Rect rect) {
    wm_input(&(InputEvent){.kind = INPUT_POINTER,
                           .x = rect.x + rect.width / 2,
                           .y = rect.y + rect.height / 2});
}

static void press(Rect rect) {
    InputEvent event = {.kind = INPUT_BUTTON,
                        .usage = WM_LEFT,
                        .down = true,
                        .x = rect.x + rect.width / 2,
                        .y = rect.y + rect.height / 2};
    wm_input(&event);
    event.down = false;
    wm_input(&event);
}

/* The pointer goes where no answer is. */
static void point_away(void) {
    point((Rect){0, 0, 1, 1});
}

/* The first answer that is seen, and how many are; none is left out. */
static uint32_t first_seen(uint32_t *count_out) {
    uint32_t first = UINT32_MAX;
    Rect rect, above = {0};
    *count_out = 0;
    for (uint32_t i = 0; i < answers; i++) {
        char name[40];
        snprintf(name, sizeof name, "answer %u", i);
        if (!notice_find(name, &rect))
            continue;
        if (*count_out == 0)
            first = i;
        else
            EXPECT_EQUAL(rect.y, above.y + above.height);
        EXPECT_EQUAL(i, first + *count_out);
        above = rect;
        ++*count_out;
    }
    return first;
}

static uint32_t picture(void) {
    wm_compose();
    uint32_t partly = wm_crc();
    wm_damage(bitmap_rect(&wm_state.scene));
    wm_compose();
    EXPECT_EQUAL(wm_crc(), partly);
    return partly;
}

/* What somebody may do with a notice before it goes. */
static void use(int way) {
    Rect rect;
    if (way & 1)
        key(KEY_END);
    if (way & 2)
        for (int i = 0; i < 11; i++)
            turn(-1);
    if (way & 4 && notice_find("answer 3", &rect))
        point(rect);
    point_away();
    if (way & 8)
        key(KEY_ENTER);
}

TEST("a notice begins at its first answer, whatever was done with another") {
    begin(800, 600);
    point_away();
    show(&other, 20);
    uint32_t fresh = picture(), count;
    show(&other, 3);
    uint32_t fresh_short = picture();
    for (int way = 0; way < 32; way++) {
        show(&question, 30);
        use(way);
        if (way & 16) /* it goes, or another takes its place */
            notice_show(NULL);
        show(&other, 20);
        EXPECT_EQUAL(first_seen(&count), 0);
        EXPECT_EQUAL(count, SEEN_MOST);
        EXPECT_EQUAL(picture(), fresh);
        key(KEY_ENTER);
        EXPECT_EQUAL(chosen, 0);
        show(&other, 20);
        use(way & 7);
        show(&other, 3);
        EXPECT_EQUAL(first_seen(&count), 0);
        EXPECT_EQUAL(picture(), fresh_short);
    }
    end();
}

TEST("what keys and wheel select is seen and chosen, in a list of any length") {
    static const unsigned keys[] = {KEY_UP,  KEY_DOWN, KEY_TAB,
                                    KEY_END, KEY_HOME, 4};
    begin(800, 600);
    sim_seed(11);
    for (uint32_t length = 1; length <= 20; length++) {
        uint32_t at = 0, first = 0, seen, count;
        show(&other, length);
        for (int step = 0; step < 60; step++) {
            unsigned choice = sim_random() % 10;
            unsigned usage = choice < 6 ? keys[choice] : 0;
            bool down = usage == KEY_DOWN || usage == KEY_TAB;
            bool up = usage == KEY_UP;
            if (usage) {
                key(usage);
                sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
            } else {
                up = choice % 2;
                down = !up;
                turn(up ? 1 : -1);
            }
            if (!usage && length <= SEEN_MOST)
                up = down = false; /* there is nothing to scroll */
            at = usage == KEY_HOME         ? 0
                 : usage == 4              ? 0 /* typed for somebody else */
                 : usage == KEY_END        ? length - 1
                 : up && at > 0            ? at - 1
                 : down && at + 1 < length ? at + 1
                                           : at;
            /* No further than needed. */
            first = at < first                ? at
                    : at >= first + SEEN_MOST ? at + 1 - SEEN_MOST
                                              : first;
            seen = first_seen(&count);
            EXPECT_EQUAL(seen, first);
            EXPECT_EQUAL(count, length < SEEN_MOST ? length : SEEN_MOST);
        }
        picture();
        key(KEY_ENTER);
        EXPECT_EQUAL(chosen, (int)at);
    }
    end();
}

TEST("each answer that is seen is chosen where it stands, in a scrolled list") {
    begin(800, 600);
    for (uint32_t down = 0; down < 14; down++)
        for (uint32_t row = 0; row < SEEN_MOST; row++) {
            uint32_t count;
            char name[40];
            Rect rect;
            point_away();
            show(&question, 12);
            for (uint32_t i = 0; i < down; i++)
                key(KEY_DOWN);
            uint32_t wanted = first_seen(&count) + row;
            snprintf(name, sizeof name, "answer %u", wanted);
            EXPECT(notice_find(name, &rect));
            if (row % 2) {
                press(rect);
            } else { /* what keys selected is not where the pointer is */
                point(rect);
                key(KEY_ENTER);
                wanted = down < 12 ? down : 11;
            }
            EXPECT_EQUAL(chosen, (int)wanted);
        }
    end();
}

TEST("only a press on an answer chooses one") {
    Rect card, row;
    begin(800, 600);
    show(&question, 2);
    EXPECT(notice_find("Really?", &card) && notice_find("answer 1", &row));
    EXPECT(!notice_find("answer 2", &row) && !notice_find("Reall", &row));
    EXPECT(notice_find("Say it", &row) && !notice_find("Say it!", &row));
    EXPECT(notice_find("answer 1", &row));
    int32_t right = row.x + row.width, bottom = row.y + row.height;
    const Rect beside[] = {{row.x - 1, row.y, 1, 1},
                           {right, row.y, 1, 1},
                           {row.x, bottom, 1, 1},
                           {card.x + 9, card.y + 9, 1, 1},
                           {0, 0, 1, 1}};
    for (int i = 0; i < 5; i++)
        press(beside[i]);
    EXPECT(notice_is_shown());
    EXPECT_EQUAL(chosen, -1);
    press((Rect){right - 1, bottom - 1, 1, 1});
    EXPECT_EQUAL(chosen, 1);
    show(&question, 2);
    press((Rect){row.x, row.y, 1, 1});
    EXPECT_EQUAL(chosen, 1);
    end();
}

TEST("a notice is in the middle of any screen, its answers within it") {
    static const uint32_t sizes[][2] = {
        {320, 480}, {511, 480}, {512, 480}, {640, 480}, {1281, 801}};
    for (int i = 0; i < 5; i++)
        for (uint32_t count = 1; count <= 9; count += 4) {
            Rect card, row;
            int32_t width = (int32_t)sizes[i][0], high = (int32_t)sizes[i][1];
            begin(sizes[i][0], sizes[i][1]);
            show(&other, count);
            EXPECT(notice_find("Which one?", &card));
            int32_t left = card.x, right = width - card.x - card.width;
            int32_t above = card.y, below = high - card.y - card.height;
            EXPECT(left >= 16 && right - left >= 0 && right - left <= 1);
            EXPECT(above >= 0 && below - above >= 0 && below - above <= 1);
            EXPECT(card.width == 480 || left == 16);
            for (uint32_t place = 0; place < count && place < SEEN_MOST;
                 place++) {
                char name[40];
                snprintf(name, sizeof name, "answer %u", place);
                EXPECT(notice_find(name, &row));
                EXPECT(rect_equal(rect_common(row, card), row));
                EXPECT_EQUAL(row.x - card.x,
                             rect_right(card) - rect_right(row));
            }
            EXPECT(rect_bottom(row) < rect_bottom(card));
            picture();
            end();
        }
}

/* Another colour than the card's beside the rows, from *from_out to *to_out. */
static bool has_scroll_bar(int32_t *from_out, int32_t *to_out) {
    Rect row, card;
    EXPECT(notice_find("Really?", &card));
    *from_out = *to_out = -1;
    for (uint32_t i = 0; i < answers; i++) {
        char name[40];
        snprintf(name, sizeof name, "answer %u", i);
        if (!notice_find(name, &row))
            continue;
        int32_t x = row.x + row.width + 6; /* the middle of its four pixels */
        for (int32_t y = row.y; y < row.y + row.height; y++)
            if (*bitmap_at(&wm_state.scene, x, y) !=
                *bitmap_at(&wm_state.scene, card.x + 9, card.y + 90)) {
                *from_out = *from_out < 0 ? y : *from_out;
                *to_out = y;
            }
    }
    return *from_out >= 0;
}

TEST("only a list that is not seen whole has a scroll bar, where it is seen") {
    int32_t from, to, last = -1;
    Rect row;
    begin(800, 600);
    for (uint32_t count = 1; count <= 12; count++) {
        show(&question, count);
        picture();
        EXPECT_EQUAL(has_scroll_bar(&from, &to), count > SEEN_MOST);
    }
    EXPECT(notice_find("answer 0", &row));
    int32_t top = row.y, height = SEEN_MOST * row.height;
    EXPECT(from - top <= 1);
    for (uint32_t down = 0; down < 12; down++) {
        picture();
        EXPECT(has_scroll_bar(&from, &to));
        EXPECT(from >= last);
        EXPECT(to - from >= height * SEEN_MOST / 12 - 3);
        EXPECT(to - from <= height * SEEN_MOST / 12);
        last = from;
        key(KEY_DOWN);
    }
    EXPECT(top + height - to <= 2); /* at the end */
    end();
}

static void wait_a_part(uint64_t eighths) {
    sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS / 8 * eighths);
}

TEST("whoever types on when a notice comes chooses nothing") {
    begin(800, 600);
    answers = 3;
    chosen = -1;
    notice_show(&question);
    for (int i = 0; i < 5; i++) {
        key(i % 2 ? KEY_ENTER : KEY_DOWN);
        wait_a_part(7);
        EXPECT(notice_is_shown() && notice_is_deaf());
    }
    wait_a_part(1);
    EXPECT(!notice_is_deaf());
    EXPECT_EQUAL(notice_deaf_until_ns(), UINT64_MAX);
    key(KEY_ENTER); /* nothing was selected meanwhile */
    EXPECT_EQUAL(chosen, 0);
    end();
}

TEST("who works on elsewhere selects nothing that Enter would choose") {
    begin(800, 600);
    Rect rect;
    for (int deaf = 0; deaf < 2; deaf++) {
        show(&question, 3);
        if (deaf)
            notice_show(&question);
        EXPECT(notice_find("answer 2", &rect));
        turn(-1);
        point(rect);
        turn(-1);
        sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
        key(KEY_DOWN);
        key(KEY_CONTROL + 1);
        EXPECT(!notice_is_deaf());
        key(4);
        EXPECT(!notice_is_deaf()); /* what follows is for nobody else */
        key(KEY_ENTER);
        EXPECT_EQUAL(chosen, -1);
        sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
        key(KEY_ENTER);
        EXPECT_EQUAL(chosen, 0);
    }
    end();
}

TEST("whoever clicks on when a notice comes chooses nothing") {
    begin(800, 600);
    Rect rect;
    answers = 3;
    chosen = -1;
    notice_show(&question);
    EXPECT(notice_find("answer 1", &rect));
    for (int i = 0; i < 5; i++) {
        press(rect);
        wait_a_part(7);
        EXPECT(notice_is_shown() && notice_is_deaf());
    }
    wait_a_part(1);
    press(rect);
    EXPECT_EQUAL(chosen, 1);
    end();
}

TEST("the keys behind a question that a key asked for are meant for it") {
    static const WmNotice asked = {.title = "End it?",
                                   .text = "It stops.",
                                   .answer = answer,
                                   .chosen = choose,
                                   .asked = true};
    begin(800, 600);
    answers = 3;
    chosen = -1;
    notice_show(&asked);
    key(KEY_DOWN);
    key(KEY_ENTER);
    EXPECT_EQUAL(chosen, 1);
    end();
}

TEST("Escape chooses what does no harm, where there is such an answer") {
    static const WmNotice harms = {.title = "End it?",
                                   .text = "It stops.",
                                   .answer = answer,
                                   .chosen = choose,
                                   .harmless = 3};
    begin(800, 600);
    show(&question, 3);
    key(KEY_ESCAPE);
    EXPECT(notice_is_shown());
    EXPECT_EQUAL(chosen, -1);
    show(&harms, 3);
    key(KEY_ESCAPE);
    EXPECT_EQUAL(chosen, 2);
    end();
}
