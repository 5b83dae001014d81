/* setting.h: settings that are numbers. */
#ifndef KERNEL_SYSTEM_SETTING_H
#define KERNEL_SYSTEM_SETTING_H

#include <stdbool.h>
#include <stdint.h>

/* The setting's value when it is a number within the limits, else `usual`; a
 * bad value is named in the log. */
uint64_t setting_number(const char *name, uint64_t usual, uint64_t least,
                        uint64_t most);

/* True when it is 1; false when it is 0 or nobody set it. */
bool setting_is_on(const char *name);

#endif
