/* warm.h: pages that are still in RAM from before a reset.
 *
 * A reset takes nothing from RAM but what firmware, boot loader and the new
 * start write over. A head at fixed places says where the tables of level 4
 * were; what they name of the persistent range is kept out of the free frames
 * until it is asked for (platform_warm_page) or memory gets short. Nothing that
 * is found is believed here: each table and page must be a frame that is free
 * now, and whoever takes a page's bytes knows their hash. */
#ifndef PC_WARM_H
#define PC_WARM_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/pc/boot.h"

/* Before anything is written to free frames: reads the head, and the old
 * entries of level 4. */
void warm_look(const BootInfo *boot);

/* When the final tables are in use: claims what is found, and writes a head for
 * the next start. */
void warm_start(void);

/* Makes all of it free frames. False: there was nothing. */
bool warm_drop(void);

#endif
