/* The disk of the hosted machine: a file.
 *
 * Reads happen at once on the caller's thread (they are short, and a page fault
 * waits for them); writes and flushes are done by one thread, so that the
 * programs go on meanwhile. Whoever has nothing to do but wait for them helps
 * it: waking and being woken takes longer than writing. The file is locked
 * against a second user with the same kind of lock, on the same bytes, that
 * QEMU takes. */
#include "kernel/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/base/check.h"

enum { QUEUE_LIMIT = 128, TELL_AT = 8 };

static int file = -1;
static _Atomic int last_error; /* errno of the last request that failed */
static uint64_t file_blocks;
static bool in_use; /* by another machine, when it was to be opened */

/* Guarded by `lock`: everything down to `stopping`. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_came = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_done = PTHREAD_COND_INITIALIZER;
static DiskRequest *waiting_first, *waiting_last; /* in order */
static DiskRequest *finished;                     /* in any order */
static unsigned finished_count;
static unsigned under_way; /* waiting, being done, or finished */
static bool stopping;

static pthread_t writer;

static Status transfer(const DiskRequest *request) {
    uint8_t *at = request->buffer;
    size_t left = (size_t)request->count * PLATFORM_BLOCK_BYTES;
    off_t offset = (off_t)(request->block * PLATFORM_BLOCK_BYTES);
    while (left > 0) {
        ssize_t moved = request->action == DISK_READ
                            ? pread(file, at, left, offset)
                            : pwrite(file, at, left, offset);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return STATUS_IO_ERROR;
        at += moved;
        left -= (size_t)moved;
        offset += moved;
    }
    return STATUS_OK;
}

/* Linux would keep what is written to itself until the flush; the medium can
 * begin now. It reports no errors: those are for the flush. */
static void begin_writing(const DiskRequest *request) {
    sync_file_range(file, (off_t)(request->block * PLATFORM_BLOCK_BYTES),
                    (off_t)request->count * PLATFORM_BLOCK_BYTES,
                    SYNC_FILE_RANGE_WRITE);
}

static Status perform(const DiskRequest *request) {
    Status status = STATUS_IO_ERROR;
    errno = 0;
    if (request->action == DISK_FLUSH)
        status = fdatasync(file) == 0 ? STATUS_OK : STATUS_IO_ERROR;
    else if (request->block + request->count <= file_blocks)
        status = transfer(request);
    if (status != STATUS_OK)
        last_error = errno;
    if (request->action == DISK_WRITE)
        begin_writing(request);
    return status;
}

/* Does the first that waits; called, and left, with the lock taken. True when
 * somebody should hear of it: a wake-up for each would cost more than a small
 * write does. */
static bool do_first(void) {
    DiskRequest *request = waiting_first;
    waiting_first = request->next;
    if (!waiting_first)
        waiting_last = NULL;
    pthread_mutex_unlock(&lock);
    request->status = perform(request);
    pthread_mutex_lock(&lock);
    request->next = finished;
    finished = request;
    return ++finished_count % TELL_AT == 0 || !waiting_first;
}

static void *write_requests(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!waiting_first && !stopping)
            pthread_cond_wait(&work_came, &lock);
        if (!waiting_first)
            break;
        if (!do_first())
            continue;
        pthread_mutex_unlock(&lock);
        pthread_cond_signal(&work_done);
        host_wake();
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Write locks on the bytes that QEMU's file driver uses (100 to 203). */
static bool take_file_lock(void) {
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1024};
    return fcntl(file, F_OFD_SETLK, &range) == 0;
}

static bool refuse(const char *path, const char *why) {
    fprintf(stderr, "revenant: disk %s: %s\n", path, why);
    if (file >= 0)
        close(file);
    file = -1;
    return false;
}

bool host_disk_open(const char *path, uint64_t size_bytes) {
    bool missing = access(path, F_OK) != 0;
    file = open(path, O_RDWR | O_CLOEXEC | O_CREAT, 0644);
    if (file < 0)
        return refuse(path, strerror(errno));
    in_use = !take_file_lock();
    if (in_use)
        return refuse(path, "it is in use by another machine; end that first");
    if (missing && ftruncate(file, (off_t)size_bytes) != 0)
        return refuse(path, strerror(errno));
    off_t size = lseek(file, 0, SEEK_END);
    if (size < 0)
        return refuse(path, strerror(errno));
    if (size < PLATFORM_BLOCK_BYTES)
        return refuse(path, "it is too small to be a disk; 4 MiB is the least");
    file_blocks = (uint64_t)size / PLATFORM_BLOCK_BYTES;
    CHECK(pthread_create(&writer, NULL, write_requests, NULL) == 0);
    return true;
}

bool host_disk_in_use(void) {
    return in_use;
}

/* What was read before is in the page cache of Linux, behind the file. */
bool platform_warm_page(uint64_t address, void *bytes) {
    (void)address;
    (void)bytes;
    return false;
}

void host_disk_close(void) {
    if (file < 0)
        return;
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_signal(&work_came);
    pthread_mutex_unlock(&lock);
    pthread_join(writer, NULL);
    stopping = false;
    close(file);
    file = -1;
}

const char *platform_disk_trouble(void) {
    static char words[128];
    int error = last_error;
    if (error == 0)
        return NULL;
    snprintf(words, sizeof words, "%s", strerror(error));
    return words;
}

const char *platform_disk_missing(void) {
    return "there is no disk (--disk names one)";
}

uint32_t platform_disk_count(void) {
    return 1;
}

void platform_disk_choose(uint32_t place) {
    CHECK(place == 0);
}

uint64_t platform_disk_blocks(void) {
    return file_blocks;
}

Status platform_disk_submit(DiskRequest *request) {
    request->done = false;
    request->next = NULL;
    if (request->action == DISK_READ) {
        request->status = perform(request);
        request->done = true;
        return STATUS_OK;
    }
    pthread_mutex_lock(&lock);
    bool room = under_way < QUEUE_LIMIT;
    if (room) {
        under_way++;
        if (waiting_last)
            waiting_last->next = request;
        else
            waiting_first = request;
        waiting_last = request;
    }
    pthread_mutex_unlock(&lock);
    if (room)
        pthread_cond_signal(&work_came);
    return room ? STATUS_OK : STATUS_BUSY;
}

void platform_disk_poll(bool wait) {
    pthread_mutex_lock(&lock);
    while (wait && !finished && under_way > 0) {
        if (waiting_first)
            do_first();
        else
            pthread_cond_wait(&work_done, &lock);
    }
    while (finished) {
        DiskRequest *request = finished;
        finished = request->next;
        under_way--;
        request->done = true;
    }
    finished_count = 0;
    pthread_mutex_unlock(&lock);
}

bool host_disk_finished(void) {
    pthread_mutex_lock(&lock);
    bool some = finished != NULL;
    pthread_mutex_unlock(&lock);
    return some;
}
