/* The windows of all apps: coming back, going, and what the person changed. */
#include "wm/desktop.h"

#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/limits.h"
#include "vm/run/slots.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/paint_native.h"
#include "wm/ring.h"
#include "wm/wm_state.h"
#include "wm/window_table.h"

#define SILENT_MOST_NS 8000000000ull

/* ---- Coming and going ---- */

void desktop_remove(Seat *seat) {
    ring_forget(seat);
    paint_native_stop(seat);
    wm_window_goes(&seat->window);
    seat_remove(seat);
}

void desktop_forget(const Domain *domain) {
    Seat *seat;
    while ((seat = seat_first_of(domain)))
        desktop_remove(seat);
}

static Status restore_domain(Domain *domain) {
    uint64_t most = limits_row(LIMIT_WINDOWS)->largest;
    trust_need(window_table_is_good(domain), domain, "its windows are damaged");
    uint64_t length = window_table_length(domain);
    for (uint64_t i = 0; i < length && seat_count_of(domain) < most; i++) {
        WindowObject *object = window_table_at(domain, i);
        if (!object || seat_of(object))
            continue;
        Seat *seat = seat_add(object, domain);
        if (!seat)
            return STATUS_NO_MEMORY;
        /* The owner was told its size before the restart. */
        seat->window.told_width = seat->window.wanted.width;
        seat->window.told_height = seat->window.wanted.height;
        ring_came(seat);
        windows_add(&seat->window);
        wm_window_came(&seat->window);
    }
    return STATUS_OK;
}

/* ---- Who comes to the front ---- */

static struct {
    uint64_t opened;      /* app that a person opened since the last press */
    uint64_t next_domain; /* then: apps with this number or more are newer */
} front;

static void expect_none(void) {
    front.opened = 0;
    front.next_domain = ROOT->next_domain;
}

void desktop_expect(const Domain *domain) {
    expect_none();
    front.opened = domain->number;
}

bool desktop_may_lead(const Domain *domain) {
    const WmWindow *focused = windows_focused();
    const Seat *seat = focused ? focused->owner : NULL;
    return !seat || seat->domain == domain || domain->number == front.opened ||
           domain->number >= front.next_domain;
}

bool desktop_leads(const Domain *domain) {
    const WmWindow *focused = windows_focused();
    const Seat *seat = focused ? focused->owner : NULL;
    return seat && seat->domain == domain;
}

void desktop_call(const Domain *domain) {
    Seat *seat = seat_first_of(domain);
    if (!seat || seat->window.calls)
        return;
    seat->window.calls = true;
    windows_changed(&seat->window);
    bar_damage();
}

/* ---- What was there ---- */

Status desktop_restore(void) {
    expect_none();
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
    for (Seat *seat = seat_first_of(domain); seat; seat = seat->next_own)
        if (windows_visible(&seat->window) &&
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
    return seat_count_of(domain) > 0;
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
    object->flags =
        (object->flags & ~(int64_t)(WINDOW_WAS_MAXIMISED | WINDOW_CALLS)) |
        (window->was_maximised ? WINDOW_WAS_MAXIMISED : 0) |
        (window->calls ? WINDOW_CALLS : 0);
}

static void refresh(WmWindow *window) {
    seat_refresh(window->owner);
}

void desktop_hooks(WmHooks *hooks_in_out) {
    hooks_in_out->deliver = ring_deliver;
    hooks_in_out->press = expect_none;
    hooks_in_out->changed = changed;
    hooks_in_out->refresh = refresh;
}

void desktop_step(void) {
    ring_flush();
    desk_keep();
}

/* ---- Figures ---- */

/* Nobody waits for it any more. */
static bool is_given_up(const Seat *seat) {
    return ring_silent_ns(seat) >= SILENT_MOST_NS;
}

/* It has taken all that came. */
static bool has_heard(const Seat *seat) {
    return seat->object->event_count == 0 && !ring_behind(seat);
}

bool desktop_has_heard(void) {
    ListLink *first;
    while (!vm_held() && (first = list_first(ring_unheard()))) {
        const Seat *seat = LIST_ELEMENT(first, Seat, by_unheard);
        if (!has_heard(seat) && !is_given_up(seat))
            return false;
        list_remove(first);
    }
    return true;
}

/* All have taken all that came and wait for more. Whoever has to wait for room
 * rests, too, but may go on later. */
static bool all_rest(void) {
    List *busy = ring_busy();
    for (ListLink *at = busy->head.next, *next; at != &busy->head; at = next) {
        const Seat *seat = LIST_ELEMENT(at, Seat, by_busy);
        next = at->next;
        if (is_given_up(seat) || (has_heard(seat) && ring_waiter(seat)))
            list_remove(at);
        else if (ring_behind(seat) || !vm_waits_for_room(seat->domain))
            return false;
    }
    return true;
}

bool desktop_waits(void) {
    return vm_held() || (wm_is_settled() && all_rest());
}

/* A domain with windows has a thread that could run now. */
static bool any_runs(void) {
    for (size_t slot = slots_next(SLOTS_READY, 0); slot < ROOT_DOMAINS_MAX;
         slot = slots_next(SLOTS_READY, slot + 1)) {
        const Domain *domain = ROOT->domains[slot];
        if (domain && desktop_has(domain) && domain->run_first &&
            !vm_waits_for_room(domain))
            return true;
    }
    return false;
}

bool desktop_quiet(void) {
    return vm_held() || (!any_runs() && desktop_waits());
}

uint32_t desktop_window_count(void) {
    return seat_count();
}

uint64_t desktop_focused_number(void) {
    const WmWindow *focused = windows_focused();
    return focused ? focused->number : 0;
}
