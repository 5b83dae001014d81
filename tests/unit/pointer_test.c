/* Mouse packets and tablet events become pointer events. */
#include "drivers/pointer.h"
#include "tests/test.h"

static Pointer pointer_on_screen(void) {
    return (Pointer){.width = 1024,
                     .height = 768,
                     .has_wheel = true,
                     .tablet_max = 32767,
                     .x = 512,
                     .y = 384};
}

static InputEvent events[POINTER_EVENTS_MAX];

static uint32_t packet(Pointer *pointer, uint8_t first, uint8_t dx, uint8_t dy,
                       uint8_t dz) {
    pointer_take_mouse(pointer, first, events);
    pointer_take_mouse(pointer, dx, events);
    pointer_take_mouse(pointer, dy, events);
    return pointer_take_mouse(pointer, dz, events);
}

TEST("a mouse moves right and up") {
    Pointer pointer = pointer_on_screen();
    EXPECT_EQUAL(packet(&pointer, 0x08, 10, 5, 0), 1);
    EXPECT(events[0].kind == INPUT_POINTER);
    EXPECT_EQUAL(events[0].x, 522);
    EXPECT_EQUAL(events[0].y, 379);
}

TEST("a mouse stays on the screen") {
    Pointer pointer = pointer_on_screen();
    for (int i = 0; i < 20; i++)
        packet(&pointer, 0x38, 0x80, 0x80, 0);
    EXPECT_EQUAL(pointer.x, 0);
    EXPECT_EQUAL(pointer.y, 767);
    for (int i = 0; i < 20; i++)
        packet(&pointer, 0x08, 0x7f, 0x7f, 0);
    packet(&pointer, 0x08, 1, 1, 0);
    EXPECT_EQUAL(pointer.x, 1023);
    EXPECT_EQUAL(pointer.y, 0);
}

TEST("one packet can move, press and turn") {
    Pointer pointer = pointer_on_screen();
    EXPECT_EQUAL(packet(&pointer, 0x0f, 1, 0, 0xff), 5);
    EXPECT(events[1].kind == INPUT_BUTTON && events[1].down);
    EXPECT_EQUAL(events[1].usage, 1);
    EXPECT_EQUAL(events[3].usage, 3);
    EXPECT(events[4].kind == INPUT_WHEEL);
    EXPECT_EQUAL(events[4].wheel, 1);
    EXPECT_EQUAL(packet(&pointer, 0x0d, 0, 0, 0), 1);
    EXPECT(!events[0].down);
    EXPECT_EQUAL(events[0].usage, 2);
}

TEST("a packet that begins out of step is passed over") {
    Pointer pointer = pointer_on_screen();
    EXPECT_EQUAL(pointer_take_mouse(&pointer, 0x02, events), 0);
    EXPECT_EQUAL(packet(&pointer, 0x08, 1, 0, 0), 1);
    EXPECT_EQUAL(events[0].x, 513);
}

TEST("a tablet report is one motion at its end") {
    Pointer pointer = pointer_on_screen();
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 3, 0, 0, events), 0);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 3, 1, 32767, events), 0);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 0, 0, 0, events), 1);
    EXPECT_EQUAL(events[0].x, 0);
    EXPECT_EQUAL(events[0].y, 767);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 0, 0, 0, events), 0);
}

TEST("a tablet's button comes after the motion before it") {
    Pointer pointer = pointer_on_screen();
    pointer_take_tablet(&pointer, 3, 0, 16384, events);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 1, 0x111, 1, events), 2);
    EXPECT(events[0].kind == INPUT_POINTER);
    EXPECT(events[1].kind == INPUT_BUTTON && events[1].down);
    EXPECT_EQUAL(events[1].usage, 2);
    EXPECT_EQUAL(events[1].x, 512);
}

TEST("every pixel can be reached by the tablet") {
    Pointer pointer = pointer_on_screen();
    for (int32_t x = 0; x < 1024; x++) {
        uint32_t value = (uint32_t)(x * 32768 + 1023) / 1024;
        pointer_take_tablet(&pointer, 3, 0, value, events);
        EXPECT_EQUAL(pointer.x, x);
    }
}

TEST("the tablet's places are shared out evenly among the pixels") {
    Pointer pointer = pointer_on_screen();
    pointer_take_tablet(&pointer, 3, 1, 12885, events); /* 301 and 127/128 */
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 0, 0, 0, events), 1);
    EXPECT_EQUAL(events[0].y, 301);
    pointer_take_tablet(&pointer, 3, 1, 12886, events);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 0, 0, 0, events), 1);
    EXPECT_EQUAL(events[0].y, 302);
}

TEST("a coordinate beyond the tablet's largest stays on the screen") {
    Pointer pointer = pointer_on_screen();
    pointer_take_tablet(&pointer, 3, 0, UINT32_MAX, events);
    EXPECT_EQUAL(pointer.x, 1023);
}

TEST("a tablet's wheel comes after the motion before it, which comes once") {
    Pointer pointer = pointer_on_screen();
    pointer_take_tablet(&pointer, 3, 1, 16384, events);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 2, 8, (uint32_t)-1, events), 2);
    EXPECT(events[0].kind == INPUT_POINTER);
    EXPECT(events[1].kind == INPUT_WHEEL);
    EXPECT_EQUAL(events[1].wheel, -1);
    EXPECT_EQUAL(events[1].y, 384);
    EXPECT_EQUAL(pointer_take_tablet(&pointer, 0, 0, 0, events), 0);
}

TEST("a mouse's buttons and wheel are where it moved to") {
    Pointer pointer = pointer_on_screen();
    EXPECT_EQUAL(packet(&pointer, 0x09, 7, 0, 1), 3);
    EXPECT(events[0].kind == INPUT_POINTER);
    EXPECT(events[1].kind == INPUT_BUTTON && events[1].x == 519);
    EXPECT(events[2].kind == INPUT_WHEEL && events[2].x == 519);
}

/* Bits 6 and 7 say that a distance was too large to be told. */
TEST("a mouse that lost count stays, and its buttons are heard") {
    for (uint8_t axes = 0; axes < 4; axes++) {
        Pointer pointer = pointer_on_screen();
        bool lost = axes > 0;
        uint8_t first = (uint8_t)(0x09 | axes << 6);
        EXPECT_EQUAL(packet(&pointer, first, 7, 3, 0), lost ? 1 : 2);
        EXPECT(events[lost ? 0 : 1].kind == INPUT_BUTTON);
        EXPECT_EQUAL(events[lost ? 0 : 1].x, lost ? 512 : 519);
    }
}
