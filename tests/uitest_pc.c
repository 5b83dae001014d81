/* The pc machine: QEMU without acceleration, driven by QMP. The machine's log
 * and its console are COM1. Both are streams that QEMU inherits, so nothing is
 * left in the file system. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/base/keymap.h"
#include "tests/uitest.h"

#define WORDS_MAX 96
#define TABLET_MAX 32768 /* steps of an axis: 0 to this - 1 */
#define DRAG_STEPS 8
#define KEYS_MAX 8
#define BURST                                                                  \
    12 /* input events that are sent without looking back: the                 \
        * keyboard's queue in QEMU has 16 bytes */
#define FIRMWARE "/usr/share/ovmf/OVMF.fd"

static int process;
static UiStream serial = {.file = -1}, monitor = {.file = -1};
static char reply[UI_LINE_BYTES];
static bool replied;
static int64_t events_sent;  /* since the boot */
static int events_unwatched; /* since the machine settled last */
static int64_t settled_wanted, generation_before;
static int screen_width, screen_height;

/* ---- The process and its streams ---- */

static void close_stream(UiStream *stream) {
    if (stream->file >= 0)
        close(stream->file);
    stream->file = -1;
    stream->used = 0;
}

static void take_serial(void) {
    if (!ui_stream_fill(&serial)) {
        close_stream(&serial);
        return;
    }
    ui_log_feed(serial.bytes, serial.used);
    serial.used = 0;
}

/* Keeps replies, passes over greetings and events. */
static void take_monitor(void) {
    char line[UI_LINE_BYTES];
    if (!ui_stream_fill(&monitor))
        close_stream(&monitor);
    while (ui_stream_line(&monitor, line))
        if (strncmp(line, "{\"return\"", 9) == 0 ||
            strncmp(line, "{\"error\"", 8) == 0) {
            snprintf(reply, sizeof reply, "%s", line);
            replied = true;
        }
}

static bool pc_listen(int64_t deadline_ms) {
    int files[] = {serial.file, monitor.file};
    bool heard = false;
    if (serial.file < 0 && monitor.file < 0)
        return false;
    ui_poll(files, 2, deadline_ms);
    if (ui_stream_ready(&serial)) {
        take_serial();
        heard = true;
    }
    if (ui_stream_ready(&monitor)) {
        take_monitor();
        heard = true;
    }
    return heard;
}

static bool has_reply(void) {
    return replied;
}

/* Sends one QMP command and waits for its reply. */
static bool qmp(const char *command) {
    replied = false;
    if (!ui_write(monitor.file, command, strlen(command)) ||
        !ui_write(monitor.file, "\n", 1) || !ui_wait(has_reply, "QEMU's reply"))
        return false;
    if (strncmp(reply, "{\"return\"", 9) == 0)
        return true;
    return ui_fail("QEMU: %s", reply);
}

/* ---- Start and end ---- */

static const char *words[WORDS_MAX];
static int word_count;
static char word_room[WORDS_MAX][UI_PATH_BYTES + 64];

static void add(const char *word) {
    words[word_count++] = word;
}

static void add_format(const char *format, const char *value) {
    snprintf(word_room[word_count], sizeof word_room[0], format, value);
    add(word_room[word_count]);
}

/* A comma would end the value in QEMU's options. */
static bool add_setting(const char *setting) {
    char text[UI_PATH_BYTES];
    const char *value = strchr(setting, '=');
    if (!value || strchr(setting, ','))
        return ui_fail("not a setting: %s", setting);
    snprintf(text, sizeof text, "name=opt/revenant/%.*s,string=%s",
             (int)(value - setting), setting, value + 1);
    add("-fw_cfg");
    add_format("%s", text);
    return true;
}

static bool add_firmware(void) {
    if (strcmp(ui_options.firmware, "kernel") == 0) {
        add("-kernel");
        add("build/revenant.elf");
        return true;
    }
    if (strcmp(ui_options.firmware, "uefi") == 0) {
        if (access(FIRMWARE, R_OK) != 0)
            return ui_fail("there is no " FIRMWARE);
        add("-bios");
        add(FIRMWARE);
    }
    add("-boot");
    add("d");
    add("-cdrom");
    add("build/revenant.iso");
    return true;
}

/* Descriptors 3 and 4 are COM1 and QMP. */
static bool make_words(void) {
    static const char *const always[] = {
        "qemu-system-x86_64",
        "-machine",
        "q35,accel=tcg",
        "-cpu",
        "max",
        "-vga",
        "std",
        "-nic",
        "none",
        "-no-reboot",
        "-display",
        "none",
        "-monitor",
        "none",
        "-chardev",
        "socket,id=com1,fd=3",
        "-serial",
        "chardev:com1",
        "-chardev",
        "socket,id=qmp,fd=4",
        "-mon",
        "chardev=qmp,mode=control",
        "-device",
        "virtio-blk-pci,drive=disk,werror=report,rerror=report",
        "-device",
        "virtio-tablet-pci",
        "-device",
        "isa-debug-exit,iobase=0xf4,iosize=4",
        "-m",
    };
    word_count = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add(always[i]);
    add(ui_options.memory);
    add("-drive");
    add_format("if=none,id=disk,format=raw,file=%s", ui_options.disk);
    if (!add_firmware())
        return false;
    if (ui_options.size) {
        char setting[64];
        snprintf(setting, sizeof setting, "size=%s", ui_options.size);
        if (!add_setting(setting))
            return false;
    }
    for (int i = 0; i < ui_options.setting_count; i++)
        if (!add_setting(ui_options.settings[i]))
            return false;
    words[word_count] = NULL;
    return true;
}

static void pc_cut(void) {
    ui_kill(process);
    process = 0;
    close_stream(&serial);
    close_stream(&monitor);
}

static bool pc_boot(void) {
    int serial_ends[2], monitor_ends[2];
    pc_cut();
    ui_log_start();
    events_sent = 0;
    events_unwatched = 0;
    screen_width = screen_height = 0;
    if (!make_words() || !ui_pair(serial_ends) || !ui_pair(monitor_ends))
        return false;
    int files[] = {serial_ends[1], 2, 2, serial_ends[1], monitor_ends[1]};
    process = ui_spawn(words, files, 5);
    close(serial_ends[1]);
    close(monitor_ends[1]);
    serial.file = serial_ends[0];
    monitor.file = monitor_ends[0];
    if (process <= 0)
        return ui_fail("cannot start a process");
    return qmp("{\"execute\":\"qmp_capabilities\"}");
}

static bool has_ended(void) {
    return serial.file < 0;
}

static bool console(const char *line) {
    return ui_write(serial.file, line, strlen(line)) &&
           ui_write(serial.file, "\n", 1);
}

static bool pc_shutdown(void) {
    int status = 0;
    if (!console("shutdown") || !ui_wait(has_ended, "its end") ||
        !ui_reap(process, ui_now_ms() + ui_options.patience_ms, &status))
        return false;
    process = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return ui_fail("QEMU ended with status %x", (unsigned)status);
}

/* ---- Input ---- */

static bool has_settled(void) {
    return ui_log_settled("input=") >= settled_wanted;
}

static bool settle(void) {
    settled_wanted = events_sent;
    events_unwatched = 0;
    return ui_wait(has_settled, "ui: settled");
}

/* Counts one event that the machine will see; waits for a machine that says
 * when it has settled before too many are on their way. */
static bool sent(void) {
    events_sent++;
    events_unwatched++;
    if (events_unwatched < BURST || ui_log_settled("input=") < 0)
        return true;
    return settle();
}

static bool send_events(const char *events) {
    char command[1024];
    snprintf(command, sizeof command,
             "{\"execute\":\"input-send-event\",\"arguments\":"
             "{\"events\":[%s]}}",
             events);
    return qmp(command);
}

/* QEMU's names of the keys from usage 0x04 on. */
static const char *key_name(uint16_t usage) {
    static const char *const names[] = {
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
        "m",
        "n",
        "o",
        "p",
        "q",
        "r",
        "s",
        "t",
        "u",
        "v",
        "w",
        "x",
        "y",
        "z",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "0",
        "ret",
        "esc",
        "backspace",
        "tab",
        "spc",
        "minus",
        "equal",
        "bracket_left",
        "bracket_right",
        "backslash",
        NULL,
        "semicolon",
        "apostrophe",
        "grave_accent",
        "comma",
        "dot",
        "slash",
        "caps_lock",
        "f1",
        "f2",
        "f3",
        "f4",
        "f5",
        "f6",
        "f7",
        "f8",
        "f9",
        "f10",
        "f11",
        "f12",
        "print",
        "scroll_lock",
        "pause",
        "insert",
        "home",
        "pgup",
        "delete",
        "end",
        "pgdn",
        "right",
        "left",
        "down",
        "up",
    };
    static const char *const modifiers[] = {"ctrl", "shift", "alt", "meta_l"};
    if (usage >= KEY_A && usage - KEY_A < (int)(sizeof names / sizeof *names))
        return names[usage - KEY_A];
    if (usage >= KEY_CONTROL && usage <= KEY_META)
        return modifiers[usage - KEY_CONTROL];
    return NULL;
}

static bool send_key(uint16_t usage, bool down) {
    char event[256];
    const char *name = key_name(usage);
    if (!name)
        return ui_fail("no key for usage %x", usage);
    snprintf(event, sizeof event,
             "{\"type\":\"key\",\"data\":{\"down\":%s,\"key\":"
             "{\"type\":\"qcode\",\"data\":\"%s\"}}}",
             down ? "true" : "false", name);
    return send_events(event) && sent();
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
    const char *line = screen_width ? NULL : ui_log_newest("screen: ");
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
    if (!know_screen())
        return false;
    if (x < 0 || y < 0 || x >= screen_width || y >= screen_height)
        return ui_fail("%d %d is not on the screen", x, y);
    snprintf(events, sizeof events,
             "{\"type\":\"abs\",\"data\":{\"axis\":\"x\",\"value\":%d}},"
             "{\"type\":\"abs\",\"data\":{\"axis\":\"y\",\"value\":%d}}",
             axis(x, screen_width), axis(y, screen_height));
    return send_events(events) && sent();
}

static bool send_button(const char *name, bool down) {
    char event[128];
    snprintf(event, sizeof event,
             "{\"type\":\"btn\",\"data\":{\"down\":%s,\"button\":\"%s\"}}",
             down ? "true" : "false", name);
    return send_events(event);
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
        if (!send_button(button, true) || !sent() ||
            !send_button(button, false) || !sent())
            return false;
    return true;
}

static bool drag(const char *rest) {
    int x1, y1, x2, y2;
    if (sscanf(rest, "%d %d %d %d", &x1, &y1, &x2, &y2) != 4)
        return ui_fail("wanted: drag X1 Y1 X2 Y2");
    if (!send_pointer(x1, y1) || !send_button("left", true) || !sent())
        return false;
    for (int i = 1; i <= DRAG_STEPS; i++)
        if (!send_pointer(x1 + (x2 - x1) * i / DRAG_STEPS,
                          y1 + (y2 - y1) * i / DRAG_STEPS))
            return false;
    return send_button("left", false) && sent();
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
            !sent())
            return false;
    return true;
}

/* ---- Commands ---- */

static int64_t newest_generation(void) {
    static const char mark[] = "snapshot: durable generation=";
    const char *line = ui_log_newest(mark);
    return line ? atoll(strstr(line, mark) + sizeof mark - 1) : -1;
}

static bool has_new_generation(void) {
    return newest_generation() > generation_before;
}

/* A generation that became durable after the request. */
static bool snapshot(void) {
    generation_before = newest_generation();
    return console("snapshot") &&
           ui_wait(has_new_generation, "snapshot: durable");
}

/* ---- Widgets, by what the machine says of them ---- */

static int answers_before;

static int answers(void) {
    return ui_log_count("ui: found ") + ui_log_count("ui: shows") +
           ui_log_count("ui: missing");
}

static bool has_answer(void) {
    return answers() > answers_before;
}

static bool ask(const char *question, const char *rest) {
    char line[UI_LINE_BYTES];
    snprintf(line, sizeof line, "%s %s", question, rest);
    answers_before = answers();
    return console(line) && ui_wait(has_answer, "an answer of the console");
}

static bool click_widget(const char *rest) {
    int x = -1, y = -1;
    int found = ui_log_count("ui: found ");
    if (!ask("find", rest))
        return false;
    const char *line = ui_log_newest("ui: found ");
    if (ui_log_count("ui: found ") == found ||
        sscanf(strstr(line, "ui: found "), "ui: found %d %d", &x, &y) != 2)
        return ui_fail("it is not on the screen");
    char place[64];
    snprintf(place, sizeof place, "%d %d", x, y);
    return click(place);
}

static bool expect_text(const char *rest) {
    int shown = ui_log_count("ui: shows");
    return ask("shows", rest) && (ui_log_count("ui: shows") > shown ||
                                  ui_fail("it is not on the screen"));
}

static bool open_app(const char *rest) {
    char line[UI_LINE_BYTES];
    snprintf(line, sizeof line, "open %s", rest);
    return console(line);
}

static bool pc_obey(const char *word, char *rest) {
    int x, y;
    if (strcmp(word, "click") == 0 && (*rest < '0' || *rest > '9'))
        return click_widget(rest);
    if (strcmp(word, "expect") == 0 && strncmp(rest, "text ", 5) == 0)
        return expect_text(rest + 5);
    if (strcmp(word, "open") == 0)
        return open_app(rest);
    if (strcmp(word, "type") == 0)
        return type_text(rest);
    if (strcmp(word, "key") == 0)
        return press_keys(rest);
    if (strcmp(word, "click") == 0)
        return click(rest);
    if (strcmp(word, "drag") == 0)
        return drag(rest);
    if (strcmp(word, "wheel") == 0)
        return wheel(rest);
    if (strcmp(word, "settle") == 0)
        return settle();
    if (strcmp(word, "snapshot") == 0)
        return snapshot();
    if (strcmp(word, "resume") == 0)
        return console("resume");
    if (strcmp(word, "move") == 0 && sscanf(rest, "%d %d", &x, &y) == 2)
        return send_pointer(x, y);
    return ui_fail("unknown command");
}

static bool pc_screenshot(const char *name) {
    char path[UI_PATH_BYTES], command[UI_PATH_BYTES + 128];
    UiPicture picture;
    snprintf(path, sizeof path, "%s/%s.ppm", ui_options.out, name);
    snprintf(command, sizeof command,
             "{\"execute\":\"screendump\",\"arguments\":"
             "{\"filename\":\"%s\"}}",
             path);
    if (!qmp(command) || !ui_picture_read_ppm(path, &picture))
        return false;
    remove(path);
    snprintf(path, sizeof path, "%s/%s.png", ui_options.out, name);
    bool good = ui_picture_write(path, &picture);
    ui_picture_free(&picture);
    return good;
}

const UiMachine uitest_pc = {
    .boot = pc_boot,
    .obey = pc_obey,
    .screenshot = pc_screenshot,
    .listen = pc_listen,
    .cut = pc_cut,
    .shutdown = pc_shutdown,
};
