/* Runs the language tests: each file is compiled and, unless it expects errors,
 * run on a fresh VM of the simulated machine.
 *
 *     // expect: text               a line that the program prints, in order
 *     // expect error:LINE:COL text an error, as the compiler says it
 *     // expect exception: Name     what ends the program
 *
 * Tests in a file (`test "…" { }`) run after its `main`. A file with code
 * blocks
 * ```rev (the book) is one test per block.
 *
 * usage: language [--show] [--installed] [--collect=N] [--cut=N] [--steady]
 *            CORE.rvc [UI.rvc] FILE…
 * --show: see all that a program says; --installed: programs lie in the system
 * domain, else each in its own; the others: machine_harden. Ends in "N passed,
 * N failed". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/fonts.h"
#include "kernel/base/log.h"
#include "kernel/system/apps.h"
#include "kernel/system/assets.h"
#include "tests/language/machine.h"
#include "tests/sim/sim.h"
#include "vm/compiler/compiler.h"
#include "wm/desk.h"
#include "vm/heap/rights.h"

enum {
    OUTPUT_BYTES = 1 << 16,
    FILE_BYTES = 1 << 20,
    SLICES_MAX = 20000,
    APP_BYTES = 64u << 20,
};

/* What the program did. */
static char output[OUTPUT_BYTES];
static char stopped[2048]; /* the exception that ended it, or empty */
static char last_log[2048];
static bool show;
static bool installed; /* programs lie in the system domain */

/* Compiled system modules that the tests may import, core first. */
enum { LIBRARIES_MAX = 4 };
static CompilerLibrary libraries[LIBRARIES_MAX];
static size_t library_count;
static unsigned passed, failed;

static void take_print(const Domain *domain, const char *bytes, size_t count) {
    size_t have = strlen(output);
    (void)domain;
    if (show)
        fwrite(bytes, 1, count, stdout);
    if (count > sizeof output - 1 - have)
        count = sizeof output - 1 - have;
    memcpy(output + have, bytes, count);
    output[have + count] = 0;
}

static void take_log(const char *bytes, size_t count) {
    static const char mark[] = " stopped: core.";
    if (show)
        fwrite(bytes, 1, count, stderr);
    if (count >= sizeof last_log)
        count = sizeof last_log - 1;
    memcpy(last_log, bytes, count);
    last_log[count] = 0;
    const char *found = strstr(last_log, " stopped: ");
    if (!strncmp(last_log, "app: ", 5) && found)
        snprintf(stopped, sizeof stopped, "%s",
                 strstr(last_log, mark)
                     ? strstr(last_log, mark) + sizeof mark - 1
                     : found + 10);
}

static void fail(const char *name, const char *what, const char *detail) {
    failed++;
    printf("FAILED %s: %s%s\n", name, what, detail);
}

/* ---- The machine ---- */

static bool load(const char *name, const void *bytes, size_t size,
                 bool system) {
    char why[400];
    Text text = text_on(why, sizeof why);
    if (machine_load(bytes, size, system, &text))
        return true;
    fail(name, "the VM refuses it: ", text_end(&text));
    return false;
}

static void run_app(const char *name, const CompilerResult *compiled) {
    Domain *domain;
    char why[400];
    Text text = text_on(why, sizeof why);
    output[0] = stopped[0] = 0;
    Status status =
        installed
            ? vm_start_app("test", "test", APP_BYTES, 0, NULL, &domain)
            : vm_start_program(compiled->bytes, compiled->size_bytes, "test",
                               APP_BYTES, 0, NULL, &domain, &text);
    if (status != STATUS_OK)
        snprintf(stopped, sizeof stopped, "it does not start: %s %s",
                 status_text(status), text_end(&text));
    else
        domain->rights = RIGHTS_ALL;
    if (status == STATUS_OK && !machine_run(domain, SLICES_MAX))
        fail(name, "it does not end", "");
}

static bool run_module(const char *name, const CompilerResult *compiled) {
    bool good = machine_start() && desk_make() == STATUS_OK;
    vm_set_print(take_print);
    for (size_t i = 0; i < library_count; i++)
        good = good &&
               load(name, libraries[i].bytes, libraries[i].size_bytes, true);
    if (installed)
        good = good && load(name, compiled->bytes, compiled->size_bytes, false);
    if (good)
        run_app(name, compiled);
    machine_stop();
    return good;
}

/* ---- Expectations ---- */

typedef struct Expected {
    char lines[OUTPUT_BYTES];
    char exception[100];
    char errors[50][300]; /* "LINE:COL text" */
    unsigned error_count;
} Expected;

static void copy_line(char *to, size_t size, const char *from) {
    size_t length = strcspn(from, "\r\n");
    snprintf(to, size, "%.*s", (int)length, from);
}

static void read_expected(const char *text, Expected *out) {
    memset(out, 0, sizeof *out);
    for (const char *at = strstr(text, "// expect"); at;
         at = strstr(at + 1, "// expect")) {
        const char *rest = at + strlen("// expect");
        if (!strncmp(rest, ": ", 2) || !strncmp(rest, ":\n", 2)) {
            char line[1000];
            copy_line(line, sizeof line, rest[1] == ' ' ? rest + 2 : rest + 1);
            strncat(out->lines, line, sizeof out->lines - 2);
            strcat(out->lines, "\n");
        } else if (!strncmp(rest, " error:", 7) && out->error_count < 50) {
            copy_line(out->errors[out->error_count++], 300, rest + 7);
        } else if (!strncmp(rest, " exception: ", 12)) {
            copy_line(out->exception, sizeof out->exception, rest + 12);
        }
    }
}

static bool error_found(const Expected *expected, const Diagnostic *d) {
    char text[300];
    snprintf(text, sizeof text, "%u:%u %s", d->line, d->column, d->sentence);
    for (unsigned i = 0; i < expected->error_count; i++)
        if (!strcmp(expected->errors[i], text))
            return true;
    return false;
}

static void show_errors(const CompilerResult *result) {
    for (size_t i = 0; i < result->diagnostic_count; i++) {
        char buffer[4096];
        Text text = text_on(buffer, sizeof buffer);
        compiler_show(&result->diagnostics[i], &text);
        fputs(buffer, stdout);
    }
}

/* True when there were errors, all of them expected or not. */
static bool check_errors(const char *name, const Expected *expected,
                         const CompilerResult *result) {
    bool good = result->diagnostic_count == expected->error_count;
    for (size_t i = 0; i < result->diagnostic_count; i++)
        good = good && error_found(expected, &result->diagnostics[i]);
    if (!good) {
        fail(name, "other errors than expected", "");
        show_errors(result);
    } else if (expected->error_count) {
        passed++;
    }
    return !good || expected->error_count;
}

static void check_run(const char *name, const Expected *expected) {
    size_t length = strlen(expected->exception);
    bool exception_good =
        length ? !strncmp(stopped, expected->exception, length) &&
                     !strchr("abcdefghijklmnopqrstuvwxyz", stopped[length] | 1)
               : stopped[0] == 0;
    if (length && !strncmp(stopped, expected->exception, length))
        exception_good = true;
    if (!exception_good)
        fail(name, "it ended with: ", stopped[0] ? stopped : "nothing");
    else if (strcmp(output, expected->lines))
        fail(name, "it printed:\n", output);
    else
        passed++;
}

static uint32_t collect_counts, cut_counts; /* as the options say */
static bool steady;

/* A file with "// uncut:" runs without power cuts, one with "// plainly:"
 * without collections, too; behind that stands why. */
static void run_text(const char *name, const char *text, size_t length) {
    static Expected expected;
    CompilerSource source = {name, text, length};
    CompilerRequest request = {.module = "test",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = libraries,
                               .library_count = library_count,
                               .run_tests = true};
    CompilerResult result;
    read_expected(text, &expected);
    bool plainly = strstr(text, "// plainly:") != NULL;
    machine_harden(plainly ? 0 : collect_counts,
                   plainly || strstr(text, "// uncut:") ? 0 : cut_counts,
                   steady);
    Status status = compiler_compile(&request, &result);
    if (status != STATUS_OK)
        fail(name, "the compiler gave up: ", status_text(status));
    else if (!check_errors(name, &expected, &result) &&
             run_module(name, &result) && !show)
        check_run(name, &expected);
    compiler_free(&result);
}

/* ---- Files ---- */

static char *read_file(const char *path, size_t *length_out) {
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, FILE_BYTES + 1);
    if (!file || !bytes) {
        fprintf(stderr, "language: %s: cannot be read\n", path);
        exit(2);
    }
    *length_out = fread(bytes, 1, FILE_BYTES, file);
    fclose(file);
    return bytes;
}

static bool is_library(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot && !strcmp(dot, ".rvc");
}

static void add_library(const char *path) {
    size_t length;
    if (library_count == LIBRARIES_MAX)
        return;
    uint8_t *bytes = (uint8_t *)read_file(path, &length);
    libraries[library_count++] = (CompilerLibrary){bytes, length};
}

/* The examples of a chapter of the book. */
static void run_chapter(const char *path, const char *text) {
    unsigned number = 0;
    for (const char *at = strstr(text, "```rev\n"); at;
         at = strstr(at, "```rev\n")) {
        const char *from = at + strlen("```rev\n");
        const char *to = strstr(from, "```");
        char name[300];
        if (!to)
            break;
        char *block = strndup(from, (size_t)(to - from));
        snprintf(name, sizeof name, "%s#%u", path, ++number);
        run_text(name, block, strlen(block));
        free(block);
        at = to + 3;
    }
}

int main(int count, char **words) {
    int first = 1;
    for (; first < count && !strncmp(words[first], "--", 2); first++) {
        show = show || !strcmp(words[first], "--show");
        installed = installed || !strcmp(words[first], "--installed");
        steady = steady || !strcmp(words[first], "--steady");
        if (!strncmp(words[first], "--collect=", 10))
            collect_counts = (uint32_t)atoi(words[first] + 10);
        if (!strncmp(words[first], "--cut=", 6))
            cut_counts = (uint32_t)atoi(words[first] + 6);
    }
    if (count < first + 2) {
        fprintf(stderr, "usage: language [--show] [--installed] [--collect=N] "
                        "[--cut=N] [--steady] CORE.rvc [UI.rvc] FILE...\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    sim_start();
    log_set_sink(take_log);
    apps_register();
    if (fonts_open(assets_find) != STATUS_OK) {
        fprintf(stderr, "language: there are no fonts\n");
        return EXIT_FAILURE;
    }
    for (; first < count && is_library(words[first]); first++)
        add_library(words[first]);
    for (int i = first; i < count; i++) {
        size_t length;
        char *text = read_file(words[i], &length);
        const char *dot = strrchr(words[i], '.');
        if (dot && !strcmp(dot, ".md"))
            run_chapter(words[i], text);
        else
            run_text(words[i], text, length);
        free(text);
    }
    for (size_t i = 0; i < library_count; i++)
        free((uint8_t *)(uintptr_t)libraries[i].bytes);
    fonts_close();
    if (!show)
        printf("%u passed, %u failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
