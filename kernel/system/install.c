/* Programs from their source. */
#include "kernel/system/install.h"

#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/platform.h"
#include "kernel/system/apps.h"
#include "kernel/system/assets.h"
#include "vm/heap/rights.h"
#include "vm/run/limits.h"
#include "vm/run/vm.h"

enum { MESSAGE_BYTES = 900, WHY_BYTES = 400 };

static CompilerLibrary library(const char *asset) {
    CompilerLibrary found = {0};
    assets_find(asset, &found.bytes, &found.size_bytes);
    return found;
}

Status install_compile(const char *module, const CompilerSource *source,
                       bool only_tests, CompilerResult *result_out) {
    CompilerLibrary libraries[] = {library("module/core"), library("module/ui"),
                                   library("module/system")};
    CompilerRequest request = {.module = module,
                               .sources = source,
                               .source_count = 1,
                               .libraries = libraries,
                               .library_count = 3,
                               .only_tests = only_tests};
    return compiler_compile(&request, result_out);
}

static void log_diagnostics(const CompilerResult *result) {
    char buffer[MESSAGE_BYTES];
    for (size_t i = 0; i < result->diagnostic_count; i++) {
        Text text = text_on(buffer, sizeof buffer);
        compiler_show(&result->diagnostics[i], &text);
        log_line("apps: %s", text_end(&text));
    }
}

/* True when an app of this name has threads. */
static bool runs(const char *name) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        int exit_code;
        if (domain && !vm_app_ended(domain, &exit_code) &&
            domain->name->length == text_length(name) &&
            bytes_equal(domain->name->bytes, name, domain->name->length))
            return true;
    }
    return false;
}

/* "compile,apps", or "all". */
static uint32_t rights_in(const char *words) {
    uint32_t rights = RIGHTS_NONE;
    if (text_equal(words, "all"))
        return RIGHTS_ALL;
    while (*words) {
        size_t length = 0;
        while (words[length] && words[length] != ',')
            length++;
        RightPlace place = rights_find(words, length);
        if (place < RIGHT_COUNT)
            rights |= 1u << place;
        else
            log_line("apps: app_rights: there is no right %.*s", (int)length,
                     words);
        words += length + (words[length] == ',');
    }
    return rights;
}

static void open_module(const char *name, const CompilerResult *result) {
    char why[WHY_BYTES];
    Text text = text_on(why, sizeof why);
    Module *module;
    Domain *domain;
    if (apps_looks_like(name)) { /* and that app's rights */
        log_line("apps: %s: an app of the system has this name", name);
        return;
    }
    Status status = vm_load_module(result->bytes, result->size_bytes, false,
                                   &module, &text);
    if (status != STATUS_OK) {
        log_line("apps: %s: %s", name, text_end(&text));
        return;
    }
    if (runs(name))
        return;
    status = vm_start_app(name, name, limits_row(LIMIT_MEMORY)->usual, 0, NULL,
                          &domain);
    const char *rights = platform_setting("app_rights");
    if (status != STATUS_OK)
        log_line("apps: %s does not start: %s", name, status_text(status));
    else if (rights) /* the new domain is announced */
        domain->rights = domain->lasting = rights_in(rights);
}

void install_setting(void) {
    const char *source = platform_setting("app");
    const char *name = platform_setting("app_name");
    if (!source)
        return;
    if (!name)
        name = "app";
    CompilerSource sources = {name, source, text_length(source)};
    CompilerResult result;
    Status status = install_compile(name, &sources, false, &result);
    log_diagnostics(&result);
    if (status != STATUS_OK)
        log_line("apps: %s: %s", name, status_text(status));
    else if (result.error_count == 0)
        open_module(name, &result);
    compiler_free(&result);
}
