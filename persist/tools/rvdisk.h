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

/* Commands on an image that was opened for looking. What repair found that
 * mending copies cannot mend is in rvdisk_map_is_wrong: the map, or the list of
 * generations, is to be made anew by a generation. */
int rvdisk_check(Store *store, const char *unused);
int rvdisk_repair(Store *store, const char *unused);
extern bool rvdisk_map_is_wrong;

/* One line on standard error; BAD. */
int rvdisk_complain(const char *path, const char *sentence);
int rvdisk_complain_errno(const char *path);
int rvdisk_complain_status(const char *what, Status status);
/* The machine said why it did not open the image; IN_USE or BAD. */
int rvdisk_not_opened(void);

/* The image gets this size: a larger one by its end, a smaller one by a new
 * image with the whole world, which takes its name when it is complete. Until
 * then nothing of the old one is changed. */
int rvdisk_resize(const char *path, uint64_t megabytes);

#endif
