/* Log lines: formatted on the stack, given whole to the machine's sink. */
#include "kernel/base/log.h"

#include <stdarg.h>

#include "kernel/base/text.h"

static void (*log_sink)(const char *bytes, size_t count);

void log_set_sink(void (*sink)(const char *bytes, size_t count)) {
    log_sink = sink;
}

/* Words of programs are in many lines. None of them begins a line of its own or
 * moves the cursor of who reads: control characters are blanks, but for the
 * line breaks of a trace, whose lines are set in. */
static void tame(char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool set_in = bytes[i] == '\n' && i + 2 < count &&
                      bytes[i + 1] == ' ' && bytes[i + 2] == ' ';
        if (((unsigned char)bytes[i] < ' ' && !set_in) || bytes[i] == 0x7f)
            bytes[i] = ' ';
    }
}

void log_line(const char *format, ...) {
    char buffer[1002];
    Text text = text_on(buffer, sizeof buffer - 1);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    tame(buffer, text.length);
    buffer[text.length++] = '\n';
    if (log_sink)
        log_sink(buffer, text.length);
}
