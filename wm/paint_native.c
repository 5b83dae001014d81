/* Painting: a program's paint list becomes pixels of its window's surface.
 *
 * The picture is drawn in transient memory in bounded steps; when it is
 * finished, the tiles that differ are written within one call, so neither the
 * screen nor a snapshot sees a half-drawn one. After a restart in the middle
 * the list, which the waiting call still holds, is drawn from its start. */
#include "wm/paint_native.h"

#include "gui/paint.h"
#include "kernel/base/alloc.h"
#include "vm/heap/heap.h"
#include "vm/run/native.h"

/* Units of work (vm/run/worker.h). */
enum {
    GROUND_PIXELS = 64, /* of the empty picture, for a unit */
    WORK_TILE = 6,      /* of one that is as it was, and what is changed */
    WORK_CHANGED = 12,
};

/* A picture that is being drawn; each window has its own, so that windows that
 * paint at the same time do not wait for each other. */
struct Painting {
    Bitmap picture;
    Paint paint;
    int32_t rows;   /* of the picture that are empty, not undefined */
    uint64_t stamp; /* what it is drawn for */
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

/* The size that the window has, as the person sees it. */
static Rect wanted_size(const Seat *seat) {
    if (windows_visible(&seat->window))
        return windows_content(&seat->window);
    return seat->window.wanted;
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
    Painting *painting = seat->painting = alloc_take(sizeof *painting);
    if (!painting ||
        bitmap_make(size.width, size.height, &painting->picture) != STATUS_OK) {
        paint_native_stop(seat);
        return native_throw(call, CLASS_MemoryError, "no memory for a picture");
    }
    painting->rows = 0;
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
    canvas_fill(&canvas, rows, wm_theme()->window);
    painting->rows += rows.height;
    native_charge(call, row * (uint64_t)rows.height);
    return false;
}

/* An object for a surface of the picture's size. */
static Surface *surface_for(NativeCall *call, Seat *seat) {
    WindowObject *object = seat->object;
    uint32_t width = (uint32_t)seat->painting->picture.width;
    uint32_t height = (uint32_t)seat->painting->picture.height;
    Surface *surface = seat_surface(object);
    if (surface && surface->width == width && surface->height == height)
        return surface;
    size_t bytes = surface_bytes(width, height) + PLATFORM_PAGE_BYTES;
    Array *array = native_new_array(call, CLASS_IntArray, bytes / 8);
    if (!array || !native_write(call, object, sizeof *object))
        return NULL;
    uint64_t start = (uint64_t)(uintptr_t)array->at.words;
    uint64_t page = (start + PLATFORM_PAGE_BYTES - 1) &
                    ~(uint64_t)(PLATFORM_PAGE_BYTES - 1);
    surface = (Surface *)(uintptr_t)page;
    surface_make(surface, width, height, wm_theme()->window);
    HEAP_SET(object->surface, array);
    return surface;
}

static NativeResult finish(NativeCall *call, Seat *seat) {
    static const SurfaceMemory memory = {write_bytes, discard_bytes};
    Rect changed = {0, 0, 0, 0};
    const Surface *before = seat->window.surface;
    Surface *surface = surface_for(call, seat);
    if (!surface)
        return NATIVE_FAILED;
    call->failed = surface_commit(surface, &seat->painting->picture,
                                  seat->painting->stamp, &memory, &changed);
    native_charge(call, (uint64_t)surface->columns * surface->rows * WORK_TILE +
                            (uint64_t)changed.width * (uint64_t)changed.height /
                                (SURFACE_TILE_BYTES / 4) * WORK_CHANGED);
    seat->window.surface = surface;
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
        return native_throw(call, CLASS_ValueError,
                            changed
                                ? "the paint list changed while it was drawn"
                                : "the paint list is not valid");
    }
    /* In a step of its own: it is not cut, so that it is seen as a whole. */
    return paint->work > before ? NATIVE_STEP : finish(call, seat);
}

void paint_native_register(void) {
    static const NativeEntry entries[] = {
        {"ui.Window.paint", "([YI)V", window_paint, NULL},
    };
    natives_register(entries, 1);
}
