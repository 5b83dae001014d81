/* The task bar, menus and tooltips of decor.h. */
#include "gui/decor.h"
#include "gui/icons.h"
#include "gui/shape.h"
#include "gui/typeset.h"

enum {
    LINE = 1,
    ICON_SIZE = 16,
    TILE_ICON = 32,
    ITEM_PADDING = 10,
    TEXT_LEAST = 88, /* a narrower item in the bar has only its icon */
    MARK_WIDTH = 16, /* under the window with the focus */
    MARK_HEIGHT = 3,
};

/* What lies under an item: nothing, or a fill for its state. */
static void draw_state(Canvas *canvas, const DecorItem *item,
                       const Theme *theme) {
    if (item->disabled)
        return;
    if (item->pressed || item->active)
        shape_fill(canvas, item->rect, THEME_CONTROL_RADIUS, theme->pressed);
    if (item->hover && !item->pressed)
        shape_fill(canvas, item->rect, THEME_CONTROL_RADIUS, theme->hover);
}

/* Icon and text one after the other from the left; returns the rectangle that
 * is left for the text. */
static Rect draw_icon(Canvas *canvas, const DecorItem *item, Colour ink) {
    Rect rest = rect_between((int64_t)item->rect.x + ITEM_PADDING, item->rect.y,
                             rect_right(item->rect) - ITEM_PADDING,
                             rect_bottom(item->rect));
    if (item->icon == ICON_NONE)
        return rest;
    Rect icon = {rest.x, rest.y, ICON_SIZE, rest.height};
    if (item->text_bytes == 0)
        icon = item->rect;
    icons_draw_in(canvas, item->icon, icon, ICON_SIZE, ink);
    return rect_between((int64_t)rest.x + ICON_SIZE + THEME_GAP, rest.y,
                        rect_right(rest), rect_bottom(rest));
}

void decor_bar(Canvas *canvas, Rect rect, const Theme *theme) {
    canvas_fill(canvas, rect, theme->bar);
    canvas_fill(canvas, (Rect){rect.x, rect.y, rect.width, LINE},
                theme->window_line);
}

void decor_bar_item(Canvas *canvas, const DecorItem *item, const Theme *theme) {
    draw_state(canvas, item, theme);
    bool quiet = item->text_bytes > 0 && !item->active && !item->calls;
    Colour ink = quiet ? theme->secondary : theme->text;
    DecorItem shown = *item;
    if (item->rect.width < TEXT_LEAST)
        shown.text_bytes = 0;
    Rect rect = draw_icon(canvas, &shown, ink);
    typeset_label(canvas, THEME_FONT, rect, TYPESET_START, shown.text,
                  shown.text_bytes, ink);
    if (!item->open)
        return;
    int32_t width = item->active ? MARK_WIDTH : MARK_HEIGHT * 2;
    Rect mark = {item->rect.x + (item->rect.width - width) / 2,
                 item->rect.y + item->rect.height - MARK_HEIGHT, width,
                 MARK_HEIGHT};
    shape_fill(canvas, mark, 1,
               item->active || item->calls ? theme->accent : theme->disabled);
}

void decor_durable(Canvas *canvas, Rect rect, bool durable,
                   const Theme *theme) {
    icons_draw_in(canvas, durable ? ICON_DOT : ICON_DOT_EMPTY, rect, ICON_SIZE,
                  durable ? theme->success : theme->secondary);
}

void decor_panel(Canvas *canvas, Rect rect, const Theme *theme) {
    shadow_draw(canvas, rect, theme->menu_shadow);
    shape_fill(canvas, rect, THEME_WINDOW_RADIUS, theme->window);
    shape_stroke(canvas, rect, THEME_WINDOW_RADIUS, LINE, theme->window_line);
}

Rect decor_panel_extent(Rect rect, const Theme *theme) {
    return rect_around(rect, shadow_extent(rect, theme->menu_shadow));
}

void decor_menu_item(Canvas *canvas, const DecorItem *item,
                     const Theme *theme) {
    draw_state(canvas, item, theme);
    Colour ink = item->disabled ? theme->disabled : theme->text;
    Rect rect = draw_icon(canvas, item, ink);
    if (item->note) {
        int32_t width =
            typeset_width(THEME_FONT_SMALL, item->note, item->note_bytes);
        Rect note = {rect.x + rect.width - width, rect.y, width, rect.height};
        typeset_label(canvas, THEME_FONT_SMALL, note, TYPESET_START, item->note,
                      item->note_bytes,
                      item->disabled ? theme->disabled : theme->secondary);
        rect.width -= width + THEME_GAP;
    }
    typeset_label(canvas, THEME_FONT, rect, TYPESET_START, item->text,
                  item->text_bytes, ink);
}

void decor_menu_line(Canvas *canvas, Rect rect, const Theme *theme) {
    canvas_fill(canvas,
                (Rect){rect.x, rect.y + rect.height / 2, rect.width, LINE},
                theme->line);
}
