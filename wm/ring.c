/* Rings of events, and what waits for room in them. */
#include "wm/ring.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "vm/heap/heap.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"

enum { BACKLOG = 256 }; /* events that could not be written yet */

typedef struct Waiting {
    Seat *seat;
    InputEvent event;
} Waiting;

static Waiting backlog[BACKLOG];
static uint32_t backlog_count;
static Status refused; /* why the first of them waits, */
static bool was_full;  /* and whether it is for a full ring */

uint64_t *ring_event(const WindowObject *object, uint64_t place) {
    uint64_t at = ((uint64_t)object->event_first + place) % WINDOW_EVENTS;
    return &object->events->at.words[at * WINDOW_EVENT_WORDS];
}

bool ring_is_good(const WindowObject *object) {
    return object->events &&
           object->events->length >= WINDOW_EVENTS * WINDOW_EVENT_WORDS &&
           (uint64_t)object->event_first < WINDOW_EVENTS &&
           (uint64_t)object->event_count <= WINDOW_EVENTS;
}

Thread *ring_waiter(const Seat *seat) {
    for (Thread *at = seat->domain->waiters; at; at = at->next)
        if (at->wait == WAIT_NATIVE && at->waiting == &seat->object->head)
            return at;
    return NULL;
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

static bool replaces(const WindowObject *object, const InputEvent *event) {
    if (object->event_count == 0)
        return false;
    uint64_t last = ring_event(object, (uint64_t)object->event_count - 1)[0];
    return last == event->kind &&
           (event->kind == INPUT_POINTER || (int)event->kind == WM_EVENT_SIZE);
}

/* All or nothing: the event is in the ring and its thread runs, or not. BUSY:
 * the ring is full. An app whose page is lost is left (vm_unless_lost). */
static Status push_event(Seat *seat, const InputEvent *event) {
    WindowObject *object = seat->object;
    if (!ring_is_good(object))
        return STATUS_OK; /* a broken app hears nothing */
    was_full = object->event_count == WINDOW_EVENTS && !replaces(object, event);
    if (was_full)
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
    if (replaces(object, event))
        object->event_count--;
    write_event(ring_event(object, (uint64_t)object->event_count), event);
    object->event_count++;
    CHECK(ring_is_good(object));
    return STATUS_OK;
}

void ring_flush(void) {
    while (backlog_count > 0) {
        refused = push_event(backlog[0].seat, &backlog[0].event);
        if (refused != STATUS_OK)
            return;
        bytes_move(backlog, backlog + 1, --backlog_count * sizeof backlog[0]);
    }
}

void ring_deliver(WmWindow *window, const InputEvent *event) {
    Seat *seat = window->owner;
    ring_flush();
    if (backlog_count == 0) {
        refused = push_event(seat, event);
        if (refused == STATUS_OK)
            return;
    }
    if (backlog_count < BACKLOG)
        backlog[backlog_count++] = (Waiting){seat, *event};
}

void ring_forget(const Seat *seat) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < backlog_count; i++)
        if (backlog[i].seat != seat)
            backlog[kept++] = backlog[i];
    backlog_count = kept;
}

bool ring_behind(void) {
    return backlog_count > 0;
}

void ring_drop(WindowObject *object) {
    object->event_first = (object->event_first + 1) % WINDOW_EVENTS;
    object->event_count--;
    CHECK(ring_is_good(object));
}

static bool is_attached(const Seat *wanted) {
    const Seat *seat = seat_first();
    while (seat && seat != wanted)
        seat = seat->next;
    return seat != NULL;
}

/* What a program broke is no matter of C. */
static bool has_events(const Seat *seat) {
    return ring_is_good(seat->object) && seat->object->event_count > 0;
}

const char *ring_check(void) {
    for (uint32_t i = 0; i < backlog_count; i++)
        if (!is_attached(backlog[i].seat))
            return "E2: an event waits for a window that went";
    if (backlog_count > 0 && refused == STATUS_OK)
        return "E3: an event waits for nothing";
    if (backlog_count > 0 && was_full &&
        backlog[0].seat->object->event_count < WINDOW_EVENTS)
        return "E3: an event waits though its ring has room";
    for (const Seat *seat = seat_first(); seat; seat = seat->next)
        if (has_events(seat) && ring_waiter(seat))
            return "E4: a thread waits for events that are there";
    return NULL;
}
