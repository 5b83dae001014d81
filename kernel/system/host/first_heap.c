/* build/first-heap: makes the heap that a fresh world begins with (first.h).
 *
 *     first-heap OUT NAME=PATH...
 *
 * This is the hosted machine without a screen and without assets: those that
 * the apps ask for are the named files. It fills a fresh heap on a disk of its
 * own, OUT.img, with the modules, takes one snapshot, and exports that
 * generation to OUT. Equal files make equal bytes: nothing runs, and time and
 * lineage of the disk are left out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/host/host.h"
#include "kernel/system/apps.h"
#include "kernel/system/assets.h"
#include "kernel/system/host/run.h"
#include "persist/memory/memory.h"
#include "persist/memory/snapshot.h"
#include "persist/tools/export.h"
#include "vm/run/vm.h"

enum { WRONG_USE = 2, DISK_MB = 64, WHY_BYTES = 400 };

/* Words NAME=PATH of the command line. */
static char **assets;

/* In place of kernel/system/assets.c. What was read stays: modules are read
 * once. */
bool assets_find(const char *name, const uint8_t **data_out,
                 size_t *size_bytes_out) {
    size_t length = strlen(name);
    for (char **at = assets; *at; at++) {
        if (strncmp(*at, name, length) != 0 || (*at)[length] != '=')
            continue;
        *data_out =
            (const uint8_t *)host_read_file(*at + length + 1, size_bytes_out);
        return *data_out != NULL;
    }
    return false;
}

static _Noreturn void give_up(const char *what, const char *why) {
    fprintf(stderr, "first-heap: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void must(Status status, const char *what) {
    if (status != STATUS_OK)
        give_up(what, status_text(status));
}

static Store *open_store(const char *image) {
    Store *store;
    StoreOpening opening;
    if (store_open(0, &store, &opening) != STATUS_OK)
        give_up(image, opening.message);
    return store;
}

static void fill_heap(Store *store) {
    char why[WHY_BYTES];
    Text text = text_on(why, sizeof why);
    MemoryOptions options = {.store = store,
                             .limit_bytes = platform_memory_bytes()};
    must(memory_open(&options), "memory");
    apps_register();
    must(vm_create(), "heap");
    if (apps_load(&text) != STATUS_OK)
        give_up("modules", text_end(&text));
    must(snapshot_now(), "snapshot");
    memory_close();
}

static Status put(void *context, const void *bytes, size_t count) {
    return fwrite(bytes, 1, count, context) == count ? STATUS_OK
                                                     : STATUS_IO_ERROR;
}

static void export_heap(Store *store, const char *path) {
    ExportHeader header;
    FILE *file = fopen(path, "wb");
    if (!file)
        give_up(path, strerror(errno));
    must(export_describe(store, &header), path);
    bytes_fill(header.lineage, 0, sizeof header.lineage);
    header.wall_us = 0;
    must(export_write(store, &header, (ExportSink){put, file}), path);
    if (fclose(file) != 0)
        give_up(path, strerror(errno));
    store_close(store);
}

int main(int count, char **words) {
    char image[4096];
    if (count < 3) {
        fputs("usage: first-heap OUT NAME=PATH...\n", stderr);
        return WRONG_USE;
    }
    assets = words + 2;
    snprintf(image, sizeof image, "%s.img", words[1]);
    unlink(image);
    host_start();
    host_idle_open(false);
    host_range_open();
    if (!host_disk_open(image, (uint64_t)DISK_MB << 20))
        return EXIT_FAILURE;
    fill_heap(open_store(image));
    export_heap(open_store(image), words[1]);
    host_disk_close();
    unlink(image);
    return EXIT_SUCCESS;
}
