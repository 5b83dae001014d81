/* QEMU without acceleration as a child process: COM1, which is the machine's
 * log and console, and QMP are streams that it inherits, so nothing is left in
 * the file system. */
#include "tests/uitest_qemu.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 96
#define WORD_BYTES 8192 /* a setting may be a program */
#define FIRMWARE "/usr/share/ovmf/OVMF.fd"

static int process;
static UiStream serial = {.file = -1}, monitor = {.file = -1};
static char reply[UI_LINE_BYTES];
static bool replied;

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

static const char *events_path(void) {
    static char path[UI_PATH_BYTES];
    snprintf(path, sizeof path, "%s/events.txt", ui_options.out);
    return path;
}

/* QEMU's events since the boot, such as errors that its disk reported. */
static void keep_event(const char *line) {
    FILE *file = fopen(events_path(), "a");
    if (!file)
        return;
    fprintf(file, "%s\n", line);
    fclose(file);
}

/* Keeps replies and events. */
static void take_monitor(void) {
    char line[UI_LINE_BYTES];
    if (!ui_stream_fill(&monitor))
        close_stream(&monitor);
    while (ui_stream_line(&monitor, line))
        if (strncmp(line, "{\"return\"", 9) == 0 ||
            strncmp(line, "{\"error\"", 8) == 0) {
            snprintf(reply, sizeof reply, "%s", line);
            replied = true;
        } else if (strstr(line, "\"event\"")) {
            keep_event(line);
        }
}

bool uitest_qemu_listen(int64_t deadline_ms) {
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
bool uitest_qemu_command(const char *command) {
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
static char word_room[WORDS_MAX][WORD_BYTES];

static void add(const char *word) {
    words[word_count++] = word;
}

static void add_format(const char *format, const char *value) {
    snprintf(word_room[word_count], sizeof word_room[0], format, value);
    add(word_room[word_count]);
}

/* A comma within a value is written twice in QEMU's options. */
static bool add_setting(const char *setting) {
    char text[WORD_BYTES];
    const char *value = strchr(setting, '=');
    if (!value)
        return ui_fail("not a setting: %s", setting);
    size_t length = (size_t)snprintf(
        text, sizeof text,
        "name=opt/revenant/%.*s,string=", (int)(value - setting), setting);
    for (const char *at = value + 1; *at && length < sizeof text - 2; at++) {
        if (*at == ',')
            text[length++] = ',';
        text[length++] = *at;
    }
    if (length >= sizeof text - 2)
        return ui_fail("the setting is too long: %.40s...", setting);
    text[length] = 0;
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
static const char always[] =
    "qemu-system-x86_64 -machine q35,accel=tcg -cpu max -vga std -nic none "
    "-display none -monitor none "
    "-chardev socket,id=com1,fd=3 -serial chardev:com1 "
    "-chardev socket,id=qmp,fd=4 -mon chardev=qmp,mode=control "
    "-device virtio-blk-pci,drive=disk,werror=report,rerror=report "
    "-device virtio-tablet-pci "
    "-device isa-debug-exit,iobase=0xf4,iosize=4 -m";

/* The image file, with `filter` above it where there is one: that sees the
 * machine's requests as they are, not merged. */
static void add_disk(const char *filter) {
    if (!filter) {
        add("-drive");
        add_format("if=none,id=disk,format=raw,file=%s", ui_options.disk);
        return;
    }
    add("-blockdev");
    add_format("driver=file,node-name=image,filename=%s", ui_options.disk);
    add("-blockdev");
    add_format("node-name=disk,driver=%s", filter);
    add("-global");
    add("virtio-blk-device.request-merging=off");
}

static bool make_words(void) {
    static char copy[sizeof always];
    memcpy(copy, always, sizeof always);
    word_count = 0;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        add(word);
    add(ui_options.memory);
    add_disk(ui_options.filter);
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

void uitest_qemu_cut(void) {
    ui_kill(process);
    process = 0;
    close_stream(&serial);
    close_stream(&monitor);
}

bool uitest_qemu_boot(void) {
    int serial_ends[2], monitor_ends[2];
    uitest_qemu_cut();
    ui_log_start();
    remove(events_path());
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
    return uitest_qemu_command("{\"execute\":\"qmp_capabilities\"}");
}

static bool has_ended(void) {
    return serial.file < 0;
}

bool uitest_qemu_console(const char *line) {
    return ui_write(serial.file, line, strlen(line)) &&
           ui_write(serial.file, "\n", 1);
}

/* The machine was asked to end in order. */
static bool ends(void) {
    int status = 0;
    if (!ui_wait(has_ended, "its end") ||
        !ui_reap(process, ui_now_ms() + ui_options.patience_ms, &status))
        return false;
    process = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return ui_fail("QEMU ended with status %x", (unsigned)status);
}

bool uitest_qemu_shutdown(void) {
    return uitest_qemu_console("shutdown") && ends();
}

bool uitest_qemu_power(void) {
    return uitest_qemu_command("{\"execute\":\"system_powerdown\"}") && ends();
}
