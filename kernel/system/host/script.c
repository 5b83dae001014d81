/* UI scripts on the hosted machine: commands become input events and console
 * lines; the log tells when a command is done.
 *
 * Each command is answered by one line on standard output, "ok" or
 * "error: what". A command that must wait (wait, settle, snapshot) holds the
 * script back until the log has the line it waits for. */
#include "kernel/system/host/script.h"

#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/base/keymap.h"
#include "kernel/host/host.h"
#include "wm/script.h"

enum { LINE_BYTES = 4096, DRAG_STEPS = 8, MASKS_MOST = 32 };

typedef enum Waiting {
    FOR_NOTHING,
    FOR_DESKTOP,
    FOR_SETTLED,
    FOR_SNAPSHOT,
    FOR_PLACE, /* of a widget, for the pointer */
    FOR_TEXT,  /* to be seen */
} Waiting;

static int descriptor = -1;
static const char *folder;
static char buffer[1 << 16];
static size_t buffered;
static Waiting waiting;
static bool booted, desktop_ready;
static uint64_t events_sent, events_settled;
static bool settled_once; /* since the start, or since an app was opened */
static uint64_t begun;    /* the generation that was asked for, once it is */
static char console[LINE_BYTES];
static bool console_waits;
static const char *(*at_place)(const char *rest); /* what to do at the place, */
static char at_place_how[16];                     /* and how */
static uint16_t held; /* modifiers of the keys that are down */

static void answer(const char *error) {
    if (error)
        printf("error: %s\n", error);
    else
        printf("ok\n");
    fflush(stdout);
    if (error)
        platform_stop(EXIT_FAILURE);
}

static void send_event(InputEvent event) {
    event.modifiers = held;
    host_input_put(event);
    events_sent++;
}

/* ---- Keys ---- */

static uint16_t modifier_bit(uint16_t usage) {
    switch (usage) {
    case KEY_CONTROL:
        return INPUT_CTRL;
    case KEY_SHIFT:
        return INPUT_SHIFT;
    case KEY_ALT:
        return INPUT_ALT;
    case KEY_META:
        return INPUT_META;
    default:
        return 0;
    }
}

static void send_key(uint16_t key, bool down) {
    static KeymapPad pad;
    static bool num_off;
    uint16_t usage = keymap_pad(&pad, key, down, !num_off);
    if (key == KEY_NUM_LOCK && down)
        num_off = !num_off;
    if (usage == 0)
        return;
    uint16_t bit = modifier_bit(usage);
    held = (uint16_t)(down ? held | bit : held & ~bit);
    bool types = down && !(held & (INPUT_CTRL | INPUT_ALT | INPUT_META));
    send_event((InputEvent){
        .kind = INPUT_KEY,
        .usage = usage,
        .down = down,
        .text = types ? keymap_text(usage, held & INPUT_SHIFT, false) : 0});
}

static const char *type_text(const char *text) {
    for (; *text; text++) {
        uint16_t usage;
        bool shift;
        if (!keymap_find((unsigned char)*text, &usage, &shift))
            return "type: no key types this character";
        if (shift)
            send_key(KEY_SHIFT, true);
        send_key(usage, true);
        send_key(usage, false);
        if (shift)
            send_key(KEY_SHIFT, false);
    }
    return NULL;
}

/* "ctrl+shift+s": all down in this order, then up in the other. */
static const char *press_keys(char *names) {
    uint16_t usages[8];
    int count = 0;
    for (char *name = strtok(names, "+"); name; name = strtok(NULL, "+")) {
        uint16_t usage = keymap_named(name);
        if (!usage || count == 8)
            return "key: unknown key";
        usages[count++] = usage;
    }
    for (int i = 0; i < count; i++)
        send_key(usages[i], true);
    while (count > 0)
        send_key(usages[--count], false);
    return NULL;
}

/* ---- The console ---- */

static void tell_console(const char *format, const char *rest) {
    snprintf(console, sizeof console, format, rest);
    console_waits = true;
}

/* ---- Pointer ---- */

static void send_pointer(int x, int y) {
    send_event((InputEvent){.kind = INPUT_POINTER, .x = x, .y = y});
}

static void send_button(uint16_t button, bool down, int x, int y) {
    send_event((InputEvent){
        .kind = INPUT_BUTTON, .usage = button, .down = down, .x = x, .y = y});
}

/* "ROLE "NAME" [how]": the place is asked for, then `action` gets it. True when
 * the rest is not a place itself. */
static bool find_place(const char *(*action)(const char *), const char *rest) {
    const char *end = strrchr(rest, '"');
    if (*rest >= '0' && *rest <= '9')
        return false;
    tell_console("find %s", rest);
    at_place = action;
    snprintf(at_place_how, sizeof at_place_how, "%s", end ? end + 1 : "");
    waiting = FOR_PLACE;
    return true;
}

static const char *move(const char *rest) {
    int x, y;
    if (find_place(move, rest))
        return NULL;
    if (sscanf(rest, "%d %d", &x, &y) != 2)
        return "move: X Y";
    send_pointer(x, y);
    return NULL;
}

static const char *click(const char *rest) {
    int x, y;
    if (find_place(click, rest))
        return NULL;
    char which[16] = "left";
    if (sscanf(rest, "%d %d %15s", &x, &y, which) < 2)
        return "click: X Y [left|right|double]";
    uint16_t button = strcmp(which, "right") == 0 ? 2 : 1;
    int times = strcmp(which, "double") == 0 ? 2 : 1;
    send_pointer(x, y);
    for (int i = 0; i < times; i++) {
        send_button(button, true, x, y);
        send_button(button, false, x, y);
    }
    return NULL;
}

static const char *drag(const char *rest) {
    int x1, y1, x2, y2;
    if (sscanf(rest, "%d %d %d %d", &x1, &y1, &x2, &y2) != 4)
        return "drag: X1 Y1 X2 Y2";
    send_pointer(x1, y1);
    send_button(1, true, x1, y1);
    for (int i = 1; i <= DRAG_STEPS; i++)
        send_pointer(x1 + (x2 - x1) * i / DRAG_STEPS,
                     y1 + (y2 - y1) * i / DRAG_STEPS);
    send_button(1, false, x2, y2);
    return NULL;
}

/* ---- Pictures ---- */

/* What does not count in the picture, a line "X Y W H" each. */
static bool write_masks(const char *name) {
    Rect rects[MASKS_MOST];
    char path[LINE_BYTES];
    snprintf(path, sizeof path, "%s/%s.masks", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    uint32_t count = script_masks(rects, MASKS_MOST);
    for (uint32_t i = 0; i < count; i++)
        fprintf(file, "%d %d %d %d\n", rects[i].x, rects[i].y, rects[i].width,
                rects[i].height);
    return fclose(file) == 0;
}

static const char *screenshot(const char *name) {
    char path[LINE_BYTES];
    Screen screen = platform_screen();
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = screen.width,
                       .height = screen.height,
                       .format = PNG_FORMAT_BGRA};
    size_t count = (size_t)screen.width * screen.height;
    uint32_t *opaque = malloc(count * sizeof *opaque);
    if (!opaque)
        return "screenshot: no memory";
    for (size_t i = 0; i < count; i++)
        opaque[i] = host_screen_pixels()[i] | 0xFF000000u;
    snprintf(path, sizeof path, "%s/%s.png", folder, name);
    int good = png_image_write_to_file(&image, path, 0, opaque, 0, NULL);
    free(opaque);
    good = good && write_masks(name);
    return good ? NULL : "screenshot: cannot write the picture";
}

/* ---- Commands ---- */

/* Decodes \n \t \" \\ between quotes in place; NULL when it is not a text. */
static char *unquote(char *text) {
    if (*text != '"')
        return NULL;
    char *to = text;
    for (char *from = text + 1; *from && *from != '"'; from++) {
        if (*from == '\\' && from[1]) {
            from++;
            *to++ = (char)(*from == 'n' ? '\n' : *from == 't' ? '\t' : *from);
        } else {
            *to++ = *from;
        }
    }
    *to = 0;
    return text;
}

static const char *obey_input(const char *word, char *rest) {
    if (strcmp(word, "type") == 0) {
        char *text = unquote(rest);
        return text ? type_text(text) : "type: \"text\"";
    }
    if (strcmp(word, "key") == 0)
        return press_keys(rest);
    if (strcmp(word, "move") == 0)
        return move(rest);
    if (strcmp(word, "click") == 0)
        return click(rest);
    if (strcmp(word, "drag") == 0)
        return drag(rest);
    if (strcmp(word, "wheel") == 0) {
        send_event((InputEvent){.kind = INPUT_WHEEL, .wheel = atoi(rest)});
        return NULL;
    }
    return "unknown command";
}

static const char *obey(const char *word, char *rest) {
    if (strcmp(word, "boot") == 0) {
        bool again = booted;
        booted = true;
        return again ? "boot: this machine is already on" : NULL;
    }
    if (strcmp(word, "wait") == 0) {
        if (strcmp(rest, "desktop") != 0)
            return "wait: only for the desktop";
        waiting = desktop_ready ? FOR_NOTHING : FOR_DESKTOP;
    } else if (strcmp(word, "settle") == 0) {
        waiting = settled_once && events_settled >= events_sent ? FOR_NOTHING
                                                                : FOR_SETTLED;
    } else if (strcmp(word, "snapshot") == 0) {
        tell_console("%s", word);
        begun = 0;
        waiting = FOR_SNAPSHOT;
    } else if (strcmp(word, "screenshot") == 0) {
        return screenshot(rest);
    } else if (strcmp(word, "cut") == 0) {
        _exit(EXIT_SUCCESS);
    } else if (strcmp(word, "shutdown") == 0 || strcmp(word, "resume") == 0) {
        tell_console("%s", word);
    } else if (strcmp(word, "take") == 0) {
        tell_console("take %s", rest);
    } else if (strcmp(word, "open") == 0) {
        tell_console("open %s", rest);
        settled_once = false;
    } else if (strcmp(word, "expect") == 0 && strncmp(rest, "text ", 5) == 0) {
        tell_console("shows %s", rest + 5);
        waiting = FOR_TEXT;
    } else {
        return obey_input(word, rest);
    }
    return NULL;
}

static void obey_line(char *line) {
    char *rest = line + strcspn(line, " \t");
    if (*line == 0 || *line == '#')
        return;
    if (*rest)
        *rest++ = 0;
    rest += strspn(rest, " \t");
    const char *error = obey(line, rest);
    if (error || waiting == FOR_NOTHING)
        answer(error);
}

static void obey_waiting_lines(void) {
    while (waiting == FOR_NOTHING && !console_waits) {
        char *end = memchr(buffer, '\n', buffered);
        if (!end)
            return;
        char line[LINE_BYTES];
        size_t length = (size_t)(end - buffer);
        snprintf(line, sizeof line, "%.*s", (int)length, buffer);
        buffered -= length + 1;
        memmove(buffer, end + 1, buffered);
        obey_line(line);
    }
}

static void read_more(void) {
    ssize_t got =
        read(descriptor, buffer + buffered, sizeof buffer - 1 - buffered);
    if (got > 0) {
        buffered += (size_t)got;
    } else if (got == 0 || errno != EAGAIN) {
        host_idle_watch(-1, NULL);
        if (buffered == 0 || buffer[buffered - 1] != '\n')
            buffer[buffered++] = '\n'; /* ends a last line without newline */
    }
    obey_waiting_lines();
}

bool platform_console_next(char *line_out, size_t capacity) {
    obey_waiting_lines();
    if (!console_waits)
        return false;
    snprintf(line_out, capacity, "%s", console);
    console_waits = false;
    return true;
}

static void done_waiting(const char *error) {
    waiting = FOR_NOTHING;
    answer(error);
    host_wake(); /* the next command may already be here */
}

static const char *act_at_place(const char *place) {
    char rest[64];
    snprintf(rest, sizeof rest, "%.40s %s", place, at_place_how);
    return at_place(rest);
}

/* The answer of the console about a place or a text. */
static void see_answer(const char *line) {
    if (waiting == FOR_PLACE && strncmp(line, "ui: found ", 10) == 0)
        done_waiting(act_at_place(line + 10));
    else if (waiting == FOR_TEXT && strncmp(line, "ui: shows", 9) == 0)
        done_waiting(NULL);
    else if ((waiting == FOR_PLACE || waiting == FOR_TEXT) &&
             strncmp(line, "ui: missing", 11) == 0)
        done_waiting("it is not on the screen");
}

/* Some log lines end a command that waits. */
static void see_log(const char *line) {
    uint64_t number;
    if (strncmp(line, "desktop: ready", 14) == 0) {
        desktop_ready = true;
        if (waiting == FOR_DESKTOP)
            done_waiting(NULL);
    } else if (sscanf(line, "snapshot: durable generation=%lu", &number) == 1) {
        if (waiting == FOR_SNAPSHOT && begun && number >= begun)
            done_waiting(NULL);
    } else if (sscanf(line, "snapshot: begun generation=%lu", &begun) == 1) {
        if (waiting == FOR_SNAPSHOT && begun == 0)
            done_waiting("snapshot: there is no disk");
    } else if (sscanf(line, "ui: settled input=%lu", &events_settled) == 1) {
        settled_once = true;
        if (waiting == FOR_SETTLED && events_settled >= events_sent)
            done_waiting(NULL);
    } else {
        see_answer(line);
    }
}

/* In the environment: the descriptor, a blank, and what was read already. */
#define HAND_OVER "REVENANT_SCRIPT"

void script_hand_over(void) {
    char value[sizeof buffer + 16];
    if (descriptor < 0)
        return;
    buffer[buffered] = 0;
    snprintf(value, sizeof value, "%d %s", descriptor, buffer);
    fcntl(descriptor, F_SETFD, 0);
    if (setenv(HAND_OVER, value, 1) != 0)
        perror("revenant: UI script");
}

/* False: this is no process that goes on with a script. */
static bool take_over(void) {
    const char *value = getenv(HAND_OVER);
    int used = 0;
    if (!value || sscanf(value, "%d%n", &descriptor, &used) != 1)
        return false;
    buffered = (size_t)snprintf(buffer, sizeof buffer, "%s", value + used + 1);
    unsetenv(HAND_OVER);
    booted = true;
    return true;
}

bool script_open(const char *path, const char *out) {
    if (!take_over())
        descriptor = strcmp(path, "-") == 0 ? STDIN_FILENO
                                            : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        fprintf(stderr, "revenant: UI script %s: %s\n", path, strerror(errno));
        return false;
    }
    folder = out;
    host_idle_watch(descriptor, read_more);
    host_log_observe(see_log);
    return true;
}
