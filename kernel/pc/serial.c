/* COM1: sending by polling, receiving by interrupt. */
#include "kernel/pc/serial.h"

#include <stdint.h>

#include "kernel/base/bytes.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/interrupts.h"
#include "kernel/platform.h"

#define COM1 0x3f8
#define COM1_INTERRUPTS (COM1 + 1)
#define COM1_FIFO (COM1 + 2)
#define COM1_LINE (COM1 + 3)
#define COM1_MODEM (COM1 + 4)
#define COM1_STATUS (COM1 + 5)
#define COM1_SCRATCH (COM1 + 7)

#define LINE_DIVISOR 0x80 /* the first two ports are the divisor */
#define LINE_8N1 0x03
#define INTERRUPT_RECEIVED 0x01
#define MODEM_READY 0x0b /* terminal ready, request to send, interrupts */
#define STATUS_RECEIVED 0x01
#define STATUS_CAN_SEND 0x20
#define LINE_NUMBER 4
#define SEND_TRIES 100000 /* a port that stays busy must not stop us */

#define RING_BYTES 4096u /* a power of two */
#define CONSOLE_LINE_BYTES 1024u

static bool serial_present;

static uint8_t serial_ring[RING_BYTES];
static volatile uint32_t serial_written; /* by the interrupt only */
static volatile uint32_t serial_read;    /* by the main thread only */

/* The console's line that is not whole yet. */
static char serial_line[CONSOLE_LINE_BYTES];
static size_t serial_line_length;

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
    cpu_out8(COM1_FIFO, 0x07); /* on, both queues emptied */
    cpu_out8(COM1_MODEM, MODEM_READY);
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

/* ---- Receiving ---- */

static void received(void *context) {
    (void)context;
    while (cpu_in8(COM1_STATUS) & STATUS_RECEIVED) {
        uint8_t byte = cpu_in8(COM1);
        if (serial_written - serial_read < RING_BYTES)
            serial_ring[serial_written++ % RING_BYTES] = byte;
    }
}

void serial_start_receiving(void) {
    if (!serial_present)
        return;
    interrupts_claim_line(LINE_NUMBER, received, NULL);
    cpu_out8(COM1_INTERRUPTS, INTERRUPT_RECEIVED);
    received(NULL);
}

bool serial_has_news(void) {
    return serial_written != serial_read;
}

/* Adds a byte to the line; true when the line is whole. */
static bool take_byte(uint8_t byte) {
    if (byte == '\n')
        return true;
    if (byte != '\r' && serial_line_length < CONSOLE_LINE_BYTES)
        serial_line[serial_line_length++] = (char)byte;
    return false;
}

bool platform_console_next(char *line_out, size_t capacity) {
    bool whole = false;
    while (!whole && serial_has_news()) {
        whole = take_byte(serial_ring[serial_read % RING_BYTES]);
        serial_read++;
    }
    if (!whole)
        return false;
    size_t length = bytes_min(serial_line_length, capacity - 1);
    bytes_copy(line_out, serial_line, length);
    line_out[length] = 0;
    serial_line_length = 0;
    return true;
}
