/* revc: the compiler as a host program.
 *
 * usage: revc FILE.rev… [-o OUT.rvc] [--check] [--test] [--disassemble]
 *             [--library DIR] [--module NAME] [--system]
 *
 * With -o all files are one module, named after OUT; else each file is one, and
 * FILE.rvc is written beside it. Imported modules are looked up in DIR
 * (default build/lib), then beside the file. Exit status: 0 good, 1 the
 * program has errors, 2 wrong use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm/compiler/compiler.h"
#include "vm/compiler/disassemble.h"

enum { FILES_MAX = 200, LIBRARIES_MAX = 50 };

typedef struct Options {
    const char *files[FILES_MAX];
    size_t file_count;
    const char *out, *library, *module;
    bool check, test, disassemble, system;
} Options;

static _Noreturn void die(const char *what, const char *name) {
    fprintf(stderr, "revc: %s%s%s\n", name ? name : "", name ? ": " : "", what);
    exit(2);
}

/* What the command line has wrong. */
static _Noreturn void wrong(const char *what, const char *word) {
    fprintf(stderr, "revc: %s: %s; see revc --help\n", word, what);
    exit(2);
}

static _Noreturn void help(void) {
    fputs("usage: revc FILE.rev... [-o OUT.rvc] [--check] [--test]\n"
          "            [--disassemble] [--library DIR] [--module NAME] "
          "[--system]\n"
          "       revc --help\n",
          stdout);
    exit(0);
}

/* ---- Files ---- */

static char *read_file(const char *path, size_t *length_out) {
    FILE *file = fopen(path, "rb");
    size_t capacity = 1 << 16, length = 0;
    char *text = malloc(capacity);
    if (!file) {
        free(text);
        return NULL;
    }
    while (text) {
        length += fread(text + length, 1, capacity - length, file);
        if (length < capacity)
            break;
        capacity *= 2;
        text = realloc(text, capacity);
    }
    fclose(file);
    if (!text)
        die("there is not enough memory", path);
    *length_out = length;
    return text;
}

static void write_file(const char *path, const void *bytes, size_t count) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, count, file) != count || fclose(file))
        die("cannot be written", path);
}

/* "dir/name.rev" to "name". */
static void stem_of(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    snprintf(out, size, "%.*s", (int)strcspn(name, "."), name);
}

/* ---- Libraries ---- */

typedef struct Libraries {
    CompilerLibrary items[LIBRARIES_MAX];
    char names[LIBRARIES_MAX][64];
    size_t count;
} Libraries;

static void add_library(Libraries *list, const Options *options,
                        const char *beside, const char *name);

/* Each line "import name" of a text: also those of compiled interfaces. */
static void add_imports(Libraries *list, const Options *options,
                        const char *beside, const char *text, size_t length) {
    static const char word[] = "import ";
    for (size_t i = 0; i + sizeof word < length; i++) {
        char name[64];
        if ((i > 0 && text[i - 1] != '\n') ||
            memcmp(text + i, word, sizeof word - 1))
            continue;
        const char *from = text + i + sizeof word - 1;
        size_t rest = length - i - (sizeof word - 1), count = 0;
        while (count < rest && count < sizeof name - 1 &&
               (strchr("_", from[count]) ||
                (from[count] >= '0' && from[count] <= '9') ||
                (from[count] >= 'a' && from[count] <= 'z') ||
                (from[count] >= 'A' && from[count] <= 'Z')))
            count++;
        memcpy(name, from, count);
        name[count] = 0;
        add_library(list, options, beside, name);
    }
}

static void add_library(Libraries *list, const Options *options,
                        const char *beside, const char *name) {
    char path[1000];
    size_t length = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->names[i], name))
            return;
    snprintf(path, sizeof path, "%s/%s.rvc", options->library, name);
    char *bytes = read_file(path, &length);
    const char *slash = strrchr(beside, '/');
    if (!bytes) {
        snprintf(path, sizeof path, "%.*s%s.rvc",
                 slash ? (int)(slash - beside + 1) : 0, beside, name);
        bytes = read_file(path, &length);
    }
    if (!bytes || list->count == LIBRARIES_MAX) {
        free(bytes);
        return; /* the compiler says that there is no such module */
    }
    CompilerLibrary *library = &list->items[list->count];
    snprintf(list->names[list->count++], 64, "%s", name);
    *library = (CompilerLibrary){(uint8_t *)bytes, length};
    add_imports(list, options, beside, bytes, length);
}

/* ---- Compiling ---- */

static void show(const CompilerResult *result) {
    for (size_t i = 0; i < result->diagnostic_count; i++) {
        char buffer[4096];
        Text text = text_on(buffer, sizeof buffer);
        compiler_show(&result->diagnostics[i], &text);
        fputs(buffer, stderr);
    }
    if (result->error_count > result->diagnostic_count)
        fprintf(stderr, "revc: %zu more errors\n",
                result->error_count - result->diagnostic_count);
}

static void print_line(const char *line) {
    puts(line);
}

static bool compile(const Options *options, const char *const *files,
                    size_t count, const char *module, const char *out) {
    CompilerSource *sources = calloc(count, sizeof *sources);
    Libraries *libraries = calloc(1, sizeof *libraries);
    CompilerResult result;
    bool is_core = !strcmp(module, "core");
    if (!is_core)
        add_library(libraries, options, files[0], "core");
    for (size_t i = 0; i < count; i++) {
        sources[i].name = files[i];
        sources[i].text = read_file(files[i], &sources[i].length);
        if (!sources[i].text)
            die("cannot be read", files[i]);
        add_imports(libraries, options, files[i], sources[i].text,
                    sources[i].length);
    }
    CompilerRequest request = {.module = module,
                               .sources = sources,
                               .source_count = count,
                               .libraries = libraries->items,
                               .library_count = libraries->count,
                               .is_core = is_core,
                               .is_system = is_core || options->system,
                               .check_only = options->check};
    Status status = compiler_compile(&request, &result);
    if (status != STATUS_OK)
        die(status_text(status), files[0]);
    show(&result);
    if (result.bytes && options->disassemble)
        disassemble(result.bytes, result.size_bytes, print_line);
    else if (result.bytes)
        write_file(out, result.bytes, result.size_bytes);
    bool good = result.error_count == 0;
    compiler_free(&result);
    for (size_t i = 0; i < count; i++)
        free((char *)sources[i].text);
    for (size_t i = 0; i < libraries->count; i++)
        free((uint8_t *)libraries->items[i].bytes);
    free(libraries);
    free(sources);
    return good;
}

static const char *value_of(int count, char **words, int *at) {
    if (++*at >= count)
        wrong("it wants a value", words[*at - 1]);
    return words[*at];
}

static Options read_options(int count, char **words) {
    Options options = {.library = "build/lib"};
    for (int i = 1; i < count; i++) {
        if (!strcmp(words[i], "-o"))
            options.out = value_of(count, words, &i);
        else if (!strcmp(words[i], "--library"))
            options.library = value_of(count, words, &i);
        else if (!strcmp(words[i], "--module"))
            options.module = value_of(count, words, &i);
        else if (!strcmp(words[i], "--check"))
            options.check = true;
        else if (!strcmp(words[i], "--test"))
            options.test = true;
        else if (!strcmp(words[i], "--disassemble"))
            options.disassemble = true;
        else if (!strcmp(words[i], "--system"))
            options.system = true;
        else if (!strcmp(words[i], "--help"))
            help();
        else if (words[i][0] == '-')
            wrong("there is no such option", words[i]);
        else if (options.file_count == FILES_MAX)
            wrong("a file too many", words[i]);
        else
            options.files[options.file_count++] = words[i];
    }
    if (options.file_count == 0)
        wrong("a file is wanted", words[count - 1]);
    return options;
}

/* The tests of each file by the hosted machine, which lies beside this
 * program. The worst exit status. */
static int run_tests(const Options *options, const char *program) {
    const char *slash = strrchr(program, '/');
    char machine[1000];
    int worst = 0;
    snprintf(machine, sizeof machine, "%.*srevenant",
             slash ? (int)(slash - program + 1) : 0, program);
    for (size_t i = 0; i < options->file_count; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            execlp(machine, "revenant", "--test", options->files[i],
                   (char *)NULL);
            die("cannot be started; the tests need it", machine);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            die("cannot be started", machine);
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        worst = code > worst ? code : worst;
    }
    return worst;
}

int main(int count, char **words) {
    Options options = read_options(count, words);
    char module[64], out[1000];
    bool good = true;
    if (options.test)
        return run_tests(&options, words[0]);
    if (options.out) {
        stem_of(options.out, module, sizeof module);
        return !compile(&options, options.files, options.file_count,
                        options.module ? options.module : module, options.out);
    }
    for (size_t i = 0; i < options.file_count; i++) {
        const char *file = options.files[i];
        stem_of(file, module, sizeof module);
        snprintf(out, sizeof out, "%.*s.rvc",
                 (int)(strlen(file) > 4 ? strlen(file) - 4 : 0), file);
        good &= compile(&options, &file, 1,
                        options.module ? options.module : module, out);
    }
    return !good;
}
