/* Status: the result of an operation that the world can make fail.
 *
 * Rule: look at every Status. The clang pass of `make check` makes ignoring
 * one an error; gcc, which builds the product, has no such attribute on types.
 * Programmer errors are not statuses: they are CHECKs (check.h). */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#ifdef __clang__
#define STATUS_MUST_BE_USED __attribute__((warn_unused_result))
#else
#define STATUS_MUST_BE_USED
#endif

typedef enum STATUS_MUST_BE_USED Status {
#define STATUS(name, sentence) STATUS_##name,
#include "kernel/base/status.def"
#undef STATUS
    STATUS_COUNT
} Status;

/* The sentence for people, without a full stop. Never NULL. */
const char *status_text(Status status);

#endif
