/* Older generations that are damaged: whatever their objects, tables and
 * classes say, looking at them, copying from them and taking an app back to
 * them ends, with what makes sense or with a sentence, and the heap of the
 * present stays whole.
 *
 *     damage CORE.rvc LIBRARY.rvc FILE.rev ROUNDS
 *
 * The program is started twice. In each round some words of the first app, of
 * its tables or of the system are changed, a generation is made of that, and
 * they are put back. The store verifies what it reads, so this is damage that
 * was there before a page was written. SEED is the first round's seed. Ends in
 * "N passed, N failed". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/system/apps.h"
#include "persist/memory/snapshot.h"
#include "tests/language/machine.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/compiler/compiler.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/region.h"
#include "vm/past/past_app.h"
#include "vm/past/past_copy.h"
#include "vm/past/past_text.h"
#include "vm/run/domain.h"

enum {
    LIBRARIES = 2,
    FILE_BYTES = 1 << 20,
    CHANGES_MAX = 4,
    STEPS_MAX = 2000, /* of a copy */
    OBJECTS_MAX = 1 << 16,
    SHOWN_BYTES = 1 << 16,
};

static const char *const paths[] = {
    "",
    "kept",
    "kept.list",
    "kept.map",
    "kept.ring",
    "kept.bytes",
    "kept.chars",
    "kept.bools",
    "kept.doubles",
    "kept.closure",
    "kept.thrown",
    "kept.list.6",
    "kept.map.a",
    "kept.ring.more.39.next",
    "kept.texts",
    "kept.name",
};
enum { PATHS = sizeof paths / sizeof paths[0] };

static CompilerLibrary libraries[LIBRARIES];
static uint64_t objects[OBJECTS_MAX]; /* of the app and the system */
static size_t object_count, app_count;
static uint64_t copied, refused, taken, stayed;
static uint64_t sound; /* a generation of before all damage */

static void must(bool good, const char *what) {
    if (good)
        return;
    fprintf(stderr, "damage: %s\n", what);
    exit(EXIT_FAILURE);
}

/* ---- The world ---- */

static void read_file(const char *path, char *to, size_t *size_out) {
    FILE *file = fopen(path, "rb");
    must(file != NULL, path);
    *size_out = fread(to, 1, FILE_BYTES - 1, file);
    to[*size_out] = 0;
    fclose(file);
}

static void load(const uint8_t *bytes, size_t size, bool system) {
    char why[400];
    Text text = text_on(why, sizeof why);
    must(machine_load(bytes, size, system, &text), text_end(&text));
}

static Domain *start(const char *name) {
    Domain *domain;
    must(vm_start_app("kept", name, 64u << 20, 0, NULL, &domain) == STATUS_OK,
         "it does not start");
    must(!machine_run(domain, 100), "it ends");
    return domain;
}

/* Objects of the domain's first region, by their start bits. */
static void list_objects(const Domain *domain) {
    uint64_t base = region_address(domain->first_region);
    for (uint64_t at = base + REGION_OBJECTS_AT;
         at < base + MEMORY_REGION_BYTES && object_count < OBJECTS_MAX;
         at += 1024) {
        if (!*region_start_word(at))
            continue;
        for (uint64_t bits = *region_start_word(at);
             bits && object_count < OBJECTS_MAX; bits &= bits - 1)
            objects[object_count++] = at + (uint64_t)__builtin_ctzll(bits) * 16;
    }
}

/* ---- Damage ---- */

typedef struct Change {
    uint64_t *word, before, after;
} Change;

static uint64_t random_word(uint64_t *state, uint64_t before) {
    switch (test_random(state) % 6) {
    case 0:
        return before ^ 1ull << test_random(state) % 64;
    case 1:
        return objects[test_random(state) % object_count];
    case 2:
        return before + 8 * (test_random(state) % 64);
    case 3:
        return test_random(state) % 1000;
    case 4:
        return UINT64_MAX - test_random(state) % 16;
    default:
        return test_random(state);
    }
}

/* Mostly in objects of the app, else in the system's, in tables, in the root.
 */
static uint64_t *random_place(uint64_t *state, const Domain *app) {
    uint64_t kind = test_random(state) % 20;
    uint64_t object = objects[test_random(state) % app_count];
    if (kind == 0)
        return (uint64_t *)(MEMORY_ROOT + test_random(state) % 60 * 8);
    if (kind == 1)
        return (uint64_t *)region_header(app->first_region) +
               test_random(state) % 3;
    if (kind == 2)
        return region_start_word(object);
    if (kind == 3)
        return (uint64_t *)(uintptr_t)app + test_random(state) % 40;
    if (kind < 8)
        object = objects[test_random(state) % object_count];
    uint64_t words = heap_object_bytes((const Object *)object) / 8;
    return (uint64_t *)object + test_random(state) % (words ? words : 1);
}

static void write_word(uint64_t *word, uint64_t value) {
    must(heap_write(word, 8) == STATUS_OK, "nothing can be written");
    *word = value;
}

static uint64_t make_damaged(uint64_t *state, const Domain *app) {
    Change changes[CHANGES_MAX];
    size_t count = 1 + test_random(state) % CHANGES_MAX;
    for (size_t i = 0; i < count; i++) {
        uint64_t *word = random_place(state, app);
        changes[i] = (Change){word, *word, random_word(state, *word)};
    }
    for (size_t i = 0; i < count; i++)
        write_word(changes[i].word, changes[i].after);
    must(snapshot_now() == STATUS_OK, "no snapshot");
    while (count-- > 0)
        write_word(changes[count].word, changes[count].before);
    return snapshot_durable();
}

/* ---- One round ---- */

static void show(Past *past, const char *path) {
    static char shown[SHOWN_BYTES];
    char sentence[160];
    Text text = text_on(shown, sizeof shown);
    Text why = text_on(sentence, sizeof sentence);
    past_text_show(past, path, strlen(path), 4, &text, &why);
}

static void copy(Past *past, Domain *to, const char *path) {
    char sentence[160];
    Text why = text_on(sentence, sizeof sentence);
    PastValue value;
    PastCopy copy = {.past = past, .domain = to, .why = &why};
    Status status = past_text_find(past, path, strlen(path), &value, &why);
    if (status != STATUS_OK || !past_find_is_reference(value) || !value.value)
        return;
    status = past_copy_begin(&copy, value.value);
    if (status == STATUS_OK)
        status = STATUS_BUSY;
    for (int i = 0; i < STEPS_MAX && status == STATUS_BUSY; i++)
        status = past_copy_step(&copy, 100);
    copied += status == STATUS_OK;
    refused += status != STATUS_OK;
    must(status != STATUS_BUSY, "a copy does not end");
    must(status == STATUS_OK || why.length > 0 || copy.blocked != STATUS_OK,
         "a copy is refused without a sentence");
    if (status == STATUS_OK)
        must(past_copy_result(&copy) != NULL, "a copy is nothing");
}

static bool take_back(uint64_t generation, uint64_t number) {
    char sentence[160];
    Text why = text_on(sentence, sizeof sentence);
    PastTake *take;
    Domain *domain;
    Status status = past_app_open(generation, number, &take, &why);
    if (status == STATUS_OK) {
        must(past_app_announce(take) == STATUS_OK, "nothing can be written");
        status = past_app_exchange(take, &domain, &why);
    }
    past_app_close(take);
    must(status == STATUS_OK || why.length > 0,
         "an app stays as it is without a sentence");
    return status == STATUS_OK;
}

static bool is_whole(uint64_t seed, const char *after) {
    char why[300];
    Text text = text_on(why, sizeof why);
    if (heap_check(&text))
        return true;
    printf("FAILED seed %llu, %s: %s\n", (unsigned long long)seed, after,
           text_end(&text));
    return false;
}

/* The app goes to the damaged generation, if that makes sense, and back. */
static bool take_there_and_back(uint64_t seed, uint64_t generation,
                                const Domain *app) {
    uint64_t number = app->number;
    if (take_back(generation, number))
        taken++;
    else
        stayed++;
    if (!is_whole(seed, "an app was taken back"))
        return false;
    must(take_back(sound, number), "the app does not come back");
    return is_whole(seed, "it came back");
}

static bool run_round(uint64_t seed, const Domain *app, Domain *taker) {
    uint64_t state = seed;
    uint64_t generation = make_damaged(&state, app);
    Past *past;
    if (past_open(generation, &past) == STATUS_OK) {
        for (size_t i = 0; i < PATHS; i++) {
            show(past, paths[i]);
            copy(past, taker, paths[i]);
        }
        past_close(past);
    }
    if (!is_whole(seed, "copies") ||
        !take_there_and_back(seed, generation, app))
        return false;
    return seed % 8 || collect_domain(taker) == STATUS_OK;
}

static void compile_program(const char *path) {
    static char source[FILE_BYTES];
    size_t size;
    read_file(path, source, &size);
    CompilerSource sources = {path, source, size};
    CompilerRequest request = {.module = "kept",
                               .sources = &sources,
                               .source_count = 1,
                               .libraries = libraries,
                               .library_count = LIBRARIES};
    CompilerResult result;
    must(compiler_compile(&request, &result) == STATUS_OK &&
             result.error_count == 0,
         path);
    load(result.bytes, result.size_bytes, false);
    compiler_free(&result);
}

int main(int count, char **words) {
    static char files[LIBRARIES][FILE_BYTES];
    unsigned passed = 0, failed = 0;
    must(count == 5, "usage: damage CORE.rvc LIBRARY.rvc FILE.rev ROUNDS");
    sim_start();
    apps_register();
    must(machine_start(), "no machine");
    snapshot_set_check(NULL); /* here what is damaged is to be saved */
    for (int i = 0; i < LIBRARIES; i++) {
        size_t size;
        read_file(words[1 + i], files[i], &size);
        libraries[i] = (CompilerLibrary){(uint8_t *)files[i], size};
        load(libraries[i].bytes, size, true);
    }
    compile_program(words[3]);
    Domain *app = start("kept"), *taker = start("taker");
    must(snapshot_now() == STATUS_OK, "no snapshot");
    sound = snapshot_durable();
    must(store_pin(memory_store(), sound, FORMAT_OWNER_PERSON, "good") ==
             STATUS_OK,
         "no pin");
    list_objects(app);
    app_count = object_count;
    list_objects(ROOT->domains[0]);
    const char *seed = getenv("SEED");
    unsigned long first = seed && *seed ? strtoul(seed, NULL, 10) : 1;
    for (unsigned long i = 0; i < strtoul(words[4], NULL, 10); i++) {
        if (run_round(first + i, app, taker))
            passed++;
        else
            failed++;
    }
    printf("damage: %llu copies were whole, %llu refused; %llu apps went back, "
           "%llu stayed\n",
           (unsigned long long)copied, (unsigned long long)refused,
           (unsigned long long)taken, (unsigned long long)stayed);
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
