/* paint_native.h: a program's paint list becomes pixels of its window. */
#ifndef WM_PAINT_NATIVE_H
#define WM_PAINT_NATIVE_H

#include "wm/seat.h"

/* Makes its native known; before vm_create and vm_restore. */
void paint_native_register(void);

/* The picture that is being drawn is given up. */
void paint_native_stop(Seat *seat);

#endif
