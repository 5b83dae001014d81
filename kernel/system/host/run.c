/* `revenant --run FILE.rev [ARG…]`: a program's `main` without a desktop. */
#include "kernel/system/host/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/host/host.h"
#include "kernel/system/apps.h"
#include "kernel/system/first.h"
#include "kernel/system/install.h"
#include "kernel/system/notices/older.h"
#include "kernel/system/notices/starts.h"
#include "kernel/system/refuse.h"
#include "kernel/system/saver.h"
#include "kernel/system/system.h"
#include "persist/memory/snapshot.h"
#include "vm/run/grants.h"
#include "vm/run/limits.h"
#include "vm/run/vm.h"

enum { SLICE_BUDGET = 1000000, MESSAGE_BYTES = 4096 };

static void show_diagnostics(const CompilerResult *result) {
    char buffer[MESSAGE_BYTES];
    for (size_t i = 0; i < result->diagnostic_count; i++) {
        Text text = text_on(buffer, sizeof buffer);
        compiler_show(&result->diagnostics[i], &text);
        fputs(text_end(&text), stderr);
    }
}

bool run_compile(const char *module, const char *path, const char *source,
                 size_t size, bool only_tests, CompilerResult *result_out) {
    CompilerSource sources = {path, source, size};
    Status status = install_compile(module, &sources, only_tests, result_out);
    show_diagnostics(result_out);
    if (status != STATUS_OK)
        fprintf(stderr, "revenant: %s: %s\n", path, status_text(status));
    return status == STATUS_OK && result_out->error_count == 0;
}

/* Starts the program as module "main" of an app of this name. */
static Domain *start_program(const char *path, const CompilerResult *program,
                             int count, char **arguments) {
    char why[400];
    Text text = text_on(why, sizeof why);
    Domain *domain;
    Status status =
        vm_start_program(program->bytes, program->size_bytes, path,
                         limits_row(LIMIT_MEMORY)->usual, (size_t)count,
                         (const char *const *)arguments, &domain, &text);
    if (status == STATUS_OK) { /* there is nobody else in its world */
        domain->rights = RIGHTS_ALL;
        return domain;
    }
    if (status == STATUS_NOT_FOUND)
        text_add(&text, "it has no main to run");
    else if (text.length == 0)
        text_add(&text, status_text(status));
    fprintf(stderr, "revenant: %s: %s\n", path, text_end(&text));
    return NULL;
}

static Domain *start(const char *path, int count, char **arguments,
                     bool tests) {
    size_t size;
    char *source = host_read_file(path, &size);
    if (!source)
        return NULL;
    CompilerResult result;
    Domain *domain = NULL;
    if (run_compile("main", path, source, size, tests, &result))
        domain = start_program(path, &result, count, arguments);
    compiler_free(&result);
    free(source);
    return domain;
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

/* One turn; the platform time of the next. */
static uint64_t turn(bool kept) {
    uint64_t next_ns = vm_run(SLICE_BUDGET);
    if (!kept) {
        refuse_snapshots();
        return next_ns;
    }
    uint64_t save_ns = saver_step(), mark_ns = starts_step();
    if (saver_is_damaged())
        refuse_to_go_on("the system's memory is damaged, in the newest "
                        "generation, too; --set generation=N goes back");
    memory_trim();
    if (save_ns < next_ns)
        next_ns = save_ns;
    return mark_ns < next_ns ? mark_ns : next_ns;
}

static int run_to_end(const Domain *domain, bool kept) {
    int exit_code;
    while (!vm_app_ended(domain, &exit_code) && !vm_app_rests(domain)) {
        uint64_t next_ns = turn(kept);
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

/* The program of this name that a run before this one did not end; or NULL. */
static Domain *unfinished(const char *name) {
    int exit_code;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && !vm_app_ended(domain, &exit_code) &&
            strlen(name) == domain->name->length &&
            memcmp(name, domain->name->bytes, domain->name->length) == 0)
            return domain;
    }
    return NULL;
}

static int run(const char *path, int count, char **arguments, bool tests) {
    if (!start_vm())
        return EXIT_FAILURE;
    vm_set_print(print_out);
    const Domain *domain = start(path, count, arguments, tests);
    return domain ? run_to_end(domain, false) : EXIT_FAILURE;
}

/* The world's other apps are held meanwhile. */
static int run_kept(const char *path, int count, char **arguments) {
    host_set("headless=1"); /* what cannot start says so in a line */
    host_set("held=0");     /* nobody is there to let them go */
    system_open_world();
    if (older_waits())
        refuse_start("the newest generation on the disk is damaged; "
                     "--set take=older goes on from the one before");
    vm_set_print(print_out);
    const Domain *domain = unfinished(path);
    if (!domain)
        domain = start(path, count, arguments, false);
    if (!domain)
        return EXIT_FAILURE;
    vm_hold(true, domain);
    int exit_code = run_to_end(domain, true);
    apps_reap(); /* the next run begins anew */
    Status status = saver_finish();
    starts_end();
    if (status == STATUS_OK)
        return exit_code;
    fprintf(stderr, "revenant: the last snapshot failed: %s\n",
            status_text(status));
    return EXIT_FAILURE;
}

int run_program(const char *path, int count, char **arguments, bool kept) {
    return kept ? run_kept(path, count, arguments)
                : run(path, count, arguments, false);
}

int run_tests(const char *path) {
    return run(path, 0, NULL, true);
}
