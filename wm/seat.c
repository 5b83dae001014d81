/* Seats and what they read from window objects. */
#include "wm/seat.h"

#include "kernel/base/alloc.h"

static Seat *seats;

Seat *seat_of(const WindowObject *object) {
    Seat *seat = seats;
    while (seat && seat->object != object)
        seat = seat->next;
    return seat;
}

Surface *seat_surface(const WindowObject *object) {
    const Array *array = object->surface;
    if (!array)
        return NULL;
    uint64_t start = (uint64_t)(uintptr_t)array->at.words;
    uint64_t page = (start + PLATFORM_PAGE_BYTES - 1) &
                    ~(uint64_t)(PLATFORM_PAGE_BYTES - 1);
    uint64_t end = start + array->length * 8;
    Surface *surface = (Surface *)(uintptr_t)page;
    bool good =
        page + PLATFORM_PAGE_BYTES <= end && surface_valid(surface, end - page);
    return good ? surface : NULL;
}

int32_t seat_side(int64_t length) {
    return length < 1                  ? 1
           : length > SURFACE_SIDE_MAX ? SURFACE_SIDE_MAX
                                       : (int32_t)length;
}

enum { TITLE_MOST = 256 }; /* bytes that are shown and measured */

/* A whole number of characters. */
static size_t title_bytes(const String *title) {
    size_t bytes = TITLE_MOST;
    if (title->length <= TITLE_MOST)
        return title->length;
    while (bytes > 0 && ((uint8_t)title->bytes[bytes] & 0xC0) == 0x80)
        bytes--;
    return bytes;
}

void seat_read_title(Seat *seat) {
    const String *title = seat->object->title;
    seat->window.title = title ? title->bytes : "";
    seat->window.title_bytes = title ? title_bytes(title) : 0;
}

void seat_read_window(const WindowObject *from, WmWindow *to) {
    to->number = (uint64_t)from->number;
    to->wanted = (Rect){rect_clamp(from->x), rect_clamp(from->y),
                        seat_side(from->width), seat_side(from->height)};
    to->state = from->state == WM_MINIMISED || from->state == WM_MAXIMISED
                    ? (WmState)from->state
                    : WM_NORMAL;
    to->fixed = from->flags & WINDOW_FIXED;
    to->was_maximised = from->flags & WINDOW_WAS_MAXIMISED;
    to->stacking = (uint64_t)from->stacking;
    to->focus = (uint64_t)from->focus;
    to->least_width = seat_side(from->least_width);
    to->least_height = seat_side(from->least_height);
    to->cursor = (uint32_t)from->cursor;
}

void seat_read(Seat *seat) {
    seat_read_window(seat->object, &seat->window);
    seat_read_title(seat);
    seat->window.surface = seat_surface(seat->object);
}

Seat *seat_add(WindowObject *object, Domain *domain) {
    Seat read = {.object = object,
                 .domain = domain,
                 .window = {.app = domain->name->bytes,
                            .app_bytes = domain->name->length}};
    seat_read(&read);
    Seat *seat = alloc_take(sizeof *seat);
    if (!seat)
        return NULL;
    *seat = read;
    seat->window.owner = seat;
    seat->moved_ns = platform_now_ns();
    seat->seen_first = object->event_first;
    seat->next = seats;
    seats = seat;
    return seat;
}

Seat *seat_first(void) {
    return seats;
}

void seat_remove(Seat *seat) {
    Seat **at = &seats;
    while (*at != seat)
        at = &(*at)->next;
    *at = seat->next;
    windows_remove(&seat->window);
    alloc_give(seat);
}
