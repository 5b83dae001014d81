/* The log: lines for people and scripts, to COM1 or standard error.
 *
 * A line starts with the part that speaks, a colon and a space. The lines that
 * others rely on are listed in docs/ARCHITECTURE.md. Callable from anywhere
 * but interrupts; takes no lock and no memory. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>

/* Writes one line; the newline is added. Cut at 1,000 bytes. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Where whole lines (with newline) go; set by the machine at its start. Before
 * that, and with NULL, lines vanish. */
void log_set_sink(void (*sink)(const char *bytes, size_t count));

#endif
