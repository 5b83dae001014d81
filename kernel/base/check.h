/* CHECK: a programmer's error, on in every build.
 *
 * A failed CHECK panics with FILE:LINE: CONDITION. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "kernel/base/panic.h"

_Noreturn void check_failed(const char *file, int line, const char *condition);

#define CHECK(condition)                                                       \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

#endif
