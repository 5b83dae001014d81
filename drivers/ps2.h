/* ps2.h: keyboard and mouse at the old controller (8042). */
#ifndef DRIVERS_PS2_H
#define DRIVERS_PS2_H

/* Starts what is there; nothing there is no error. After input_start. */
void ps2_start(void);

#endif
