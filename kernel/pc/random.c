/* Random bytes for seeds: the CPU's generator where it has one, the clocks'
 * jitter always, mixed by the finaliser of SplitMix64 (Steele, Lea and Flood,
 * "Fast Splittable Pseudorandom Number Generators", 2014). Not for keys. */
#include "kernel/base/bytes.h"
#include "kernel/pc/cpu.h"
#include "kernel/platform.h"

#define GOLDEN 0x9e3779b97f4a7c15ull
#define JITTER_ROUNDS 64

static uint64_t random_state;
static bool random_started;

static uint64_t mix(uint64_t value) {
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ value >> 27) * 0x94d049bb133111ebull;
    return value ^ value >> 31;
}

static void stir(uint64_t value) {
    random_state = mix(random_state + GOLDEN + value);
}

static void start(void) {
    stir((uint64_t)platform_wall_us());
    for (int i = 0; i < JITTER_ROUNDS; i++) {
        cpu_in8(0x61); /* a slow port, so that the counter moves unevenly */
        stir(cpu_ticks());
    }
    random_started = true;
}

void platform_random(void *bytes, size_t count) {
    uint8_t *at = bytes;
    bool has_generator = cpu_has_random();
    if (!random_started)
        start();
    while (count > 0) {
        uint64_t value = 0;
        if (has_generator && cpu_random(&value))
            stir(value);
        stir(cpu_ticks());
        value = mix(random_state);
        size_t some = bytes_min(count, sizeof value);
        bytes_copy(at, &value, some);
        at += some;
        count -= some;
    }
}
