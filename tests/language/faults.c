/* Lets each announcement, and each request of transient memory, of a program
 * fail, one after the other: for all k, the program is loaded, started and run
 * with the k-th failing. Whatever fails is to be done again after a safepoint,
 * so the program must say what it says undisturbed, or, where transient memory
 * is missing, MemoryError; and the heap must be whole.
 *
 *     faults [--every=N] [--seed=S] [--natives] CORE.rvc [LIBRARY.rvc]
 * FILE.rev…
 *
 * --every: only each N-th place, from a random one on. --natives: it is an
 * error when the programs together leave out a native of core or system. The
 * program is linked so that the doors into the persistent memory lead through
 * here (module.mk). The world before each try is the same, from a disk image.
 * Ends in "N passed, N failed"; a try that fails says its file, what failed and
 * the number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/system/apps.h"
#include "persist/memory/snapshot.h"
#include "tests/language/machine.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/compiler/compiler.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/run/domain.h"
#include "vm/run/native_call.h"
#include "vm/heap/rights.h"
#include "wm/desk.h"

enum {
    OUTPUT_BYTES = 1 << 14,
    FILE_BYTES = 1 << 20,
    DISK_BLOCKS = 4096,
    COUNTS = 300, /* of a slice: then a collection and a snapshot */
    RUNS_MAX = 20000,
    TRIES_MAX = 12, /* of what is done outside of programs */
    LIBRARIES_MAX = 4,
    NATIVES_MAX = 512,
};

/* ---- What fails ---- */

typedef enum Fault {
    FAULT_NONE,
    FAULT_SPACE,      /* the k-th announcement: NO_SPACE */
    FAULT_MEMORY,     /* the same: NO_MEMORY */
    FAULT_SPACE_LONG, /* NO_SPACE from the k-th on, until three safepoints */
    FAULT_ALLOC,      /* the k-th request of transient memory */
    FAULT_ALLOC_LONG, /* all from the k-th on, until three safepoints */
    FAULT_COUNT,
} Fault;

static const char *const fault_names[] = {
    "nothing",
    "no space once",
    "no memory once",
    "a full disk",
    "no transient memory once",
    "no transient memory",
};

static struct {
    bool on; /* within the VM, so that failures are the VM's to bear */
    Fault fault;
    uint64_t place;   /* k */
    uint64_t writes;  /* announcements so far */
    bool failing;     /* the place was reached and the lack goes on */
    unsigned endured; /* safepoints since */
    uint64_t allocs;  /* of the undisturbed run */
} inject;

/* Off: what is done now is not the VM's work. */
static void inject_switch(bool on) {
    inject.on = on;
    sim_alloc_pause(!on);
}

/* True when the announcement that is made now is to fail. */
static bool fails_now(Status *status_out) {
    if (!inject.on)
        return false;
    bool reached = ++inject.writes == inject.place;
    *status_out =
        inject.fault == FAULT_MEMORY ? STATUS_NO_MEMORY : STATUS_NO_SPACE;
    if (inject.fault == FAULT_SPACE_LONG)
        inject.failing = inject.failing || reached;
    return inject.failing || (reached && (inject.fault == FAULT_SPACE ||
                                          inject.fault == FAULT_MEMORY));
}

/* The linker leads calls of these to the __wrap_ ones. */
Status __real_memory_write_slow(uint64_t address, size_t size_bytes);
Status __real_memory_discard(uint64_t address, uint64_t size_bytes);
NativeResult __real_native_call(Method *method, const uint16_t *list);
Status __wrap_memory_write_slow(uint64_t address, size_t size_bytes);
Status __wrap_memory_discard(uint64_t address, uint64_t size_bytes);
NativeResult __wrap_native_call(Method *method, const uint16_t *list);

/* What is announced in this epoch cannot fail any more. */
static bool is_announced(uint64_t address, size_t size_bytes) {
    uint64_t first = (address - PLATFORM_RANGE_BASE) / PLATFORM_PAGE_BYTES;
    uint64_t last =
        (address + size_bytes - 1 - PLATFORM_RANGE_BASE) / PLATFORM_PAGE_BYTES;
    for (uint64_t page = first; page <= last; page++)
        if (memory_page_epochs[page] != memory_epoch)
            return false;
    return true;
}

Status __wrap_memory_write_slow(uint64_t address, size_t size_bytes) {
    Status status;
    if (!is_announced(address, size_bytes) && fails_now(&status))
        return status;
    return __real_memory_write_slow(address, size_bytes);
}

Status __wrap_memory_discard(uint64_t address, uint64_t size_bytes) {
    Status status;
    return fails_now(&status) ? status
                              : __real_memory_discard(address, size_bytes);
}

/* Which natives the programs have called. */
static bool called[NATIVES_MAX];

NativeResult __wrap_native_call(Method *method, const uint16_t *list) {
    const NativeEntry *entry = native_call_entry(worker.domain, method);
    for (size_t i = 0; i < NATIVES_MAX && natives_at(i); i++)
        called[i] = called[i] || natives_at(i) == entry;
    return __real_native_call(method, list);
}

/* ---- What the program does ---- */

static char output[OUTPUT_BYTES], undisturbed[OUTPUT_BYTES];
static char stopped[1024]; /* why it was stopped, or empty */
static char last_panic[1024];
static CompilerLibrary libraries[LIBRARIES_MAX];
static size_t library_count;
static uint8_t *image; /* of the disk before each try */
static unsigned passed, failed;

static void take_print(const Domain *domain, const char *bytes, size_t count) {
    size_t have = strlen(output);
    (void)domain;
    if (count > sizeof output - 1 - have)
        count = sizeof output - 1 - have;
    memcpy(output + have, bytes, count);
    output[have + count] = 0;
}

static void take_log(const char *bytes, size_t count) {
    char line[1024];
    snprintf(line, sizeof line, "%.*s", (int)count - 1, bytes);
    const char *found = strstr(line, " stopped: ");
    if (!strncmp(line, "app: ", 5) && found)
        snprintf(stopped, sizeof stopped, "%s", found + 10);
    if (!strncmp(line, "panic: ", 7))
        snprintf(last_panic, sizeof last_panic, "%s", line);
    if (getenv("SIM_LOG"))
        fprintf(stderr, "%s\n", line);
}

/* After a safepoint: the lack may have an end. */
static void endure(void) {
    if (inject.fault == FAULT_ALLOC_LONG && sim_alloc_failed())
        inject.failing = true;
    if (!inject.failing || ++inject.endured < 3)
        return;
    inject.failing = false;
    inject.place = 0;
    if (inject.fault == FAULT_ALLOC_LONG)
        sim_alloc_fail(0, false);
}

static void take_snapshot(void) {
    inject_switch(false);
    endure();
    if (snapshot_now() == STATUS_OK) {
        vm_barrier_taken();
        vm_generation_durable(snapshot_durable());
    }
    inject_switch(true);
}

/* One whole life; NULL, or what is wrong. */
static const char *load_and_start(const CompilerResult *compiled,
                                  Domain **domain_out) {
    static char why[300];
    Module *module = NULL;
    Text text = text_on(why, sizeof why);
    Status status = STATUS_BUSY;
    for (int i = 0; i < TRIES_MAX && status != STATUS_OK; i++) {
        status = vm_load_module(compiled->bytes, compiled->size_bytes, false,
                                &module, &text);
        if (status == STATUS_INVALID)
            return text_end(&text);
        take_snapshot();
    }
    if (status != STATUS_OK)
        return "the module cannot be loaded";
    status = STATUS_BUSY;
    for (int i = 0; i < TRIES_MAX && status != STATUS_OK; i++) {
        status = vm_start_app("test", "test", 64u << 20, 0, NULL, domain_out);
        if (status == STATUS_OK)
            (*domain_out)->rights = RIGHTS_ALL;
        take_snapshot();
    }
    return status == STATUS_OK ? NULL : "the app cannot be started";
}

static const char *run_to_end(Domain *domain) {
    int code;
    for (unsigned i = 0; i < RUNS_MAX; i++) {
        if (vm_app_ended(domain, &code))
            return NULL;
        uint64_t next = vm_run(COUNTS);
        take_snapshot();
        if (next != UINT64_MAX && next > platform_now_ns())
            sim_time_set_ns(next);
    }
    return "it does not end";
}

static const char *take_away(Domain *domain) {
    Status status = STATUS_BUSY;
    uint64_t number = domain->number;
    for (int i = 0; i < TRIES_MAX && heap_domain(number); i++) {
        status = domain_kill(domain);
        take_snapshot();
    }
    if (status != STATUS_OK)
        return "the app cannot be taken away";
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i])
            return "an app is left";
    return NULL;
}

static const char *check_heap(void) {
    static char why[300];
    Text text = text_on(why, sizeof why);
    return heap_check(&text) ? NULL : text_end(&text);
}

static const char *live(const CompilerResult *compiled) {
    Domain *domain = NULL;
    output[0] = stopped[0] = 0;
    const char *wrong = load_and_start(compiled, &domain);
    if (!wrong)
        wrong = run_to_end(domain);
    inject_switch(false);
    if (!wrong)
        wrong = check_heap();
    inject_switch(true);
    if (!wrong)
        wrong = take_away(domain);
    inject_switch(false);
    return wrong ? wrong : check_heap();
}

/* ---- One try ---- */

/* In another second: what apps have logged in one is counted over all lives. */
static void open_again(void) {
    memory_close();
    sim_time_set_ns(platform_now_ns() + 1000000000);
    sim_disk_lend(DISK_BLOCKS, image);
    if (!machine_open() || !machine_came(vm_restore()))
        panic("the world before the try does not come back");
    vm_set_stress(COUNTS);
}

static bool is_alloc(Fault fault) {
    return fault == FAULT_ALLOC || fault == FAULT_ALLOC_LONG;
}

typedef struct Try {
    const CompilerResult *compiled;
    const char *wrong;
} Try;

static void live_guarded(void *argument) {
    Try *one = argument;
    one->wrong = live(one->compiled);
}

/* What came out is allowed: where transient memory was missing, the program may
 * have been told so. */
static bool output_allowed(Fault fault) {
    if (!strcmp(output, undisturbed) && !stopped[0])
        return true;
    return is_alloc(fault) && !strncmp(stopped, "core.MemoryError", 16) &&
           !strncmp(output, undisturbed, strlen(output));
}

static void try_once(const char *name, const CompilerResult *compiled,
                     Fault fault, uint64_t place) {
    Try one = {compiled, NULL};
    open_again();
    memset(&inject, 0, sizeof inject);
    inject.fault = fault;
    inject.place = place;
    inject_switch(true);
    if (is_alloc(fault))
        sim_alloc_fail(place, fault == FAULT_ALLOC_LONG);
    bool panicked = sim_panics(live_guarded, &one);
    inject_switch(false);
    sim_alloc_fail(0, false);
    if (!panicked && !one.wrong && output_allowed(fault)) {
        passed++;
        return;
    }
    failed++;
    printf("FAILED %s, %s, place %llu: %s\n", name, fault_names[fault],
           (unsigned long long)place,
           panicked     ? last_panic
           : one.wrong  ? one.wrong
           : stopped[0] ? stopped
                        : output);
}

/* ---- One program ---- */

static bool compile(const char *name, const char *text, size_t length,
                    CompilerResult *result) {
    CompilerSource source = {name, text, length};
    CompilerRequest request = {.module = "test",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = libraries,
                               .library_count = library_count};
    if (compiler_compile(&request, result) == STATUS_OK && !result->error_count)
        return true;
    printf("FAILED %s: it does not compile\n", name);
    failed++;
    return false;
}

/* The last place always: it is in the taking away of the app. */
static void try_places(const char *name, const CompilerResult *compiled,
                       Fault fault, uint64_t count, uint64_t every,
                       uint64_t *seed) {
    for (uint64_t k = 1 + test_random(seed) % every; k < count; k += every)
        try_once(name, compiled, fault, k);
    if (count)
        try_once(name, compiled, fault, count);
}

static void run_program(const char *name, const char *text, size_t length,
                        uint64_t every, uint64_t *seed) {
    CompilerResult compiled;
    if (!compile(name, text, length, &compiled)) {
        compiler_free(&compiled);
        return;
    }
    undisturbed[0] = 0;
    open_again();
    memset(&inject, 0, sizeof inject);
    inject_switch(true);
    sim_alloc_fail(0, false);
    const char *wrong = live(&compiled);
    uint64_t writes = inject.writes, allocs = sim_alloc_taken();
    memcpy(undisturbed, output, sizeof output);
    if (wrong || stopped[0]) {
        printf("FAILED %s, undisturbed: %s\n", name, wrong ? wrong : stopped);
        failed++;
        writes = allocs = 0;
    }
    for (Fault fault = FAULT_SPACE; fault < FAULT_COUNT; fault++)
        try_places(name, &compiled, fault, is_alloc(fault) ? allocs : writes,
                   every, seed);
    printf("%s: %llu announcements, %llu requests\n", name,
           (unsigned long long)writes, (unsigned long long)allocs);
    compiler_free(&compiled);
}

/* The compiler has instructions for the first two, so none of its programs
 * calls them; the others are called after a restart (restarts_test). */
static bool is_no_programs(const char *name) {
    return !strcmp(name, "core.doubleBits") ||
           !strcmp(name, "core.doubleOfBits") ||
           !strcmp(name, "core.nextHandler") ||
           !strcmp(name, "core.runHandler");
}

/* Natives that are the VM's own and that no program called. */
static void check_natives(void) {
    for (size_t i = 0; natives_at(i); i++) {
        const char *name = natives_at(i)->name;
        bool own = !strncmp(name, "core.", 5) || !strncmp(name, "system.", 7);
        if (!own || called[i] || is_no_programs(name))
            continue;
        printf("FAILED no program calls %s\n", name);
        failed++;
    }
}

/* ---- The world before each try ---- */

static bool begin_world(void) {
    char why[300];
    Text text = text_on(why, sizeof why);
    sim_disk_new(DISK_BLOCKS);
    bool good = machine_open() && machine_came(vm_create());
    for (size_t i = 0; good && i < library_count; i++)
        good = machine_load(libraries[i].bytes, libraries[i].size_bytes, true,
                            &text);
    good = good && desk_make() == STATUS_OK && snapshot_now() == STATUS_OK;
    image = malloc((size_t)DISK_BLOCKS * PLATFORM_BLOCK_BYTES);
    if (good && image)
        memcpy(image, sim_disk_bytes(),
               (size_t)DISK_BLOCKS * PLATFORM_BLOCK_BYTES);
    return good && image;
}

static char *read_file(const char *path, size_t *length_out) {
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, FILE_BYTES + 1);
    if (!file || !bytes) {
        fprintf(stderr, "faults: %s: cannot be read\n", path);
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

typedef struct Options {
    uint64_t every, seed;
    bool natives;
    int first; /* of the words that are files */
} Options;

/* False: wrong use. */
static bool read_options(int count, char **words, Options *options) {
    *options = (Options){1, 1, false, 1};
    for (; options->first < count; options->first++) {
        const char *word = words[options->first];
        if (!strcmp(word, "--natives"))
            options->natives = true;
        else if (!strncmp(word, "--every=", 8))
            options->every = strtoull(word + 8, NULL, 10);
        else if (!strncmp(word, "--seed=", 7))
            options->seed = strtoull(word + 7, NULL, 10);
        else
            break;
    }
    return options->every && count >= options->first + 2;
}

static int read_libraries(int first, int count, char **words) {
    for (; first < count && is_library(words[first]) &&
           library_count < LIBRARIES_MAX;
         first++) {
        size_t length;
        uint8_t *bytes = (uint8_t *)read_file(words[first], &length);
        libraries[library_count++] = (CompilerLibrary){bytes, length};
    }
    return first;
}

static void start_machine(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    sim_start();
    log_set_sink(take_log);
    apps_register();
    vm_set_print(take_print);
}

static void end_world(void) {
    memory_close();
    free(image);
    for (size_t i = 0; i < library_count; i++)
        free((uint8_t *)(uintptr_t)libraries[i].bytes);
}

int main(int count, char **words) {
    Options options;
    if (!read_options(count, words, &options)) {
        fprintf(stderr, "usage: faults [--every=N] [--seed=S] [--natives] "
                        "CORE.rvc [LIBRARY.rvc] FILE.rev...\n");
        return 2;
    }
    printf("seed %llu\n", (unsigned long long)options.seed);
    start_machine();
    int first = read_libraries(options.first, count, words);
    if (!begin_world()) {
        fprintf(stderr, "faults: the world does not begin\n");
        return EXIT_FAILURE;
    }
    for (int i = first; i < count; i++) {
        size_t length;
        char *text = read_file(words[i], &length);
        run_program(words[i], text, length, options.every, &options.seed);
        free(text);
    }
    if (options.natives)
        check_natives();
    end_world();
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
