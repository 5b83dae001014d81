/* Seats and what they read from window objects. */
#include "wm/seat.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/utf8.h"
#include "vm/heap/trust.h"
#include "vm/heap/region.h"
#include "vm/run/slots.h"

enum { INDEX_BITS = 12 };

/* Those of a domain, by its slot. */
typedef struct Own {
    Seat *first;
    uint32_t count;
} Own;

static Seat *seats;
static uint32_t count;
static Own own[ROOT_DOMAINS_MAX];
static Seat *index_of[1 << INDEX_BITS]; /* by object, for seat_of() */

/* Multiplicative hashing, with the golden ratio as the factor: Knuth, The Art
 * of Computer Programming, volume 3, 6.4. */
static Seat **place_of(const WindowObject *object) {
    uint64_t hash = (uint64_t)(uintptr_t)object * 0x9E3779B97F4A7C15u;
    return &index_of[hash >> (64 - INDEX_BITS)];
}

Seat *seat_of(const WindowObject *object) {
    Seat *seat = *place_of(object);
    while (seat && seat->object != object)
        seat = seat->next_like;
    return seat;
}

/* A window's domain is that of its region. */
static const Domain *seat_owner(const WindowObject *object) {
    return region_header(region_of((uint64_t)(uintptr_t)object))->owner;
}

Surface *seat_surface(const WindowObject *object) {
    const Array *array = object->surface;
    if (!array || !trust_is_array(seat_owner(object), array, CLASS_IntArray))
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

static void read_title(Seat *seat) {
    const String *title = seat->object->title;
    if (title && !trust_is_array(seat->domain, title, CLASS_String))
        title = NULL; /* a forged one is none */
    seat->window.title = title ? title->bytes : "";
    seat->window.title_bytes =
        title ? utf8_cut(title->bytes, title->length, TITLE_MOST) : 0;
    seat->title_bytes = title ? title->length : 0;
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
    to->calls = from->flags & WINDOW_CALLS;
    to->stacking = (uint64_t)from->stacking;
    to->focus = (uint64_t)from->focus;
    to->least_width = seat_side(from->least_width);
    to->least_height = seat_side(from->least_height);
    to->cursor = (uint32_t)from->cursor;
}

void seat_refresh(Seat *seat) {
    const Surface *surface = seat_surface(seat->object);
    read_title(seat);
    seat->window.surface = surface;
    seat->surface_bytes =
        surface ? surface_bytes(surface->width, surface->height) : 0;
    seat->window.cursor = (uint32_t)seat->object->cursor;
}

void seat_read(Seat *seat) {
    seat_read_window(seat->object, &seat->window);
    seat_refresh(seat);
}

/* ---- The seats there are ---- */

static void link_in(Seat *seat) {
    Seat **like = place_of(seat->object);
    Own *others = &own[seat->slot];
    seat->next = seats;
    seat->next_own = others->first;
    seat->next_like = *like;
    if (seats)
        seats->before = seat;
    if (others->first)
        others->first->before_own = seat;
    seats = others->first = *like = seat;
    count++;
    others->count++;
}

static void link_out(Seat *seat) {
    Seat **like = place_of(seat->object);
    Own *others = &own[seat->slot];
    while (*like != seat)
        like = &(*like)->next_like;
    *like = seat->next_like;
    *(seat->before ? &seat->before->next : &seats) = seat->next;
    *(seat->before_own ? &seat->before_own->next_own : &others->first) =
        seat->next_own;
    if (seat->next)
        seat->next->before = seat->before;
    if (seat->next_own)
        seat->next_own->before_own = seat->before_own;
    count--;
    others->count--;
}

Seat *seat_add(WindowObject *object, Domain *domain) {
    Seat read = {.object = object,
                 .domain = domain,
                 .slot = slots_of(domain),
                 .window = {.app = domain->name->bytes,
                            .app_bytes = domain->name->length}};
    CHECK(read.slot < ROOT_DOMAINS_MAX);
    seat_read(&read);
    Seat *seat = alloc_take(sizeof *seat);
    if (!seat)
        return NULL;
    *seat = read;
    seat->window.owner = seat;
    seat->moved_ns = platform_now_ns();
    link_in(seat);
    return seat;
}

Seat *seat_first(void) {
    return seats;
}

uint32_t seat_count(void) {
    return count;
}

static const Own *own_of(const Domain *domain) {
    static const Own none;
    size_t slot = slots_of(domain);
    return slot < ROOT_DOMAINS_MAX ? &own[slot] : &none;
}

Seat *seat_first_of(const Domain *domain) {
    return own_of(domain)->first;
}

uint32_t seat_count_of(const Domain *domain) {
    return own_of(domain)->count;
}

uint64_t seat_surface_bytes(const Domain *domain, const Seat *except) {
    uint64_t bytes = 0;
    for (const Seat *seat = seat_first_of(domain); seat; seat = seat->next_own)
        bytes += seat != except ? seat->surface_bytes : 0;
    return bytes;
}

void seat_remove(Seat *seat) {
    link_out(seat);
    windows_remove(&seat->window);
    alloc_give(seat);
}
