/* Painting: a program's paint list becomes pixels of its window's surface.
 *
 * The picture is drawn in transient memory in bounded steps; when it is
 * finished, the tiles that differ are written within one call, so neither the
 * screen nor a snapshot sees a half-drawn one. After a restart in the middle
 * the list, which the waiting call still holds, is drawn from its start. */
#include "wm/paint_native.h"

#include "gui/paint.h"
#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"

/* Units of work (vm/run/worker.h). */
enum {
    GROUND_PIXELS = 64, /* of the empty picture, for a unit */
    WORK_TILE = 6,      /* of one that is as it was, and what is changed */
    WORK_CHANGED = 12,
    WINDOW_UNITS = 8,     /* to look at another window's surface */
    PICTURE_BYTES = 4096, /* a unit, to fill them with zeros */
    PICTURES_PART = 32,
};

/* A picture that is being drawn; each window has its own, so that windows that
 * paint at the same time do not wait for each other. */
struct Painting {
    Bitmap picture;
    Paint paint;
    uint32_t ground; /* its colour where nothing is drawn */
    int32_t rows;    /* of the picture that are empty, not undefined */
    uint64_t stamp;  /* what it is drawn for */
    /* Of the finished one: the surface of its size that there was, or NULL, how
     * many tiles were compared with it, and which differ. */
    const Surface *before;
    uint32_t compared, differing;
    uint64_t differs[SURFACE_TILES_MOST / 64];
};

static Status write_bytes(void *address, size_t size_bytes) {
    return heap_write(address, size_bytes);
}

static Status discard_bytes(void *address, size_t size_bytes) {
    return memory_discard((uint64_t)(uintptr_t)address, size_bytes);
}

void paint_native_stop(Seat *seat) {
    if (seat->painting)
        bitmap_free(&seat->painting->picture);
    alloc_give(seat->painting);
    seat->painting = NULL;
}

/* The size that the window has, as the person sees it; of one that is larger
 * than any surface the upper part. */
static Rect wanted_size(const Seat *seat) {
    Rect size = windows_visible(&seat->window) ? windows_content(&seat->window)
                                               : seat->window.wanted;
    int32_t most = surface_height_most(size.width);
    size.height = size.height < most ? size.height : most;
    return size;
}

static uint64_t picture_bytes(Rect size) {
    return (uint64_t)size.width * (uint64_t)size.height * 4;
}

/* So much of the RAM do pictures of one app use that are being drawn, or the
 * one that it has: the next one waits. */
static bool must_wait(NativeCall *call, const Seat *seat, Rect size) {
    uint64_t others = 0;
    for (const Seat *each = seat_first_of(seat->domain); each;
         each = each->next_own)
        if (each != seat && each->painting)
            others += picture_bytes(bitmap_rect(&each->painting->picture));
    native_charge(call, WINDOW_UNITS * seat_count_of(seat->domain) +
                            picture_bytes(size) / PICTURE_BYTES);
    return others > 0 && others + picture_bytes(size) >
                             platform_memory_bytes() / PICTURES_PART;
}

static NativeResult begin(NativeCall *call, Seat *seat) {
    const Array *list = native_reference(call, 1);
    uint64_t count = call->arguments[2];
    if (count > list->length)
        return native_throw(call, CLASS_BoundsError,
                            "the list has %lu bytes, not %lu", list->length,
                            count);
    Rect size = wanted_size(seat);
    paint_native_stop(seat);
    if (must_wait(call, seat, size)) {
        native_charge(call, NATIVE_STEP_UNITS);
        return NATIVE_STEP;
    }
    Painting *painting = seat->painting = alloc_take(sizeof *painting);
    if (!painting ||
        bitmap_make(size.width, size.height, &painting->picture) != STATUS_OK) {
        paint_native_stop(seat);
        return native_throw(call, CLASS_MemoryError, "no memory for a picture");
    }
    painting->rows = 0;
    painting->ground = wm_theme()->window;
    painting->compared = painting->differing = 0;
    painting->stamp = wm_stamp();
    paint_begin(&painting->paint, painting->picture, list->at.bytes, count,
                NULL, 0, wm_theme(), 1);
    return NATIVE_STEP;
}

/* Some rows of the ground; false: there are more. */
static bool make_ground(NativeCall *call, Painting *painting) {
    Canvas canvas;
    int32_t width = painting->picture.width, height = painting->picture.height;
    int32_t left = height - painting->rows;
    uint64_t row = 1 + (uint64_t)width / GROUND_PIXELS;
    int32_t most = (int32_t)(NATIVE_STEP_UNITS / row);
    Rect rows = {0, painting->rows, width, most < left ? most : left};
    if (left == 0)
        return true;
    canvas_begin(&canvas, painting->picture);
    canvas_fill(&canvas, rows, painting->ground);
    painting->rows += rows.height;
    native_charge(call, row * (uint64_t)rows.height);
    return false;
}

/* The surface that there is, when it has the picture's size. */
static Surface *fitting_surface(const Seat *seat) {
    const Bitmap *picture = &seat->painting->picture;
    Surface *surface = seat_surface(seat->object);
    bool fits = surface && surface->width == (uint32_t)picture->width &&
                surface->height == (uint32_t)picture->height;
    return fits ? surface : NULL;
}

/* All the app's surfaces would be more than they may, and more than they are;
 * a smaller one is never refused. */
static bool are_too_large(const Seat *seat, const Surface *before,
                          uint64_t bytes) {
    uint64_t others = seat_surface_bytes(seat->domain, seat);
    uint64_t had = before ? surface_bytes(before->width, before->height) : 0;
    return bytes > had &&
           others + bytes > limits_get(seat->domain, LIMIT_SURFACES);
}

/* That, or a new one. */
static Surface *surface_for(NativeCall *call, Seat *seat) {
    WindowObject *object = seat->object;
    uint32_t width = (uint32_t)seat->painting->picture.width;
    uint32_t height = (uint32_t)seat->painting->picture.height;
    Surface *surface = fitting_surface(seat);
    if (surface)
        return surface;
    size_t bytes = surface_bytes(width, height);
    native_charge(call, WINDOW_UNITS * seat_count_of(call->domain));
    if (are_too_large(seat, seat_surface(object), bytes)) {
        limits_refuse(call, LIMIT_SURFACES);
        return NULL;
    }
    Array *array = native_new_array(call, CLASS_IntArray,
                                    (bytes + PLATFORM_PAGE_BYTES) / 8);
    if (!array || !native_write(call, object, sizeof *object))
        return NULL;
    uint64_t start = (uint64_t)(uintptr_t)array->at.words;
    uint64_t page = (start + PLATFORM_PAGE_BYTES - 1) &
                    ~(uint64_t)(PLATFORM_PAGE_BYTES - 1);
    surface = (Surface *)(uintptr_t)page;
    surface_make(surface, width, height, seat->painting->ground);
    HEAP_SET(object->surface, array);
    return surface;
}

/* Finds tiles that differ, some at once; false: there are more. Nothing but
 * this call changes a surface, or a program that writes into its own. */
static bool compare(NativeCall *call, const Seat *seat) {
    Painting *painting = seat->painting;
    const Bitmap *picture = &painting->picture;
    const Surface *before = fitting_surface(seat);
    uint32_t columns = ((uint32_t)picture->width + SURFACE_TILE_WIDTH - 1) /
                       SURFACE_TILE_WIDTH;
    uint32_t rows = ((uint32_t)picture->height + SURFACE_TILE_HEIGHT - 1) /
                    SURFACE_TILE_HEIGHT;
    if (painting->before != before)
        painting->compared = painting->differing = 0;
    painting->before = before;
    uint32_t left = columns * rows - painting->compared;
    uint32_t count = (uint32_t)bytes_min(left, NATIVE_STEP_UNITS / WORK_TILE);
    painting->differing +=
        surface_compare(before, picture, painting->ground, painting->compared,
                        count, painting->differs);
    painting->compared += count;
    native_charge(call, (uint64_t)count * WORK_TILE);
    return count == left;
}

/* The picture is the window's, in one go. */
static NativeResult finish(NativeCall *call, Seat *seat) {
    static const SurfaceMemory memory = {write_bytes, discard_bytes};
    Rect changed = {0, 0, 0, 0};
    const Surface *before = seat->window.surface;
    Surface *surface = surface_for(call, seat);
    if (!surface) {
        if (call->error) /* the picture is not wanted any more */
            paint_native_stop(seat);
        return NATIVE_FAILED;
    }
    call->failed =
        surface_commit(surface, &seat->painting->picture, seat->painting->stamp,
                       seat->painting->differs, &memory, &changed);
    native_charge(call, (uint64_t)seat->painting->differing * WORK_CHANGED);
    seat_refresh(seat);
    if (surface != before)
        changed = bitmap_rect(&seat->painting->picture);
    wm_surface_changed(&seat->window, changed);
    if (call->failed != STATUS_OK)
        return NATIVE_FAILED;
    paint_native_stop(seat);
    return NATIVE_DONE;
}

static NativeResult window_paint(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Seat *seat = seat_of(object);
    if (!seat)
        return native_throw(call, CLASS_ValueError,
                            "the window is not attached");
    NativeResult result = NATIVE_STEP;
    if (!call->progress || !seat->painting)
        result = begin(call, seat);
    if (result != NATIVE_STEP)
        return result;
    call->progress = &object->head;
    if (!seat->painting)
        return NATIVE_STEP; /* it waits, and begins again */
    Paint *paint = &seat->painting->paint;
    if (!make_ground(call, seat->painting))
        return NATIVE_STEP;
    uint64_t before = paint->work;
    Status status = paint_step(paint, NATIVE_STEP_UNITS);
    native_charge(call, paint->work - before);
    if (status == STATUS_BUSY)
        return NATIVE_STEP;
    if (status != STATUS_OK) {
        bool changed = paint_is_checked(paint);
        paint_native_stop(seat);
        return native_throw(
            call, CLASS_ValueError,
            changed ? "the paint list changed while it was drawn"
            : status == STATUS_LIMIT ? "the paint list is too long or too deep"
                                     : "the paint list is not valid");
    }
    /* In a step of its own: it is not cut, so that it is seen as a whole. */
    if (paint->work > before || !compare(call, seat))
        return NATIVE_STEP;
    return finish(call, seat);
}

void paint_native_register(void) {
    static const NativeEntry entries[] = {
        {"ui.Window.paint", "([YI)V", window_paint, NULL},
    };
    natives_register(entries, 1);
}
