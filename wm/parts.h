/* parts.h: what the window manager's files share. */
#ifndef WM_PARTS_H
#define WM_PARTS_H

#include "gui/cursor.h"
#include "gui/theme.h"
#include "wm/wm.h"

typedef enum WmDrag {
    WM_DRAG_NONE,
    WM_DRAG_MOVE,
    WM_DRAG_RESIZE,
    WM_DRAG_BUTTON,  /* a title bar button is held */
    WM_DRAG_CONTENT, /* a button went down in the content */
    WM_DRAG_BAR,     /* went down in the bar or the launcher */
} WmDrag;

typedef struct Wm {
    WmHooks hooks;
    Bitmap scene; /* the frame without the pointer */
    const Theme *theme;
    int32_t x, y;    /* of the pointer */
    uint32_t cursor; /* CursorShape */
    WmWindow *hover; /* window under the pointer, for its buttons */
    DecorPart hover_part;
    WmDrag drag;
    WmWindow *drag_window;
    DecorPart drag_part;
    int32_t drag_x, drag_y;  /* where the drag began */
    Rect drag_wanted;        /* WmWindow.wanted then */
    uint64_t title_click_ns; /* the last press on a title, for a second one */
    WmWindow *title_click_window;
    bool launcher_open, durable;
    int32_t bar_hover; /* BAR_*, or the number of an item */
    uint64_t frames;
} Wm;

extern Wm wm;

/* bar.c: the bar and the launcher. */
enum {
    BAR_NOTHING = -1,
    BAR_LAUNCHER = 0,
    BAR_FIRST_WINDOW = 1,
    BAR_FIRST_APP = 1000,
    BAR_THEME = 100000, /* the last entry of the launcher */
};
void bar_draw(Canvas *canvas);
/* What is at the point; BAR_NOTHING: neither bar nor launcher has it. */
int32_t bar_at(int32_t x, int32_t y);
bool bar_covers(int32_t x, int32_t y);
void bar_press(int32_t item);
void bar_damage(void);
bool bar_find(const char *name, Rect *rect_out);

/* notice.c: while one is up, input goes there. */
void notice_input(const InputEvent *event);
void notice_draw(Canvas *canvas);
bool notice_find(const char *name, Rect *rect_out);

/* compositor.c */
void compositor_damage_window(const WmWindow *window);
/* Frame and content of a window that may be another's than the list's. */
void compositor_draw_window(Canvas *canvas, const WmWindow *window,
                            const DecorWindow *decor, const Theme *theme);

/* router.c */
/* Finds what is under the pointer and lights it up; no window is told. */
void router_look(void);
void router_forget(const WmWindow *window);
/* Tells windows about sizes that changed, and hooks about changes. */
void router_settle(void);

#endif
