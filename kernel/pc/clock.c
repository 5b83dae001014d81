/* Time since the start. */
#include "kernel/pc/clock.h"

#include "kernel/base/check.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/interrupts.h"
#include "kernel/platform.h"

#define PIT_HZ 1193182u
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_GATE 0x61    /* bit 0 lets channel 2 count, bit 1 is the speaker */
#define PIT_MODE0_2 0xb0 /* channel 2, both bytes, count down once */
#define PIT_LATCH_2 0x80
#define PIT_FULL 0xffffu
#define MEASURE_TICKS (PIT_HZ / 200) /* 5 ms */
#define SAMPLES 8

#define NS_PER_S 1000000000ull
#define ALARM_MAX_NS NS_PER_S /* longer alarms ring early */

static uint64_t clock_first_ticks;
static uint64_t clock_ns_per_tick;  /* times 2^32 */
static uint64_t clock_counts_per_s; /* of the APIC's timer */

/* One moment on all three clocks. */
typedef struct Moment {
    uint64_t ticks;
    uint32_t pit, timer;
} Moment;

static uint32_t read_pit(void) {
    cpu_out8(PIT_COMMAND, PIT_LATCH_2);
    uint32_t low = cpu_in8(PIT_CHANNEL2);
    return low | (uint32_t)cpu_in8(PIT_CHANNEL2) << 8;
}

/* The best of several readings: the one that nothing came between. */
static Moment read_moment(void) {
    Moment best = {0, 0, 0};
    uint64_t best_gap = UINT64_MAX;
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t before = cpu_ticks();
        uint32_t pit = read_pit();
        uint32_t timer = interrupts_timer_left();
        uint64_t after = cpu_ticks();
        if (after - before >= best_gap)
            continue;
        best_gap = after - before;
        best = (Moment){before + best_gap / 2, pit, timer};
    }
    return best;
}

static void start_pit(void) {
    cpu_out8(PIT_GATE, (cpu_in8(PIT_GATE) & ~2u) | 1u);
    cpu_out8(PIT_COMMAND, PIT_MODE0_2);
    cpu_out8(PIT_CHANNEL2, PIT_FULL & 0xff);
    cpu_out8(PIT_CHANNEL2, PIT_FULL >> 8);
}

void clock_start(void) {
    interrupts_set_timer(UINT32_MAX);
    start_pit();
    clock_first_ticks = cpu_ticks();
    Moment first = read_moment(), last;
    do
        last = read_moment();
    while (first.pit - last.pit < MEASURE_TICKS);
    interrupts_set_timer(0);
    uint64_t pit = first.pit - last.pit;
    uint64_t ns = pit * NS_PER_S / PIT_HZ;
    uint64_t ticks = last.ticks - first.ticks;
    CHECK(ticks > 0);
    clock_ns_per_tick = (ns << 32) / ticks;
    clock_counts_per_s = (uint64_t)(first.timer - last.timer) * PIT_HZ / pit;
}

uint64_t platform_now_ns(void) {
    uint64_t ticks = cpu_ticks() - clock_first_ticks;
    return (uint64_t)((unsigned __int128)ticks * clock_ns_per_tick >> 32);
}

void clock_set_alarm(uint64_t until_ns) {
    if (until_ns == UINT64_MAX) {
        interrupts_set_timer(0);
        return;
    }
    uint64_t now = platform_now_ns();
    uint64_t wait = until_ns > now ? until_ns - now : 0;
    if (wait > ALARM_MAX_NS)
        wait = ALARM_MAX_NS;
    uint64_t count = wait * clock_counts_per_s / NS_PER_S + 1;
    interrupts_set_timer(count > UINT32_MAX ? UINT32_MAX : (uint32_t)count);
}
