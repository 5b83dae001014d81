/* frames.h: physical memory in frames of 4 KiB.
 *
 * One bit a frame (1: free) with one bit a word of 64 above it, so that taking
 * is a few loads even when memory is nearly full. Frames are named by their
 * physical address. Not for interrupts. */
#ifndef PC_FRAMES_H
#define PC_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/pc/boot.h"

/* Takes over the free ranges; places its own table in one of them. */
void frames_start(const BootInfo *boot);

/* Takes this very frame; false: it is not free. */
bool frames_claim(uint64_t frame);

/* A frame with any contents, or 0 when none is left. */
uint64_t frames_take(void);

void frames_give(uint64_t frame);

/* Keeps one frame back for later: the functions above leave it. False: none is
 * left. */
bool frames_promise(void);

/* A frame that was promised, with any contents. */
uint64_t frames_take_promised(void);

/* Without the promised ones. */
uint64_t frames_free_count(void);
uint64_t frames_total_count(void);

#endif
