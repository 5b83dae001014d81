/* Composition: background, windows from the rear, bar, pointer.
 *
 * A frame does a bounded work, whatever the windows are. What must be shown is
 * drawn in rounds: one takes all damage there is, in pieces, and the next one
 * takes what came meanwhile; so what is damaged again and again keeps nothing
 * else waiting. A piece is drawn as a whole, so nothing half drawn is seen. The
 * pointer waits for none of that: the scene has none, and it is shown anew from
 * there.
 *
 * Invariants:
 *   C1  a frame draws what is worth FRAME_LAYERS screens, or one least piece
 *   C2  a piece that a frame begins is finished in it
 *   C3  damage is shown at the latest with the round after the one at hand */
#include "wm/wm_state.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"

#include "gui/shape.h"

enum {
    CURSOR_SIDE_MAX = 64,
    FRAME_LAYERS = 6, /* a frame's budget, in screens of pixels */
    FRAMES_AT_FIRST = 16,
    LOOK_PIXELS = 16,   /* what looking at a window is worth, */
    DRAW_PIXELS = 2048, /* and drawing it, besides its pixels */
    PIECE_LEAST = 16,   /* no side is cut below this */
    MANY_LAYERS = 8,    /* a piece under so many is cut, since parts of it */
    MANY_LEAST = 64,    /* are covered by fewer; down to this */
    PIECES_MOST = 64,   /* 16 of a round, and as often as one can be halved */
};

static Rect cursor_shown; /* where the pointer was drawn last */

/* Of the round at hand, the last first. */
static struct {
    Rect pieces[PIECES_MOST];
    uint32_t count;
} waiting;
static bool drawing; /* still: a page was lost meanwhile */

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

static void draw_window(Canvas *canvas, WmWindow *window) {
    DecorWindow decor = windows_decor(window);
    if (!canvas_sees(canvas, decor_extent(&decor, wm_state.theme)))
        return;
    wm_refresh(window);
    decor.title = window->title;
    decor.title_bytes = window->title_bytes;
    if (window == wm_state.hover)
        decor.hover = wm_state.hover_part;
    if (wm_state.drag == WM_DRAG_BUTTON && window == wm_state.drag_window)
        decor.pressed = wm_state.drag_part;
    compositor_draw_window(canvas, window, &decor, wm_state.theme);
}

/* ---- Pieces ---- */

/* How a piece is drawn: from which window on, the rearmost that is seen, or
 * NULL when the background is, too; and what it is worth. */
typedef struct Plan {
    const ListLink *from;
    uint32_t layers;
    int64_t looks, pixels;
} Plan;

/* Opaque there, so that nothing behind it is seen. */
static bool covers(const WmWindow *window, Rect frame, Rect piece) {
    if (window->state != WM_MAXIMISED)
        frame = rect_inset(frame, THEME_WINDOW_RADIUS);
    frame = rect_common(frame, windows_work_area());
    return rect_equal(rect_common(frame, piece), piece);
}

static Plan plan_for(Rect piece) {
    Plan plan = {.pixels = rect_pixels(piece)};
    const List *all = windows_list();
    for (const ListLink *link = all->head.previous; link != &all->head;
         link = link->previous) {
        const WmWindow *window =
            LIST_ELEMENT((ListLink *)(uintptr_t)link, WmWindow, link);
        plan.looks += LOOK_PIXELS;
        if (!windows_visible(window))
            continue;
        DecorWindow decor = windows_decor(window);
        Rect seen = rect_common(decor_extent(&decor, wm_state.theme), piece);
        if (rect_empty(seen))
            continue;
        plan.layers++;
        plan.pixels += DRAW_PIXELS + rect_pixels(seen);
        if (covers(window, decor.frame, piece)) {
            plan.from = link;
            break;
        }
    }
    return plan;
}

static void draw_piece(Rect piece, const ListLink *from) {
    Canvas canvas;
    canvas_begin(&canvas, wm_state.scene);
    canvas_clip(&canvas, piece);
    const List *all = windows_list();
    const ListLink *link = from;
    if (!link) {
        canvas_gradient(&canvas, bitmap_rect(&wm_state.scene),
                        wm_state.theme->desktop_top,
                        wm_state.theme->desktop_bottom);
        link = all->head.next;
    }
    canvas_push(&canvas);
    canvas_clip(&canvas, windows_work_area()); /* nothing shows below the bar */
    for (; link != &all->head; link = link->next) {
        WmWindow *window =
            LIST_ELEMENT((ListLink *)(uintptr_t)link, WmWindow, link);
        if (windows_visible(window))
            draw_window(&canvas, window);
    }
    canvas_pop(&canvas);
    bar_draw(&canvas);
    notice_draw(&canvas);
}

static void add_piece(Rect piece) {
    CHECK(waiting.count < PIECES_MOST);
    waiting.pieces[waiting.count++] = piece;
}

/* Both halves, the upper or left one to be drawn first. False: it is too small.
 */
static bool halve(Rect piece, int32_t least) {
    Rect first = piece, second = piece;
    if (piece.width < 2 * least && piece.height < 2 * least)
        return false;
    if (piece.width > piece.height) {
        first.width = piece.width / 2;
        second.x += first.width;
        second.width -= first.width;
    } else {
        first.height = piece.height / 2;
        second.y += first.height;
        second.height -= first.height;
    }
    add_piece(second);
    add_piece(first);
    return true;
}

static int64_t frame_budget(void) {
    return FRAME_LAYERS * rect_pixels(bitmap_rect(&wm_state.scene));
}

/* Takes the next piece: draws it, or cuts it, or leaves it for the next frame.
 * What is left of the budget; 0: the frame is full. */
static int64_t draw_next(int64_t left, Damage *shown) {
    Rect piece = waiting.pieces[--waiting.count];
    Plan plan = plan_for(piece);
    bool many = plan.layers > MANY_LAYERS;
    bool cut = (many && halve(piece, MANY_LEAST)) ||
               (plan.pixels > frame_budget() && halve(piece, PIECE_LEAST));
    if (cut)
        return left > plan.looks ? left - plan.looks : 0;
    if (plan.pixels > left && left < frame_budget()) {
        add_piece(piece);
        return 0;
    }
    draw_piece(piece, plan.from);
    damage_add(shown, piece);
    left -= plan.looks + plan.pixels;
    return left > 0 ? left : 0;
}

static void begin_round(void) {
    Damage damage = damage_take();
    while (damage.count > 0)
        add_piece(damage.rects[--damage.count]);
}

void compositor_start(void) {
    drawing = false;
    waiting.count = 0;
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

/* Shows what was drawn with the pointer over it; the scene itself stays without
 * it. */
static void show(const Damage *shown) {
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
    for (uint32_t i = 0; i < shown->count; i++)
        rects[i] = (ScreenRect){shown->rects[i].x, shown->rects[i].y,
                                shown->rects[i].width, shown->rects[i].height};
    platform_screen_show(wm_state.scene.pixels, wm_state.scene.stride, rects,
                         shown->count);
    if (!rect_empty(cursor))
        copy_pixels(cursor, saved, true);
    cursor_shown = cursor;
}

Rect wm_pointer_rect(void) {
    return cursor_shown;
}

/* Where it was and where it is; of the scene nothing has changed there. */
static void show_moved_pointer(Damage *shown) {
    Rect screen = bitmap_rect(&wm_state.scene);
    Rect cursor = rect_common(
        cursor_rect(wm_state.cursor, wm_state.x, wm_state.y, 1), screen);
    Rect before = rect_common(cursor_shown, screen);
    if (rect_equal(cursor, cursor_shown))
        return;
    if (!rect_empty(before))
        damage_add(shown, before);
    if (!rect_empty(cursor))
        damage_add(shown, cursor);
}

/* What was drawn when a page was lost is not shown: all of it anew. */
static void begin_anew(void) {
    waiting.count = 0;
    wm_damage(bitmap_rect(&wm_state.scene));
}

bool wm_compose(void) {
    Damage shown = {.count = 0};
    int64_t left = frame_budget();
    if (drawing)
        begin_anew();
    drawing = true;
    show_moved_pointer(&shown);
    if (waiting.count == 0)
        begin_round();
    while (waiting.count > 0 && left > 0)
        left = draw_next(left, &shown);
    drawing = false;
    if (shown.count > 0)
        show(&shown);
    wm_state.frames += shown.count > 0;
    return shown.count > 0 || waiting.count > 0;
}

void wm_compose_first(void) {
    for (int i = 0; i < FRAMES_AT_FIRST && wm_compose(); i++)
        ;
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
