/* `revenant --run FILE.rev [ARG…]`: a program's `main` without a desktop. */
#include "kernel/host/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/apps.h"
#include "kernel/first.h"
#include "kernel/host/host.h"
#include "kernel/install.h"
#include "persist/memory.h"
#include "vm/domain.h"
#include "vm/vm.h"

enum { SLICE_BUDGET = 1000000, MESSAGE_BYTES = 4096 };

char *host_read_file(const char *path, size_t *size_out) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "revenant: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    size_t size = 0, capacity = 1 << 16;
    char *text = malloc(capacity);
    while (text) {
        size += fread(text + size, 1, capacity - size, file);
        if (size < capacity)
            break;
        capacity *= 2;
        text = realloc(text, capacity);
    }
    if (text && ferror(file)) {
        fprintf(stderr, "revenant: %s: it cannot be read\n", path);
        free(text);
        text = NULL;
    }
    fclose(file);
    if (text)
        text[size] = 0;
    *size_out = size;
    return text;
}

static void show_diagnostics(const CompilerResult *result) {
    char buffer[MESSAGE_BYTES];
    for (size_t i = 0; i < result->diagnostic_count; i++) {
        Text text = text_on(buffer, sizeof buffer);
        compiler_show(&result->diagnostics[i], &text);
        fputs(text_end(&text), stderr);
    }
}

bool host_compile(const char *module, const char *path, const char *source,
                  size_t size, bool only_tests, CompilerResult *result_out) {
    CompilerSource sources = {path, source, size};
    Status status = install_compile(module, &sources, only_tests, result_out);
    show_diagnostics(result_out);
    if (status != STATUS_OK)
        fprintf(stderr, "revenant: %s: %s\n", path, status_text(status));
    return status == STATUS_OK && result_out->error_count == 0;
}

/* Compiles and loads the program as module "main". */
static bool load_program(const char *path, bool tests) {
    size_t size;
    char *source = host_read_file(path, &size);
    if (!source)
        return false;
    CompilerResult result;
    bool good = host_compile("main", path, source, size, tests, &result);
    if (good) {
        char why[400];
        Text text = text_on(why, sizeof why);
        Module *module;
        good = vm_load_module(result.bytes, result.size_bytes, false, &module,
                              &text) == STATUS_OK;
        if (!good)
            fprintf(stderr, "revenant: %s: %s\n", path, text_end(&text));
    }
    compiler_free(&result);
    free(source);
    return good;
}

static void print_out(const Domain *domain, const char *bytes, size_t count) {
    (void)domain;
    fwrite(bytes, 1, count, stdout);
}

static bool start_vm(void) {
    char why[400];
    Text text = text_on(why, sizeof why);
    MemoryOptions options = {.limit_bytes = platform_memory_bytes(),
                             .lost = vm_lost_page};
    apps_register();
    if (memory_open(&options) != STATUS_OK) {
        fprintf(stderr, "revenant: there is not enough memory to start\n");
        return false;
    }
    if (first_clone(&text) == STATUS_OK && vm_restore() == STATUS_OK)
        return true;
    fprintf(stderr, "revenant: %s\n", text_end(&text));
    return false;
}

/* Without a disk there are no snapshots: whoever asks for one goes on. */
static void refuse_snapshots(void) {
    if (vm_snapshot_wanted())
        vm_barrier_taken();
}

static int run_to_end(Domain *domain) {
    int exit_code;
    while (!vm_app_ended(domain, &exit_code)) {
        uint64_t next_ns = vm_run(SLICE_BUDGET);
        refuse_snapshots();
        if (next_ns == UINT64_MAX && !vm_app_ended(domain, &exit_code) &&
            !vm_snapshot_wanted()) {
            fprintf(stderr, "revenant: every thread waits for ever\n");
            return EXIT_FAILURE;
        }
        fflush(stdout);
        if (next_ns > platform_now_ns())
            platform_idle(next_ns);
    }
    return exit_code;
}

static int run(const char *path, int count, char **arguments, bool tests) {
    Domain *domain;
    if (!start_vm() || !load_program(path, tests))
        return EXIT_FAILURE;
    vm_set_print(print_out);
    Status status =
        vm_start_app("main", path, DOMAIN_LIMIT_DEFAULT, (size_t)count,
                     (const char *const *)arguments, &domain);
    if (status != STATUS_OK) {
        fprintf(stderr, "revenant: %s: it has no main to run: %s\n", path,
                status_text(status));
        return EXIT_FAILURE;
    }
    return run_to_end(domain);
}

int host_run(const char *path, int count, char **arguments) {
    return run(path, count, arguments, false);
}

int host_test(const char *path) {
    return run(path, 0, NULL, true);
}
