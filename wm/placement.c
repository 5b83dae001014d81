/* The cascade of new windows. */
#include "wm/placement.h"

#include "wm/seat.h"

enum {
    FIRST_X = 96, /* where the first window goes, and the step */
    FIRST_Y = 72, /* to the next */
    CASCADE = 32,
    EDGE = 16, /* kept free around a new window */
    CASCADE_TURNS = 8,
};

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

void placement_choose(WindowObject *object) {
    Rect area = windows_work_area();
    int64_t turn = object->number % CASCADE_TURNS;
    int64_t across = area.width - 2 * EDGE;
    int64_t along = area.height - 2 * EDGE - THEME_TITLE_HEIGHT;
    object->width = seat_side(object->width);
    object->height = seat_side(object->height);
    if (!(object->flags & WINDOW_FIXED)) {
        object->width = least(object->width, across);
        object->height = least(object->height, along);
    }
    int64_t left = EDGE, top = EDGE + THEME_TITLE_HEIGHT;
    object->x = least(FIRST_X + turn * CASCADE, left + across - object->width);
    object->y = least(FIRST_Y + turn * CASCADE, top + along - object->height);
    if (object->x < left)
        object->x = left;
    if (object->y < top)
        object->y = top;
}
