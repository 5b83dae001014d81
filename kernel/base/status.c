/* Texts and names of the status codes. */
#include "kernel/base/status.h"

const char *status_text(Status status) {
    static const char *const texts[] = {
#define STATUS(name, sentence) sentence,
#include "kernel/base/status.def"
#undef STATUS
    };
    return (unsigned)status < STATUS_COUNT ? texts[status] : "unknown status";
}
