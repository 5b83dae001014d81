/* Soft shadows of rounded rectangles, as nine pieces: one corner of coverage
 * is made and kept for each blur and radius, its last row and column serve for
 * the edges. A rounded rectangle blurred three times by a box is close to a
 * Gaussian (Wells, "Efficient Synthesis of Gaussian Filters", 1986). */
#include "gui/shadow.h"

#include "kernel/base/bytes.h"

/* Three boxes of width 2 * half + 1 reach 3 * half pixels. */
enum {
    MAX_HALF = SHADOW_MAX_BLUR / 2,
    MAX_REACH = 3 * MAX_HALF,
    MAX_SIDE = SHADOW_MAX_SIDE,
    KEPT = 4,
};

typedef struct Corner {
    int32_t blur, radius; /* what it was made for; side 0: free */
    int32_t reach, side;  /* pixels outside the rectangle, of the square */
    uint8_t coverage[MAX_SIDE * MAX_SIDE];
} Corner;

static Corner kept[KEPT];
static uint32_t next_kept;

/* A standard deviation of blur / 2 wants boxes 0.94 times the blur wide. */
static int32_t half_box(int32_t blur) {
    return (blur * 15 + 16) / 32;
}

/* One blur of `count` values `step` apart; beyond the ends there is nothing
 * before the first and the last value goes on. */
static void blur_line(uint8_t *line, int32_t count, int32_t step,
                      int32_t half) {
    uint8_t copy[MAX_SIDE];
    int32_t width = 2 * half + 1, sum = 0;
    for (int32_t i = 0; i < count; i++)
        copy[i] = line[i * step];
    for (int32_t i = 0; i < half; i++)
        sum += copy[i < count ? i : count - 1];
    for (int32_t i = 0; i < count; i++) {
        int32_t in = i + half, out = i - half - 1;
        sum += copy[in < count ? in : count - 1];
        sum -= out >= 0 ? copy[out] : 0;
        line[i * step] = (uint8_t)((sum + width / 2) / width);
    }
}

static void make_corner(Corner *corner, int32_t blur, int32_t radius) {
    int32_t half = half_box(blur), reach = 3 * half;
    int32_t side = 2 * reach + radius;
    *corner = (Corner){.blur = blur, .radius = radius, .reach = reach};
    corner->side = side > 0 ? side : 1;
    for (int32_t y = reach; y < side; y++) {
        uint8_t *row = corner->coverage + y * side;
        bytes_fill(row + reach, 255, (size_t)(side - reach));
        if (y - reach < radius)
            bytes_copy(row + reach, shape_corner(radius, y - reach),
                       (size_t)radius);
    }
    for (int pass = 0; pass < 3 && half > 0; pass++) {
        for (int32_t y = 0; y < side; y++)
            blur_line(corner->coverage + y * side, side, 1, half);
        for (int32_t x = 0; x < side; x++)
            blur_line(corner->coverage + x, side, side, half);
    }
}

static const Corner *find_corner(int32_t blur, int32_t radius) {
    for (uint32_t i = 0; i < KEPT; i++)
        if (kept[i].side > 0 && kept[i].blur == blur &&
            kept[i].radius == radius)
            return &kept[i];
    return NULL;
}

static const Corner *corner_for(int32_t blur, int32_t radius) {
    const Corner *found = find_corner(blur, radius);
    if (found)
        return found;
    Corner *corner = &kept[next_kept++ % KEPT];
    make_corner(corner, blur, radius);
    return corner;
}

static Shadow within_limits(Shadow shadow) {
    shadow.blur = shadow.blur < 0                 ? 0
                  : shadow.blur > SHADOW_MAX_BLUR ? SHADOW_MAX_BLUR
                                                  : shadow.blur;
    shadow.radius = shadow.radius < 0                  ? 0
                    : shadow.radius > SHAPE_MAX_RADIUS ? SHAPE_MAX_RADIUS
                                                       : shadow.radius;
    return shadow;
}

Rect shadow_extent(Rect rect, Shadow shadow) {
    int32_t reach = 3 * half_box(within_limits(shadow).blur);
    return rect_inset(rect_moved(rect, 0, shadow.down), -reach);
}

uint64_t shadow_work(Shadow shadow) {
    enum { A_UNIT = 4 }; /* pixels */
    shadow = within_limits(shadow);
    if (find_corner(shadow.blur, shadow.radius))
        return 0;
    uint64_t side =
        (uint64_t)(6 * half_box(shadow.blur) + shadow.radius); /* at most */
    return side * side / A_UNIT;
}

/* Coverage of the shadow at a place `at` of `length` along one side: the
 * distance from the nearer end, not more than the corner's square has. */
static int32_t into_corner(int32_t at, int32_t length, int32_t side) {
    int32_t other = length - 1 - at;
    int32_t near = at < other ? at : other;
    return near < side ? near : side - 1;
}

/* Draws pixels [from, to) of one row of the shadow; `row` is a row of the
 * corner, `whole` the shadow's extent. */
static void draw_row(Canvas *canvas, Rect whole, int32_t y, int32_t from,
                     int32_t to, const uint8_t *row, int32_t side,
                     Colour colour) {
    uint8_t piece[128];
    while (from < to) {
        int32_t flat_end = whole.x + whole.width - side;
        if (from >= whole.x + side && from < flat_end) {
            int32_t end = to < flat_end ? to : flat_end;
            canvas_fill(canvas, (Rect){from, y, end - from, 1},
                        bitmap_faded(colour, row[side - 1]));
            from = end;
            continue;
        }
        int32_t count = 0;
        for (; count < 128 && from + count < to; count++) {
            int32_t at = from + count - whole.x;
            if (count > 0 && at == side)
                break;
            piece[count] = row[into_corner(at, whole.width, side)];
        }
        canvas_tint(canvas, from, y, piece, count, colour);
        from += count;
    }
}

void shadow_draw(Canvas *canvas, Rect rect, Shadow shadow) {
    const int32_t far = 1 << 28;
    rect = rect_common(rect, (Rect){-far, -far, 2 * far, 2 * far});
    shadow = within_limits(shadow);
    Rect whole = shadow_extent(rect, shadow);
    if (rect_empty(rect) || !canvas_sees(canvas, whole))
        return;
    const Corner *corner = corner_for(shadow.blur, shadow.radius);
    int32_t right = whole.x + whole.width;
    Rect seen = canvas_visible(canvas, whole);
    int32_t first = seen.y - canvas->now.y;
    for (int32_t y = first; y < first + seen.height; y++) {
        const uint8_t *row =
            corner->coverage +
            into_corner(y - whole.y, whole.height, corner->side) * corner->side;
        /* The rows of the corners are drawn whole: corners are see-through. */
        int32_t middle = rect.y + shadow.radius;
        if (y < middle || y >= rect.y + rect.height - shadow.radius) {
            draw_row(canvas, whole, y, whole.x, right, row, corner->side,
                     shadow.colour);
            continue;
        }
        draw_row(canvas, whole, y, whole.x, rect.x, row, corner->side,
                 shadow.colour);
        draw_row(canvas, whole, y, rect.x + rect.width, right, row,
                 corner->side, shadow.colour);
    }
}
