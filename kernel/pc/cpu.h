/* cpu.h: the instructions that C has no words for.
 *
 * Source of numbers: Intel 64 and IA-32 Architectures Software Developer's
 * Manual, volumes 2 and 3. */
#ifndef PC_CPU_H
#define PC_CPU_H

#include <stdbool.h>
#include <stdint.h>

static inline uint8_t cpu_in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint16_t cpu_in16(uint16_t port) {
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t cpu_in32(uint16_t port) {
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void cpu_out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void cpu_out16(uint16_t port, uint16_t value) {
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void cpu_out32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint64_t cpu_ticks(void) {
    uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline void cpu_pause(void) {
    __asm__ volatile("pause" : : : "memory");
}

/* ---- Interrupts of this CPU ---- */

static inline void cpu_interrupts_on(void) {
    __asm__ volatile("sti" : : : "memory");
}

static inline void cpu_interrupts_off(void) {
    __asm__ volatile("cli" : : : "memory");
}

static inline bool cpu_interrupts_are_on(void) {
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    return flags & 0x200;
}

/* Switches interrupts on and sleeps until one comes; none is lost between. */
static inline void cpu_sleep(void) {
    __asm__ volatile("sti; hlt" : : : "memory");
}

_Noreturn static inline void cpu_halt(void) {
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}

/* ---- Registers of the system ---- */

static inline uint64_t cpu_read_cr2(void) {
    uint64_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint64_t cpu_read_cr3(void) {
    uint64_t value;
    __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

/* Also forgets every translation that the CPU keeps. */
static inline void cpu_write_cr3(uint64_t value) {
    __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline uint64_t cpu_read_cr4(void) {
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static inline void cpu_write_cr4(uint64_t value) {
    __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static inline void cpu_forget_page(uint64_t address) {
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline uint64_t cpu_read_msr(uint32_t number) {
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static inline void cpu_write_msr(uint32_t number, uint64_t value) {
    __asm__ volatile("wrmsr"
                     :
                     : "c"(number), "a"((uint32_t)value),
                       "d"((uint32_t)(value >> 32))
                     : "memory");
}

/* ---- Features ---- */

typedef struct CpuId {
    uint32_t eax, ebx, ecx, edx;
} CpuId;

/* All zeros for a leaf that the CPU does not have. */
static inline CpuId cpu_id(uint32_t leaf, uint32_t subleaf) {
    CpuId id = {0, 0, 0, 0};
    uint32_t top, unused_b, unused_c, unused_d;
    __asm__("cpuid"
            : "=a"(top), "=b"(unused_b), "=c"(unused_c), "=d"(unused_d)
            : "a"(leaf & 0x80000000u), "c"(0));
    if (leaf <= top)
        __asm__("cpuid"
                : "=a"(id.eax), "=b"(id.ebx), "=c"(id.ecx), "=d"(id.edx)
                : "a"(leaf), "c"(subleaf));
    return id;
}

static inline bool cpu_has_random(void) {
    return cpu_id(1, 0).ecx & (1u << 30);
}

/* False when the CPU's generator has nothing ready. */
static inline bool cpu_random(uint64_t *value_out) {
    bool good;
    __asm__ volatile("rdrand %0" : "=r"(*value_out), "=@ccc"(good));
    return good;
}

#endif
