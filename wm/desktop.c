/* The windows of all apps: coming back, going, and what the person changed. */
#include "wm/desktop.h"

#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/paint_native.h"
#include "wm/ring.h"

#define SILENT_MOST_NS 8000000000ull

/* ---- Coming and going ---- */

void desktop_remove(Seat *seat) {
    ring_forget(seat);
    paint_native_stop(seat);
    wm_window_goes(&seat->window);
    seat_remove(seat);
}

void desktop_forget(const Domain *domain) {
    for (Seat *seat = seat_first(), *next; seat; seat = next) {
        next = seat->next;
        if (seat->domain == domain)
            desktop_remove(seat);
    }
}

static Status restore_domain(Domain *domain) {
    WindowObject *object = (WindowObject *)(void *)domain->seat;
    /* A program can write `next`: a ring ends where it closes. */
    for (; object && !seat_of(object); object = object->next) {
        Seat *seat = seat_add(object, domain);
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
    Status status = desk_exists() ? STATUS_OK : desk_make();
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
    for (Seat *seat = seat_first(); seat; seat = seat->next)
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

bool desktop_has(const Domain *domain) {
    for (Seat *seat = seat_first(); seat; seat = seat->next)
        if (seat->domain == domain)
            return true;
    return false;
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
    hooks_in_out->deliver = ring_deliver;
    hooks_in_out->changed = changed;
}

/* Titles and surfaces are looked at anew: the program may have changed them,
 * and the collector freed the old ones. */
static void read_objects(void) {
    for (Seat *seat = seat_first(); seat; seat = seat->next) {
        seat_read_title(seat);
        seat->window.surface = seat_surface(seat->object);
        if (seat->window.cursor != (uint32_t)seat->object->cursor) {
            seat->window.cursor = (uint32_t)seat->object->cursor;
            wm_window_cursor(&seat->window);
        }
    }
}

void desktop_step(void) {
    read_objects();
    ring_flush();
    desk_keep();
}

/* ---- Figures ---- */

/* It has taken all that came and waits for more; or it has not for so long that
 * nobody should wait for it. */
static bool rests(const Seat *seat) {
    bool waits = ring_waiter(seat) && seat->object->event_count == 0;
    return ring_silent_ns(seat) >= SILENT_MOST_NS ||
           (!ring_behind(seat) && (waits || vm_waits_for_room(seat->domain)));
}

bool desktop_has_heard(void) {
    for (const Seat *seat = seat_first(); seat && !vm_held(); seat = seat->next)
        if ((seat->object->event_count > 0 || ring_behind(seat)) &&
            ring_silent_ns(seat) < SILENT_MOST_NS)
            return false;
    return true;
}

bool desktop_waits(void) {
    for (const Seat *seat = seat_first(); seat && !vm_held(); seat = seat->next)
        if (!rests(seat))
            return false;
    return true;
}

bool desktop_quiet(void) {
    for (const Seat *seat = seat_first(); seat && !vm_held(); seat = seat->next)
        if (seat->domain->run_first && !vm_waits_for_room(seat->domain))
            return false;
    return desktop_waits();
}

uint32_t desktop_window_count(void) {
    uint32_t count = 0;
    for (const Seat *seat = seat_first(); seat; seat = seat->next)
        count++;
    return count;
}

uint64_t desktop_focused_number(void) {
    const WmWindow *focused = windows_focused();
    return focused ? focused->number : 0;
}
