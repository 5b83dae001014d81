/* Natives of ui.Window: coming, going, waiting for events and taking them. */
#include "wm/window_native.h"

#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/placement.h"
#include "wm/ring.h"
#include "wm/window_table.h"

/* Units of work (vm/run/worker.h) of a call, beside what every call costs. */
enum {
    WORK_COMES = 300, /* a window, or it goes */
    WORK_TAKES = 100, /* an event, or waits for one */
    WORK_TITLE = 20,
};

static bool is_too_long(const NativeCall *call, const String *title) {
    return title && title->length > limits_get(call->domain, LIMIT_TITLE);
}

static NativeResult window_attach(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Object **place = NULL;
    native_charge(call, WORK_COMES);
    if (seat_of(object))
        return native_throw(call, CLASS_ValueError,
                            "the window is attached already");
    if (!desk_exists()) /* a program is run without one */
        return native_throw(call, CLASS_IoError, "there is no desktop");
    if (seat_count_of(call->domain) >= limits_get(call->domain, LIMIT_WINDOWS))
        return limits_refuse(call, LIMIT_WINDOWS);
    if (is_too_long(call, object->title))
        return limits_refuse(call, LIMIT_TITLE);
    if (!native_write(call, object, sizeof *object) ||
        !(place = window_table_room(call)) ||
        (call->failed = desk_announce()) != STATUS_OK)
        return NATIVE_FAILED;
    Seat *seat = seat_add(object, call->domain);
    if (!seat)
        return native_throw(call, CLASS_MemoryError, "no memory for a window");
    WmWindow *leads = desktop_may_lead(call->domain) ? NULL : windows_focused();
    object->number = desk_next_window();
    object->stacking = object->focus = (int64_t)windows_next_stamp();
    object->flags &= ~(int64_t)WINDOW_CALLS;
    object->flags |= leads ? WINDOW_CALLS : 0;
    if (object->x < 0 || object->y < 0)
        placement_choose(object);
    HEAP_SET(*place, object);
    seat_read(seat);
    ring_came(seat);
    windows_add(&seat->window);
    wm_window_came(&seat->window);
    if (leads) { /* it stays in front, with the focus */
        windows_raise(leads);
        wm_window_came(leads);
    }
    return NATIVE_DONE;
}

static NativeResult window_detach(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Seat *seat = seat_of(object);
    Object **place = window_table_find(call, object);
    native_charge(call, WORK_COMES);
    if (!seat || !place)
        return NATIVE_DONE;
    if (!native_write(call, place, sizeof *place) ||
        !native_write(call, object, sizeof *object))
        return NATIVE_FAILED;
    HEAP_SET(*place, NULL);
    HEAP_SET(object->surface, NULL); /* made again when it is shown again */
    desktop_remove(seat);
    return NATIVE_DONE;
}

static NativeResult window_wait(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Seat *seat = seat_of(object);
    native_charge(call, WORK_TAKES);
    if (object->event_count > 0 || !seat)
        return NATIVE_DONE;
    ring_waits(seat);
    call->waiting = &object->head;
    return NATIVE_PARK;
}

static NativeResult window_take(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    Array *into = native_reference(call, 1);
    native_charge(call, WORK_TAKES);
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
    bytes_copy(into->at.words, ring_event(object, 0), WINDOW_EVENT_WORDS * 8);
    ring_drop(object);
    return native_bool(call, true);
}

static NativeResult window_wake(NativeCall *call) {
    static const InputEvent event = {.kind = (InputKind)WM_EVENT_PAINT};
    Seat *seat = seat_of(native_reference(call, 0));
    native_charge(call, WORK_TAKES);
    if (seat)
        ring_deliver(&seat->window, &event);
    return NATIVE_DONE;
}

static NativeResult window_retitle(NativeCall *call) {
    WindowObject *object = native_reference(call, 0);
    const String *title = native_reference(call, 1);
    Seat *seat = seat_of(object);
    native_charge(call, WORK_TITLE);
    if (is_too_long(call, title))
        return limits_refuse(call, LIMIT_TITLE);
    if (!native_write(call, object, sizeof *object))
        return NATIVE_FAILED;
    HEAP_SET(object->title, title);
    if (!seat)
        return NATIVE_DONE;
    seat_refresh(seat);
    wm_window_retitled(&seat->window);
    return NATIVE_DONE;
}

static NativeResult test_mode(NativeCall *call) {
    return native_bool(call, vm_test_mode());
}

void window_native_register(void) {
    static const NativeEntry entries[] = {
        {"ui.Window.attach", "()V", window_attach, NULL},
        {"ui.Window.detach", "()V", window_detach, NULL},
        {"ui.Window.wait", "()V", window_wait, NULL},
        {"ui.Window.take", "([I)B", window_take, NULL},
        {"ui.Window.wake", "()V", window_wake, NULL},
        {"ui.Window.retitle", "(Lcore.String;)V", window_retitle, NULL},
        {"ui.testMode", "()B", test_mode, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
