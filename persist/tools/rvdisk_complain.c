/* What goes wrong, in one line. */
#include "persist/tools/rvdisk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int rvdisk_complain(const char *path, const char *sentence) {
    fprintf(stderr, "rvdisk: %s: %s\n", path, sentence);
    return BAD;
}

int rvdisk_complain_errno(const char *path) {
    return rvdisk_complain(path, strerror(errno));
}
