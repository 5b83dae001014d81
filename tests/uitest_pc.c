/* The pc machine: script commands become QMP commands and console lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/keymap.h"
#include "tests/uitest_qemu.h"

#define TABLET_MAX 32768 /* steps of an axis: 0 to this - 1 */
#define DRAG_STEPS 8
#define KEYS_MAX 8
#define QUEUE_BYTES 16  /* the keyboard's in QEMU, which loses the rest */
#define POINTER_BYTES 1 /* an event of the tablet, whose queue is longer */
#define KEY_BYTES_MAX 6 /* the longest key, Pause */

static int64_t events_sent; /* since the boot */
static int bytes_unwatched; /* since the machine settled last */
static int64_t settled_wanted;
static size_t settled_from;  /* place in the log: before it was another story */
static size_t question_from; /* the same for the console's last question */
static int screen_width, screen_height;
static char device; /* 'k' or 't', which events were sent to last */

/* ---- Input ---- */

static bool has_settled(void) {
    return ui_log_settled(settled_from, "input=") >= settled_wanted;
}

static bool settle(void) {
    settled_wanted = events_sent;
    bytes_unwatched = 0;
    return ui_wait(has_settled, "\"ui: settled\" with all input");
}

/* Waits, once the machine says when it has settled, until what is on its way
 * leaves room for so many bytes. */
static bool has_room(int bytes) {
    if (bytes_unwatched + bytes <= QUEUE_BYTES ||
        ui_log_settled(0, "input=") < 0)
        return true;
    return settle();
}

/* Counts one event that the machine will see. */
static bool sent(int bytes) {
    events_sent++;
    bytes_unwatched += bytes;
    return true;
}

/* Keyboard and tablet are two devices: what is sent to one may overtake what is
 * on its way from the other. */
static bool use_device(char kind) {
    char before = device;
    device = kind;
    if (before == kind || bytes_unwatched == 0 ||
        ui_log_settled(0, "input=") < 0)
        return true;
    return settle();
}

static bool send_events(const char *events) {
    char command[1024];
    snprintf(command, sizeof command,
             "{\"execute\":\"input-send-event\",\"arguments\":"
             "{\"events\":[%s]}}",
             events);
    return uitest_qemu_command(command);
}

/* QEMU's names of the keys from usage 0x04 on, and of the modifiers. */
static const char key_names[] =
    "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8 9 0 "
    "ret esc backspace tab spc minus equal bracket_left bracket_right "
    "backslash - semicolon apostrophe grave_accent comma dot slash caps_lock "
    "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 print scroll_lock pause insert "
    "home pgup delete end pgdn right left down up num_lock kp_divide "
    "kp_multiply kp_subtract kp_add kp_enter kp_1 kp_2 kp_3 kp_4 kp_5 kp_6 "
    "kp_7 kp_8 kp_9 kp_0 kp_decimal";
static const char modifier_names[] = "ctrl shift alt meta_l";

/* Word number `index` of a text, or NULL. */
static const char *word_of(const char *text, int index) {
    static char word[32];
    for (; index > 0 && text; index--) {
        text = strchr(text, ' ');
        text = text ? text + 1 : NULL;
    }
    if (!text)
        return NULL;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(text, " "), text);
    return word;
}

static const char *key_name(uint16_t usage) {
    if (usage >= KEY_CONTROL)
        return word_of(modifier_names, usage - KEY_CONTROL);
    return usage >= KEY_A ? word_of(key_names, usage - KEY_A) : NULL;
}

/* How much the keyboard says of a key that goes down or up, in its scan codes
 * of set 1: some have a prefix. */
static int key_bytes(uint16_t usage) {
    if (usage > KEY_F12 && usage < KEY_INSERT)
        return KEY_BYTES_MAX; /* Print and Pause among them */
    bool prefixed = (usage >= KEY_INSERT && usage <= KEY_UP) ||
                    usage == KEY_PAD_DIVIDE || usage == KEY_PAD_ENTER ||
                    usage >= KEY_META;
    return prefixed ? 2 : 1;
}

static bool send_key(uint16_t usage, bool down) {
    char event[256];
    int bytes = key_bytes(usage);
    const char *name = key_name(usage);
    if (!name)
        return ui_fail("no key for usage %x", usage);
    if (!use_device('k') || !has_room(bytes))
        return false;
    snprintf(event, sizeof event,
             "{\"type\":\"key\",\"data\":{\"down\":%s,\"key\":"
             "{\"type\":\"qcode\",\"data\":\"%s\"}}}",
             down ? "true" : "false", name);
    return send_events(event) && sent(bytes);
}

static bool type_text(char *quoted) {
    const char *text = ui_unquote(quoted);
    if (!text)
        return ui_fail("wanted: type \"text\"");
    for (; *text; text++) {
        uint16_t usage;
        bool shift;
        if (!keymap_find((unsigned char)*text, &usage, &shift))
            return ui_fail("no key types '%c'", *text);
        if ((shift && !send_key(KEY_SHIFT, true)) || !send_key(usage, true) ||
            !send_key(usage, false) || (shift && !send_key(KEY_SHIFT, false)))
            return false;
    }
    return true;
}

/* "ctrl+shift+s": all down in this order, then up in the other. */
static bool press_keys(char *names) {
    uint16_t usages[KEYS_MAX];
    int count = 0;
    for (char *name = strtok(names, "+"); name; name = strtok(NULL, "+")) {
        uint16_t usage = keymap_named(name);
        if (!usage || count == KEYS_MAX)
            return ui_fail("no such key: %s", name);
        usages[count++] = usage;
    }
    for (int i = 0; i < count; i++)
        if (!send_key(usages[i], true))
            return false;
    while (count > 0)
        if (!send_key(usages[--count], false))
            return false;
    return true;
}

/* The screen's size, as the machine's log names it. */
static bool know_screen(void) {
    const char *line = screen_width ? NULL : ui_log_newest(0, "screen: ");
    if (line)
        sscanf(strstr(line, "screen: "), "screen: %dx%d", &screen_width,
               &screen_height);
    return screen_width > 0 || ui_fail("the log names no screen");
}

/* The least axis value that the driver takes for this pixel. */
static int axis(int pixel, int size) {
    return (pixel * TABLET_MAX + size - 1) / size;
}

static bool send_pointer(int x, int y) {
    char events[256];
    if (!know_screen() || !use_device('t'))
        return false;
    if (x < 0 || y < 0 || x >= screen_width || y >= screen_height)
        return ui_fail("%d %d is not on the screen", x, y);
    snprintf(events, sizeof events,
             "{\"type\":\"abs\",\"data\":{\"axis\":\"x\",\"value\":%d}},"
             "{\"type\":\"abs\",\"data\":{\"axis\":\"y\",\"value\":%d}}",
             axis(x, screen_width), axis(y, screen_height));
    return has_room(POINTER_BYTES) && send_events(events) &&
           sent(POINTER_BYTES);
}

static bool send_button(const char *name, bool down) {
    char event[128];
    snprintf(event, sizeof event,
             "{\"type\":\"btn\",\"data\":{\"down\":%s,\"button\":\"%s\"}}",
             down ? "true" : "false", name);
    return use_device('t') && has_room(POINTER_BYTES) && send_events(event);
}

static bool move(const char *rest) {
    int x, y;
    if (sscanf(rest, "%d %d", &x, &y) != 2)
        return ui_fail("wanted: move X Y");
    return send_pointer(x, y);
}

static bool click(const char *rest) {
    int x, y;
    char which[16] = "left";
    if (sscanf(rest, "%d %d %15s", &x, &y, which) < 2)
        return ui_fail("wanted: click X Y [left|right|double]");
    int times = strcmp(which, "double") == 0 ? 2 : 1;
    const char *button = times == 2 ? "left" : which;
    if (!send_pointer(x, y))
        return false;
    for (int i = 0; i < times; i++)
        if (!send_button(button, true) || !sent(POINTER_BYTES) ||
            !send_button(button, false) || !sent(POINTER_BYTES))
            return false;
    return true;
}

static bool drag(const char *rest) {
    int x1, y1, x2, y2;
    if (sscanf(rest, "%d %d %d %d", &x1, &y1, &x2, &y2) != 4)
        return ui_fail("wanted: drag X1 Y1 X2 Y2");
    if (!send_pointer(x1, y1) || !send_button("left", true) ||
        !sent(POINTER_BYTES))
        return false;
    for (int i = 1; i <= DRAG_STEPS; i++)
        if (!send_pointer(x1 + (x2 - x1) * i / DRAG_STEPS,
                          y1 + (y2 - y1) * i / DRAG_STEPS))
            return false;
    return send_button("left", false) && sent(POINTER_BYTES);
}

/* QEMU has buttons for the wheel; each press is a notch, and the tablet says
 * nothing about their release. */
static bool wheel(const char *rest) {
    int notches;
    if (sscanf(rest, "%d", &notches) != 1)
        return ui_fail("wanted: wheel N");
    const char *button = notches > 0 ? "wheel-up" : "wheel-down";
    for (int left = notches < 0 ? -notches : notches; left > 0; left--)
        if (!send_button(button, true) || !send_button(button, false) ||
            !sent(POINTER_BYTES))
            return false;
    return true;
}

/* ---- Commands ---- */

/* The number behind `mark` in the newest line that has it, -1: none. */
static int64_t newest_generation(size_t from, const char *mark) {
    const char *line = ui_log_newest(from, mark);
    return line ? atoll(strstr(line, mark) + strlen(mark)) : -1;
}

static bool has_begun(void) {
    return newest_generation(question_from, "snapshot: begun generation=") >= 0;
}

static bool has_new_generation(void) {
    return newest_generation(question_from, "snapshot: durable generation=") >=
           newest_generation(question_from, "snapshot: begun generation=");
}

/* The generation whose barrier came after the request. */
static bool snapshot(void) {
    question_from = ui_log_length();
    return uitest_qemu_console("snapshot") &&
           ui_wait(has_begun, "snapshot: begun") &&
           ui_wait(has_new_generation, "snapshot: durable");
}

/* ---- Questions to the console, kernel/system/console.h ---- */

static const char *answer_of(void) {
    static const char *const answers[] = {"ui: found ", "ui: shows",
                                          "ui: missing", "ui: masks"};
    for (int i = 0; i < 4; i++) {
        const char *line = ui_log_newest(question_from, answers[i]);
        if (line)
            return strstr(line, "ui: ");
    }
    return NULL;
}

static bool has_answer(void) {
    return answer_of() != NULL;
}

/* NULL: no answer came. */
static const char *ask(const char *word, const char *rest) {
    char line[UI_LINE_BYTES];
    question_from = ui_log_length();
    snprintf(line, sizeof line, "%.64s %.2000s", word, rest);
    if (!uitest_qemu_console(line) || !ui_wait(has_answer, "an answer"))
        return NULL;
    return answer_of();
}

/* "text "..."": somewhere in what the windows show. */
static bool expect_text(const char *rest) {
    const char *text = strchr(rest, '"');
    const char *answer = text ? ask("shows", text) : NULL;
    if (!text)
        return ui_fail("wanted: expect text \"...\"");
    return answer && (strcmp(answer, "ui: shows") == 0 ||
                      ui_fail("no window shows this text"));
}

/* Does it at a place, or in the middle of a widget: "ROLE "NAME" ...". */
static bool at_place(bool (*action)(const char *), const char *rest) {
    char place[64];
    int x, y;
    const char *end = strrchr(rest, '"');
    if (!end)
        return action(rest);
    const char *answer = ask("find", rest);
    if (!answer)
        return false;
    if (sscanf(answer, "ui: found %d %d", &x, &y) != 2)
        return ui_fail("there is no such widget");
    snprintf(place, sizeof place, "%d %d %.16s", x, y, end + 1);
    return action(place);
}

static size_t opened_at(void) {
    return ui_log_after(settled_from, "console: opens ");
}

static bool has_opened(void) {
    return opened_at() != 0;
}

/* What follows will be settled only after the app has shown itself: lines that
 * were written before the machine obeyed do not count. */
static bool open_app(const char *rest) {
    char line[UI_LINE_BYTES];
    settled_from = ui_log_length();
    snprintf(line, sizeof line, "open %.2000s", rest);
    if (!uitest_qemu_console(line) || !ui_wait(has_opened, "the app opens"))
        return false;
    settled_from = opened_at();
    return true;
}

static bool pc_boot(void) {
    settled_from = 0;
    events_sent = 0;
    bytes_unwatched = 0;
    screen_width = screen_height = 0;
    return uitest_qemu_boot();
}

/* The counts of a machine that went through a reset begin at 0, too. */
static void pc_started(size_t log_from) {
    settled_from = log_from;
    events_sent = 0;
    bytes_unwatched = 0;
}

static bool pc_obey(const char *word, char *rest) {
    if (strcmp(word, "type") == 0)
        return type_text(rest);
    if (strcmp(word, "key") == 0)
        return press_keys(rest);
    if (strcmp(word, "click") == 0)
        return at_place(click, rest);
    if (strcmp(word, "move") == 0)
        return at_place(move, rest);
    if (strcmp(word, "expect") == 0)
        return expect_text(rest);
    if (strcmp(word, "open") == 0)
        return open_app(rest);
    if (strcmp(word, "drag") == 0)
        return drag(rest);
    if (strcmp(word, "wheel") == 0)
        return wheel(rest);
    if (strcmp(word, "settle") == 0)
        return settle();
    if (strcmp(word, "snapshot") == 0)
        return snapshot();
    if (strcmp(word, "reset") == 0)
        return uitest_qemu_command("{\"execute\":\"system_reset\"}");
    if (strcmp(word, "power") == 0)
        return uitest_qemu_power();
    if (strcmp(word, "resume") == 0)
        return uitest_qemu_console("resume");
    if (strcmp(word, "take") == 0)
        return uitest_qemu_console("take older");
    return ui_fail("unknown command");
}

/* What does not count in a picture, "X Y W H, X Y W H": a line each. */
static bool write_masks(const char *name, const char *rectangles) {
    char path[UI_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s.masks", ui_options.out, name);
    FILE *file = fopen(path, "w");
    if (!file)
        return ui_fail("%s: %s", path, strerror(errno));
    for (const char *at = rectangles; *at; at += *at == ',') {
        size_t length = strcspn(at += strspn(at, " "), ",");
        fprintf(file, "%.*s\n", (int)length, at);
        at += length;
    }
    return fclose(file) == 0 || ui_fail("%s: %s", path, strerror(errno));
}

/* Before the first picture of the desktop nobody listens to the console, and
 * all of the screen counts. */
static bool ask_for_masks(const char *name) {
    if (!ui_log_newest(0, "desktop: ready") && !ui_log_newest(0, "restore: "))
        return write_masks(name, "");
    const char *answer = ask("masks", "");
    return answer && write_masks(name, answer + strlen("ui: masks"));
}

static bool pc_screenshot(const char *name) {
    char path[UI_PATH_BYTES], command[UI_PATH_BYTES + 128];
    UiPicture picture;
    snprintf(path, sizeof path, "%s/%s.ppm", ui_options.out, name);
    snprintf(command, sizeof command,
             "{\"execute\":\"screendump\",\"arguments\":"
             "{\"filename\":\"%s\"}}",
             path);
    if (!uitest_qemu_command(command) || !ui_picture_read_ppm(path, &picture))
        return false;
    remove(path);
    snprintf(path, sizeof path, "%s/%s.png", ui_options.out, name);
    bool good = ui_picture_write(path, &picture);
    ui_picture_free(&picture);
    return good && ask_for_masks(name);
}

const UiMachine uitest_pc = {
    .boot = pc_boot,
    .started = pc_started,
    .obey = pc_obey,
    .screenshot = pc_screenshot,
    .listen = uitest_qemu_listen,
    .cut = uitest_qemu_cut,
    .shutdown = uitest_qemu_shutdown,
};
