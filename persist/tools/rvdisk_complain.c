/* What goes wrong, in one line. */
#include "persist/tools/rvdisk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/host/host.h"

int rvdisk_complain(const char *path, const char *sentence) {
    fprintf(stderr, "rvdisk: %s: %s\n", path, sentence);
    return BAD;
}

int rvdisk_complain_errno(const char *path) {
    return rvdisk_complain(path, strerror(errno));
}

int rvdisk_complain_status(const char *what, Status status) {
    return rvdisk_complain(what, status_text(status));
}

int rvdisk_not_opened(void) {
    return host_disk_in_use() ? IN_USE : BAD;
}
