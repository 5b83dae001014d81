/* Settings that are numbers. */
#include "kernel/system/setting.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"

uint64_t setting_number(const char *name, uint64_t usual, uint64_t least,
                        uint64_t most) {
    const char *text = platform_setting(name);
    uint64_t value;
    if (!text)
        return usual;
    if (text_to_u64(text, &value) && value >= least && value <= most)
        return value;
    log_line("settings: %s=%s is not a number from %lu to %lu; using %lu", name,
             text, least, most, usual);
    return usual;
}

bool setting_is_on(const char *name) {
    return setting_number(name, 0, 0, 1) == 1;
}
