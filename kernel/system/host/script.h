/* script.h: `--ui SCRIPT`: a UI script on a file or on standard input. */
#ifndef KERNEL_SYSTEM_HOST_SCRIPT_H
#define KERNEL_SYSTEM_HOST_SCRIPT_H

#include <stdbool.h>

/* Reads UI commands from `path`, or standard input for "-", and obeys them;
 * pictures go to `folder`. */
bool script_open(const char *path, const char *folder);
/* Hands what is left of the script to the process that takes this one's place.
 */
void script_hand_over(void);

#endif
