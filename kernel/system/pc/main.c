/* The pc's start, its sleep and its end. */
#include "kernel/system/pc/main.h"

#include "drivers/drivers.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/pc/boot.h"
#include "kernel/pc/clock.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/image.h"
#include "kernel/pc/interrupts.h"
#include "kernel/pc/paging.h"
#include "kernel/pc/serial.h"
#include "kernel/pc/settings.h"
#include "kernel/pc/warm.h"
#include "kernel/platform.h"
#include "kernel/system/system.h"

#define STACK_LINE_BYTES 240 /* of the log, about 25 addresses */
#define PORT_POWER 0x604     /* PM1a control of QEMU's pc and q35 */
#define POWER_OFF 0x2000     /* sleep enable, type 0: soft off there */
#define PORT_RESET 0xcf9     /* ICH9 datasheet, 13.7.5: reset control */
#define RESET_FULL 0x0e      /* full, system, now */
#define RESET_NOW 0x04
#define PORT_KEYBOARD 0x64 /* command 0xfe pulses the reset line */
#define KEYBOARD_RESET 0xfe
#define PORT_DEBUG_EXIT 0xf4 /* QEMU's isa-debug-exit, when it is there */

/* One line with what may be return addresses: all words on the main stack
 * that point into the text. */
static void log_stack(void) {
    char line[STACK_LINE_BYTES];
    Text text = text_on(line, sizeof line);
    const uint64_t *at = __builtin_frame_address(0);
    const uint64_t *end = (const uint64_t *)(const void *)image_stack_main_end;
    if ((const uint8_t *)at < image_stack_main_guard || at >= end)
        at = end; /* on the stack for faults: nothing to say */
    for (; at < end && !text.cut; at++)
        if (*at >= (uintptr_t)image_start && *at < (uintptr_t)image_text_end)
            text_add_format(&text, " %lx", *at);
    log_line("stack:%s", text_end(&text));
}

/* After a panic: a test's QEMU ends, any other keeps its last picture. */
static void stop_after_panic(void) {
    static bool stopping;
    if (!stopping) {
        stopping = true; /* a fault in log_stack comes here again */
        log_stack();
    }
    cpu_out32(PORT_DEBUG_EXIT, 1);
    cpu_halt();
}

_Noreturn void platform_stop(int code) {
    cpu_interrupts_off();
    if (code != 0)
        cpu_out32(PORT_DEBUG_EXIT, (uint32_t)code);
    cpu_out16(PORT_POWER, POWER_OFF);
    cpu_halt();
}

/* The chipset's reset; where there is none, the keyboard controller's. */
_Noreturn void platform_restart(void) {
    cpu_interrupts_off();
    cpu_out8(PORT_RESET, RESET_FULL & ~RESET_NOW);
    cpu_out8(PORT_RESET, RESET_FULL);
    cpu_out8(PORT_KEYBOARD, KEYBOARD_RESET);
    cpu_halt();
}

void platform_idle(uint64_t until_ns) {
    clock_set_alarm(until_ns);
    cpu_interrupts_off();
    if (drivers_have_news() || serial_has_news() ||
        platform_now_ns() >= until_ns)
        cpu_interrupts_on();
    else
        cpu_sleep();
}

uint64_t platform_memory_bytes(void) {
    return frames_total_count() * PLATFORM_PAGE_BYTES;
}

_Noreturn void main_start(uint32_t magic, uint32_t information) {
    static BootInfo boot;
    serial_start();
    log_set_sink(serial_write);
    panic_set_stop(stop_after_panic);
    interrupts_start();
    boot_read(magic, information, &boot);
    warm_look(&boot);
    frames_start(&boot);
    paging_start(&boot);
    warm_start();
    interrupts_start_devices();
    clock_start();
    log_line("pc: %lu MiB of memory", platform_memory_bytes() >> 20);
    settings_start(boot.command);
    drivers_start(&boot.screen);
    serial_start_receiving();
    cpu_interrupts_on();
    system_run();
}
