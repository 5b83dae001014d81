/* interrupts.h: exceptions, and the devices' interrupts.
 *
 * A device's handler runs with interrupts off and only queues. Lines of the
 * old controller (8259) serve the keyboard, mouse and the like; messages (MSI)
 * serve PCI; the local APIC has the timer and takes all of them.
 * Source: Intel SDM volume 3, chapters 6 and 10; Intel 8259A data sheet. */
#ifndef PC_INTERRUPTS_H
#define PC_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/device.h"

/* The interrupted registers, as entry.S pushes them. */
typedef struct InterruptFrame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
} InterruptFrame;

/* Descriptor tables: from now on an exception says what it was. */
void interrupts_start(void);

/* The controllers, everything masked but the timer. After paging_start. */
void interrupts_start_devices(void);

/* Calls `handler` for line 0 to 15 of the old controller and unmasks it. */
void interrupts_claim_line(unsigned line, DeviceHandler *handler,
                           void *context);

/* Calls `handler` for a message of its own. False: none is left. */
bool interrupts_claim_message(DeviceHandler *handler, void *context,
                              DeviceMessage *message_out);

/* ---- The timer of the local APIC ---- */

/* Counts down from `count` once, then interrupts; 0 stops it. One count is 16
 * cycles of the APIC's clock. */
void interrupts_set_timer(uint32_t count);
uint32_t interrupts_timer_left(void);

/* Called from entry.S. */
void interrupts_enter(InterruptFrame *frame);

#endif
