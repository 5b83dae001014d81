/* Log lines: formatted on the stack, given whole to the machine's sink. */
#include "kernel/base/log.h"

#include <stdarg.h>

#include "kernel/base/text.h"

static void (*log_sink)(const char *bytes, size_t count);

void log_set_sink(void (*sink)(const char *bytes, size_t count)) {
    log_sink = sink;
}

void log_line(const char *format, ...) {
    char buffer[1002];
    Text text = text_on(buffer, sizeof buffer - 1);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    buffer[text.length++] = '\n';
    if (log_sink)
        log_sink(buffer, text.length);
}
