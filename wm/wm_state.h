/* wm_state.h: the window manager's state, and what its files bar, compositor,
 * damage, notice ask of each other. */
#ifndef WM_WM_STATE_H
#define WM_WM_STATE_H

#include "gui/cursor.h"
#include "gui/theme.h"
#include "wm/wm.h"

enum { WM_LEFT = 1 }; /* InputEvent.usage of a button */

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
    uint16_t drag_button; /* that went down; only its release ends the drag */
    WmWindow *drag_window;
    DecorPart drag_part;
    int32_t drag_x, drag_y; /* where the drag began */
    Rect drag_wanted;       /* WmWindow.wanted then */
    /* The last press, when it was the first of a pair on a title. */
    WmWindow *title_click_window;
    uint64_t title_click_ns;
    int32_t title_click_x, title_click_y;
    bool launcher_open, durable;
    int32_t bar_hover; /* BAR_*, or the number of an item */
    uint64_t frames;
} Wm;

extern Wm wm_state;

/* bar.c: the bar and the launcher. */
enum {
    BAR_NOTHING = -1,
    BAR_LAUNCHER = 0,
    BAR_FIRST_WINDOW = 1,
    BAR_FIRST_APP = 1000,
    BAR_THEME = 100000, /* the last entry of the launcher */
    BAR_DOT,            /* the warning's triangle in the tray, */
    BAR_HIDE,           /* the button of its card, */
    BAR_CARD,           /* and what else of it */
};
void bar_draw(Canvas *canvas);
/* What is at the point; BAR_NOTHING: neither bar nor launcher has it. */
int32_t bar_at(int32_t x, int32_t y);
bool bar_covers(int32_t x, int32_t y);
void bar_press(int32_t item);
void bar_damage(void);
/* The icon of an app that was installed by this name. */
uint32_t bar_icon(const char *name, size_t count);
bool bar_find(const char *name, Rect *rect_out);

/* notice.c: while one is up, input goes there. */
void notice_input(const InputEvent *event);
/* The event is of somebody who types on since before it came: it goes to where
 * it would go without the notice. */
bool notice_lets_pass(const InputEvent *event);
void notice_draw(Canvas *canvas);
bool notice_find(const char *name, Rect *rect_out);

/* damage.c: a window's frame, shadow and content must be shown again. */
void damage_window(const WmWindow *window);
/* What must be shown again. */
enum { DAMAGES_MOST = 16 };
typedef struct Damage {
    Rect rects[DAMAGES_MOST];
    uint32_t count;
} Damage;
void damage_add(Damage *damage, Rect rect);
/* What came with wm_damage() since the last call. */
Damage damage_take(void);

/* compositor.c: it forgets what it was about to draw, of another screen. */
void compositor_start(void);
/* Frame and content of a window that may be another's than the list's. */
void compositor_draw_window(Canvas *canvas, const WmWindow *window,
                            const DecorWindow *decor, const Theme *theme);

#endif
