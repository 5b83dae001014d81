/* Child processes, and lines over their streams. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/uitest.h"

#define FILES_MAX 8
#define REAP_STEP_MS 10

int64_t ui_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static void become(const char *const words[], const int *files,
                   int file_count) {
    int copies[FILES_MAX];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < file_count; i++)
        copies[i] = fcntl(files[i], F_DUPFD_CLOEXEC, FILES_MAX);
    for (int i = 0; i < file_count; i++)
        dup2(copies[i], i);
    execvp(words[0], (char *const *)words);
    dprintf(2, "uitest: cannot start %s: %s\n", words[0], strerror(errno));
    _exit(127);
}

int ui_spawn(const char *const words[], const int *files, int file_count) {
    int process = fork();
    if (process == 0)
        become(words, files, file_count);
    return process;
}

bool ui_pair(int ends_out[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_out) == 0)
        return true;
    return ui_fail("socketpair: %s", strerror(errno));
}

bool ui_stream_fill(UiStream *stream) {
    if (stream->used == sizeof stream->bytes)
        stream->used = 0; /* a line without an end: drop it */
    ssize_t count = read(stream->file, stream->bytes + stream->used,
                         sizeof stream->bytes - stream->used);
    if (count > 0)
        stream->used += (size_t)count;
    return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

bool ui_stream_ready(const UiStream *stream) {
    struct pollfd one = {.fd = stream->file, .events = POLLIN};
    return stream->file >= 0 && poll(&one, 1, 0) == 1;
}

bool ui_stream_line(UiStream *stream, char line_out[UI_LINE_BYTES]) {
    char *end = memchr(stream->bytes, '\n', stream->used);
    if (!end)
        return false;
    size_t length = (size_t)(end - stream->bytes);
    snprintf(line_out, UI_LINE_BYTES, "%.*s", (int)length, stream->bytes);
    stream->used -= length + 1;
    memmove(stream->bytes, end + 1, stream->used);
    return true;
}

void ui_poll(const int *files, int count, int64_t deadline_ms) {
    struct pollfd polls[FILES_MAX];
    for (int i = 0; i < count; i++)
        polls[i] = (struct pollfd){.fd = files[i], .events = POLLIN};
    int64_t left = deadline_ms - ui_now_ms();
    poll(polls, (nfds_t)count, left > 0 ? (int)left : 0);
}

bool ui_write(int file, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return ui_fail("the machine does not listen: %s", strerror(errno));
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

bool ui_reap(int process, int64_t deadline_ms, int *status_out) {
    while (waitpid(process, status_out, WNOHANG) == 0) {
        if (ui_now_ms() > deadline_ms)
            return ui_fail("the machine does not end");
        poll(NULL, 0, REAP_STEP_MS);
    }
    return true;
}

void ui_kill(int process) {
    int status;
    if (process <= 0)
        return;
    kill(process, SIGKILL);
    waitpid(process, &status, 0);
}
