/* build/revenant: the hosted machine's command line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/base/text.h"
#include "kernel/base/trace.h"
#include "kernel/host/host.h"
#include "kernel/system/host/run.h"
#include "kernel/system/host/script.h"
#include "kernel/system/host/stats_file.h"
#include "kernel/system/system.h"

enum { WRONG_USE = 2, DEFAULT_DISK_MB = 256 };

static const char usage[] =
    "usage: revenant [--disk FILE] [--disk-size 256M] [--headless]\n"
    "                [--ui SCRIPT] [--out DIR] [--app FILE.rev]\n"
    "                [--generation N] [--stats FILE] [--trace WHAT,...]\n"
    "                [--set NAME=VALUE]...\n"
    "       revenant [--disk FILE] --run FILE.rev [ARG]...\n"
    "       revenant --test FILE.rev\n"
    "       revenant --help\n";

typedef struct Options {
    const char *disk;
    uint64_t disk_bytes;
    bool headless;
    const char *script;
    const char *folder;
    const char *app;
    const char *stats;
    const char *run;  /* a program, and what follows it */
    const char *test; /* a program whose tests are run */
    int first_argument;
} Options;

/* One line: what is wrong, and where to look. */
static _Noreturn void wrong(const char *what, const char *value) {
    fprintf(stderr, "revenant: %s: %s; see revenant --help\n", value, what);
    exit(WRONG_USE);
}

static _Noreturn void help(void) {
    fputs(usage, stdout);
    exit(EXIT_SUCCESS);
}

static uint64_t size_of(const char *value) {
    uint64_t bytes = 0;
    if (!text_to_size(value, &bytes))
        wrong("not a size such as 256M", value);
    return bytes;
}

static void set_generation(const char *value) {
    uint64_t number;
    if (!text_to_u64(value, &number) || number == 0)
        wrong("not the number of a generation", value);
    host_set_value("generation", strlen("generation"), value);
}

static Options read_options(int count, char **words) {
    static const struct option names[] = {
        {"disk", required_argument, 0, 'd'},
        {"disk-size", required_argument, 0, 's'},
        {"headless", no_argument, 0, 'h'},
        {"ui", required_argument, 0, 'u'},
        {"out", required_argument, 0, 'o'},
        {"set", required_argument, 0, '='},
        {"app", required_argument, 0, 'a'},
        {"generation", required_argument, 0, 'g'},
        {"stats", required_argument, 0, 'c'},
        {"trace", required_argument, 0, 'w'},
        {"run", required_argument, 0, 'r'},
        {"test", required_argument, 0, 't'},
        {"help", no_argument, 0, 'H'},
        {0, 0, 0, 0},
    };
    Options options = {.disk_bytes = (uint64_t)DEFAULT_DISK_MB << 20,
                       .folder = "."};
    int letter;
    opterr = 0;
    while (!options.run &&
           (letter = getopt_long(count, words, "+:", names, NULL)) != -1) {
        switch (letter) {
        case 'd':
            options.disk = optarg;
            break;
        case 's':
            options.disk_bytes = size_of(optarg);
            break;
        case 'h':
            options.headless = true;
            host_set("headless=1");
            break;
        case 'u':
            options.script = optarg;
            break;
        case 'o':
            options.folder = optarg;
            break;
        case 'a':
            options.app = optarg;
            break;
        case 'c':
            options.stats = optarg;
            break;
        case 'g':
            set_generation(optarg);
            break;
        case 'w':
            host_set_value("trace", strlen("trace"), optarg);
            if (!trace_start(optarg))
                wrong("nothing that can be traced", optarg);
            break;
        case 'r':
            options.run = optarg;
            options.first_argument = optind;
            break;
        case 't':
            options.test = optarg;
            break;
        case '=':
            if (!host_set(optarg))
                wrong("not NAME=VALUE", optarg);
            break;
        case 'H':
            help();
        case ':':
            wrong("it wants a value", words[optind - 1]);
        default:
            wrong("there is no such option", words[optind - 1]);
        }
    }
    if (optind < count && !options.run)
        wrong("a word too many", words[optind]);
    return options;
}

/* Hands the program to the system as settings, by the name of its file. It is
 * compiled here too, so that a person sees errors at once. */
static bool set_app(const char *path) {
    size_t size;
    char *source = host_read_file(path, &size);
    if (!source)
        return false;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char module[64];
    snprintf(module, sizeof module, "%.*s", (int)strcspn(name, "."), name);
    CompilerResult result;
    bool good = run_compile(module, path, source, size, false, &result);
    compiler_free(&result);
    if (good) {
        host_set_value("app", strlen("app"), source);
        host_set_value("app_name", strlen("app_name"), module);
    }
    free(source);
    return good;
}

static void open_screen(bool headless) {
    unsigned width = 1024, height = 768;
    const char *size = platform_setting("size");
    if (size && (sscanf(size, "%ux%u", &width, &height) != 2 || width < 640 ||
                 height < 480 || width > 3840 || height > 2160))
        wrong("not a screen's size such as 1024x768", size);
    host_screen_open(width, height, headless);
}

static char **command_line;

/* The same program with the same words takes this process's place: nothing but
 * the disk and the script goes on. */
_Noreturn void platform_restart(void) {
    host_disk_close();
    host_window_close();
    script_hand_over();
    execv("/proc/self/exe", command_line);
    perror("revenant: it cannot start anew; start it again");
    _exit(EXIT_FAILURE);
}

int main(int count, char **words) {
    command_line = words;
    host_start();
    Options options = read_options(count, words);
    host_idle_open(!options.headless);
    host_range_open();
    if (options.test)
        return run_tests(options.test);
    if (options.disk && !host_disk_open(options.disk, options.disk_bytes))
        return EXIT_FAILURE;
    if (options.run)
        return run_program(options.run, count - options.first_argument,
                           words + options.first_argument,
                           options.disk != NULL);
    if (options.app && !set_app(options.app))
        return EXIT_FAILURE;
    if (options.script && !script_open(options.script, options.folder))
        return EXIT_FAILURE;
    if (options.stats && !stats_file_open(options.stats))
        return EXIT_FAILURE;
    open_screen(options.headless);
    system_run();
}
