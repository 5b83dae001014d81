/* panic.h: the end of a machine that met a programmer's error.
 *
 * One line is logged, and nothing is written to the disk: what was durable
 * stays as it is. */
#ifndef BASE_PANIC_H
#define BASE_PANIC_H

/* Logs `panic: ` and the formatted text (text.h says which formats), then
 * stops the machine. */
_Noreturn void panic(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Who ends the machine after a panic; set once by the machine at its start.
 * The function must not return. */
void panic_set_stop(void (*stop)(void));

#endif
