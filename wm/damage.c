/* What must be shown again. */
#include "wm/wm_state.h"

static Rect damages[DAMAGES_MOST];
static uint32_t damage_count;

/* Adds to the rectangle that grows least, when there are too many. */
void wm_damage(Rect rect) {
    rect = rect_common(rect, bitmap_rect(&wm_state.scene));
    if (rect_empty(rect))
        return;
    uint32_t best = 0;
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i < damage_count; i++) {
        Rect both = rect_around(damages[i], rect);
        int64_t waste =
            rect_pixels(both) - rect_pixels(damages[i]) - rect_pixels(rect);
        if (waste < least) {
            least = waste;
            best = i;
        }
    }
    if (damage_count > 0 && (least <= 0 || damage_count == DAMAGES_MOST))
        damages[best] = rect_around(damages[best], rect);
    else
        damages[damage_count++] = rect;
}

void damage_window(const WmWindow *window) {
    DecorWindow decor = windows_decor(window);
    decor.active = true; /* the larger shadow covers both */
    wm_damage(decor_extent(&decor, wm_state.theme));
}

const Rect *damage_rects(uint32_t *count_out) {
    *count_out = damage_count;
    return damages;
}

void damage_clear(void) {
    damage_count = 0;
}
