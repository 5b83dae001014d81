/* Decimal text to the nearest double. */
#ifndef KERNEL_BASE_DECIMAL_H
#define KERNEL_BASE_DECIMAL_H

#include <stddef.h>

/* Digits with an optional point and exponent; underscores are passed over. The
 * nearest double, ties to even; infinity when it is too large. */
#define DECIMAL_UNITS 5000 /* of work (vm/run/worker.h), at most */
double decimal_to_double(const char *text, size_t length);

#endif
