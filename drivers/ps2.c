/* The 8042: two serial lines, for keyboard and mouse, and a command port.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and
 * Auxiliary Device Controller". */
#include "drivers/ps2.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/input.h"
#include "kernel/base/log.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/interrupts.h"
#include "kernel/platform.h"

#define PORT_DATA 0x60
#define PORT_COMMAND 0x64
#define STATUS_FULL 0x01    /* a byte can be read */
#define STATUS_BUSY_IN 0x02 /* a byte must not be written */
#define STATUS_MOUSE 0x20   /* the byte is the mouse's */

#define COMMAND_READ_MODE 0x20
#define COMMAND_WRITE_MODE 0x60
#define COMMAND_MOUSE_OFF 0xa7
#define COMMAND_MOUSE_ON 0xa8
#define COMMAND_KEYBOARD_OFF 0xad
#define COMMAND_KEYBOARD_ON 0xae
#define COMMAND_TO_MOUSE 0xd4
#define MODE_INTERRUPTS 0x03
#define MODE_OFF 0x30 /* both clocks stand still */
#define MODE_TRANSLATE 0x40

#define DEVICE_DEFAULTS 0xf6
#define DEVICE_ON 0xf4
#define DEVICE_GOOD 0xfa
#define MOUSE_IDENTIFY 0xf2
#define MOUSE_RATE 0xf3
#define MOUSE_WITH_WHEEL 3

#define LINE_KEYBOARD 1
#define LINE_MOUSE 12
#define PATIENCE_NS 20000000ull
#define STALE_BYTES 64

static bool wait_status(uint8_t mask, uint8_t wanted) {
    uint64_t until = platform_now_ns() + PATIENCE_NS;
    while ((cpu_in8(PORT_COMMAND) & mask) != wanted)
        if (platform_now_ns() > until)
            return false;
    return true;
}

static void command(uint8_t byte) {
    wait_status(STATUS_BUSY_IN, 0);
    cpu_out8(PORT_COMMAND, byte);
}

static void send(uint8_t byte) {
    wait_status(STATUS_BUSY_IN, 0);
    cpu_out8(PORT_DATA, byte);
}

static bool receive(uint8_t *byte_out) {
    if (!wait_status(STATUS_FULL, STATUS_FULL))
        return false;
    *byte_out = cpu_in8(PORT_DATA);
    return true;
}

static void drop_stale_bytes(void) {
    for (int i = 0; i < STALE_BYTES; i++)
        if (cpu_in8(PORT_COMMAND) & STATUS_FULL)
            cpu_in8(PORT_DATA);
}

/* Sends a byte to a device and waits until it agrees. */
static bool tell(bool mouse, uint8_t byte) {
    if (mouse)
        command(COMMAND_TO_MOUSE);
    send(byte);
    uint8_t answer;
    return receive(&answer) && answer == DEVICE_GOOD;
}

/* Rates of 200, 100 and 80 in this order make a mouse say that it has a
 * wheel. */
static bool mouse_has_wheel(void) {
    static const uint8_t rates[] = {200, 100, 80};
    for (size_t i = 0; i < sizeof rates; i++)
        if (!tell(true, MOUSE_RATE) || !tell(true, rates[i]))
            return false;
    uint8_t kind;
    return tell(true, MOUSE_IDENTIFY) && receive(&kind) &&
           kind == MOUSE_WITH_WHEEL;
}

static void interrupted(void *context) {
    (void)context;
    for (int i = 0; i < STALE_BYTES; i++) {
        uint8_t status = cpu_in8(PORT_COMMAND);
        if (!(status & STATUS_FULL))
            return;
        input_report(status & STATUS_MOUSE ? INPUT_FROM_MOUSE
                                           : INPUT_FROM_KEYBOARD,
                     0, 0, cpu_in8(PORT_DATA));
    }
}

void ps2_start(void) {
    if (cpu_in8(PORT_COMMAND) == 0xff)
        return;
    command(COMMAND_KEYBOARD_OFF);
    command(COMMAND_MOUSE_OFF);
    drop_stale_bytes();
    command(COMMAND_READ_MODE);
    uint8_t mode;
    if (!receive(&mode))
        return;
    mode = (uint8_t)((mode | MODE_TRANSLATE) & ~(MODE_OFF | MODE_INTERRUPTS));
    command(COMMAND_WRITE_MODE);
    send(mode);
    command(COMMAND_KEYBOARD_ON);
    command(COMMAND_MOUSE_ON);
    bool keyboard = tell(false, DEVICE_DEFAULTS) && tell(false, DEVICE_ON);
    bool mouse = tell(true, DEVICE_DEFAULTS);
    if (mouse) {
        input_set_mouse(mouse_has_wheel());
        mouse = tell(true, DEVICE_ON);
    }
    interrupts_claim_line(LINE_KEYBOARD, interrupted, NULL);
    interrupts_claim_line(LINE_MOUSE, interrupted, NULL);
    command(COMMAND_WRITE_MODE);
    send(mode | MODE_INTERRUPTS);
    log_line("ps2: %s%s", keyboard ? "keyboard" : "no keyboard",
             mouse ? ", mouse" : "");
}
