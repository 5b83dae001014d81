/* The ring of reports, and the events they become. */
#include "drivers/input.h"

#include "drivers/keyboard.h"
#include "drivers/pointer.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"

#define RING_REPORTS 1024u /* a power of two */

typedef struct Report {
    uint64_t time_ns;
    uint32_t value;
    uint16_t type, code;
    InputSource source;
} Report;

static Report input_ring[RING_REPORTS];
static volatile uint32_t input_written; /* by interrupts only */
static volatile uint32_t input_read;    /* by the main thread only */
static volatile uint32_t input_lost;    /* by interrupts only */

static bool input_traced;
static Keyboard input_keyboard;
static Pointer input_pointer;
static uint16_t input_modifiers; /* after the last key event */

/* The events of the last report that were not asked for yet. */
static InputEvent input_events[POINTER_EVENTS_MAX];
static uint32_t input_event_next, input_event_count;

void input_start(void) {
    Screen screen = platform_screen();
    const char *traced = platform_setting("trace");
    input_traced = traced && text_equal(traced, "input");
    input_pointer.width = (int32_t)screen.width;
    input_pointer.height = (int32_t)screen.height;
    input_pointer.x = input_pointer.width / 2;
    input_pointer.y = input_pointer.height / 2;
}

void input_set_mouse(bool has_wheel) {
    input_pointer.has_wheel = has_wheel;
}

void input_set_tablet(uint32_t largest_coordinate) {
    input_pointer.tablet_max = largest_coordinate;
}

void input_report(InputSource source, uint16_t type, uint16_t code,
                  uint32_t value) {
    if (input_written - input_read == RING_REPORTS) {
        input_lost++;
        return;
    }
    input_ring[input_written % RING_REPORTS] =
        (Report){platform_now_ns(), value, type, code, source};
    __atomic_signal_fence(__ATOMIC_RELEASE);
    input_written++;
}

bool input_has_news(void) {
    return input_written != input_read;
}

static void say_lost(void) {
    static uint32_t said;
    if (input_lost == said)
        return;
    said = input_lost;
    log_line("input: %u reports were lost, nobody fetched them", said);
}

static uint32_t translate(const Report *report) {
    uint8_t byte = (uint8_t)report->value;
    switch (report->source) {
    case INPUT_FROM_KEYBOARD:
        if (!keyboard_take(&input_keyboard, byte, input_events))
            return 0;
        input_modifiers = input_events[0].modifiers;
        return 1;
    case INPUT_FROM_MOUSE:
        return pointer_take_mouse(&input_pointer, byte, input_events);
    case INPUT_FROM_TABLET:
        return pointer_take_tablet(&input_pointer, report->type, report->code,
                                   report->value, input_events);
    case INPUT_FROM_POWER:
        input_events[0] = (InputEvent){.kind = INPUT_CLOSE};
        return 1;
    }
    return 0;
}

/* False when no report waits. */
static bool take_report(void) {
    if (!input_has_news())
        return false;
    __atomic_signal_fence(__ATOMIC_ACQUIRE);
    Report report = input_ring[input_read % RING_REPORTS];
    input_read++;
    input_event_next = 0;
    input_event_count = translate(&report);
    for (uint32_t i = 0; i < input_event_count; i++) {
        input_events[i].time_ns = report.time_ns;
        input_events[i].modifiers = input_modifiers;
    }
    return true;
}

/* One line an event, with the setting trace=input. */
static void trace(const InputEvent *event) {
    static const char *const kinds[] = {
        [INPUT_KEY] = "key",       [INPUT_POINTER] = "pointer",
        [INPUT_BUTTON] = "button", [INPUT_WHEEL] = "wheel",
        [INPUT_CLOSE] = "close",
    };
    log_line("input: %s usage=%u down=%d repeat=%d modifiers=%u text=%u "
             "at=%d,%d wheel=%d",
             kinds[event->kind], event->usage, event->down, event->repeat,
             event->modifiers, event->text, event->x, event->y, event->wheel);
}

bool platform_input_next(InputEvent *event_out) {
    say_lost();
    while (input_event_next == input_event_count)
        if (!take_report())
            return false;
    *event_out = input_events[input_event_next++];
    if (input_traced)
        trace(event_out);
    return true;
}
