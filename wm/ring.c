/* Rings of events, and what waits for room in them. */
#include "wm/ring.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/run/limits.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"
#include "wm/clipboard.h"

enum { LATE_FIRST = 32 }; /* places when there are any */

/* Seats of which something is to be done or asked, so that no turn walks over
 * all. `busy` has all that do not rest, `unheard` all that have not taken all
 * events; whoever finds that one does drops it. */
static struct { List late, closing, busy, unheard; } rings;

/* What waits behind a ring, the oldest first. */
typedef struct RingLate {
    uint32_t count, capacity;
    bool was_full; /* of the first: the ring was, else nothing was written */
    InputEvent events[];
} RingLate;

/* ---- Lists of seats ---- */

static List *made(List *list) {
    if (!list->head.next)
        list_init(list);
    return list;
}

static void put_into(List *list, ListLink *link) {
    if (!link->next)
        list_append(made(list), link);
}

static void take_from(ListLink *link) {
    if (link->next)
        list_remove(link);
}

void ring_came(Seat *seat) {
    put_into(&rings.busy, &seat->by_busy);
    put_into(&rings.unheard, &seat->by_unheard);
}

/* ---- The ring ---- */

uint64_t *ring_event(const WindowObject *object, uint64_t place) {
    uint64_t at = ((uint64_t)object->event_first + place) % WINDOW_EVENTS;
    return &object->events->at.words[at * WINDOW_EVENT_WORDS];
}

bool ring_is_good(const WindowObject *object) {
    const Domain *owner =
        region_header(region_of((uint64_t)(uintptr_t)object))->owner;
    return object->events &&
           trust_is_array(owner, object->events, CLASS_IntArray) &&
           object->events->length >= WINDOW_EVENTS * WINDOW_EVENT_WORDS &&
           (uint64_t)object->event_first < WINDOW_EVENTS &&
           (uint64_t)object->event_count <= WINDOW_EVENTS;
}

Thread *ring_waiter(const Seat *seat) {
    return thread_waiter(seat->domain, &seat->object->head);
}

static void write_event(uint64_t *words, const InputEvent *event) {
    words[0] = event->kind;
    words[1] = event->usage;
    words[2] = (event->down ? WINDOW_EVENT_DOWN : 0u) |
               (event->repeat ? WINDOW_EVENT_REPEAT : 0u);
    words[3] = event->modifiers;
    words[4] = event->text;
    words[5] = (uint64_t)(int64_t)event->x;
    words[6] = (uint64_t)(int64_t)event->y;
    words[7] = (uint64_t)(int64_t)event->wheel;
}

/* Only the newest of its kind counts. */
static bool says_how_it_is(const InputEvent *event) {
    int kind = (int)event->kind;
    return kind == INPUT_POINTER || kind == WM_EVENT_SIZE ||
           kind == WM_EVENT_THEME || kind == WM_EVENT_PAINT;
}

static bool replaces(const WindowObject *object, const InputEvent *event) {
    if (object->event_count == 0)
        return false;
    uint64_t last = ring_event(object, (uint64_t)object->event_count - 1)[0];
    return last == event->kind && says_how_it_is(event);
}

static bool is_full_for(const WindowObject *object, const InputEvent *event) {
    return object->event_count == WINDOW_EVENTS && !replaces(object, event);
}

/* All or nothing: the event is in the ring and its thread runs, or not. BUSY:
 * the ring is full. An app whose page is lost is left (vm_unless_lost). */
static Status push_event(Seat *seat, const InputEvent *event) {
    WindowObject *object = seat->object;
    if (!ring_is_good(object))
        return STATUS_OK; /* a broken app hears nothing */
    if (is_full_for(object, event))
        return STATUS_BUSY;
    Status status = heap_write(object, sizeof *object);
    if (status == STATUS_OK)
        status = heap_write(object->events,
                            heap_object_bytes(&object->events->head));
    Thread *waiter = ring_waiter(seat);
    if (status == STATUS_OK && waiter)
        status = thread_complete(waiter, 0, true);
    if (vm_unless_lost(status) != STATUS_OK)
        return status;
    if (waiter)
        seat->moved_ns = platform_now_ns();
    ring_came(seat);
    if (replaces(object, event))
        object->event_count--;
    write_event(ring_event(object, (uint64_t)object->event_count), event);
    object->event_count++;
    CHECK(ring_is_good(object));
    return STATUS_OK;
}

/* ---- Behind the ring ---- */

static void give_late(Seat *seat) {
    alloc_give(seat->late);
    seat->late = NULL;
    take_from(&seat->by_late);
}

static void take_out(RingLate *late, uint32_t place) {
    late->count--;
    bytes_move(late->events + place, late->events + place + 1,
               (late->count - place) * sizeof late->events[0]);
}

/* The last of this kind, and with keys and buttons of this usage; or -1. */
static int64_t find_late(const RingLate *late, const InputEvent *event) {
    for (uint32_t i = late->count; i-- > 0;)
        if (late->events[i].kind == event->kind &&
            late->events[i].usage == event->usage)
            return i;
    return -1;
}

static bool is_press(const InputEvent *event) {
    return event->kind == INPUT_WHEEL ||
           ((event->kind == INPUT_KEY || event->kind == INPUT_BUTTON) &&
            event->down);
}

static bool is_refused(const Seat *seat, const InputEvent *event,
                       bool was_full) {
    const RingLate *late = seat->late;
    uint64_t presses = limits_get(seat->domain, LIMIT_EVENTS) - RING_RELEASES;
    return is_press(event) && ((late && late->count >= presses) ||
                               ((late ? late->was_full : was_full) &&
                                ring_silent_ns(seat) >= RING_PATIENCE_NS));
}

/* Is it enough to keep what is there? Then what it says of now goes to the end
 * with it. */
static bool merge(RingLate *late, const InputEvent *event) {
    int64_t place = find_late(late, event);
    if (place < 0)
        return false;
    if (says_how_it_is(event))
        take_out(late, (uint32_t)place);
    return !is_press(event) && !says_how_it_is(event) &&
           late->events[place].down == event->down;
}

static bool make_room(Seat *seat) {
    RingLate *late = seat->late;
    uint32_t capacity = late ? late->capacity * 2 : LATE_FIRST;
    if (late && late->count < late->capacity)
        return true;
    if (capacity > limits_row(LIMIT_EVENTS)->largest)
        return false;
    size_t each = sizeof late->events[0];
    RingLate *larger =
        alloc_resize(late, late ? sizeof *late + late->capacity * each : 0,
                     sizeof *larger + capacity * each);
    if (!larger)
        return false;
    larger->capacity = capacity;
    seat->late = larger;
    return true;
}

/* Without memory the event is lost. */
static void keep_late(Seat *seat, const InputEvent *event, bool was_full) {
    if (is_refused(seat, event, was_full) || !make_room(seat))
        return;
    RingLate *late = seat->late;
    put_into(&rings.late, &seat->by_late);
    ring_came(seat);
    if (late->count == 0)
        late->was_full = was_full;
    if (!merge(late, event))
        late->events[late->count++] = *event;
}

static void flush(Seat *seat) {
    RingLate *late = seat->late;
    uint32_t taken = 0;
    while (late && taken < late->count) {
        Status status = push_event(seat, &late->events[taken]);
        if (status != STATUS_OK) {
            late->was_full = status == STATUS_BUSY;
            break;
        }
        taken++;
    }
    if (taken == 0)
        return;
    late->count -= taken;
    bytes_move(late->events, late->events + taken,
               late->count * sizeof late->events[0]);
    if (late->count == 0)
        give_late(seat);
}

void ring_flush(void) {
    List *late = made(&rings.late);
    for (ListLink *at = late->head.next, *next; at != &late->head; at = next) {
        next = at->next;
        flush(LIST_ELEMENT(at, Seat, by_late));
    }
}

void ring_waits(Seat *seat) {
    seat->moved_ns = platform_now_ns();
    ring_asked(seat); /* it has answered */
}

void ring_deliver(WmWindow *window, const InputEvent *event) {
    Seat *seat = window->owner;
    Status status = STATUS_BUSY;
    flush(seat);
    if ((int)event->kind == WM_EVENT_CLOSE && seat->close_ns == 0) {
        seat->close_ns = platform_now_ns();
        put_into(&rings.closing, &seat->by_closing);
    }
    if ((int)event->kind < WM_EVENT_SIZE) { /* from a person, not a program */
        vm_favour(seat->domain);
        clipboard_press(seat->domain, event);
    }
    if (!seat->late)
        status = push_event(seat, event);
    if (status != STATUS_OK)
        keep_late(seat, event, status == STATUS_BUSY);
}

void ring_forget(Seat *seat) {
    give_late(seat);
    take_from(&seat->by_closing);
    take_from(&seat->by_busy);
    take_from(&seat->by_unheard);
}

bool ring_behind(const Seat *seat) {
    return seat->late != NULL;
}

uint64_t ring_late(const Seat *seat) {
    return seat->late ? seat->late->count : 0;
}

uint64_t ring_silent_ns(const Seat *seat) {
    return ring_waiter(seat) ? 0 : platform_now_ns() - seat->moved_ns;
}

/* ---- Who is to be closed ---- */

Seat *ring_first_closing(void) {
    ListLink *first = list_first(made(&rings.closing));
    return first ? LIST_ELEMENT(first, Seat, by_closing) : NULL;
}

void ring_asked(Seat *seat) {
    seat->close_ns = 0;
    take_from(&seat->by_closing);
}

List *ring_busy(void) {
    return made(&rings.busy);
}

List *ring_unheard(void) {
    return made(&rings.unheard);
}

void ring_drop(WindowObject *object) {
    Seat *seat = seat_of(object);
    object->event_first = (object->event_first + 1) % WINDOW_EVENTS;
    object->event_count--;
    CHECK(ring_is_good(object));
    if (!seat)
        return;
    seat->moved_ns = platform_now_ns();
    ring_came(seat);
}

/* What a program broke is no matter of C. */
static bool has_events(const Seat *seat) {
    return ring_is_good(seat->object) && seat->object->event_count > 0;
}

static const char *check_late(const Seat *seat) {
    const RingLate *late = seat->late;
    if (!late)
        return NULL;
    if (late->count == 0 || (late->was_full && ring_is_good(seat->object) &&
                             !is_full_for(seat->object, &late->events[0])))
        return "E2: an event waits for nothing";
    if (late->count > late->capacity ||
        late->capacity > limits_row(LIMIT_EVENTS)->largest)
        return "E3: too much waits behind a ring";
    return NULL;
}

const char *ring_check(void) {
    const char *wrong = NULL;
    for (const Seat *seat = seat_first(); seat && !wrong; seat = seat->next) {
        wrong = check_late(seat);
        if (!seat->by_late.next != !seat->late)
            wrong = "E5: nobody looks at what waits behind a ring";
        if (has_events(seat) && ring_waiter(seat))
            wrong = "E4: a thread waits for events that are there";
    }
    return wrong;
}
