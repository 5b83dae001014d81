/* The end of a machine that met a programmer's error. */
#include "kernel/base/panic.h"

#include <stdarg.h>

#include "kernel/base/log.h"
#include "kernel/base/text.h"

static void (*panic_stop)(void);

void panic_set_stop(void (*stop)(void)) {
    panic_stop = stop;
}

_Noreturn void panic(const char *format, ...) {
    char line[512];
    Text text = text_on(line, sizeof line);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    log_line("panic: %s", text_end(&text));
    if (panic_stop)
        panic_stop();
    __builtin_trap();
}
