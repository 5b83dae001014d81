/* Commands over the console. */
#include "kernel/system/console.h"

#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/system/apps.h"
#include "kernel/system/notices/older.h"
#include "wm/notice.h"
#include "wm/script.h"

enum {
    MASKS_MOST = 32, /* so that a line of the log has them */
    LINE_BYTES = 512,
};
#define WAIT_NS 20000000ull

static char waiting_line[LINE_BYTES]; /* empty: none */
static bool snapshot_wanted, stop_wanted, resumed;
static uint64_t opened_ns;

/* Ends the word at `at` and returns what follows it. */
static char *split(char *at) {
    while (*at && *at != ' ')
        at++;
    if (*at)
        *at++ = 0;
    while (*at == ' ')
        at++;
    return at;
}

/* The text between quotes, with \" and \\, in place; NULL: there is none. */
static char *quoted(char *at) {
    if (*at != '"')
        return NULL;
    char *to = at;
    for (char *from = at + 1; *from && *from != '"'; from++) {
        if (*from == '\\' && from[1])
            from++;
        *to++ = *from;
    }
    *to = 0;
    return at;
}

static void find(char *rest) {
    int32_t x, y;
    char *name = quoted(split(rest));
    if (name && script_find(rest, name, &x, &y))
        log_line("ui: found %d %d", x, y);
    else
        log_line("ui: missing");
}

static void shows(char *rest) {
    char *text = quoted(rest);
    log_line("ui: %s", text && script_shows(text) ? "shows" : "missing");
}

static void masks(void) {
    Rect rects[MASKS_MOST];
    char line[MASKS_MOST * 26 + 20];
    Text text = text_on(line, sizeof line);
    uint32_t count = script_masks(rects, MASKS_MOST);
    for (uint32_t i = 0; i < count; i++)
        text_add_format(&text, "%s %d %d %d %d", i > 0 ? "," : "", rects[i].x,
                        rects[i].y, rects[i].width, rects[i].height);
    log_line("ui: masks%s", text_end(&text));
}

static void open_app(char *rest) {
    char *name = quoted(rest);
    if (!name || !apps_open(name)) {
        log_line("console: no app has this name");
        return;
    }
    opened_ns = platform_now_ns();
    log_line("console: opens %s", name);
}

static void take_older(void) {
    if (!older_take())
        log_line("console: no older generation was taken");
}

static void obey(char *line) {
    char *rest = split(line);
    if (text_equal(line, "snapshot"))
        snapshot_wanted = true;
    else if (text_equal(line, "shutdown"))
        stop_wanted = true;
    else if (text_equal(line, "take") && text_equal(rest, "older"))
        take_older();
    else if (text_equal(line, "resume"))
        resumed = true;
    else if (text_equal(line, "open"))
        open_app(rest);
    else if (text_equal(line, "find"))
        find(rest);
    else if (text_equal(line, "shows"))
        shows(rest);
    else if (text_equal(line, "masks"))
        masks();
    else if (line[0])
        log_line("console: unknown command: %s", line);
}

/* What follows a search waits until what it finds takes clicks. */
void console_step(void) {
    char line[LINE_BYTES];
    if (waiting_line[0] && !notice_is_deaf()) {
        obey(waiting_line);
        waiting_line[0] = 0;
    }
    while (!waiting_line[0] && platform_console_next(line, sizeof line)) {
        if (notice_is_deaf() && bytes_equal(line, "find ", 5))
            bytes_copy(waiting_line, line, sizeof line);
        else
            obey(line);
    }
}

uint64_t console_waits_until_ns(void) {
    return waiting_line[0] ? platform_now_ns() + WAIT_NS : UINT64_MAX;
}

uint64_t console_opened_ns(void) {
    return opened_ns;
}

bool console_snapshot_wanted(void) {
    return snapshot_wanted;
}

void console_snapshot_taken(void) {
    snapshot_wanted = false;
}

void console_want_stop(void) {
    stop_wanted = true;
}

bool console_stop_wanted(void) {
    return stop_wanted;
}

bool console_take_resume(void) {
    bool was = resumed;
    resumed = false;
    return was;
}
