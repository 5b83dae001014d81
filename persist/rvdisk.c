/* build/rvdisk: checks disk images, lists their generations, and carries one
 * generation from an image to another.
 *
 * Runs on the hosted machine's disk, with the store as the system has it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/base/text.h"
#include "kernel/host/host.h"
#include "persist/export.h"

enum { GOOD, BAD, WRONG_USE, DEFAULT_MB = 256, WORDS_MOST = 5 };

static const char usage[] =
    "usage: rvdisk check IMAGE                     verify every kept "
    "generation\n"
    "       rvdisk list IMAGE                      show the generations\n"
    "       rvdisk export IMAGE FILE [GENERATION]  the newest, or that one, as "
    "a file\n"
    "       rvdisk import FILE IMAGE [MEGABYTES]   onto a blank or new image\n";

/* Nothing here waits for the disk thread but by platform_disk_poll. */
void host_wake(void) {
}

static void say(const char *sentence) {
    printf("%s\n", sentence);
}

static int complain(const char *path, const char *sentence) {
    fprintf(stderr, "rvdisk: %s: %s\n", path, sentence);
    return BAD;
}

static int complain_errno(const char *path) {
    return complain(path, strerror(errno));
}

/* ---- Images ---- */

/* `generation`: 0 for the newest. */
static Store *open_image(const char *path, uint64_t generation,
                         StoreOpening *opening_out) {
    Store *store;
    if (store_open(generation, &store, opening_out) == STATUS_OK)
        return store;
    complain(path, opening_out->message);
    return NULL;
}

static int with_image(const char *path, uint64_t generation,
                      int (*command)(Store *, const char *),
                      const char *argument) {
    StoreOpening opening;
    if (access(path, R_OK) != 0)
        return complain_errno(path);
    if (!host_disk_open(path, 0))
        return BAD;
    Store *store = open_image(path, generation, &opening);
    int result = store ? command(store, argument) : BAD;
    store_close(store);
    host_disk_close();
    return result;
}

static int check(Store *store, const char *unused) {
    (void)unused;
    StoreReport report = {.say = say};
    if (store_durable_generation(store) == 0) {
        printf("nothing is durable on this disk yet\n");
        return GOOD;
    }
    Status status = store_verify(store, &report);
    if (status != STATUS_OK) {
        fprintf(stderr, "rvdisk: check: %s\n", status_text(status));
        return BAD;
    }
    printf("%lu generations, %lu pages, %lu nodes verified; %lu bad blocks\n",
           report.generations, report.pages, report.nodes, report.bad);
    if (report.unmarked)
        printf("%lu reachable blocks are marked as free\n", report.unmarked);
    if (report.leaked)
        printf("%lu blocks are used by nothing\n", report.leaked);
    return report.bad || report.unmarked ? BAD : GOOD;
}

static int list(Store *store, const char *unused) {
    (void)unused;
    printf("%10s %10s %-20s %8s %10s %s\n", "generation", "parent",
           "time (UTC)", "pages", "bytes", "pinned");
    for (uint32_t i = 0; i < store_record_count(store); i++) {
        FormatRecord record = store_record(store, i);
        time_t seconds = (time_t)(record.wall_us / 1000000);
        char when[32] = "?";
        struct tm parts;
        if (gmtime_r(&seconds, &parts))
            strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &parts);
        printf("%10lu %10lu %-20s %8lu %10lu %s\n", record.generation,
               record.parent, when, record.pages, record.bytes,
               record.flags & FORMAT_PINNED ? "yes" : "no");
    }
    return GOOD;
}

/* ---- Export ---- */

static Status put_to_file(void *context, const void *bytes, size_t count) {
    return fwrite(bytes, 1, count, context) == count ? STATUS_OK
                                                     : STATUS_IO_ERROR;
}

static int write_export(Store *store, const char *path) {
    ExportHeader header;
    Status status = export_describe(store, &header);
    if (status != STATUS_OK)
        return complain(path, "nothing is durable on the disk yet");
    FILE *file = fopen(path, "wbx");
    if (!file)
        return complain_errno(path);
    status = export_write(store, &header,
                          (ExportSink){.put = put_to_file, .context = file});
    if (fclose(file) != 0 && status == STATUS_OK)
        status = STATUS_IO_ERROR;
    if (status != STATUS_OK) {
        unlink(path);
        return complain(path, status_text(status));
    }
    printf("generation %lu, %lu pages\n", header.generation, header.pages);
    return GOOD;
}

/* ---- Import ---- */

static ExportReader reader;

static Status get_from_file(void *context, void *bytes, size_t count,
                            size_t *got_out) {
    *got_out = fread(bytes, 1, count, context);
    return ferror((FILE *)context) ? STATUS_IO_ERROR : STATUS_OK;
}

static Status open_export(FILE *file) {
    rewind(file);
    return export_open(&reader,
                       (ExportSource){.get = get_from_file, .context = file});
}

/* Reads all of it before an image is touched. */
static bool verify_export(FILE *file, const char *path) {
    Status status = open_export(file);
    while (status == STATUS_OK)
        status = export_next(&reader);
    if (status == STATUS_NOT_FOUND)
        return true;
    complain(path, reader.message);
    return false;
}

static int import_into(Store *store, FILE *file, const char *path) {
    Status status = open_export(file);
    if (status == STATUS_OK)
        status = export_import(&reader, store);
    if (status != STATUS_OK)
        return complain(path, reader.message);
    printf("generation %lu, %lu pages\n", store_durable_generation(store),
           reader.header.pages);
    return GOOD;
}

static int import_to_image(FILE *file, const char *path, const char *image,
                           uint64_t megabytes) {
    StoreOpening opening;
    if (!host_disk_open(image, megabytes << 20))
        return BAD;
    Store *store = open_image(image, 0, &opening);
    int result = BAD;
    if (store && opening.generation != 0)
        complain(image, "it is not blank; it was left as it is");
    else if (store)
        result = import_into(store, file, path);
    store_close(store);
    host_disk_close();
    return result;
}

static int import_file(const char *path, const char *image,
                       uint64_t megabytes) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return complain_errno(path);
    int result = BAD;
    if (verify_export(file, path))
        result = import_to_image(file, path, image, megabytes);
    fclose(file);
    return result;
}

/* ---- The command line ---- */

static int obey(int count, char **words) {
    const char *command = count >= 3 ? words[1] : "";
    uint64_t number = 0;
    if (count == 3 && strcmp(command, "check") == 0)
        return with_image(words[2], 0, check, NULL);
    if (count == 3 && strcmp(command, "list") == 0)
        return with_image(words[2], 0, list, NULL);
    bool good = count == WORDS_MOST - 1 ||
                (count == WORDS_MOST && text_to_u64(words[4], &number) &&
                 number > 0 && number < UINT32_MAX);
    if (good && strcmp(command, "export") == 0)
        return with_image(words[2], number, write_export, words[3]);
    if (good && strcmp(command, "import") == 0)
        return import_file(words[2], words[3], number ? number : DEFAULT_MB);
    fputs(usage, stderr);
    return WRONG_USE;
}

int main(int count, char **words) {
    host_start();
    return obey(count, words);
}
