/* CHECK: a programmer's error, on in every build.
 *
 * A failed CHECK logs one line `panic: FILE:LINE: CONDITION` and stops the
 * machine. It writes nothing to the disk: what was durable stays as it is. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

/* Logs `panic: ` and the formatted text (text.h says which formats), then
 * stops the machine. */
_Noreturn void panic(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

_Noreturn void check_failed(const char *file, int line, const char *condition);

#define CHECK(condition)                                                       \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

/* Who ends the machine after a panic; set once by the machine at its start.
 * The function must not return. */
void panic_set_stop(void (*stop)(void));

#endif
