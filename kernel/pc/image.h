/* image.h: the borders of the image, set by link.ld and start.S. Only their
 * addresses mean something; virtual and physical addresses are the same. */
#ifndef PC_IMAGE_H
#define PC_IMAGE_H

#include <stdint.h>

extern uint8_t image_start[], image_text_end[], image_rodata_end[],
    image_data_end[], image_end[];

/* A guard is one page that is never mapped, under its stack. */
extern uint8_t image_stack_main_guard[], image_stack_main_end[];
extern uint8_t image_stack_fault_guard[], image_stack_fault_end[];

#endif
