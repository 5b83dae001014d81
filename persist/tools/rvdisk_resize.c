/* rvdisk resize: a larger or a smaller image with the same world.
 *
 * A smaller one is made by two processes, for a machine has one disk: a child
 * opens the image and tells its world through a pipe, the parent makes the new
 * image from that. The child holds the image's lock until the new one has taken
 * its place. */
#include "persist/tools/rvdisk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/host/host.h"
#include "persist/tools/transfer.h"

enum { PATH_BYTES = 4096 };

static Status put_to_pipe(void *context, const void *bytes, size_t count) {
    return fwrite(bytes, 1, count, context) == count ? STATUS_OK
                                                     : STATUS_IO_ERROR;
}

static Status get_from_pipe(void *context, void *bytes, size_t count,
                            size_t *got_out) {
    *got_out = fread(bytes, 1, count, context);
    return ferror((FILE *)context) ? STATUS_IO_ERROR : STATUS_OK;
}

/* ---- The child: it tells the world of the old image ---- */

static bool tell_world(const char *path, FILE *to) {
    StoreOpening opening;
    Store *store;
    if (!host_disk_open(path, 0))
        return false;
    if (store_open(STORE_NEWEST_TO_LOOK, &store, &opening) != STATUS_OK) {
        rvdisk_complain(path, opening.message);
        return false;
    }
    if (opening.passed_over) {
        rvdisk_complain(path,
                        "newer generations do not verify; see rvdisk check");
        return false;
    }
    Status status =
        transfer_write(store, (ExportSink){.put = put_to_pipe, .context = to});
    store_close(store);
    if (status == STATUS_NOT_FOUND)
        rvdisk_complain(path, "nothing is durable on it; make a new one");
    else if (status != STATUS_OK)
        rvdisk_complain(path, status_text(status));
    return status == STATUS_OK && fflush(to) == 0;
}

/* Ends when the parent does, or says that it may. */
static _Noreturn void be_child(const char *path, int to, int until) {
    char byte;
    FILE *stream = fdopen(to, "w");
    bool good = stream && tell_world(path, stream);
    if (stream)
        fclose(stream);
    while (read(until, &byte, 1) < 0 && errno == EINTR)
        continue;
    _exit(good ? GOOD : rvdisk_not_opened());
}

/* ---- The parent: it makes the new image ---- */

static void say_nothing(const char *sentence) {
    (void)sentence;
}

static Status make_world(Store *store, FILE *from) {
    StoreReport report = {.say = say_nothing};
    Status status = transfer_read(
        store, (ExportSource){.get = get_from_pipe, .context = from});
    if (status == STATUS_OK)
        status = store_verify(store, &report);
    if (status == STATUS_OK && (report.bad || report.unmarked))
        status = STATUS_CORRUPT;
    return status;
}

static bool make_image(const char *path, uint64_t megabytes, FILE *from) {
    StoreOpening opening;
    Store *store;
    if (!host_disk_open(path, megabytes << 20))
        return false;
    Status status = store_open(0, &store, &opening);
    if (status != STATUS_OK) {
        rvdisk_complain(path, opening.message);
    } else {
        status = make_world(store, from);
        store_close(store);
        if (status == STATUS_NO_SPACE)
            rvdisk_complain(path,
                            "the kept generations do not fit; unpin some, or "
                            "choose a larger size");
        else if (status != STATUS_OK && status != STATUS_TRUNCATED)
            rvdisk_complain(path, status_text(status));
    }
    host_disk_close();
    return status == STATUS_OK;
}

static bool take_place(const char *made, const char *path) {
    struct stat old;
    return stat(path, &old) == 0 && chmod(made, old.st_mode & 07777) == 0 &&
           rename(made, path) == 0;
}

static int shrink(const char *path, uint64_t megabytes) {
    char made[PATH_BYTES];
    int world[2], until[2];
    if (snprintf(made, sizeof made, "%s.resized", path) >= (int)sizeof made)
        return rvdisk_complain(path, "the name is too long");
    if (access(made, F_OK) == 0)
        return rvdisk_complain(made,
                               "it is there already; it was left as it is");
    if (pipe(world) != 0 || pipe(until) != 0)
        return rvdisk_complain_errno("pipe");
    signal(SIGPIPE, SIG_IGN);
    pid_t child = fork();
    if (child < 0)
        return rvdisk_complain_errno("fork");
    if (child == 0) {
        close(world[0]);
        close(until[1]);
        be_child(path, world[1], until[0]);
    }
    close(world[1]);
    close(until[0]);
    FILE *from = fdopen(world[0], "r");
    bool good = from && make_image(made, megabytes, from);
    if (from)
        fclose(from);
    if (good && !take_place(made, path))
        good = rvdisk_complain_errno(path) == GOOD;
    close(until[1]);
    int ended = -1;
    waitpid(child, &ended, 0);
    if (!good)
        unlink(made);
    if (good)
        printf("%s has %lu MiB\n", path, megabytes);
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == IN_USE)
        return IN_USE;
    return good && ended == 0 ? GOOD : BAD;
}

static int grow(const char *path, uint64_t megabytes) {
    if (!host_disk_open(path, 0))
        return rvdisk_not_opened();
    int result = GOOD;
    if (truncate(path, (off_t)(megabytes << 20)) != 0)
        result = rvdisk_complain_errno(path);
    else
        printf("%s has %lu MiB; the next start uses them\n", path, megabytes);
    host_disk_close();
    return result;
}

int rvdisk_resize(const char *path, uint64_t megabytes) {
    struct stat now;
    if (stat(path, &now) != 0)
        return rvdisk_complain_errno(path);
    uint64_t size = (uint64_t)now.st_size;
    if (size == megabytes << 20)
        return rvdisk_complain(path, "it has that size already");
    return size < megabytes << 20 ? grow(path, megabytes)
                                  : shrink(path, megabytes);
}
