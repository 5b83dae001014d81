/* main.h: where start.S enters C, on the main stack, interrupts off. */
#ifndef KERNEL_SYSTEM_PC_MAIN_H
#define KERNEL_SYSTEM_PC_MAIN_H

#include <stdint.h>

/* What a boot loader leaves in eax and ebx. */
_Noreturn void main_start(uint32_t magic, uint32_t information);

#endif
