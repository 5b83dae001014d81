/* A small picture of the desktop as it was in an older generation.
 *
 * The windows are read from that generation, their numbers and pixels checked,
 * drawn as the compositor draws those of the present, on a desktop of the size
 * of this one, and the whole is made smaller. One window a step, so that
 * others run in between; what is half drawn is transient, and a restart begins
 * anew. */
#include "wm/past_picture.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/text.h"
#include "vm/past/past.h"
#include "vm/run/native.h"
#include "wm/desk.h"
#include "wm/seat.h"
#include "wm/wm_state.h"

enum {
    WINDOWS_MOST = 64,
    PLACES_MOST = 4 * WINDOWS_MOST, /* that are looked at in an app's table */
    TITLE_BYTES = 128,
    PIXELS_PER_UNIT = 48, /* what is charged */
    PAGE_COST = 100,      /* a page that is read and verified */
    PATIENCE = 64,        /* calls that wait for a picture of another thread */
};

typedef struct PastWindow {
    WmWindow window;
    uint64_t surface; /* address of the array, 0: none */
    char title[TITLE_BYTES];
} PastWindow;

/* The picture that is being drawn. */
typedef struct Job {
    const Thread *owner; /* as a name only */
    uint64_t generation, ignored;
    const Theme *theme;
    Bitmap scene;
    PastWindow windows[WINDOWS_MOST]; /* from the rear to the front */
    uint32_t count, drawn;
} Job;

static Job *job;

static void end_job(void) {
    if (job)
        bitmap_free(&job->scene);
    alloc_give(job);
    job = NULL;
}

/* ---- The windows ---- */

static bool is_dark(Past *past) {
    Domain system;
    PastObject both, words;
    uint64_t address, at, dark;
    return past_domain(past, 0, &system, &address) == STATUS_OK &&
           past_object_of(past, (uint64_t)(uintptr_t)system.seat,
                          CLASS_ObjectArray, &both) == STATUS_OK &&
           past_element(past, &both, 0, &at) == STATUS_OK &&
           past_object_of(past, at, CLASS_IntArray, &words) == STATUS_OK &&
           past_element(past, &words, DESK_DARK, &dark) == STATUS_OK && dark;
}

/* Into its place by stacking. */
static void add_window(const PastWindow *added) {
    CHECK(job->count < WINDOWS_MOST);
    uint32_t at = job->count++;
    for (; at > 0 &&
           job->windows[at - 1].window.stacking > added->window.stacking;
         at--)
        job->windows[at] = job->windows[at - 1];
    job->windows[at] = *added;
}

/* What is no window, or damaged, is left out. */
static void read_window(Past *past, uint64_t address) {
    PastObject object;
    WindowObject from;
    PastWindow made = {0};
    if (past_object(past, address, &object) != STATUS_OK ||
        object.of->shape != SHAPE_OBJECT || object.bytes < sizeof from ||
        past_read(past, address, &from, sizeof from) != STATUS_OK)
        return;
    seat_read_window(&from, &made.window);
    made.surface = (uint64_t)(uintptr_t)from.surface;
    if (past_name(past, (uint64_t)(uintptr_t)from.title, made.title,
                  sizeof made.title) != STATUS_OK)
        made.title[0] = 0;
    if (windows_visible(&made.window))
        add_window(&made);
}

static Status read_windows(Past *past) {
    for (uint32_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain domain;
        uint64_t address;
        if (past_domain(past, i, &domain, &address) != STATUS_OK ||
            domain.state != DOMAIN_RUNNING)
            continue;
        PastObject table;
        if (past_object_of(past, (uint64_t)(uintptr_t)domain.seat,
                           CLASS_ObjectArray, &table) != STATUS_OK)
            continue;
        for (uint64_t k = 0;
             k < table.length && k < PLACES_MOST && job->count < WINDOWS_MOST;
             k++) {
            uint64_t at;
            if (past_element(past, &table, k, &at) == STATUS_OK && at)
                read_window(past, at);
        }
    }
    return past_starved(past) ? STATUS_NO_MEMORY : STATUS_OK;
}

/* ---- Pixels ---- */

static Status read_tiles(Past *past, uint64_t from, Surface *surface,
                         size_t bytes) {
    uint32_t tiles = surface->columns * surface->rows;
    size_t head = bytes - (size_t)tiles * SURFACE_TILE_BYTES;
    Status status = past_read(past, from, surface, head);
    for (uint32_t i = 0; i < tiles && status == STATUS_OK; i++) {
        size_t at = head + (size_t)i * SURFACE_TILE_BYTES;
        if (!surface->colours[i])
            status = past_read(past, from + at, (uint8_t *)surface + at,
                               SURFACE_TILE_BYTES);
    }
    return status;
}

/* A copy of the surface in transient memory; NULL and OK: there is none. */
static Status read_surface(Past *past, uint64_t address,
                           Surface **surface_out) {
    PastObject array;
    Surface head;
    *surface_out = NULL;
    if (past_object_of(past, address, CLASS_IntArray, &array) != STATUS_OK)
        return STATUS_OK;
    uint64_t page = (address + 16 + PLATFORM_PAGE_BYTES - 1) &
                    ~(uint64_t)(PLATFORM_PAGE_BYTES - 1);
    uint64_t end = address + array.bytes;
    if (page + PLATFORM_PAGE_BYTES > end ||
        past_read(past, page, &head, sizeof head) != STATUS_OK ||
        !surface_valid(&head, end - page))
        return STATUS_OK;
    size_t bytes = surface_bytes(head.width, head.height);
    Surface *surface = alloc_take(bytes);
    if (!surface)
        return STATUS_NO_MEMORY;
    bytes_copy(surface, &head, sizeof head);
    Status status = read_tiles(past, page, surface, bytes);
    if (status != STATUS_OK || !surface_valid(surface, bytes)) {
        alloc_give(surface);
        return status == STATUS_NO_MEMORY ? status : STATUS_OK;
    }
    *surface_out = surface;
    return STATUS_OK;
}

/* ---- Drawing ---- */

static void draw_desk(void) {
    Canvas canvas;
    Rect all = bitmap_rect(&job->scene), bar = all;
    canvas_begin(&canvas, job->scene);
    canvas_gradient(&canvas, all, job->theme->desktop_top,
                    job->theme->desktop_bottom);
    bar.y = all.height - THEME_BAR_HEIGHT;
    bar.height = THEME_BAR_HEIGHT;
    decor_bar(&canvas, bar, job->theme);
}

static Status draw_window(Past *past, uint32_t place) {
    PastWindow *from = &job->windows[place];
    WmWindow *window = &from->window;
    Surface *surface;
    Status status = read_surface(past, from->surface, &surface);
    if (status != STATUS_OK)
        return status;
    window->surface = surface;
    DecorWindow decor = {.frame = windows_frame(window),
                         .title = from->title,
                         .title_bytes = text_length(from->title),
                         .active = true,
                         .maximised = window->state == WM_MAXIMISED,
                         .fixed = window->fixed};
    for (uint32_t i = 0; i < job->count; i++)
        if (job->windows[i].window.focus > window->focus)
            decor.active = false;
    Canvas canvas;
    canvas_begin(&canvas, job->scene);
    canvas_clip(&canvas, windows_work_area());
    compositor_draw_window(&canvas, window, &decor, job->theme);
    window->surface = NULL;
    alloc_give(surface);
    return STATUS_OK;
}

/* The middle of the pixels that become one. */
static uint32_t average(Rect from) {
    uint32_t sums[3] = {0}, count = (uint32_t)(from.width * from.height);
    for (int32_t y = from.y; y < from.y + from.height; y++) {
        const uint32_t *row = bitmap_at(&job->scene, from.x, y);
        for (int32_t x = 0; x < from.width; x++) {
            sums[0] += row[x] & 255;
            sums[1] += row[x] >> 8 & 255;
            sums[2] += row[x] >> 16 & 255;
        }
    }
    return sums[0] / count | sums[1] / count << 8 | sums[2] / count << 16;
}

static int32_t height_for(int32_t width) {
    int32_t height =
        (int32_t)((int64_t)width * job->scene.height / job->scene.width);
    return height > 0 ? height : 1;
}

static void make_small(Array *pixels, int32_t width, int32_t height) {
    int32_t wide = job->scene.width, high = job->scene.height;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            Rect from = {x * wide / width, y * high / height, 1, 1};
            from.width = (x + 1) * wide / width - from.x;
            from.height = (y + 1) * high / height - from.y;
            bytes_put32(pixels->at.bytes +
                            4 * ((size_t)y * (size_t)width + (size_t)x),
                        average(from));
        }
}

/* ---- The native ---- */

static NativeResult refuse(NativeCall *call, Status status) {
    end_job();
    if (status == STATUS_NO_MEMORY)
        return native_throw(call, CLASS_MemoryError, "no memory for a picture");
    if (status == STATUS_NOT_FOUND)
        return native_throw(call, CLASS_ValueError,
                            "generation %lu is not kept", call->arguments[0]);
    return native_throw(call, CLASS_IoError, "generation %lu: %s",
                        call->arguments[0], status_text(status));
}

static Status begin(NativeCall *call, Past *past) {
    end_job();
    job = alloc_take(sizeof *job);
    if (!job)
        return STATUS_NO_MEMORY;
    job->owner = call->thread;
    job->generation = call->arguments[0];
    job->theme = is_dark(past) ? &theme_dark : &theme_light;
    Status status =
        bitmap_make(wm_state.scene.width, wm_state.scene.height, &job->scene);
    if (status != STATUS_OK)
        return STATUS_NO_MEMORY;
    draw_desk();
    return read_windows(past);
}

/* Drawing a window over all of it, or looking at each pixel. */
static uint64_t screen_units(void) {
    uint64_t width = job ? (uint64_t)job->scene.width : 0;
    return width * (job ? (uint64_t)job->scene.height : 0) / PIXELS_PER_UNIT;
}

static NativeResult finish(NativeCall *call) {
    int32_t width = (int32_t)call->arguments[1], height = height_for(width);
    Array *pixels = native_new_array(call, CLASS_ByteArray,
                                     (uint64_t)width * (uint64_t)height * 4);
    if (!pixels)
        return NATIVE_FAILED; /* the picture is there when it is asked again */
    make_small(pixels, width, height);
    native_charge(call, screen_units());
    end_job();
    return native_give(call, pixels);
}

/* One picture at a time; one whose thread does not come any more gives way. */
static bool is_others(const NativeCall *call) {
    return job && job->owner != call->thread && job->ignored++ < PATIENCE;
}

static bool is_own(const NativeCall *call) {
    return job && job->owner == call->thread &&
           job->generation == call->arguments[0];
}

static NativeResult past_picture(NativeCall *call) {
    Past *past;
    if (!wm_state.scene.width)
        return native_throw(call, CLASS_IoError, "there is no screen");
    call->progress = &call->thread->head;
    native_charge(call, 1000);
    if (is_others(call))
        return NATIVE_STEP;
    if (is_own(call) && job->drawn == job->count)
        return finish(call);
    Status status = past_open(call->arguments[0], &past);
    if (status != STATUS_OK)
        return refuse(call, status);
    if (!is_own(call))
        status = begin(call, past);
    else
        status = draw_window(past, job->drawn++);
    native_charge(call, past_pages_read(past) * PAGE_COST + screen_units());
    past_close(past);
    if (status != STATUS_OK)
        return refuse(call, status);
    job->ignored = 0;
    return NATIVE_STEP;
}

void past_picture_register(void) {
    static const NativeEntry entries[] = {
        {"system.pastPicture", "(II)[Y", past_picture, NULL},
    };
    natives_register(entries, 1);
}
