/* `--stats FILE`: the counters, as JSON, when the process ends in order. */
#include "kernel/system/host/stats_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/system/stats.h"

static FILE *file;

/* Before the disk and the memory are gone. */
static void write_counters(void) {
    uint64_t value;
    const char *name, *comma = "";
    fputs("{", file);
    for (uint32_t i = 0; (name = stats_at(i, &value)) != NULL; i++) {
        fprintf(file, "%s\n  \"%s\": %llu", comma, name,
                (unsigned long long)value);
        comma = ",";
    }
    fputs("\n}\n", file);
    if (fclose(file) != 0)
        fprintf(stderr, "revenant: --stats: %s; they are not whole\n",
                strerror(errno));
}

bool stats_file_open(const char *path) {
    file = fopen(path, "w");
    if (file && atexit(write_counters) == 0)
        return true;
    fprintf(stderr, "revenant: --stats %s: %s; name a file that can be made\n",
            path, strerror(errno));
    return false;
}
