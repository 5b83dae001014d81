/* Descriptor tables and the first C code of every interrupt. */
#include "kernel/pc/interrupts.h"

#include <stddef.h>

#include "kernel/base/check.h"
#include "kernel/pc/apic.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/image.h"
#include "kernel/pc/range.h"
#include "kernel/pc/table.h"

#define VECTORS 256u
#define VECTOR_NMI 2u
#define VECTOR_DOUBLE_FAULT 8u
#define VECTOR_STACK 12u      /* these two instead of a page fault, where an */
#define VECTOR_PROTECTION 13u /* address is none of 48 bits */
#define VECTOR_PAGE_FAULT 14u
#define VECTOR_MACHINE_CHECK 18u
#define EXCEPTIONS 32u

#define FAULT_WRITE (1ull << 1)
#define FAULT_RESERVED (1ull << 3)
#define FAULT_FETCH (1ull << 4)
#define FLAG_INTERRUPTS (1ull << 9)

#define SELECTOR_CODE 8u
#define SELECTOR_TASK 24u
#define GATE_INTERRUPT 0x8e00u /* present, 64-bit interrupt gate */
#define FAULT_STACK 1u         /* index in the task's interrupt stacks */

typedef struct Gate {
    uint16_t offset_low, selector;
    uint16_t stack_and_type, offset_middle;
    uint32_t offset_high, reserved;
} Gate;
_Static_assert(sizeof(Gate) == 16, "a gate has 16 bytes");

typedef struct __attribute__((packed)) Task {
    uint32_t reserved0;
    uint64_t stacks[3];
    uint64_t reserved1;
    uint64_t interrupt_stacks[7];
    uint64_t reserved2;
    uint16_t reserved3, io_map;
} Task;
_Static_assert(sizeof(Task) == 104, "a task segment has 104 bytes");

typedef struct __attribute__((packed)) TablePointer {
    uint16_t limit;
    uint64_t address;
} TablePointer;

extern const uint8_t entry_vectors[VECTORS][16];
void entry_load_tables(const TablePointer *gdt, const TablePointer *idt);

static Task interrupts_task;
static uint64_t interrupts_gdt[5];
static Gate interrupts_idt[VECTORS] __attribute__((aligned(16)));

static struct {
    DeviceHandler *handler;
    void *context;
} interrupts_handlers[VECTORS];

void interrupts_set(unsigned vector, DeviceHandler *handler, void *context) {
    CHECK(vector >= EXCEPTIONS && vector < VECTORS);
    CHECK(!interrupts_handlers[vector].handler);
    interrupts_handlers[vector].context = context;
    interrupts_handlers[vector].handler = handler;
}

static void gate_set(unsigned vector, unsigned stack) {
    uint64_t entry = (uintptr_t)entry_vectors[vector];
    interrupts_idt[vector] = (Gate){
        .offset_low = (uint16_t)entry,
        .selector = SELECTOR_CODE,
        .stack_and_type = (uint16_t)(stack | GATE_INTERRUPT),
        .offset_middle = (uint16_t)(entry >> 16),
        .offset_high = (uint32_t)(entry >> 32),
    };
}

static void make_gdt(void) {
    uint64_t task = (uintptr_t)&interrupts_task;
    interrupts_task.io_map = sizeof interrupts_task;
    interrupts_task.interrupt_stacks[FAULT_STACK - 1] =
        (uintptr_t)image_stack_fault_end;
    interrupts_gdt[1] = 0x00209a0000000000ull; /* code, 64 bit */
    interrupts_gdt[2] = 0x0000920000000000ull; /* data */
    interrupts_gdt[3] = (sizeof interrupts_task - 1) | (task & 0xffffff) << 16 |
                        0x89ull << 40 | (task >> 24 & 0xff) << 56;
    interrupts_gdt[4] = task >> 32;
}

void interrupts_start(void) {
    make_gdt();
    for (unsigned vector = 0; vector < VECTORS; vector++)
        gate_set(vector, 0);
    gate_set(VECTOR_NMI, FAULT_STACK);
    gate_set(VECTOR_DOUBLE_FAULT, FAULT_STACK);
    gate_set(VECTOR_MACHINE_CHECK, FAULT_STACK);
    TablePointer gdt = {sizeof interrupts_gdt - 1, (uintptr_t)interrupts_gdt};
    TablePointer idt = {sizeof interrupts_idt - 1, (uintptr_t)interrupts_idt};
    entry_load_tables(&gdt, &idt);
}

static const char *exception_name(uint64_t vector) {
    static const char *const names[] = {
        [0] = "division",        [2] = "non-maskable interrupt",
        [3] = "breakpoint",      [4] = "overflow",
        [6] = "invalid code",    [7] = "no FPU",
        [8] = "double fault",    [10] = "invalid task",
        [11] = "no segment",     [12] = "stack segment",
        [13] = "protection",     [14] = "page fault",
        [16] = "floating point", [17] = "alignment",
        [18] = "machine check",  [19] = "SSE",
    };
    if (vector >= sizeof names / sizeof *names || !names[vector])
        return "exception";
    return names[vector];
}

_Noreturn static void die(const InterruptFrame *frame, uint64_t address) {
    const char *name = exception_name(frame->vector);
    if (address - (uintptr_t)image_stack_main_guard < 4096)
        name = "stack overflow";
    panic("%s, vector %lu error %lx rip %lx rsp %lx cr2 %lx", name,
          frame->vector, frame->error, frame->rip, frame->rsp, address);
}

/* How deep we are in handlers; neither a device's handler nor a fault's may
 * touch the persistent range. */
static unsigned interrupts_depth;

static bool (*stray_is_expected)(uint64_t address, uint64_t instruction);
static void (*stray_escape)(void);

void platform_set_stray(bool (*is_expected)(uint64_t, uint64_t),
                        void (*escape)(void)) {
    stray_is_expected = is_expected;
    stray_escape = escape;
}

/* Interrupted code goes on in the escape function, as if it had called it. */
static void escape(InterruptFrame *frame, void (*to)(void)) {
    frame->rip = (uintptr_t)to;
    frame->rsp = (frame->rsp & ~15ull) - 8;
}

static void stray(InterruptFrame *frame, uint64_t address) {
    if (interrupts_depth > 0 || !stray_is_expected ||
        !stray_is_expected(address, frame->rip))
        die(frame, address);
    escape(frame, stray_escape);
}

static void page_fault(InterruptFrame *frame) {
    uint64_t address = cpu_read_cr2();
    if (table_fault(address))
        return;
    if (interrupts_depth > 0 || (frame->error & (FAULT_RESERVED | FAULT_FETCH)))
        die(frame, address);
    if (!range_contains(address)) {
        stray(frame, address);
        return;
    }
    interrupts_depth++;
    if (frame->rflags & FLAG_INTERRUPTS)
        cpu_interrupts_on();
    PlatformFault fault = range_fault(address, frame->error & FAULT_WRITE);
    cpu_interrupts_off();
    interrupts_depth--;
    if (fault == PLATFORM_FAULT_BUG)
        die(frame, address);
    if (fault == PLATFORM_FAULT_LOST)
        escape(frame, range_escape_function());
    if (fault == PLATFORM_FAULT_STRAY)
        stray(frame, address);
}

static void device_interrupt(unsigned vector) {
    interrupts_depth++;
    if (interrupts_handlers[vector].handler)
        interrupts_handlers[vector].handler(
            interrupts_handlers[vector].context);
    interrupts_depth--;
    apic_finish(vector);
}

void interrupts_enter(InterruptFrame *frame) {
    if (frame->vector == VECTOR_PAGE_FAULT)
        page_fault(frame);
    else if (frame->vector == VECTOR_STACK ||
             frame->vector == VECTOR_PROTECTION)
        stray(frame, 0);
    else if (frame->vector < EXCEPTIONS)
        die(frame, cpu_read_cr2());
    else
        device_interrupt((unsigned)frame->vector);
}
