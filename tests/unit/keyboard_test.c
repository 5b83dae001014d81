/* Scan codes become key events. */
#include "drivers/keyboard.h"
#include "kernel/base/keymap.h"
#include "tests/test.h"

/* Gives all bytes; the last event, and how many there were. */
static InputEvent give(Keyboard *keyboard, const uint8_t *bytes, int count,
                       int *events_out) {
    InputEvent event = {.kind = INPUT_CLOSE}, last = event;
    *events_out = 0;
    for (int i = 0; i < count; i++)
        if (keyboard_take(keyboard, bytes[i], &event)) {
            last = event;
            (*events_out)++;
        }
    return last;
}

#define GIVE(keyboard, events_out, ...)                                        \
    give(keyboard, (const uint8_t[]){__VA_ARGS__},                             \
         sizeof((const uint8_t[]){__VA_ARGS__}), events_out)

TEST("a key press types its letter and its release types nothing") {
    Keyboard keyboard = {0};
    int events;
    InputEvent event = GIVE(&keyboard, &events, 0x1e);
    EXPECT(event.kind == INPUT_KEY && event.down && !event.repeat);
    EXPECT_EQUAL(event.usage, KEY_A);
    EXPECT_EQUAL(event.text, 'a');
    event = GIVE(&keyboard, &events, 0x9e);
    EXPECT(!event.down);
    EXPECT_EQUAL(event.text, 0);
}

TEST("a held key speaks again as a repeat") {
    Keyboard keyboard = {0};
    int events;
    InputEvent event = GIVE(&keyboard, &events, 0x1e, 0x1e);
    EXPECT(event.repeat && event.down);
    EXPECT_EQUAL(event.text, 'a');
    EXPECT_EQUAL(events, 2);
}

TEST("either shift makes capitals, and both must be released") {
    Keyboard keyboard = {0};
    int events;
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x2a, 0x36, 0xaa, 0x1e).text, 'A');
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0xb6, 0x9e, 0x1e).text, 'a');
}

TEST("caps lock acts on letters only and shift takes it back") {
    Keyboard keyboard = {0};
    int events;
    InputEvent event = GIVE(&keyboard, &events, 0x3a, 0xba, 0x1e);
    EXPECT_EQUAL(event.text, 'A');
    EXPECT_EQUAL(event.modifiers, INPUT_CAPS);
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x02).text, '1');
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x2a, 0x9e, 0x1e).text, 'a');
}

TEST("a held caps lock toggles once") {
    Keyboard keyboard = {0};
    int events;
    for (int repeats = 0; repeats < 4; repeats++)
        EXPECT_EQUAL(GIVE(&keyboard, &events, 0x3a).modifiers, INPUT_CAPS);
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0xba, 0x3a).modifiers, 0);
}

TEST("with control a letter types nothing") {
    Keyboard keyboard = {0};
    int events;
    InputEvent event = GIVE(&keyboard, &events, 0x1d, 0x1f);
    EXPECT_EQUAL(event.text, 0);
    EXPECT_EQUAL(event.modifiers, INPUT_CTRL);
}

TEST("an extended key is not its namesake on the pad") {
    Keyboard keyboard = {0};
    int events;
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0xe0, 0x4b).usage, KEY_LEFT);
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x4b).text, '4');
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0xe0, 0x1c).text, '\n');
}

TEST("without number lock the pad moves and deletes, and its 5 is no key") {
    Keyboard keyboard = {0};
    int events;
    GIVE(&keyboard, &events, 0x45, 0xc5);
    InputEvent event = GIVE(&keyboard, &events, 0x4b);
    EXPECT_EQUAL(event.usage, KEY_LEFT);
    EXPECT_EQUAL(event.text, 0);
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x47).usage, KEY_HOME);
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x53).usage, KEY_DELETE);
    GIVE(&keyboard, &events, 0x4c, 0xcc);
    EXPECT_EQUAL(events, 0);
}

TEST("the pad's Enter is Enter") {
    Keyboard keyboard = {0};
    int events;
    InputEvent event = GIVE(&keyboard, &events, 0xe0, 0x1c);
    EXPECT_EQUAL(event.usage, KEY_ENTER);
    EXPECT_EQUAL(event.text, '\n');
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0xe0, 0x9c).usage, KEY_ENTER);
}

TEST("a key of the pad is released as what it was pressed as") {
    Keyboard keyboard = {0};
    int events;
    GIVE(&keyboard, &events, 0x45, 0xc5, 0x48);
    InputEvent event = GIVE(&keyboard, &events, 0x45, 0xc5, 0xc8);
    EXPECT_EQUAL(event.usage, KEY_UP);
    EXPECT(!event.down);
    event = GIVE(&keyboard, &events, 0x48);
    EXPECT_EQUAL(event.text, '8');
}

TEST("pretended shifts and the pause key make no events") {
    Keyboard keyboard = {0};
    int events;
    GIVE(&keyboard, &events, 0xe0, 0x2a, 0xe0, 0xaa);
    EXPECT_EQUAL(events, 0);
    GIVE(&keyboard, &events, 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5);
    EXPECT_EQUAL(events, 0);
    EXPECT_EQUAL(GIVE(&keyboard, &events, 0x1e).text, 'a');
}

TEST("a release without a press is passed over") {
    Keyboard keyboard = {0};
    int events;
    GIVE(&keyboard, &events, 0x9e);
    EXPECT_EQUAL(events, 0);
}

TEST("any bytes leave the keyboard in a sane state") {
    Keyboard keyboard = {0};
    uint64_t state = 7;
    InputEvent event;
    for (int i = 0; i < 100000; i++)
        if (keyboard_take(&keyboard, (uint8_t)test_random(&state), &event))
            EXPECT(event.usage > 0 && event.usage < 256);
}

/* Plain keys: letters, digits and their neighbours. */
TEST("a key is down from its press to its release, and repeated in between") {
    Keyboard keyboard = {0};
    bool held[0x36] = {false};
    uint64_t state = 3;
    for (int i = 0; i < 3000; i++) {
        uint8_t code = (uint8_t)(2 + test_random(&state) % 8);
        bool down = test_random(&state) % 3 > 0;
        InputEvent event = {0};
        bool told = keyboard_take(&keyboard, down ? code : code | 0x80, &event);
        EXPECT_EQUAL(told, down || held[code]);
        if (told) {
            EXPECT(event.down == down && !event.text == !down);
            EXPECT_EQUAL(event.repeat, down && held[code]);
        }
        held[code] = down;
    }
}
