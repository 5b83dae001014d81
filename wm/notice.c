/* A notice: its places, what input does to it, and how it looks. */
#include "wm/notice.h"

#include "gui/decor.h"
#include "gui/icons.h"
#include "gui/shape.h"
#include "gui/typeset.h"
#include "kernel/base/keymap.h"
#include "kernel/base/text.h"
#include "wm/drag.h"
#include "wm/wm_state.h"

enum {
    WIDTH = 480,
    PADDING = 24,
    TITLE_HEIGHT = 28,
    LINE_HEIGHT = 20,
    LINES_MOST = 6,
    ROW_HEIGHT = 36,
    ROWS_MOST = 8,       /* at once; the others scroll */
    ROW_OUT = 10,        /* so that the words stand below the text */
    SCREEN_EDGE = 2 * 8, /* kept free around the card */
    VEIL_ALPHA = 0x66,   /* over all that is behind */
    ICON_SIDE = 20,      /* of the app that it speaks of */
};

#define NOWHERE UINT32_MAX

static const WmNotice *notice;
static uint32_t count; /* of its answers, and */
static Rect card;      /* where it is: what it lists is fixed when it comes */
static uint32_t first; /* row that is shown first */
static uint32_t selected; /* by keys: what Enter chooses */
static uint32_t pointed;  /* at; NOWHERE: the pointer is on none */
static uint64_t shown_ns;
static uint64_t typed_ns; /* the last letter since, 0: none */

static uint32_t count_answers(void) {
    uint32_t answers = 0;
    while (notice->answer(answers))
        answers++;
    return answers;
}

/* ---- Places ---- */

static int32_t width(void) {
    int32_t most = wm_state.scene.width - 2 * SCREEN_EDGE;
    return most < WIDTH ? most : WIDTH;
}

/* The notice's text from `top` on; its height. Draws with a canvas. */
static int32_t set_text(Canvas *canvas, int32_t x, int32_t top) {
    Rect rect = {x, top, width() - 2 * PADDING, 0};
    return typeset_lines(canvas, THEME_FONT, rect, LINE_HEIGHT, LINES_MOST,
                         notice->text, text_length(notice->text),
                         wm_state.theme->secondary);
}

static uint32_t rows_shown(void) {
    return count < ROWS_MOST ? count : ROWS_MOST;
}

static Rect place_card(void) {
    int32_t height = 2 * PADDING + TITLE_HEIGHT + THEME_GAP +
                     set_text(NULL, 0, 0) + THEME_PADDING +
                     (int32_t)rows_shown() * ROW_HEIGHT;
    return (Rect){(wm_state.scene.width - width()) / 2,
                  (wm_state.scene.height - height) / 2, width(), height};
}

/* Of the row-th one that is shown. */
static Rect row_rect(uint32_t row) {
    int32_t bottom = card.y + card.height - PADDING;
    int32_t from = bottom - (int32_t)(rows_shown() - row) * ROW_HEIGHT;
    return (Rect){card.x + PADDING - ROW_OUT, from,
                  card.width - 2 * PADDING + 2 * ROW_OUT, ROW_HEIGHT};
}

/* The answer at a point; false: there is none. */
static bool answer_at(int32_t x, int32_t y, uint32_t *place_out) {
    for (uint32_t row = 0; row < rows_shown(); row++) {
        if (!rect_has(row_rect(row), x, y))
            continue;
        *place_out = first + row;
        return true;
    }
    return false;
}

static bool says(const char *words) {
    const char *at = notice->text;
    while (*at && !text_starts_with(at, words))
        at++;
    return *at;
}

bool notice_find(const char *name, Rect *rect_out) {
    if (!notice)
        return false;
    for (uint32_t row = 0; row < rows_shown(); row++) {
        if (!text_equal(notice->answer(first + row), name))
            continue;
        *rect_out = row_rect(row);
        return true;
    }
    *rect_out = card;
    return text_equal(notice->title, name) || says(name);
}

/* ---- Coming, going, input ---- */

static void damage_all(void) {
    wm_damage(bitmap_rect(&wm_state.scene));
}

void notice_show(const WmNotice *wanted) {
    notice = wanted;
    first = selected = 0;
    pointed = NOWHERE;
    typed_ns = 0;
    shown_ns = platform_now_ns();
    if (notice) {
        count = count_answers();
        card = place_card();
        drag_notice_comes();
    }
    damage_all();
}

bool notice_is_shown(void) {
    return notice != NULL;
}

bool notice_is(const WmNotice *wanted) {
    return notice == wanted;
}

bool notice_is_deaf(void) {
    return notice && platform_now_ns() - shown_ns < NOTICE_DEAF_NS;
}

uint64_t notice_deaf_until_ns(void) {
    return notice_is_deaf() ? shown_ns + NOTICE_DEAF_NS : UINT64_MAX;
}

static void select_answer(uint32_t place) {
    if (place == selected || place >= count)
        return;
    selected = place;
    if (selected < first)
        first = selected;
    if (selected >= first + ROWS_MOST)
        first = selected + 1 - ROWS_MOST;
    wm_damage(card);
}

static void choose(uint32_t place) {
    const WmNotice *was = notice;
    notice_show(NULL);
    was->chosen(place);
}

static void press_key(uint16_t usage) {
    switch (usage) {
    case KEY_UP:
        select_answer(selected - 1);
        break;
    case KEY_DOWN:
    case KEY_TAB:
        select_answer(selected + 1);
        break;
    case KEY_HOME:
        select_answer(0);
        break;
    case KEY_END:
        select_answer(count - 1);
        break;
    case KEY_ENTER:
        if (typed_ns == 0 || platform_now_ns() - typed_ns >= NOTICE_DEAF_NS)
            choose(selected);
        break;
    case KEY_ESCAPE:
        if (notice->harmless)
            choose(notice->harmless - 1);
        break;
    default: /* a person types, and not for this */
        if (usage >= KEY_CONTROL)
            break;
        select_answer(0);
        typed_ns = platform_now_ns();
        break;
    }
}

static void point(uint32_t place) {
    if (place != pointed)
        wm_damage(card);
    pointed = place;
}

/* A list that is seen whole has nothing to scroll. */
static void turn_wheel(const InputEvent *event) {
    if (count > ROWS_MOST && !notice_is_deaf())
        select_answer(event->wheel > 0 ? selected - 1 : selected + 1);
}

bool notice_lets_pass(const InputEvent *event) {
    if (event->kind != INPUT_KEY || !notice_is_deaf() || notice->asked)
        return false;
    shown_ns = platform_now_ns();
    return true;
}

void notice_input(const InputEvent *event) {
    uint32_t place = 0;
    bool on = answer_at(wm_state.x, wm_state.y, &place);
    if (event->kind == INPUT_KEY && event->down)
        press_key(event->usage);
    else if (event->kind == INPUT_WHEEL)
        turn_wheel(event);
    else if (event->kind == INPUT_POINTER)
        point(on ? place : NOWHERE);
    else if (event->kind == INPUT_BUTTON && event->down && notice_is_deaf())
        shown_ns = platform_now_ns();
    else if (event->kind == INPUT_BUTTON && event->down && on)
        choose(place);
}

/* ---- Drawing ---- */

static void draw_row(Canvas *canvas, uint32_t row) {
    Rect rect = row_rect(row); /* asks for answers, too */
    const char *words = notice->answer(first + row);
    const char *note = notice->note ? notice->note(first + row) : NULL;
    DecorItem item = {.rect = rect,
                      .icon = ICON_NONE,
                      .text = words,
                      .text_bytes = text_length(words),
                      .note = note,
                      .note_bytes = note ? text_length(note) : 0,
                      .active = first + row == selected,
                      .hover = first + row == pointed};
    decor_menu_item(canvas, &item, wm_state.theme);
}

/* How much of the list is seen, at its right. */
static void draw_scroll(Canvas *canvas) {
    enum { THICK = 4 };
    int32_t height = (int32_t)rows_shown() * ROW_HEIGHT;
    if (count <= ROWS_MOST)
        return;
    Rect top = row_rect(0);
    Rect bar = {top.x + top.width + THICK,
                top.y + (int32_t)(first * (uint32_t)height / count), THICK,
                (int32_t)(ROWS_MOST * (uint32_t)height / count)};
    shape_fill(canvas, bar, THICK / 2, wm_state.theme->scroll);
}

void notice_draw(Canvas *canvas) {
    if (!notice)
        return;
    canvas_fill(canvas, bitmap_rect(&wm_state.scene), (Colour)VEIL_ALPHA << 24);
    decor_panel(canvas, card, wm_state.theme);
    Rect title = {card.x + PADDING, card.y + PADDING, card.width - 2 * PADDING,
                  TITLE_HEIGHT};
    Rect words = title;
    if (notice->app) {
        Rect icon = {title.x, title.y, ICON_SIDE, TITLE_HEIGHT};
        icons_draw_in(canvas, bar_icon(notice->app, text_length(notice->app)),
                      icon, ICON_SIDE, wm_state.theme->text);
        words.x += ICON_SIDE + THEME_GAP;
        words.width -= ICON_SIDE + THEME_GAP;
    }
    typeset_label(canvas, THEME_FONT_TITLE, words, TYPESET_START, notice->title,
                  text_length(notice->title), wm_state.theme->text);
    set_text(canvas, title.x, title.y + TITLE_HEIGHT + THEME_GAP);
    for (uint32_t row = 0; row < rows_shown(); row++)
        draw_row(canvas, row);
    draw_scroll(canvas);
}
