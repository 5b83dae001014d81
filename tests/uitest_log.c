/* The machine's log: kept whole, searched for marks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/uitest.h"

static char *text;              /* the log since the boot, zero-terminated */
static size_t used, room, seen; /* seen: end of the last line waited for */
static FILE *copy;              /* OUT/log.txt, over all boots */
static const char *wanted;

void ui_log_start(void) {
    used = seen = 0;
    if (!copy) {
        char path[UI_PATH_BYTES];
        snprintf(path, sizeof path, "%s/log.txt", ui_options.out);
        copy = fopen(path, "w");
    }
}

void ui_log_feed(const char *bytes, size_t count) {
    if (used + count + 1 > room) {
        room = (used + count + 1) * 2;
        text = realloc(text, room);
        if (!text)
            abort();
    }
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != '\r' && bytes[i] != 0)
            text[used++] = bytes[i];
    text[used] = 0;
    if (copy) {
        fwrite(bytes, 1, count, copy);
        fflush(copy);
    }
}

/* The end of the whole line that contains `text`, from `from` on; NULL: no
 * such line is there. */
static const char *line_end(size_t from, const char *part) {
    const char *found = used > from ? strstr(text + from, part) : NULL;
    const char *end = found ? strchr(found, '\n') : NULL;
    return end ? end + 1 : NULL;
}

size_t ui_log_after(size_t from, const char *part) {
    const char *end = line_end(from, part);
    return end ? (size_t)(end - text) : 0;
}

size_t ui_log_length(void) {
    return used;
}

size_t ui_log_waited(void) {
    return seen;
}

const char *ui_log_newest(size_t from, const char *part) {
    static char line[UI_LINE_BYTES];
    const char *newest = NULL, *end;
    while ((end = line_end(from, part)) != NULL) {
        from = (size_t)(end - text);
        newest = end;
    }
    if (!newest)
        return NULL;
    const char *start = newest - 1;
    while (start > text && start[-1] != '\n')
        start--;
    snprintf(line, sizeof line, "%.*s", (int)(newest - 1 - start), start);
    return line;
}

bool ui_log_is_calm(void) {
    return !line_end(0, "ui.Window.handleSafely") ||
           ui_fail("a handler ended in an exception; the log tells which");
}

int64_t ui_log_settled(size_t from, const char *name) {
    const char *line = ui_log_newest(from, "ui: settled");
    const char *value = line ? strstr(line, name) : NULL;
    return value ? strtoll(value + strlen(name), NULL, 10) : -1;
}

static const char *last_line(void) {
    const char *line = ui_log_newest(0, ": ");
    return line ? line : "none";
}

bool ui_wait(bool (*reached)(void), const char *what) {
    int64_t deadline = ui_now_ms() + ui_options.patience_ms;
    while (!reached()) {
        if (line_end(0, "panic: "))
            return ui_fail("%s", ui_log_newest(0, "panic: "));
        if (!ui_machine->listen(deadline) && !reached()) {
            if (ui_now_ms() >= deadline)
                return ui_fail("waited %lld s for %s",
                               (long long)ui_options.patience_ms / 1000, what);
            return ui_fail("the machine ended before %s; its last words: %s",
                           what, last_line());
        }
    }
    return true;
}

static bool wanted_is_there(void) {
    return line_end(seen, wanted) != NULL;
}

bool ui_log_wait(const char *part) {
    char what[UI_LINE_BYTES];
    snprintf(what, sizeof what, "the log line \"%s\"", part);
    wanted = part;
    if (!ui_wait(wanted_is_there, what))
        return false;
    seen = (size_t)(line_end(seen, part) - text);
    return true;
}
