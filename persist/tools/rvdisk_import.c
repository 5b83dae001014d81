/* rvdisk import: one generation out of a file becomes a world. All of the file
 * is verified before an image is touched, and the world is looked at whole. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/host/host.h"
#include "persist/tools/export.h"
#include "persist/tools/rvdisk.h"

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
    rvdisk_complain(path, reader.message);
    return false;
}

static int import_into(Store *store, FILE *file, const char *path) {
    Status status = open_export(file);
    if (status == STATUS_OK)
        status = export_import(&reader, store);
    if (status != STATUS_OK)
        return rvdisk_complain(path, reader.message);
    printf("generation %lu, %lu pages\n", store_durable_generation(store),
           reader.header.pages);
    return GOOD;
}

static int import_to_image(FILE *file, const char *path, const char *image,
                           uint64_t megabytes) {
    StoreOpening opening;
    if (!host_disk_open(image, megabytes << 20))
        return rvdisk_not_opened();
    Store *store = rvdisk_open(image, 0, &opening);
    int result = BAD;
    if (store && opening.generation != 0)
        rvdisk_complain(image, "it is not blank; it was left as it is");
    else if (store)
        result = import_into(store, file, path);
    store_close(store);
    host_disk_close();
    return result;
}

/* The image is as blank as it was, or not there. */
static void take_back(const char *image, bool was_there) {
    struct stat now;
    if (!was_there)
        unlink(image);
    else if (stat(image, &now) != 0 || truncate(image, 0) != 0 ||
             truncate(image, now.st_size) != 0)
        rvdisk_complain_errno(image);
}

int rvdisk_import(const char *path, const char *image, uint64_t megabytes) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return rvdisk_complain_errno(path);
    int result = BAD;
    bool was_there = access(image, F_OK) == 0;
    if (verify_export(file, path))
        result = import_to_image(file, path, image, megabytes);
    fclose(file);
    if (result != GOOD)
        return result;
    result = rvdisk_with(image, STORE_NEWEST_TO_LOOK, rvdisk_whole, NULL);
    if (result == BAD) {
        take_back(image, was_there);
        rvdisk_complain(path, "what it holds cannot be run safely; nothing "
                              "was imported");
    }
    return result;
}
