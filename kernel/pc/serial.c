/* COM1 by polling. */
#include "kernel/pc/serial.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/pc/cpu.h"

#define COM1 0x3f8
#define COM1_INTERRUPTS (COM1 + 1)
#define COM1_FIFO (COM1 + 2)
#define COM1_LINE (COM1 + 3)
#define COM1_MODEM (COM1 + 4)
#define COM1_STATUS (COM1 + 5)
#define COM1_SCRATCH (COM1 + 7)

#define LINE_DIVISOR 0x80 /* the first two ports are the divisor */
#define LINE_8N1 0x03
#define STATUS_CAN_SEND 0x20
#define SEND_TRIES 100000 /* a port that stays busy must not stop us */

static bool serial_present;

void serial_start(void) {
    cpu_out8(COM1_SCRATCH, 0x5a);
    serial_present = cpu_in8(COM1_SCRATCH) == 0x5a;
    if (!serial_present)
        return;
    cpu_out8(COM1_INTERRUPTS, 0);
    cpu_out8(COM1_LINE, LINE_DIVISOR);
    cpu_out8(COM1, 1);
    cpu_out8(COM1_INTERRUPTS, 0);
    cpu_out8(COM1_LINE, LINE_8N1);
    cpu_out8(COM1_FIFO, 0x07);  /* on, both queues emptied */
    cpu_out8(COM1_MODEM, 0x03); /* data terminal ready, request to send */
}

static void send(uint8_t byte) {
    for (int i = 0; i < SEND_TRIES; i++)
        if (cpu_in8(COM1_STATUS) & STATUS_CAN_SEND)
            break;
    cpu_out8(COM1, byte);
}

void serial_write(const char *bytes, size_t count) {
    if (!serial_present)
        return;
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n')
            send('\r');
        send((uint8_t)bytes[i]);
    }
}
