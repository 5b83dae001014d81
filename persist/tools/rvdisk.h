/* rvdisk.h: what the files of build/rvdisk share. */
#ifndef PERSIST_TOOLS_RVDISK_H
#define PERSIST_TOOLS_RVDISK_H

#include <stdbool.h>
#include <stdint.h>

#include "persist/store/store.h"

/* What the program ends with: append only. */
enum { GOOD, BAD, WRONG_USE, IN_USE };

/* What the open of the image found. */
extern StoreOpening rvdisk_opened;

/* Opens the image that is the machine's disk; `generation`: 0 for the newest.
 * NULL after one line. */
Store *rvdisk_open(const char *path, uint64_t generation,
                   StoreOpening *opening_out);

/* Opens an image as a disk with a store, and runs a command on it. */
int rvdisk_with(const char *path, uint64_t generation,
                int (*command)(Store *, const char *), const char *argument);

/* Commands on an image that was opened for looking. What repair found that
 * mending copies cannot mend is in rvdisk_map_is_wrong: the map, or the list of
 * generations, is to be made anew by a generation. */
int rvdisk_check(Store *store, const char *unused);
int rvdisk_repair(Store *store, const char *unused);
extern bool rvdisk_map_is_wrong;

/* The world of an image that rvdisk_check found good: whether it can be run,
 * whoever wrote it. Once in a process. */
int rvdisk_whole(Store *store, const char *unused);

/* One line on standard error; BAD. */
int rvdisk_complain(const char *path, const char *sentence);
int rvdisk_complain_errno(const char *path);
int rvdisk_complain_status(const char *what, Status status);
/* The machine said why it did not open the image; IN_USE or BAD. */
int rvdisk_not_opened(void);

/* The world of a file comes onto a blank or new image; one that cannot be run
 * safely (rvdisk_whole) leaves it as it was. */
int rvdisk_import(const char *path, const char *image, uint64_t megabytes);

/* The image gets this size: a larger one by its end, a smaller one by a new
 * image with the whole world, which takes its name when it is complete. Until
 * then nothing of the old one is changed. */
int rvdisk_resize(const char *path, uint64_t megabytes);

#endif
