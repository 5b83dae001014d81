/* screen.h: the framebuffer. platform_screen and platform_screen_show are
 * here; this is its start. */
#ifndef DRIVERS_SCREEN_H
#define DRIVERS_SCREEN_H

#include "kernel/device.h"

/* Takes over the boot loader's picture mode, or sets one: that of the setting
 * `size`, as WIDTHxHEIGHT from 640x480 to 1920x1080, else 1024x768. After
 * bochs_visit. */
void screen_start(const DeviceScreen *boot);

#endif
