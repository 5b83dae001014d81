/* gui.h: starting the drawing code. gui is pure: memory in, pixels out, and
 * the same pixels on every machine. It keeps fonts, glyphs and shadows in
 * transient memory and runs on one thread. */
#ifndef GUI_GUI_H
#define GUI_GUI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"

/* Chooses the faster form of each pixel loop by measuring (some 2 ms); `now_ns`
 * is the machine's clock. Changes no pixel, only the speed. */
void gui_calibrate(uint64_t (*now_ns)(void));

/* Opens the fonts; `find` is kernel/system/assets.h's assets_find. Shapes and
 * pictures can be drawn without. */
Status gui_start(bool (*find)(const char *name, const uint8_t **data_out,
                              size_t *size_bytes_out));

#endif
