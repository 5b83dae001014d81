/* Composition: background, windows from the rear, bar, pointer. */
#include "wm/wm_state.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"

#include "gui/shape.h"

enum { CURSOR_SIDE_MAX = 64 };

static Rect cursor_shown; /* where the pointer was drawn last */

/* ---- Windows ---- */

static void draw_content_row(Canvas *canvas, const DecorWindow *decor,
                             const Theme *theme, const Surface *surface,
                             int32_t row, int32_t from, int32_t to) {
    uint32_t pixels[SURFACE_TILE_WIDTH];
    for (int32_t x = from; x < to;) {
        int32_t run = SURFACE_TILE_WIDTH - x % SURFACE_TILE_WIDTH;
        if (run > to - x)
            run = to - x;
        int32_t inside = 0;
        if (surface && row < (int32_t)surface->height &&
            x < (int32_t)surface->width)
            inside =
                (int32_t)bytes_min((size_t)run, surface->width - (uint32_t)x);
        if (inside > 0)
            surface_row(surface, (uint32_t)x, (uint32_t)row, (uint32_t)inside,
                        pixels);
        for (int32_t i = inside; i < run; i++)
            pixels[i] = bitmap_pixel(theme->window);
        decor_content_row(canvas, decor, row, x, pixels, run);
        x += run;
    }
}

static void draw_content(Canvas *canvas, const WmWindow *window,
                         const DecorWindow *decor, const Theme *theme) {
    Rect content = decor_content(decor->frame, decor->maximised);
    Rect seen = rect_common(content, canvas->now.clip);
    if (rect_empty(seen))
        return;
    for (int32_t y = seen.y; y < seen.y + seen.height; y++)
        draw_content_row(canvas, decor, theme, window->surface, y - content.y,
                         seen.x - content.x, seen.x - content.x + seen.width);
}

void compositor_draw_window(Canvas *canvas, const WmWindow *window,
                            const DecorWindow *decor, const Theme *theme) {
    if (!canvas_sees(canvas, decor_extent(decor, theme)))
        return;
    decor_window(canvas, decor, theme);
    draw_content(canvas, window, decor, theme);
}

static void draw_window(Canvas *canvas, const WmWindow *window) {
    DecorWindow decor = windows_decor(window);
    if (window == wm_state.hover)
        decor.hover = wm_state.hover_part;
    if (wm_state.drag == WM_DRAG_BUTTON && window == wm_state.drag_window)
        decor.pressed = wm_state.drag_part;
    compositor_draw_window(canvas, window, &decor, wm_state.theme);
}

/* The rearmost window that has to be drawn: the frontmost one that covers the
 * whole rectangle hides all behind it. NULL: the background is seen, too. */
static const ListLink *first_to_draw(Rect rect) {
    const List *all = windows_list();
    for (const ListLink *link = all->head.previous; link != &all->head;
         link = link->previous) {
        const WmWindow *window =
            LIST_ELEMENT((ListLink *)(uintptr_t)link, WmWindow, link);
        Rect frame = windows_frame(window);
        if (window->state != WM_MAXIMISED)
            frame = rect_inset(frame, THEME_WINDOW_RADIUS);
        frame = rect_common(frame, windows_work_area());
        if (windows_visible(window) &&
            rect_equal(rect_common(frame, rect), rect))
            return link;
    }
    return NULL;
}

static void draw_scene(Rect rect) {
    Canvas canvas;
    canvas_begin(&canvas, wm_state.scene);
    canvas_clip(&canvas, rect);
    const List *all = windows_list();
    const ListLink *link = first_to_draw(rect);
    if (!link) {
        canvas_gradient(&canvas, bitmap_rect(&wm_state.scene),
                        wm_state.theme->desktop_top,
                        wm_state.theme->desktop_bottom);
        link = all->head.next;
    }
    canvas_push(&canvas);
    canvas_clip(&canvas, windows_work_area()); /* nothing shows below the bar */
    for (; link != &all->head; link = link->next) {
        const WmWindow *window =
            LIST_ELEMENT((ListLink *)(uintptr_t)link, WmWindow, link);
        if (windows_visible(window))
            draw_window(&canvas, window);
    }
    canvas_pop(&canvas);
    bar_draw(&canvas);
    notice_draw(&canvas);
}

/* ---- Pointer and screen ---- */

static void copy_pixels(Rect rect, uint32_t *saved, bool back) {
    for (int32_t y = 0; y < rect.height; y++) {
        uint32_t *row = bitmap_at(&wm_state.scene, rect.x, rect.y + y);
        uint32_t *save = saved + (size_t)y * (size_t)rect.width;
        size_t bytes = (size_t)rect.width * sizeof *row;
        bytes_copy(back ? row : save, back ? save : row, bytes);
    }
}

/* Shows the damaged parts with the pointer over them; the scene itself stays
 * without it. */
static void show(const Rect *damages, uint32_t count) {
    static uint32_t saved[CURSOR_SIDE_MAX * CURSOR_SIDE_MAX];
    ScreenRect rects[DAMAGES_MOST];
    Rect cursor =
        rect_common(cursor_rect(wm_state.cursor, wm_state.x, wm_state.y, 1),
                    bitmap_rect(&wm_state.scene));
    CHECK(rect_empty(cursor) ||
          rect_pixels(cursor) <= CURSOR_SIDE_MAX * CURSOR_SIDE_MAX);
    Canvas canvas;
    canvas_begin(&canvas, wm_state.scene);
    if (!rect_empty(cursor))
        copy_pixels(cursor, saved, false);
    cursor_draw(&canvas, wm_state.cursor, wm_state.x, wm_state.y, 1);
    for (uint32_t i = 0; i < count; i++)
        rects[i] = (ScreenRect){damages[i].x, damages[i].y, damages[i].width,
                                damages[i].height};
    platform_screen_show(wm_state.scene.pixels, wm_state.scene.stride, rects,
                         count);
    if (!rect_empty(cursor))
        copy_pixels(cursor, saved, true);
    cursor_shown = cursor;
}

Rect wm_pointer_rect(void) {
    return cursor_shown;
}

static void damage_moved_pointer(void) {
    Rect cursor =
        rect_common(cursor_rect(wm_state.cursor, wm_state.x, wm_state.y, 1),
                    bitmap_rect(&wm_state.scene));
    if (rect_equal(cursor, cursor_shown))
        return;
    wm_damage(cursor_shown);
    wm_damage(cursor);
}

bool wm_compose(void) {
    uint32_t count;
    damage_moved_pointer();
    const Rect *damages = damage_rects(&count);
    if (count == 0)
        return false;
    for (uint32_t i = 0; i < count; i++)
        draw_scene(damages[i]);
    show(damages, count);
    damage_clear();
    wm_state.frames++;
    return true;
}

uint64_t wm_frames(void) {
    return wm_state.frames;
}

/* FNV-1a over the words of the frame, folded to 32 bits. */
uint32_t wm_crc(void) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (int32_t y = 0; y < wm_state.scene.height; y++) {
        const uint32_t *row = bitmap_at(&wm_state.scene, 0, y);
        for (int32_t x = 0; x < wm_state.scene.width; x++)
            hash = (hash ^ (row[x] & 0xFFFFFF)) * 0x100000001B3u;
    }
    return (uint32_t)(hash ^ hash >> 32);
}
