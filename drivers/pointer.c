/* Where the pointer is, and what its buttons and wheel do. */
#include "drivers/pointer.h"

enum { /* evdev */
       TYPE_SYNC = 0,
       TYPE_KEY = 1,
       TYPE_RELATIVE = 2,
       TYPE_ABSOLUTE = 3,
       CODE_X = 0,
       CODE_Y = 1,
       CODE_WHEEL = 8,
       CODE_LEFT = 0x110, /* then right and middle */
};

enum { /* the first byte of a mouse packet; bits 0 to 2 are the buttons */
       MOUSE_ALWAYS = 0x08,
       MOUSE_X_NEGATIVE = 0x10,
       MOUSE_Y_NEGATIVE = 0x20,
       MOUSE_OVERFLOW = 0xc0,
};

static InputEvent event(const Pointer *pointer, InputKind kind) {
    return (InputEvent){.kind = kind, .x = pointer->x, .y = pointer->y};
}

static InputEvent motion(Pointer *pointer) {
    pointer->moved = false;
    return event(pointer, INPUT_POINTER);
}

static InputEvent button(Pointer *pointer, uint16_t number, bool down) {
    uint16_t bit = (uint16_t)(1u << number);
    pointer->buttons =
        (uint16_t)(down ? pointer->buttons | bit : pointer->buttons & ~bit);
    InputEvent result = event(pointer, INPUT_BUTTON);
    result.usage = number;
    result.down = down;
    return result;
}

static InputEvent wheel(const Pointer *pointer, int32_t notches) {
    InputEvent result = event(pointer, INPUT_WHEEL);
    result.wheel = notches;
    return result;
}

static int32_t clamp(int32_t value, int32_t end) {
    if (value >= end)
        value = end - 1;
    return value < 0 ? 0 : value;
}

/* ---- The mouse ---- */

static uint32_t take_packet(Pointer *pointer, InputEvent *events_out) {
    const uint8_t *packet = pointer->packet;
    uint32_t count = 0;
    int32_t dx = packet[1] - (packet[0] & MOUSE_X_NEGATIVE ? 256 : 0);
    int32_t dy = packet[2] - (packet[0] & MOUSE_Y_NEGATIVE ? 256 : 0);
    if (!(packet[0] & MOUSE_OVERFLOW) && (dx != 0 || dy != 0)) {
        pointer->x = clamp(pointer->x + dx, pointer->width);
        pointer->y = clamp(pointer->y - dy, pointer->height);
        events_out[count++] = motion(pointer);
    }
    for (uint16_t number = 1; number <= 3; number++) {
        bool down = packet[0] >> (number - 1) & 1;
        if (down != (pointer->buttons >> number & 1))
            events_out[count++] = button(pointer, number, down);
    }
    if (pointer->has_wheel && packet[3] != 0)
        events_out[count++] = wheel(pointer, -(int8_t)packet[3]);
    return count;
}

uint32_t pointer_take_mouse(Pointer *pointer, uint8_t byte,
                            InputEvent events_out[POINTER_EVENTS_MAX]) {
    if (pointer->packet_bytes == 0 && !(byte & MOUSE_ALWAYS))
        return 0; /* out of step: wait for the start of a packet */
    pointer->packet[pointer->packet_bytes++] = byte;
    if (pointer->packet_bytes < (pointer->has_wheel ? 4 : 3))
        return 0;
    pointer->packet_bytes = 0;
    return take_packet(pointer, events_out);
}

/* ---- The tablet ---- */

static int32_t scale(const Pointer *pointer, uint32_t value, int32_t size) {
    uint64_t steps = (uint64_t)pointer->tablet_max + 1;
    return clamp((int32_t)((uint64_t)value * (uint64_t)size / steps), size);
}

static uint32_t take_absolute(Pointer *pointer, uint16_t code, uint32_t value) {
    if (code == CODE_X)
        pointer->x = scale(pointer, value, pointer->width);
    if (code == CODE_Y)
        pointer->y = scale(pointer, value, pointer->height);
    pointer->moved |= code == CODE_X || code == CODE_Y;
    return 0;
}

/* A motion that came before goes first. */
static uint32_t take_key(Pointer *pointer, uint16_t code, bool down,
                         InputEvent *events_out) {
    uint32_t count = 0;
    if (code < CODE_LEFT || code > CODE_LEFT + 2)
        return 0;
    if (pointer->moved)
        events_out[count++] = motion(pointer);
    events_out[count++] =
        button(pointer, (uint16_t)(code - CODE_LEFT + 1), down);
    return count;
}

static uint32_t take_relative(Pointer *pointer, uint16_t code, int32_t value,
                              InputEvent *events_out) {
    uint32_t count = 0;
    if (code != CODE_WHEEL)
        return 0;
    if (pointer->moved)
        events_out[count++] = motion(pointer);
    events_out[count++] = wheel(pointer, value);
    return count;
}

uint32_t pointer_take_tablet(Pointer *pointer, uint16_t type, uint16_t code,
                             uint32_t value,
                             InputEvent events_out[POINTER_EVENTS_MAX]) {
    switch (type) {
    case TYPE_ABSOLUTE:
        return take_absolute(pointer, code, value);
    case TYPE_KEY:
        return take_key(pointer, code, value != 0, events_out);
    case TYPE_RELATIVE:
        return take_relative(pointer, code, (int32_t)value, events_out);
    case TYPE_SYNC:
        if (!pointer->moved)
            return 0;
        events_out[0] = motion(pointer);
        return 1;
    default:
        return 0;
    }
}
