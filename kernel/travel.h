/* travel.h: what programs ask of the whole machine (vm/past_native.h): going
 * back in time. Done between slices, when all is at a safepoint. */
#ifndef KERNEL_TRAVEL_H
#define KERNEL_TRAVEL_H

/* Between slices of programs; may not return. */
void travel_step(void);

#endif
