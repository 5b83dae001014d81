/* A calm message instead of a desktop. */
#include "kernel/system/refuse.h"

#include "gui/decor.h"
#include "gui/gui.h"
#include "gui/theme.h"
#include "gui/typeset.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/system/assets.h"

enum {
    CARD_WIDTH = 480,
    CARD_PADDING = 32,
    LINE_HEIGHT = 20,
    LINES_MAX = 6,
    TITLE_HEIGHT = 40,
    HINT_HEIGHT = 44,
};

/* The sentence from `top` on; its height. Draws with a canvas. */
static int32_t set_lines(Canvas *canvas, int32_t x, int32_t top,
                         const char *sentence) {
    Rect rect = {x, top, CARD_WIDTH - 2 * CARD_PADDING, 0};
    return typeset_lines(canvas, THEME_FONT, rect, LINE_HEIGHT, LINES_MAX,
                         sentence, text_length(sentence), theme_light.text);
}

static void draw(Canvas *canvas, Rect screen, const char *title,
                 const char *sentence, const char *hint) {
    const Theme *theme = &theme_light;
    int32_t height = 2 * CARD_PADDING + TITLE_HEIGHT + HINT_HEIGHT +
                     set_lines(NULL, 0, 0, sentence);
    Rect card = {(screen.width - CARD_WIDTH) / 2, (screen.height - height) / 2,
                 CARD_WIDTH, height};
    int32_t x = card.x + CARD_PADDING, y = card.y + CARD_PADDING;
    int32_t width = CARD_WIDTH - 2 * CARD_PADDING;
    canvas_gradient(canvas, screen, theme->desktop_top, theme->desktop_bottom);
    decor_panel(canvas, card, theme);
    typeset_label(canvas, THEME_FONT_TITLE, (Rect){x, y, width, LINE_HEIGHT},
                  TYPESET_START, title, text_length(title), theme->text);
    y += TITLE_HEIGHT + set_lines(canvas, x, y + TITLE_HEIGHT, sentence);
    typeset_label(canvas, THEME_FONT_SMALL,
                  (Rect){x, y + HINT_HEIGHT - LINE_HEIGHT, width, LINE_HEIGHT},
                  TYPESET_START, hint, text_length(hint), theme->secondary);
}

/* As a person writes it: with a capital and a full stop. */
static const char *written(const char *sentence) {
    static char whole[420];
    Text text = text_on(whole, sizeof whole);
    text_add_format(&text, "%s.", sentence);
    if (whole[0] >= 'a' && whole[0] <= 'z')
        whole[0] = (char)(whole[0] - 'a' + 'A');
    return text_end(&text);
}

/* False: there is no way to show it. */
static bool show(const char *title, const char *sentence, const char *hint) {
    Screen screen = platform_screen();
    int32_t width = (int32_t)screen.width, height = (int32_t)screen.height;
    Bitmap picture;
    if (width == 0 || gui_start(assets_find) != STATUS_OK ||
        bitmap_make(width, height, &picture) != STATUS_OK)
        return false;
    Canvas canvas;
    canvas_begin(&canvas, picture);
    draw(&canvas, bitmap_rect(&picture), title, written(sentence), hint);
    ScreenRect all = {0, 0, width, height};
    platform_screen_show(picture.pixels, picture.stride, &all, 1);
    bitmap_free(&picture);
    return true;
}

static void wait_for_person(void) {
    InputEvent event;
    for (;;) {
        while (platform_input_next(&event))
            if (event.kind == INPUT_CLOSE ||
                (event.kind == INPUT_KEY && event.down) ||
                (event.kind == INPUT_BUTTON && event.down))
                return;
        platform_idle(UINT64_MAX);
    }
}

static bool is_alone(void) {
    const char *headless = platform_setting("headless");
    return headless && text_equal(headless, "1");
}

/* `what` is "start" or "go on". */
static _Noreturn void refuse(const char *what, const char *sentence) {
    char title[40];
    Text text = text_on(title, sizeof title);
    text_add_format(&text, "Revenant cannot %s", what);
    bool shown = !is_alone() &&
                 show(text_end(&text), sentence, "Press a key to switch off.");
    log_line("recovery: cannot %s: %s", what, sentence);
    if (shown)
        wait_for_person();
    platform_stop(1);
}

_Noreturn void refuse_start(const char *sentence) {
    refuse("start", sentence);
}

_Noreturn void refuse_damage(const char *what, bool started) {
    char words[200];
    Text text = text_on(words, sizeof words);
    text_add_format(&text, "%s; %s", what,
                    started ? "what is on the disk is as it was"
                            : "rvdisk check says what else is damaged");
    if (started)
        refuse_to_go_on(text_end(&text));
    refuse_start(text_end(&text));
}

/* The number that a key types, from 0; `count`: another key, or none. */
static uint32_t next_choice(uint32_t count) {
    InputEvent event;
    while (platform_input_next(&event)) {
        if (event.kind == INPUT_CLOSE)
            platform_stop(1);
        if (event.kind == INPUT_KEY && event.down && event.text >= '1' &&
            event.text < '1' + count)
            return event.text - '1';
    }
    platform_idle(UINT64_MAX);
    return count;
}

uint32_t refuse_or_choose(const char *sentence, uint32_t count) {
    char hint[60];
    Text text = text_on(hint, sizeof hint);
    text_add_format(&text, "Press its number, 1 to %u.", count);
    if (is_alone() || !show("Which world is yours?", sentence, text_end(&text)))
        refuse_start(sentence);
    log_line("recovery: a person is asked: %s", sentence);
    uint32_t choice = count;
    while (choice == count)
        choice = next_choice(count);
    return choice;
}

_Noreturn void refuse_to_go_on(const char *sentence) {
    refuse("go on", sentence);
}
