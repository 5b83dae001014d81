/* The interrupt controllers: two 8259s behind the local APIC.
 *
 * Vectors: 0x20 to 0x2f the lines, 0x30 the timer, 0x40 to 0x7f messages,
 * 0xff spurious. */
#include "kernel/pc/apic.h"

#include "kernel/base/check.h"
#include "kernel/pc/area.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/paging.h"

#define VECTOR_LINES 0x20u
#define LINES 16u
#define VECTOR_TIMER 0x30u
#define VECTOR_MESSAGES 0x40u
#define VECTOR_MESSAGES_END 0x80u
#define VECTOR_SPURIOUS 0xffu

#define PIC_FIRST 0x20
#define PIC_SECOND 0xa0
#define PIC_DONE 0x20
#define PIC_READ_SERVED 0x0b
#define LINE_SECOND 2u /* where the second controller is connected */

#define MSR_APIC_BASE 0x1bu
#define APIC_ENABLE (1ull << 11)
#define APIC_ID 0x20
#define APIC_PRIORITY 0x80
#define APIC_DONE 0xb0
#define APIC_SPURIOUS 0xf0
#define APIC_TIMER 0x320
#define APIC_LINE0 0x350
#define APIC_TIMER_COUNT 0x380
#define APIC_TIMER_LEFT 0x390
#define APIC_TIMER_DIVIDER 0x3e0
#define APIC_ON 0x100u
#define APIC_EXTERNAL 0x700u /* line 0 delivers what the 8259 says */
#define DIVIDE_BY_16 3u
#define MESSAGE_ADDRESS 0xfee00000u

static volatile uint32_t *apic;
static uint16_t apic_masked_lines = 0xffff;
static unsigned apic_next_message = VECTOR_MESSAGES;

static void write(unsigned offset, uint32_t value) {
    apic[offset / 4] = value;
}

static uint32_t read(unsigned offset) {
    return apic[offset / 4];
}

static void mask_lines(void) {
    cpu_out8(PIC_FIRST + 1, (uint8_t)apic_masked_lines);
    cpu_out8(PIC_SECOND + 1, (uint8_t)(apic_masked_lines >> 8));
}

/* Four initialisation words each: 8259A data sheet, figure 7. */
static void start_lines(void) {
    cpu_out8(PIC_FIRST, 0x11);
    cpu_out8(PIC_SECOND, 0x11);
    cpu_out8(PIC_FIRST + 1, VECTOR_LINES);
    cpu_out8(PIC_SECOND + 1, VECTOR_LINES + 8);
    cpu_out8(PIC_FIRST + 1, 1u << LINE_SECOND);
    cpu_out8(PIC_SECOND + 1, LINE_SECOND);
    cpu_out8(PIC_FIRST + 1, 1);
    cpu_out8(PIC_SECOND + 1, 1);
    mask_lines();
}

/* Nothing to do: the sleeping CPU is awake now. */
static void timer_rang(void *context) {
    (void)context;
}

void interrupts_start_devices(void) {
    uint64_t base = cpu_read_msr(MSR_APIC_BASE);
    cpu_write_msr(MSR_APIC_BASE, base | APIC_ENABLE);
    apic = area_map_device(base & PAGING_ADDRESS, 4096, PAGING_UNCACHED);
    CHECK(apic);
    start_lines();
    interrupts_set(VECTOR_TIMER, timer_rang, NULL);
    write(APIC_PRIORITY, 0);
    write(APIC_SPURIOUS, APIC_ON | VECTOR_SPURIOUS);
    write(APIC_LINE0, APIC_EXTERNAL);
    write(APIC_TIMER_DIVIDER, DIVIDE_BY_16);
    write(APIC_TIMER, VECTOR_TIMER);
}

void interrupts_claim_line(unsigned line, DeviceHandler *handler,
                           void *context) {
    CHECK(line < LINES && line != LINE_SECOND);
    interrupts_set(VECTOR_LINES + line, handler, context);
    apic_masked_lines &= (uint16_t) ~(1u << line);
    if (line >= 8)
        apic_masked_lines &= (uint16_t) ~(1u << LINE_SECOND);
    mask_lines();
}

bool interrupts_claim_message(DeviceHandler *handler, void *context,
                              DeviceMessage *message_out) {
    if (apic_next_message == VECTOR_MESSAGES_END)
        return false;
    interrupts_set(apic_next_message, handler, context);
    message_out->address = MESSAGE_ADDRESS | (read(APIC_ID) >> 24) << 12;
    message_out->data = apic_next_message++;
    return true;
}

void interrupts_set_timer(uint32_t count) {
    write(APIC_TIMER_COUNT, count);
}

uint32_t interrupts_timer_left(void) {
    return read(APIC_TIMER_LEFT);
}

/* A line that went away before it was served shows as the controller's lowest
 * one, without being marked as served. */
static bool line_is_served(uint16_t port) {
    cpu_out8(port, PIC_READ_SERVED);
    return cpu_in8(port) & 0x80;
}

static void finish_line(unsigned line) {
    if (line == 7 && !line_is_served(PIC_FIRST))
        return;
    bool spurious = line == 15 && !line_is_served(PIC_SECOND);
    if (line >= 8 && !spurious)
        cpu_out8(PIC_SECOND, PIC_DONE);
    cpu_out8(PIC_FIRST, PIC_DONE);
}

void apic_finish(unsigned vector) {
    if (vector >= VECTOR_LINES && vector < VECTOR_LINES + LINES)
        finish_line(vector - VECTOR_LINES);
    else if (vector != VECTOR_SPURIOUS)
        write(APIC_DONE, 0);
}
