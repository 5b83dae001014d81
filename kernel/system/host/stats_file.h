/* stats_file.h: `--stats FILE`. */
#ifndef KERNEL_SYSTEM_HOST_STATS_FILE_H
#define KERNEL_SYSTEM_HOST_STATS_FILE_H

#include <stdbool.h>

/* The counters of kernel/system/stats.h go to this file at the exit, as JSON.
 * False: it cannot be made; the reason was printed. */
bool stats_file_open(const char *path);

#endif
