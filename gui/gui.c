/* Starting the drawing code. */
#include "gui/gui.h"

#include "gui/fonts.h"
#include "gui/pixels.h"

void gui_calibrate(uint64_t (*now_ns)(void)) {
    pixels_calibrate(now_ns);
}

Status gui_start(bool (*find)(const char *name, const uint8_t **data_out,
                              size_t *size_bytes_out)) {
    return fonts_open(find);
}
