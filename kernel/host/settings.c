/* Settings given on the command line. */
#include "kernel/host/host.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/base/check.h"

typedef struct Setting {
    char *name, *value;
    struct Setting *next;
} Setting;

static Setting *settings;

void host_set_value(const char *name, size_t length, const char *value) {
    Setting *setting = malloc(sizeof *setting);
    CHECK(setting);
    setting->name = strndup(name, length);
    setting->value = strdup(value);
    CHECK(setting->name && setting->value);
    setting->next = settings; /* a later one hides an earlier one */
    settings = setting;
}

bool host_set(const char *assignment) {
    const char *equals = strchr(assignment, '=');
    if (!equals || equals == assignment)
        return false;
    host_set_value(assignment, (size_t)(equals - assignment), equals + 1);
    return true;
}

const char *platform_setting(const char *name) {
    for (Setting *setting = settings; setting; setting = setting->next)
        if (strcmp(setting->name, name) == 0)
            return setting->value;
    return NULL;
}
