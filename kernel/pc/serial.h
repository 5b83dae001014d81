/* serial.h: COM1, where the log goes and the console's lines come from
 * (platform_console_next). 115,200 baud, 8 bits, no parity.
 * Source: National Semiconductor PC16550D data sheet. */
#ifndef PC_SERIAL_H
#define PC_SERIAL_H

#include <stdbool.h>
#include <stddef.h>

/* Prepares the port; without one, writing does nothing. */
void serial_start(void);

/* Waits until the port has taken the bytes; newlines become CR LF. */
void serial_write(const char *bytes, size_t count);

/* Lets bytes come in. After interrupts_start_devices. */
void serial_start_receiving(void);

/* True when bytes wait for platform_console_next. */
bool serial_has_news(void);

#endif
