/* A failed CHECK. */
#include "kernel/base/check.h"

_Noreturn void check_failed(const char *file, int line, const char *condition) {
    panic("%s:%d: %s", file, line, condition);
}
