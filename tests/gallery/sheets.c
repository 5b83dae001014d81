/* Type, icons, and a desktop with windows and controls. */
#include "tests/gallery/sheets.h"

#include <string.h>

#include "gui/cursor.h"
#include "gui/decor.h"
#include "gui/icons.h"
#include "gui/shape.h"
#include "gui/typeset.h"

static void say(Canvas *canvas, Font font, int32_t x, int32_t baseline,
                const char *text, Colour colour) {
    typeset_draw(canvas, font, x, baseline, text, strlen(text), colour);
}

static void label(Canvas *canvas, Font font, Rect rect, TypesetAlign align,
                  const char *text, Colour colour) {
    typeset_label(canvas, font, rect, align, text, strlen(text), colour);
}

static void ground(Canvas *canvas, Colour colour) {
    canvas_fill(canvas, bitmap_rect(&canvas->bitmap), colour);
}

static void draw_type(Canvas *canvas, const Theme *theme) {
    static const char sample[] =
        "Go back to this moment. AVATAR Tokyo, 1234567890 — Ärger, Łódź";
    ground(canvas, theme->window);
    int32_t y = 36;
    say(canvas, THEME_FONT_TITLE, 24, y, "It does not forget", theme->text);
    say(canvas, THEME_FONT_HEADING, 24, y += 32, "Heading of a section",
        theme->text);
    say(canvas, THEME_FONT, 24, y += 26, sample, theme->text);
    say(canvas, THEME_FONT_SMALL, 24, y += 22, sample, theme->secondary);
    say(canvas, THEME_FONT_STRONG, 24, y += 24, sample, theme->text);
    say(canvas, THEME_FONT_CODE, 24, y += 24,
        "fun add(n: Int = 1) { count += n }  // 0O 1lI", theme->text);
    say(canvas, THEME_FONT, 24, y += 24,
        "Fallback: Привет שלום ∀x∈ℝ ⌘ ♞ │ \xef\xbf\xbf \xff", theme->text);
    static const uint8_t sizes[] = {10, 11, 12, 13, 14, 16, 18, 24, 32};
    for (size_t i = 0; i < sizeof sizes; i++) {
        Font font = {FONT_UI, sizes[i]};
        y += sizes[i] + 10;
        say(canvas, font, 24, y, "Hamburgefonts quick brown fox", theme->text);
    }
}

static void draw_icons(Canvas *canvas, const Theme *theme) {
    static const int32_t sizes[] = {16, 24, 32};
    ground(canvas, theme->window);
    int32_t y = 24;
    for (size_t i = 0; i < 3; i++) {
        int32_t x = 24;
        for (uint32_t icon = 1; icon < ICON_COUNT; icon++) {
            icons_draw(canvas, icon, x, y, sizes[i], theme->text);
            x += sizes[i] + 12;
            if (x + sizes[i] > canvas->bitmap.width - 24) {
                x = 24;
                y += sizes[i] + 12;
            }
        }
        y += sizes[i] + 24;
    }
    canvas_gradient(canvas, (Rect){0, y, 640, 140}, theme->desktop_top,
                    theme->accent);
    for (int32_t scale = 1; scale <= 2; scale++, y += 56)
        for (uint32_t shape = 0; shape < CURSOR_SHAPES; shape++)
            cursor_draw(canvas, shape, 40 + (int32_t)shape * 60, y + 40, scale);
}

/* ---- Controls: drawn here as the widgets of the library draw them ---- */

static void button(Canvas *canvas, const Theme *theme, Rect rect,
                   const char *text, bool primary, Colour over) {
    shape_fill(canvas, rect, THEME_CONTROL_RADIUS,
               primary ? theme->accent : theme->button);
    if (over)
        shape_fill(canvas, rect, THEME_CONTROL_RADIUS, over);
    if (!primary)
        shape_stroke(canvas, rect, THEME_CONTROL_RADIUS, 1, theme->button_line);
    label(canvas, THEME_FONT, rect_inset(rect, 4), TYPESET_MIDDLE, text,
          primary ? theme->on_accent : theme->text);
}

static void focus_ring(Canvas *canvas, const Theme *theme, Rect rect) {
    int32_t by = THEME_FOCUS_WIDTH + THEME_FOCUS_GAP;
    shape_stroke(canvas, rect_inset(rect, -by), THEME_CONTROL_RADIUS + by,
                 THEME_FOCUS_WIDTH, theme->accent);
}

static void field(Canvas *canvas, const Theme *theme, Rect rect,
                  const char *text, bool focused) {
    shape_fill(canvas, rect, THEME_CONTROL_RADIUS, theme->field);
    shape_stroke(canvas, rect, THEME_CONTROL_RADIUS, focused ? 2 : 1,
                 focused ? theme->accent : theme->field_line);
    Rect inner = rect_inset(rect, 8);
    inner.y = rect.y;
    inner.height = rect.height;
    label(canvas, THEME_FONT, inner, TYPESET_START, text,
          focused ? theme->text : theme->secondary);
    if (focused) {
        int32_t x = inner.x + typeset_width(THEME_FONT, text, strlen(text));
        canvas_fill(canvas, (Rect){x, rect.y + 7, 1, rect.height - 14},
                    theme->text);
    }
}

static void check_box(Canvas *canvas, const Theme *theme, int32_t x, int32_t y,
                      const char *text, bool checked) {
    Rect box = {x, y + 6, 16, 16};
    shape_fill(canvas, box, 4, checked ? theme->accent : theme->field);
    if (checked)
        icons_draw(canvas, ICON_CHECK, x, y + 6, 16, theme->on_accent);
    else
        shape_stroke(canvas, box, 4, 1, theme->field_line);
    label(canvas, THEME_FONT, (Rect){x + 24, y, 200, 28}, TYPESET_START, text,
          theme->text);
}

static void list_row(Canvas *canvas, const Theme *theme, Rect rect,
                     const char *text, const char *note, bool chosen) {
    if (chosen)
        shape_fill(canvas, rect, THEME_CONTROL_RADIUS, theme->selection);
    Rect inner = rect_inset(rect, 8);
    inner.y = rect.y;
    inner.height = rect.height;
    label(canvas, THEME_FONT_SMALL, inner, TYPESET_END, note, theme->secondary);
    inner.width -= 72;
    label(canvas, THEME_FONT, inner, TYPESET_START, text, theme->text);
}

static void controls(Canvas *canvas, const Theme *theme, Rect in) {
    int32_t x = in.x + 20, y = in.y + 16;
    label(canvas, THEME_FONT_HEADING, (Rect){x, y, 300, 24}, TYPESET_START,
          "Controls", theme->text);
    y += 36;
    button(canvas, theme, (Rect){x, y, 112, 28}, "Add one", true, 0);
    button(canvas, theme, (Rect){x + 124, y, 88, 28}, "Reset", false, 0);
    button(canvas, theme, (Rect){x + 220, y, 88, 28}, "Hover", false,
           theme->hover);
    button(canvas, theme, (Rect){x + 316, y, 88, 28}, "Pressed", false,
           theme->pressed);
    focus_ring(canvas, theme, (Rect){x, y, 112, 28});
    y += 44;
    field(canvas, theme, (Rect){x, y, 196, 30}, "Half a word", true);
    field(canvas, theme, (Rect){x + 208, y, 196, 30}, "Search", false);
    y += 42;
    check_box(canvas, theme, x, y, "Keep every minute", true);
    check_box(canvas, theme, x + 208, y, "Show hidden objects", false);
    y += 40;
    canvas_fill(canvas, (Rect){in.x, y, in.width, 1}, theme->line);
    y += 8;
    static const char *const rows[][2] = {
        {"Generation 1,204", "just now"},
        {"Generation 1,203 with a long name that must be cut somewhere",
         "1 min ago"},
        {"Generation 1,180", "1 h ago"},
    };
    for (int i = 0; i < 3; i++)
        list_row(canvas, theme, (Rect){in.x + 8, y + i * 28, in.width - 16, 28},
                 rows[i][0], rows[i][1], i == 1);
}

static void code(Canvas *canvas, const Theme *theme, Rect in) {
    static const char *const lines[] = {
        "class Counter: App {",
        "    var count = 0",
        "",
        "    fun add(n: Int = 1) {",
        "        count += n",
        "    }",
        "}",
    };
    canvas_fill(canvas, (Rect){in.x, in.y, 40, in.height}, theme->panel);
    canvas_fill(canvas, (Rect){in.x + 40, in.y, 1, in.height}, theme->line);
    for (int32_t i = 0; i < 7; i++) {
        char number[2] = {(char)('1' + i), 0};
        int32_t y = in.y + 8 + i * 20;
        label(canvas, THEME_FONT_CODE, (Rect){in.x, y, 30, 20}, TYPESET_END,
              number, theme->secondary);
        label(canvas, THEME_FONT_CODE, (Rect){in.x + 52, y, in.width - 60, 20},
              TYPESET_START, lines[i], theme->text);
    }
}

/* ---- The desktop ---- */

static void window(Canvas *canvas, const Theme *theme, DecorWindow *at,
                   void (*draw)(Canvas *, const Theme *, Rect)) {
    static uint32_t memory[480 * 320];
    Rect content = decor_content(at->frame, at->maximised);
    Bitmap inside = {memory, content.width, content.height,
                     (size_t)content.width};
    Canvas own;
    canvas_begin(&own, inside);
    ground(&own, theme->window);
    draw(&own, theme, bitmap_rect(&inside));
    at->title_bytes = strlen(at->title);
    decor_window(canvas, at, theme);
    for (int32_t row = 0; row < content.height; row++)
        decor_content_row(canvas, at, row, 0, bitmap_at(&inside, 0, row),
                          content.width);
}

static DecorItem item(Rect rect, uint32_t icon, const char *text,
                      const char *note) {
    return (DecorItem){.rect = rect,
                       .icon = icon,
                       .text = text,
                       .text_bytes = strlen(text),
                       .note = note,
                       .note_bytes = note ? strlen(note) : 0};
}

static void draw_bar(Canvas *canvas, const Theme *theme, int32_t width,
                     int32_t top) {
    decor_bar(canvas, (Rect){0, top, width, THEME_BAR_HEIGHT}, theme);
    DecorItem launcher =
        item((Rect){4, top + 4, 40, 32}, ICON_LAUNCHER, "", NULL);
    launcher.active = true;
    decor_bar_item(canvas, &launcher, theme);
    DecorItem first =
        item((Rect){52, top + 4, 148, 32}, ICON_EDITOR, "counter.rev", NULL);
    first.open = true;
    decor_bar_item(canvas, &first, theme);
    DecorItem second =
        item((Rect){204, top + 4, 148, 32}, ICON_SETTINGS, "Controls", NULL);
    second.open = second.active = true;
    decor_bar_item(canvas, &second, theme);
    DecorItem third = item((Rect){356, top + 4, 148, 32}, ICON_SHELL,
                           "Shell with a long title", NULL);
    third.hover = third.open = true;
    decor_bar_item(canvas, &third, theme);
    decor_durable(canvas, (Rect){width - 84, top, 16, 40}, true, theme);
    label(canvas, THEME_FONT, (Rect){width - 60, top, 48, 40}, TYPESET_END,
          "12:34", theme->text);
}

static void draw_menu(Canvas *canvas, const Theme *theme, int32_t bottom) {
    Rect panel = {8, bottom - 148, 264, 140};
    decor_panel(canvas, panel, theme);
    static const char *const words[] = {"Go back to a moment…", "Undo",
                                        "Dark theme", "Stop this app"};
    static const char *const notes[] = {NULL, "Ctrl+Z", NULL, NULL};
    static const uint32_t marks[] = {ICON_HISTORY, ICON_UNDO, ICON_MOON,
                                     ICON_TRASH};
    decor_menu_line(canvas, (Rect){panel.x + 1, panel.y + 69, 262, 9}, theme);
    for (int32_t i = 0; i < 4; i++) {
        DecorItem at = item(
            (Rect){panel.x + 4, panel.y + 7 + i * 30 + i / 2 * 11, 256, 28},
            marks[i], words[i], notes[i]);
        at.hover = i == 0;
        at.disabled = i == 3;
        decor_menu_item(canvas, &at, theme);
    }
}

static void draw_desktop(Canvas *canvas, const Theme *theme) {
    int32_t width = canvas->bitmap.width, height = canvas->bitmap.height;
    canvas_gradient(canvas, bitmap_rect(&canvas->bitmap), theme->desktop_top,
                    theme->desktop_bottom);
    DecorWindow back = {.frame = {40, 32, 400, 240}, .title = "counter.rev"};
    window(canvas, theme, &back, code);
    DecorWindow front = {.frame = {300, 120, 446, 318},
                         .title = "Controls",
                         .active = true,
                         .hover = DECOR_MAXIMISE};
    window(canvas, theme, &front, controls);
    DecorWindow small = {.frame = {500, 40, 220, 60},
                         .title = "Close is pressed and the title is long",
                         .active = true,
                         .fixed = true,
                         .pressed = DECOR_CLOSE};
    window(canvas, theme, &small, code);
    draw_bar(canvas, theme, width, height - THEME_BAR_HEIGHT);
    draw_menu(canvas, theme, height - THEME_BAR_HEIGHT);
    cursor_draw(canvas, CURSOR_ARROW, 690, 142, 1);
}

const Sheet sheets[] = {
    {"type", 640, 560, draw_type},
    {"icons", 640, 490, draw_icons},
    {"desktop", 800, 560, draw_desktop},
    {NULL, 0, 0, NULL},
};
