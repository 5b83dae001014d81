/* What must be shown again. */
#include "wm/wm_state.h"

static Damage waiting;

/* Adds to the rectangle that grows least, when there are too many. */
void damage_add(Damage *damage, Rect rect) {
    uint32_t best = 0;
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i < damage->count; i++) {
        Rect both = rect_around(damage->rects[i], rect);
        int64_t waste = rect_pixels(both) - rect_pixels(damage->rects[i]) -
                        rect_pixels(rect);
        if (waste < least) {
            least = waste;
            best = i;
        }
    }
    if (damage->count > 0 && (least <= 0 || damage->count == DAMAGES_MOST))
        damage->rects[best] = rect_around(damage->rects[best], rect);
    else
        damage->rects[damage->count++] = rect;
}

void wm_damage(Rect rect) {
    rect = rect_common(rect, bitmap_rect(&wm_state.scene));
    if (!rect_empty(rect))
        damage_add(&waiting, rect);
}

void damage_window(const WmWindow *window) {
    DecorWindow decor = windows_decor(window);
    decor.active = true; /* the larger shadow covers both */
    wm_damage(decor_extent(&decor, wm_state.theme));
}

Damage damage_take(void) {
    Damage taken = waiting;
    waiting.count = 0;
    return taken;
}
