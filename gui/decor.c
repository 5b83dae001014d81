/* Window frames: where their parts are, and drawing them. */
#include "gui/decor.h"

#include "gui/cursor.h"
#include "gui/icons.h"
#include "gui/pixels.h"
#include "gui/shape.h"
#include "gui/typeset.h"

enum {
    LINE = 1,
    BUTTON = 28, /* the target; its fill is smaller */
    BUTTON_FILL = 24,
    BUTTON_MARGIN = 4, /* right of the last button */
    TITLE_GAP = 12,    /* between title and buttons */
    CORNER = 12,       /* how far along an edge a corner is grasped */
};

/* ---- Where things are ---- */

static int32_t line_of(bool maximised) {
    return maximised ? 0 : LINE;
}

Rect decor_content(Rect frame, bool maximised) {
    int32_t line = line_of(maximised);
    return rect_between((int64_t)frame.x + line,
                        (int64_t)frame.y + THEME_TITLE_HEIGHT,
                        rect_right(frame) - line, rect_bottom(frame) - line);
}

Rect decor_frame(Rect content, bool maximised) {
    int32_t line = line_of(maximised);
    return rect_between(
        (int64_t)content.x - line, (int64_t)content.y - THEME_TITLE_HEIGHT,
        rect_right(content) + line, rect_bottom(content) + line);
}

static Shadow shadow_of(const DecorWindow *window, const Theme *theme) {
    return window->active ? theme->active_shadow : theme->inactive_shadow;
}

Rect decor_extent(const DecorWindow *window, const Theme *theme) {
    if (window->maximised)
        return window->frame;
    return rect_around(window->frame,
                       shadow_extent(window->frame, shadow_of(window, theme)));
}

Rect decor_button(const DecorWindow *window, DecorPart part) {
    int32_t from_right = part == DECOR_CLOSE                        ? 1
                         : part == DECOR_MAXIMISE && !window->fixed ? 2
                         : part == DECOR_MINIMISE ? (window->fixed ? 2 : 3)
                                                  : 0;
    if (from_right == 0)
        return (Rect){0};
    int64_t x = rect_right(window->frame) - BUTTON_MARGIN - from_right * BUTTON;
    int64_t y = (int64_t)window->frame.y + (THEME_TITLE_HEIGHT - BUTTON) / 2;
    if (x < window->frame.x)
        return (Rect){0}; /* a program may want a narrow window */
    return rect_between(x, y, x + BUTTON, y + BUTTON);
}

/* The edge or corner at a point, DECOR_NOTHING when it is none. */
static DecorPart edge_at(const DecorWindow *window, int32_t x, int32_t y) {
    static const DecorPart parts[3][3] = {
        {DECOR_TOP_LEFT, DECOR_TOP, DECOR_TOP_RIGHT},
        {DECOR_LEFT, DECOR_NOTHING, DECOR_RIGHT},
        {DECOR_BOTTOM_LEFT, DECOR_BOTTOM, DECOR_BOTTOM_RIGHT},
    };
    Rect grasp = rect_inset(window->frame, -DECOR_GRASP_OUTSIDE);
    Rect inner = rect_inset(window->frame, DECOR_GRASP_INSIDE);
    if (window->fixed || window->maximised || !rect_has(grasp, x, y) ||
        rect_has(inner, x, y))
        return DECOR_NOTHING;
    Rect middle = rect_inset(window->frame, CORNER);
    int column = x < middle.x ? 0 : x >= rect_right(middle) ? 2 : 1;
    int row = y < middle.y ? 0 : y >= rect_bottom(middle) ? 2 : 1;
    return parts[row][column];
}

DecorPart decor_part(const DecorWindow *window, int32_t x, int32_t y) {
    for (DecorPart part = DECOR_MINIMISE; part <= DECOR_CLOSE; part++)
        if (rect_has(decor_button(window, part), x, y))
            return part;
    DecorPart edge = edge_at(window, x, y);
    if (edge != DECOR_NOTHING)
        return edge;
    if (rect_has(decor_content(window->frame, window->maximised), x, y))
        return DECOR_CONTENT;
    return rect_has(window->frame, x, y) ? DECOR_TITLE : DECOR_NOTHING;
}

uint32_t decor_cursor(DecorPart part) {
    switch (part) {
    case DECOR_TOP:
    case DECOR_BOTTOM:
        return CURSOR_RESIZE_ALONG;
    case DECOR_LEFT:
    case DECOR_RIGHT:
        return CURSOR_RESIZE_ACROSS;
    case DECOR_TOP_LEFT:
    case DECOR_BOTTOM_RIGHT:
        return CURSOR_RESIZE_FALLING;
    case DECOR_TOP_RIGHT:
    case DECOR_BOTTOM_LEFT:
        return CURSOR_RESIZE_RISING;
    case DECOR_NOTHING:
    case DECOR_CONTENT:
    case DECOR_TITLE:
    case DECOR_MINIMISE:
    case DECOR_MAXIMISE:
    case DECOR_CLOSE:
        break;
    }
    return CURSOR_ARROW;
}

/* ---- Drawing ---- */

static void draw_button(Canvas *canvas, const DecorWindow *window,
                        DecorPart part, uint32_t icon, const Theme *theme) {
    Rect rect = decor_button(window, part);
    if (rect_empty(rect))
        return;
    Rect fill = rect_inset(rect, (BUTTON - BUTTON_FILL) / 2);
    bool hover = window->hover == part, pressed = window->pressed == part;
    Colour ink = window->active ? theme->text : theme->secondary;
    if (part == DECOR_CLOSE && (hover || pressed)) {
        shape_fill(canvas, fill, THEME_CONTROL_RADIUS,
                   pressed ? bitmap_mix(theme->danger, 0xff000000, 38)
                           : theme->danger);
        ink = 0xffffffff;
    } else if (hover || pressed) {
        shape_fill(canvas, fill, THEME_CONTROL_RADIUS,
                   pressed ? theme->title_pressed : theme->title_hover);
    }
    icons_draw_in(canvas, icon, rect, 16, ink);
}

/* In the middle of the frame, or as near to it as the buttons allow. */
static void draw_title(Canvas *canvas, const DecorWindow *window,
                       const Theme *theme) {
    Rect frame = window->frame;
    Font font = window->active ? THEME_FONT_STRONG : THEME_FONT;
    int32_t width = typeset_width(font, window->title, window->title_bytes);
    int64_t left = (int64_t)frame.x + TITLE_GAP;
    int64_t right = decor_button(window, DECOR_MINIMISE).x - TITLE_GAP / 2;
    int64_t x = frame.x + ((int64_t)frame.width - width) / 2;
    if (x + width > right)
        x = right - width;
    Rect rect = rect_between(x < left ? left : x, frame.y, right,
                             (int64_t)frame.y + THEME_TITLE_HEIGHT);
    typeset_label(canvas, font, rect, TYPESET_START, window->title,
                  window->title_bytes,
                  window->active ? theme->text : theme->secondary);
}

/* Fills the part of the frame that is inside `clip`, with its round corners
 * and its line. */
static void draw_frame(Canvas *canvas, const DecorWindow *window, Rect clip,
                       Colour fill, const Theme *theme) {
    if (!canvas_sees(canvas, clip) || !canvas_push(canvas))
        return;
    int32_t radius = window->maximised ? 0 : THEME_WINDOW_RADIUS;
    canvas_clip(canvas, clip);
    shape_fill(canvas, window->frame, radius, fill);
    if (!window->maximised)
        shape_stroke(canvas, window->frame, radius, LINE, theme->window_line);
    canvas_pop(canvas);
}

static void draw_edges(Canvas *canvas, const DecorWindow *window,
                       const Theme *theme) {
    Rect frame = window->frame;
    int64_t top = (int64_t)frame.y + THEME_TITLE_HEIGHT;
    int64_t right = rect_right(frame), bottom = rect_bottom(frame);
    int64_t round = bottom - THEME_WINDOW_RADIUS;
    Rect pieces[3] = {
        rect_between(frame.x, round < top ? top : round, right, bottom),
        rect_between(frame.x, top, (int64_t)frame.x + LINE, round),
        rect_between(right - LINE, top, right, round),
    };
    for (int i = 0; i < 3 && !window->maximised; i++)
        draw_frame(canvas, window, pieces[i], theme->window, theme);
}

void decor_window(Canvas *canvas, const DecorWindow *window,
                  const Theme *theme) {
    Rect frame = window->frame;
    if (!canvas_sees(canvas, decor_extent(window, theme)))
        return;
    if (!window->maximised)
        shadow_draw(canvas, frame, shadow_of(window, theme));
    Rect title = {frame.x, frame.y, frame.width, THEME_TITLE_HEIGHT};
    draw_frame(canvas, window, title,
               window->active ? theme->title : theme->title_inactive, theme);
    draw_edges(canvas, window, theme);
    if (!canvas_sees(canvas, title))
        return;
    int32_t line = line_of(window->maximised);
    canvas_fill(canvas,
                rect_between((int64_t)frame.x + line, rect_bottom(title) - LINE,
                             rect_right(frame) - line, rect_bottom(title)),
                theme->line);
    draw_title(canvas, window, theme);
    draw_button(canvas, window, DECOR_MINIMISE, ICON_MINIMISE, theme);
    draw_button(canvas, window, DECOR_MAXIMISE,
                window->maximised ? ICON_RESTORE : ICON_MAXIMISE, theme);
    draw_button(canvas, window, DECOR_CLOSE, ICON_CLOSE, theme);
}

/* Coverage of a pixel of the content in row `up` from the bottom, `aside`
 * pixels from the nearer side. */
static uint32_t corner_coverage(int64_t up, int64_t aside) {
    enum { RADIUS = THEME_WINDOW_RADIUS - LINE };
    if (up >= RADIUS || aside >= RADIUS)
        return 255;
    return shape_corner(RADIUS, (int32_t)up)[aside];
}

void decor_content_row(Canvas *canvas, const DecorWindow *window, int32_t row,
                       int32_t x, const uint32_t *row_pixels, int32_t count) {
    Rect content = decor_content(window->frame, window->maximised);
    Rect wanted = rect_between((int64_t)content.x + x, (int64_t)content.y + row,
                               (int64_t)content.x + x + count,
                               (int64_t)content.y + row + 1);
    /* In pixels of the bitmap from here on. */
    Rect seen = canvas_visible(canvas, rect_common(wanted, content));
    int64_t left = (int64_t)content.x + canvas->now.x;
    int64_t up = rect_bottom(content) - 1 - wanted.y;
    if (rect_empty(seen))
        return;
    const uint32_t *from = row_pixels + (seen.x - left - x);
    uint32_t *to = bitmap_at(&canvas->bitmap, seen.x, seen.y);
    if (window->maximised || up >= THEME_WINDOW_RADIUS) {
        pixels_loops.blend(to, from, (size_t)seen.width);
        return;
    }
    for (int32_t i = 0; i < seen.width; i++) {
        int64_t at = seen.x + i - left, other = content.width - 1 - at;
        uint8_t part = (uint8_t)corner_coverage(up, at < other ? at : other);
        pixels_plain.tint(to + i, &part, 1, from[i]);
    }
}
