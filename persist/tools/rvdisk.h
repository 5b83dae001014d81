/* rvdisk.h: what the files of build/rvdisk share. */
#ifndef PERSIST_TOOLS_RVDISK_H
#define PERSIST_TOOLS_RVDISK_H

#include <stdbool.h>
#include <stdint.h>

/* What the program ends with. */
enum { GOOD, BAD, WRONG_USE };

/* One line on standard error; BAD. */
int rvdisk_complain(const char *path, const char *sentence);
int rvdisk_complain_errno(const char *path);

/* The image gets this size: a larger one by its end, a smaller one by a new
 * image with the whole world, which takes its name when it is complete. Until
 * then nothing of the old one is changed. */
int rvdisk_resize(const char *path, uint64_t megabytes);

#endif
