/* window_world.h: windows of programs in Rev on the simulated machine: the
 * first heap, the VM, the natives, the desktop and the window manager, all of
 * them real. */
#ifndef TESTS_UNIT_WINDOW_WORLD_H
#define TESTS_UNIT_WINDOW_WORLD_H

#include "tests/unit/vm_harness.h"
#include "wm/seat.h"

enum { WORLD_WIDTH = 800, WORLD_HEIGHT = 600 };

/* A program with one window, that prints "KIND.USAGE.DOWN.X" of each event that
 * it hears; and all of that, with a space behind each. */
extern const char window_world_told[];
const char *window_world_heard(void);

/* A blank disk, the first heap, and this program, whose window is there and
 * waits for events; nothing that it heard so far is kept. */
void window_world_start(const char *source);
void window_world_stop(void);

/* What is durable comes back after a power cut: heap, windows, desk. */
void window_world_cut(void);

/* One turn as system.c makes it, with so much work of programs. */
void window_world_turn(uint64_t budget);
/* Turns until each window's thread waits for events. */
void window_world_rest(void);

/* The only window. */
Seat *window_world_seat(void);
/* An event straight into its ring. */
void window_world_tell(InputEvent event);
/* A press of the key with this usage. */
void window_world_key(unsigned usage);

/* All that the invariants of heap, windows and rings say. */
void window_world_check(void);

#endif
