/* Feeds the compiler mutated sources: whatever it says, it must not crash, and
 * the VM must take and survive what it makes of them.
 *
 * usage: compiler-fuzz CORE.rvc TEXTS|SECONDSs FILE…, such as 60s; the seed is
 * $SEED or the time.
 * On a crash the sanitizer stops the program; the source that did it is in
 * fuzz-last.rev in build/ or the run's folder. Ends in "N passed, N failed". */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/system/apps.h"
#include "tests/language/machine.h"
#include "tests/sim/sim.h"
#include "vm/compiler/compiler.h"
#include "vm/compiler/disassemble.h"

enum { FILE_BYTES = 1 << 20, SOURCES_MAX = 1000 };

static uint64_t state;
static char *texts[SOURCES_MAX];
static size_t text_count;
static char current[FILE_BYTES * 2];

static uint64_t next_random(void) { /* splitmix64 */
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(size_t limit) {
    return limit ? (size_t)(next_random() % limit) : 0;
}

static char *read_file(const char *path, size_t *length_out) {
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, FILE_BYTES + 1);
    if (!file || !bytes) {
        fprintf(stderr, "compiler-fuzz: %s: cannot be read\n", path);
        exit(2);
    }
    *length_out = fread(bytes, 1, FILE_BYTES, file);
    fclose(file);
    return bytes;
}

/* ---- Mutations of `current` ---- */

static size_t replace(size_t length, size_t at, size_t count, const char *with,
                      size_t with_length) {
    if (length - count + with_length >= FILE_BYTES)
        return length;
    memmove(current + at + with_length, current + at + count,
            length - at - count);
    memcpy(current + at, with, with_length);
    return length - count + with_length;
}

static size_t word_length(const char *at) {
    size_t length = strcspn(at, " \n(){}[]<>.,:;\"");
    return length ? length : 1;
}

static size_t mutate(size_t length) {
    static const char *const words[] = {
        "fun ",  "class ", "{",     "}",      "(",    ")",   "[",     "]",
        "if ",   "match ", "=>",    " is ",   "?",    "?.",  "??",    "!",
        "null",  "this",   "super", "return", "\"",   "{x}", "<",     ">",
        "Int",   "List<",  "T",     "break",  "try ", "let", "in ",   "..",
        "=",     "+=",     ":",     ",",      "\n",   "it",  "else ", "as ",
        "throw", "static", "get ",  "@",      "'a'",  "0x",  "1e9",   "_"};
    size_t at = below(length + 1);
    size_t rest = length - at;
    switch (below(7)) {
    case 0: /* one byte */
        current[at] = (char)below(256);
        return length;
    case 1: /* leave out */
        return replace(length, at, below(rest < 40 ? rest + 1 : 40), "", 0);
    case 2: { /* put a word in */
        const char *word = words[below(sizeof words / sizeof *words)];
        return replace(length, at, 0, word, strlen(word));
    }
    case 3: { /* a piece of this text elsewhere */
        size_t from = below(length + 1);
        size_t count = below(length - from < 200 ? length - from + 1 : 200);
        char piece[200];
        memcpy(piece, current + from, count);
        return replace(length, at, 0, piece, count);
    }
    case 4: { /* a piece of another text */
        const char *other = texts[below(text_count)];
        size_t other_length = strlen(other), from = below(other_length + 1);
        size_t room = other_length - from;
        size_t count = below(room < 300 ? room + 1 : 300);
        return replace(length, at, 0, other + from, count);
    }
    case 5: { /* one word for another of the same text */
        const char *from = current + below(length + 1);
        char piece[64];
        size_t count = word_length(from);
        if (count > sizeof piece)
            count = sizeof piece;
        if ((size_t)(from - current) + count > length)
            return length;
        memcpy(piece, from, count);
        size_t old = word_length(current + at);
        return replace(length, at, old < rest ? old : rest, piece, count);
    }
    default: { /* the same again and again */
        const char *word = words[below(sizeof words / sizeof *words)];
        for (size_t i = below(400); i > 0; i--)
            length = replace(length, at, 0, word, strlen(word));
        return length;
    }
    }
}

/* ---- One compilation ---- */

static void ignore(const char *line) {
    (void)line;
}

static void save(size_t length) {
    const char *run = getenv("RUN_DIR");
    char path[300];
    snprintf(path, sizeof path, "%s/fuzz-last.rev", run ? run : "build");
    FILE *file = fopen(path, "wb");
    if (!file)
        return;
    fwrite(current, 1, length, file);
    fclose(file);
}

static unsigned accepted;

/* What compiles is loaded, and run for a while. */
static bool run(const CompilerLibrary *core, const CompilerResult *result,
                bool has_main) {
    char why[400];
    Text text = text_on(why, sizeof why);
    Domain *domain;
    bool good = machine_start() &&
                machine_load(core->bytes, core->size_bytes, true, &text) &&
                machine_load(result->bytes, result->size_bytes, false, &text);
    if (!good)
        printf("the VM refuses it: %s\n", text_end(&text));
    else if (has_main && vm_start_app("test", "test", 64u << 20, 0, NULL,
                                      &domain) == STATUS_OK)
        machine_run(domain, 20);
    accepted++;
    machine_stop();
    return good;
}

static bool compile(const CompilerLibrary *core, size_t length) {
    static char shown[8192];
    CompilerSource source = {"fuzz.rev", current, length};
    CompilerVariable variable = {"x", "List<Int>?", false};
    CompilerRequest request = {.module = "test",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = core,
                               .library_count = 1,
                               .line = below(4) == 0,
                               .variables = &variable,
                               .variable_count = 1};
    CompilerResult result;
    Status status = compiler_compile(&request, &result);
    bool good = status == STATUS_OK || status == STATUS_NO_MEMORY;
    for (size_t i = 0; i < result.diagnostic_count; i++) {
        Text text = text_on(shown, sizeof shown);
        compiler_show(&result.diagnostics[i], &text);
    }
    if (result.bytes)
        disassemble(result.bytes, result.size_bytes, ignore);
    good = good && (status != STATUS_OK || result.bytes || result.error_count);
    if (result.bytes)
        good = run(core, &result, !request.line) && good;
    compiler_free(&result);
    return good;
}

int main(int count, char **words) {
    CompilerLibrary core;
    if (count < 4) {
        fprintf(stderr,
                "usage: compiler-fuzz CORE.rvc TEXTS|SECONDSs FILE...\n");
        return 2;
    }
    core.bytes = (uint8_t *)read_file(words[1], &core.size_bytes);
    bool timed = strchr(words[2], 's');
    unsigned long most = timed ? ULONG_MAX : strtoul(words[2], NULL, 10);
    time_t end = timed ? time(NULL) + atoi(words[2]) : 0;
    const char *seed = getenv("SEED");
    state = seed && *seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
    printf("compiler-fuzz: SEED=%llu\n", (unsigned long long)state);
    for (int i = 3; i < count && text_count < SOURCES_MAX; i++) {
        size_t length;
        texts[text_count++] = read_file(words[i], &length);
    }
    unsigned passed = 0, failed = 0;
    sim_start();
    apps_register();
    while (passed < most && (!timed || time(NULL) < end) && failed == 0) {
        const char *text = texts[below(text_count)];
        size_t length = strlen(text);
        memcpy(current, text, length + 1);
        for (size_t i = 1 + below(6); i > 0; i--)
            length = mutate(length);
        current[length] = 0;
        save(length);
        if (compile(&core, length))
            passed++;
        else
            failed++;
    }
    for (size_t i = 0; i < text_count; i++)
        free(texts[i]);
    free((uint8_t *)core.bytes);
    printf("compiler-fuzz: %u of them compiled and ran\n", accepted);
    printf("compiler-fuzz: %u texts, %u wrong\n", passed + failed, failed);
    printf("%d passed, %d failed\n", failed == 0, failed != 0);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
