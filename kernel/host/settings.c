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

bool host_set(const char *assignment) {
    const char *equals = strchr(assignment, '=');
    if (!equals || equals == assignment)
        return false;
    Setting *setting = malloc(sizeof *setting);
    CHECK(setting);
    setting->name = strndup(assignment, (size_t)(equals - assignment));
    setting->value = strdup(equals + 1);
    CHECK(setting->name && setting->value);
    setting->next = settings; /* a later one hides an earlier one */
    settings = setting;
    return true;
}

const char *platform_setting(const char *name) {
    for (Setting *setting = settings; setting; setting = setting->next)
        if (strcmp(setting->name, name) == 0)
            return setting->value;
    return NULL;
}
