/* The hosted machine: build/revenant reads the same commands on its standard
 * input and answers each with one line, "ok" or "error: what". Its log is its
 * standard error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/uitest.h"

#define WORDS_MAX 64

static int process;
static UiStream commands = {.file = -1}; /* both ways */
static UiStream errors = {.file = -1};
static char answer[UI_LINE_BYTES];
static bool answered;

static void close_stream(UiStream *stream) {
    if (stream->file >= 0)
        close(stream->file);
    stream->file = -1;
    stream->used = 0;
}

/* Takes what the stream has, or closes it at its end. */
static void take(UiStream *stream) {
    if (!ui_stream_fill(stream)) {
        close_stream(stream);
    } else if (stream == &errors) {
        ui_log_feed(stream->bytes, stream->used);
        stream->used = 0;
    }
}

static bool host_listen(int64_t deadline_ms) {
    UiStream *streams[] = {&errors, &commands};
    int files[] = {errors.file, commands.file};
    bool heard = false;
    if (errors.file < 0 && commands.file < 0)
        return false;
    ui_poll(files, 2, deadline_ms);
    for (int i = 0; i < 2; i++)
        if (ui_stream_ready(streams[i])) {
            take(streams[i]);
            heard = true;
        }
    if (!answered && ui_stream_line(&commands, answer))
        answered = true;
    return heard;
}

static bool has_answer(void) {
    return answered;
}

/* Sends a line and waits for its answer. */
static bool command(const char *line) {
    answered = false;
    if (!ui_write(commands.file, line, strlen(line)) ||
        !ui_write(commands.file, "\n", 1) || !ui_wait(has_answer, "an answer"))
        return false;
    if (strcmp(answer, "ok") == 0)
        return true;
    return ui_fail("%s", answer);
}

static bool start(void) {
    char size[64];
    const char *other = getenv("REVENANT"); /* of an older build */
    const char *program = other ? other : "build/revenant";
    const char *words[WORDS_MAX] = {program,  "--headless",   "--ui",
                                    "-",      "--out",        ui_options.out,
                                    "--disk", ui_options.disk};
    int count = 8;
    if (ui_options.size) {
        snprintf(size, sizeof size, "size=%s", ui_options.size);
        words[count++] = "--set";
        words[count++] = size;
    }
    for (int i = 0; i < ui_options.setting_count; i++) {
        words[count++] = "--set";
        words[count++] = ui_options.settings[i];
    }
    int command_ends[2], error_ends[2];
    if (!ui_pair(command_ends) || !ui_pair(error_ends))
        return false;
    int files[] = {command_ends[1], command_ends[1], error_ends[1]};
    process = ui_spawn(words, files, 3);
    close(command_ends[1]);
    close(error_ends[1]);
    commands.file = command_ends[0];
    errors.file = error_ends[0];
    return process > 0 || ui_fail("cannot start a process");
}

static void host_cut(void) {
    ui_kill(process);
    process = 0;
    close_stream(&commands);
    close_stream(&errors);
}

static bool host_boot(void) {
    host_cut();
    ui_log_start();
    return start() && command("boot");
}

static bool host_obey(const char *word, char *rest) {
    char line[UI_LINE_BYTES];
    snprintf(line, sizeof line, "%s %s", word, rest);
    return command(line);
}

static bool host_screenshot(const char *name) {
    char line[UI_PATH_BYTES];
    snprintf(line, sizeof line, "screenshot %s", name);
    return command(line);
}

static bool has_ended(void) {
    return errors.file < 0;
}

static bool host_shutdown(void) {
    int status = 0;
    if (!ui_write(commands.file, "shutdown\n", 9) ||
        !ui_wait(has_ended, "its end") ||
        !ui_reap(process, ui_now_ms() + ui_options.patience_ms, &status))
        return false;
    process = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return ui_fail("the machine ended with status %x", (unsigned)status);
}

const UiMachine uitest_host = {
    .boot = host_boot,
    .obey = host_obey,
    .screenshot = host_screenshot,
    .listen = host_listen,
    .cut = host_cut,
    .shutdown = host_shutdown,
};
