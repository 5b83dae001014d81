/* The programs that come with the system. */
#include "kernel/apps.h"

#include "gui/typeset_native.h"
#include "kernel/assets.h"
#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "vm/compiler_native.h"
#include "vm/core_native.h"
#include "vm/domain.h"
#include "vm/figures_native.h"
#include "vm/vm.h"
#include "wm/desktop_native.h"

static const struct {
    const char *name;   /* as the launcher shows it */
    const char *module; /* of the asset app/MODULE */
} apps[] = {
    {"Editor", "editor"},
    {"Shell", "shell"},
    {"Counter", "counter"},
};

enum { APPS = sizeof apps / sizeof apps[0] };

void apps_register(void) {
    core_native_register();
    desktop_register();
    typeset_register();
    compiler_native_register(asset_find);
    figures_native_register();
}

static Status load(const char *asset, bool system, Text *why) {
    const uint8_t *bytes;
    size_t count;
    Module *module;
    if (!asset_find(asset, &bytes, &count)) {
        text_add_format(why, "%s is not in this build", asset);
        return STATUS_NOT_FOUND;
    }
    text_add_format(why, "%s: ", asset);
    Status status = vm_load_module(bytes, count, system, &module, why);
    if (status == STATUS_OK)
        why->length = 0;
    return status;
}

Status apps_load(Text *why) {
    Status status = load("module/core", true, why);
    if (status == STATUS_OK)
        status = load("module/ui", true, why);
    if (status == STATUS_OK)
        status = load("module/system", true, why);
    for (uint32_t i = 0; i < APPS && status == STATUS_OK; i++) {
        char asset[40];
        Text name = text_on(asset, sizeof asset);
        text_add_format(&name, "app/%s", apps[i].module);
        status = load(asset, false, why);
    }
    return status;
}

const char *apps_name(uint32_t place) {
    return place < APPS ? apps[place].name : NULL;
}

void apps_launch(uint32_t place) {
    Domain *domain;
    if (place >= APPS)
        return;
    Status status = vm_start_app(apps[place].module, apps[place].name,
                                 DOMAIN_LIMIT_DEFAULT, 0, NULL, &domain);
    if (status != STATUS_OK)
        log_line("apps: %s does not start: %s", apps[place].name,
                 status_text(status));
}

bool apps_open(const char *name) {
    for (uint32_t i = 0; i < APPS; i++) {
        if (!text_equal(apps[i].name, name))
            continue;
        apps_launch(i);
        return true;
    }
    return false;
}

void apps_first_start(void) {
    apps_open("Editor");
}

/* The system domain, at place 0, is never over. */
void apps_reap(void) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        int exit_code;
        if (!domain || !vm_app_ended(domain, &exit_code))
            continue;
        desktop_forget(domain);
        if (domain_kill(domain) != STATUS_OK)
            return; /* nothing can be written now; later */
    }
}
