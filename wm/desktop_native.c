/* Window objects and the window manager's windows: attaching, events, and what
 * the person changed. */
#include "wm/desktop_native.h"
#include "wm/window_native.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/run/native.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"

enum {
    BACKLOG = 256, /* events that could not be written yet */
    FIRST_X = 96,  /* where the first window goes, and the step */
    FIRST_Y = 72,  /* to the next */
    CASCADE = 32,
    EDGE = 16, /* kept free around a new window */
    CASCADE_TURNS = 8,
};

typedef struct Waiting {
    Seat *seat;
    InputEvent event;
} Waiting;

static Seat *seats;
static Waiting backlog[BACKLOG];
static uint32_t backlog_count;

/* ---- The desk: an array of words in the system domain ---- */

static Array *desk(void) {
    Object *seat = ROOT->domains[0]->seat;
    return seat ? (Array *)((Array *)(void *)seat)->at.references[0] : NULL;
}

static uint64_t *desk_words(void) {
    return desk()->at.words;
}

/* The desk's array of references: the words, then the clipboard. */
static Array *desk_references(void) {
    return (Array *)(void *)ROOT->domains[0]->seat;
}

static Status make_desk(void) {
    Status status;
    Domain *system = ROOT->domains[0];
    Array *both = heap_new_array(system, CLASS_ObjectArray, 2, &status);
    Array *words =
        both ? heap_new_array(system, CLASS_IntArray, DESK_WORDS, &status)
             : NULL;
    if (!words)
        return status;
    HEAP_SET(both->at.references[0], words);
    status = heap_write(&system->seat, sizeof system->seat);
    if (status == STATUS_OK)
        HEAP_SET(system->seat, both);
    return status;
}

bool desktop_desk(WmDesk *desk_out) {
    const uint64_t *words = desk() ? desk_words() : NULL;
    if (!words || !words[DESK_POINTED])
        return false;
    *desk_out = (WmDesk){.x = (int32_t)words[DESK_X],
                         .y = (int32_t)words[DESK_Y],
                         .launcher_open = words[DESK_LAUNCHER] != 0,
                         .dark = words[DESK_DARK] != 0};
    return true;
}

static bool desk_is_kept(const WmDesk *now) {
    WmDesk old;
    return desktop_desk(&old) && old.x == now->x && old.y == now->y &&
           old.launcher_open == now->launcher_open && old.dark == now->dark;
}

static void keep_desk(void) {
    WmDesk now = wm_desk();
    Array *words = desk();
    if (desk_is_kept(&now) ||
        heap_write(words, heap_object_bytes(&words->head)) != STATUS_OK)
        return;
    desk_words()[DESK_X] = (uint64_t)now.x;
    desk_words()[DESK_Y] = (uint64_t)now.y;
    desk_words()[DESK_LAUNCHER] = now.launcher_open;
    desk_words()[DESK_DARK] = now.dark;
    desk_words()[DESK_POINTED] = 1;
}

/* ---- Seats ---- */

Seat *desktop_seat(const WindowObject *object) {
    Seat *seat = seats;
    while (seat && seat->object != object)
        seat = seat->next;
    return seat;
}

Surface *desktop_surface(const WindowObject *object) {
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

static int32_t side(int64_t length) {
    return length < 1                  ? 1
           : length > SURFACE_SIDE_MAX ? SURFACE_SIDE_MAX
                                       : (int32_t)length;
}

static void read_title(Seat *seat) {
    const String *title = seat->object->title;
    seat->window.title = title ? title->bytes : "";
    seat->window.title_bytes = title ? title->length : 0;
}

/* What the window manager sees of an object, when it comes: later it is the
 * window manager that knows, whatever the program writes there. */
void desktop_read_window(const WindowObject *from, WmWindow *to) {
    to->number = (uint64_t)from->number;
    to->wanted = (Rect){rect_clamp(from->x), rect_clamp(from->y),
                        side(from->width), side(from->height)};
    to->state = from->state == WM_MINIMISED || from->state == WM_MAXIMISED
                    ? (WmState)from->state
                    : WM_NORMAL;
    to->fixed = from->flags & WINDOW_FIXED;
    to->was_maximised = from->flags & WINDOW_WAS_MAXIMISED;
    to->stacking = (uint64_t)from->stacking;
    to->focus = (uint64_t)from->focus;
    to->least_width = side(from->least_width);
    to->least_height = side(from->least_height);
    to->cursor = (uint32_t)from->cursor;
}

static void read_object(Seat *seat) {
    desktop_read_window(seat->object, &seat->window);
    read_title(seat);
    seat->window.surface = desktop_surface(seat->object);
}

/* All is read before anything is taken: a page of it may be lost. */
static Seat *add_seat(WindowObject *object, Domain *domain) {
    Seat read = {.object = object,
                 .domain = domain,
                 .window = {.app = domain->name->bytes,
                            .app_bytes = domain->name->length}};
    read_object(&read);
    Seat *seat = alloc_take(sizeof *seat);
    if (!seat)
        return NULL;
    *seat = read;
    seat->window.owner = seat;
    seat->next = seats;
    seats = seat;
    return seat;
}

static void forget_backlog(const Seat *seat) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < backlog_count; i++)
        if (backlog[i].seat != seat)
            backlog[kept++] = backlog[i];
    backlog_count = kept;
}

static void remove_seat(Seat *seat) {
    Seat **at = &seats;
    while (*at != seat)
        at = &(*at)->next;
    *at = seat->next;
    forget_backlog(seat);
    desktop_stop_painting(seat);
    wm_window_goes(&seat->window);
    windows_remove(&seat->window);
    alloc_give(seat);
}

void desktop_forget(const Domain *domain) {
    for (Seat *seat = seats, *next; seat; seat = next) {
        next = seat->next;
        if (seat->domain == domain)
            remove_seat(seat);
    }
}

static Status restore_domain(Domain *domain) {
    WindowObject *object = (WindowObject *)(void *)domain->seat;
    /* A program can write `next`: a ring ends where it closes. */
    for (; object && !desktop_seat(object); object = object->next) {
        Seat *seat = add_seat(object, domain);
        if (!seat)
            return STATUS_NO_MEMORY;
        /* The owner was told its size before the restart. */
        seat->window.told_width = seat->window.wanted.width;
        seat->window.told_height = seat->window.wanted.height;
        windows_add(&seat->window);
        wm_window_came(&seat->window);
    }
    return STATUS_OK;
}

Status desktop_restore(void) {
    Status status = desk() ? STATUS_OK : make_desk();
    for (uint32_t i = 1; i < ROOT_DOMAINS_MAX && status == STATUS_OK; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && domain->state == DOMAIN_RUNNING)
            status = restore_domain(domain);
    }
    windows_mend();
    wm_restored();
    return status;
}

Status desktop_bring(Domain *domain) {
    Status status = restore_domain(domain);
    WmWindow *first = NULL;
    windows_mend();
    for (Seat *seat = seats; seat; seat = seat->next)
        if (seat->domain == domain && windows_visible(&seat->window) &&
            (!first || seat->window.stacking > first->stacking))
            first = &seat->window;
    if (first) {
        windows_raise(first);
        wm_window_came(first);
    }
    wm_restored();
    return status;
}

/* ---- Events ---- */

static uint64_t *event_words(const WindowObject *object, uint64_t place) {
    uint64_t at = ((uint64_t)object->event_first + place) % WINDOW_EVENTS;
    return &object->events->at.words[at * WINDOW_EVENT_WORDS];
}

static bool ring_is_good(const WindowObject *object) {
    return object->events &&
           object->events->length >= WINDOW_EVENTS * WINDOW_EVENT_WORDS &&
           (uint64_t)object->event_first < WINDOW_EVENTS &&
           (uint64_t)object->event_count <= WINDOW_EVENTS;
}

static Thread *waiter_of(const Seat *seat) {
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

/* Motion and sizes say where things are now, so a newer one replaces one that
 * was not taken yet. */
static bool replaces(const WindowObject *object, const InputEvent *event) {
    if (object->event_count == 0)
        return false;
    uint64_t last = event_words(object, (uint64_t)object->event_count - 1)[0];
    return last == event->kind &&
           (event->kind == INPUT_POINTER || (int)event->kind == WM_EVENT_SIZE);
}

/* All or nothing: the event is in the ring and its thread runs, or not. BUSY:
 * the ring is full. An app whose page is lost is left (vm_unless_lost). */
static Status push_event(Seat *seat, const InputEvent *event) {
    WindowObject *object = seat->object;
    if (!ring_is_good(object))
        return STATUS_OK; /* a broken app hears nothing */
    if (object->event_count == WINDOW_EVENTS && !replaces(object, event))
        return STATUS_BUSY;
    Status status = heap_write(object, sizeof *object);
    if (status == STATUS_OK)
        status = heap_write(object->events,
                            heap_object_bytes(&object->events->head));
    Thread *waiter = waiter_of(seat);
    if (status == STATUS_OK && waiter)
        status = thread_complete(waiter, 0, true);
    if (vm_unless_lost(status) != STATUS_OK)
        return status;
    if (replaces(object, event))
        object->event_count--;
    write_event(event_words(object, (uint64_t)object->event_count), event);
    object->event_count++;
    return STATUS_OK;
}

/* One after the other: any of them may leave. */
static void flush_backlog(void) {
    while (backlog_count > 0 &&
           push_event(backlog[0].seat, &backlog[0].event) == STATUS_OK)
        bytes_move(backlog, backlog + 1, --backlog_count * sizeof backlog[0]);
}

static void deliver(WmWindow *window, const InputEvent *event) {
    Seat *seat = window->owner;
    flush_backlog();
    if (backlog_count == 0 && push_event(seat, event) == STATUS_OK)
        return;
    if (backlog_count < BACKLOG)
        backlog[backlog_count++] = (Waiting){seat, *event};
}

/* ---- What the person changed ---- */

static void changed(WmWindow *window) {
    Seat *seat = window->owner;
    WindowObject *object = seat->object;
    if (vm_unless_lost(heap_write(object, sizeof *object)) != STATUS_OK) {
        window->changed = true; /* again at the next chance */
        return;
    }
    object->x = window->wanted.x;
    object->y = window->wanted.y;
    if (window->state == WM_NORMAL) {
        object->width = window->wanted.width;
        object->height = window->wanted.height;
    }
    object->state = window->state;
    object->stacking = (int64_t)window->stacking;
    object->focus = (int64_t)window->focus;
    object->flags = (object->flags & ~(int64_t)WINDOW_WAS_MAXIMISED) |
                    (window->was_maximised ? WINDOW_WAS_MAXIMISED : 0);
}

void desktop_hooks(WmHooks *hooks_in_out) {
    hooks_in_out->deliver = deliver;
    hooks_in_out->changed = changed;
}

/* Titles and surfaces are looked at anew: the program may have changed them,
 * and the collector freed the old ones. */
static void read_objects(void) {
    for (Seat *seat = seats; seat; seat = seat->next) {
        read_title(seat);
        seat->window.surface = desktop_surface(seat->object);
        if (seat->window.cursor != (uint32_t)seat->object->cursor) {
            seat->window.cursor = (uint32_t)seat->object->cursor;
            wm_window_cursor(&seat->window);
        }
    }
}

void desktop_step(void) {
    read_objects();
    flush_backlog();
    keep_desk();
}

/* ---- Natives of ui.Window ---- */

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* A place for a window that asks for none: a little further than the last, and
 * smaller than it would like to be where the screen is too small for it. */
static void choose_place(WindowObject *object) {
    Rect area = windows_work_area();
    int64_t turn = object->number % CASCADE_TURNS;
    int64_t across = area.width - 2 * EDGE;
    int64_t along = area.height - 2 * EDGE - THEME_TITLE_HEIGHT;
    object->width = side(object->width);
    object->height = side(object->height);
    if (!(object->flags & WINDOW_FIXED)) {
        object->width = least(object->width, across);
        object->height = least(object->height, along);
    }
    int64_t left = EDGE, top = EDGE + THEME_TITLE_HEIGHT;
    object->x = least(FIRST_X + turn * CASCADE, left + across - object->width);
    object->y = least(FIRST_Y + turn * CASCADE, top + along - object->height);
    if (object->x < left)
        object->x = left;
    if (object->y < top)
        object->y = top;
}

static NativeResult window_attach(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Array *words = desk();
    if (desktop_seat(object))
        return native_throw(call, CLASS_ValueError,
                            "the window is attached already");
    if (!native_write(call, object, sizeof *object) ||
        !native_write(call, &call->domain->seat, sizeof call->domain->seat) ||
        !native_write(call, words, heap_object_bytes(&words->head)))
        return NATIVE_FAILED;
    Seat *seat = add_seat(object, call->domain);
    if (!seat)
        return native_throw(call, CLASS_MemoryError, "no memory for a window");
    object->number = (int64_t)++desk_words()[DESK_WINDOWS];
    object->stacking = object->focus = (int64_t)windows_next_stamp();
    if (object->x < 0 || object->y < 0)
        choose_place(object);
    HEAP_SET(object->next, call->domain->seat);
    HEAP_SET(call->domain->seat, object);
    read_object(seat);
    windows_add(&seat->window);
    wm_window_came(&seat->window);
    return NATIVE_DONE;
}

/* The link to a window in its domain's list; NULL: there is none, or a program
 * made the list a ring without it. */
static WindowObject **link_to(Domain *domain, const WindowObject *object) {
    WindowObject **at = (WindowObject **)(void *)&domain->seat;
    uint32_t left = desktop_window_count();
    while (*at && *at != object && left-- > 0)
        at = &(*at)->next;
    return *at == object ? at : NULL;
}

static NativeResult window_detach(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Seat *seat = desktop_seat(object);
    WindowObject **link = link_to(call->domain, object);
    if (!seat || !link)
        return NATIVE_DONE;
    if (!native_write(call, link, sizeof *link) ||
        !native_write(call, object, sizeof *object))
        return NATIVE_FAILED;
    HEAP_SET(*link, object->next);
    HEAP_SET(object->next, NULL);
    remove_seat(seat);
    return NATIVE_DONE;
}

static NativeResult window_wait(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    if (object->event_count > 0 || !desktop_seat(object))
        return NATIVE_DONE;
    call->waiting = &object->head;
    return NATIVE_PARK;
}

static NativeResult window_take(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Array *into = native_reference(call, 1);
    if (into->length < WINDOW_EVENT_WORDS)
        return native_throw(call, CLASS_BoundsError, "an event has %d words",
                            WINDOW_EVENT_WORDS);
    if (!ring_is_good(object))
        return native_throw(call, CLASS_ValueError,
                            "the window's ring of events is damaged");
    if (object->event_count == 0)
        return native_bool(call, false);
    if (!native_write(call, object, sizeof *object) ||
        !native_write(call, into->at.words, WINDOW_EVENT_WORDS * 8))
        return NATIVE_FAILED;
    bytes_copy(into->at.words, event_words(object, 0), WINDOW_EVENT_WORDS * 8);
    object->event_first = (object->event_first + 1) % WINDOW_EVENTS;
    object->event_count--;
    return native_bool(call, true);
}

static NativeResult window_wake(NativeCall *call) {
    static const InputEvent event = {.kind = (InputKind)WM_EVENT_PAINT};
    Seat *seat = desktop_seat(native_reference(call, 0));
    if (seat)
        deliver(&seat->window, &event);
    return NATIVE_DONE;
}

static NativeResult window_retitle(NativeCall *call) {
    Seat *seat = desktop_seat(native_reference(call, 0));
    if (!seat)
        return NATIVE_DONE;
    read_title(seat);
    wm_window_retitled(&seat->window);
    return NATIVE_DONE;
}

/* ---- The clipboard ---- */

static String **clipboard_slot(void) {
    Object **references = desk_references()->at.references;
    return (String **)(void *)(references + 1);
}

static NativeResult clipboard(NativeCall *call) {
    const String *text = *clipboard_slot();
    String *copy =
        native_text(call, text ? text->bytes : "", text ? text->length : 0);
    return copy ? native_give(call, copy) : NATIVE_FAILED;
}

static NativeResult set_clipboard(NativeCall *call) {
    const String *text = native_reference(call, 0);
    Array *references = desk_references();
    String *copy = heap_new_string(ROOT->domains[0], text->bytes, text->length,
                                   &call->failed);
    if (!copy ||
        !native_write(call, references, heap_object_bytes(&references->head)))
        return NATIVE_FAILED;
    HEAP_SET(*clipboard_slot(), copy);
    return NATIVE_DONE;
}

static NativeResult test_mode(NativeCall *call) {
    return native_bool(call, vm_test_mode());
}

void desktop_register(void) {
    static const NativeEntry entries[] = {
        {"ui.Window.attach", "()V", window_attach, NULL},
        {"ui.Window.detach", "()V", window_detach, NULL},
        {"ui.Window.wait", "()V", window_wait, NULL},
        {"ui.Window.take", "([I)B", window_take, NULL},
        {"ui.Window.wake", "()V", window_wake, NULL},
        {"ui.Window.retitle", "()V", window_retitle, NULL},
        {"ui.clipboard", "()Lcore.String;", clipboard, NULL},
        {"ui.setClipboard", "(Lcore.String;)V", set_clipboard, NULL},
        {"ui.testMode", "()B", test_mode, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
    desktop_paint_register();
    desktop_past_register();
}

/* ---- Figures and scripts ---- */

bool desktop_behind(void) {
    return backlog_count > 0;
}

bool desktop_waits(void) {
    for (const Seat *seat = seats; seat && !vm_held(); seat = seat->next)
        if (!vm_waits_for_room(seat->domain) &&
            (seat->object->event_count > 0 || !waiter_of(seat)))
            return false;
    return backlog_count == 0;
}

bool desktop_quiet(void) {
    for (const Seat *seat = seats; seat && !vm_held(); seat = seat->next)
        if (seat->domain->run_first && !vm_waits_for_room(seat->domain))
            return false;
    return desktop_waits();
}

const Seat *desktop_first_seat(void) {
    return seats;
}

uint32_t desktop_window_count(void) {
    uint32_t count = 0;
    for (const Seat *seat = seats; seat; seat = seat->next)
        count++;
    return count;
}

uint64_t desktop_focused_number(void) {
    const WmWindow *focused = windows_focused();
    return focused ? focused->number : 0;
}
