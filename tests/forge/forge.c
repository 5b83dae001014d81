/* build/asan/forge: worlds whose hashes are right and whose heap was forged.
 *
 *     forge [-w] [-n COUNT] [KIND...]
 *     forge -o FILE KIND
 *
 * For each kind (kinds.c), or those with such words in their names, COUNT
 * cases: a world with much in it is brought back, one thing is changed, that is
 * made a generation that nobody looks at, and the next life starts from it,
 * types, opens, presses, takes snapshots. None crashes, panics, hangs, or
 * starts anew more than once; what was forged of one app costs that app at
 * most; a third reaches the desktop. SEED is the first case's seed; one that
 * failed is named with it. With -w the kinds of code_kinds.c: whole_check()
 * finds each, and nothing where nothing was changed. -o writes the disk of such
 * a forgery, or of "none", to a file. Ends in "N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/forge/kinds.h"
#include "tests/forge/world.h"
#include "tests/test.h"

static unsigned passed, failed, desktops, ends[WORLD_ENDS];

static uint64_t first_seed, cases = 8;

uint64_t test_random(uint64_t *state) { /* splitmix64 */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static bool expectation_failed;

void test_begin(void) {
    expectation_failed = false;
}

bool test_failed(void) {
    return expectation_failed;
}

void test_expect(bool good, const char *file, int line, const char *what) {
    if (!good)
        printf("  %s:%d: expected %s\n", file, line, what);
    expectation_failed = expectation_failed || !good;
}

/* What is wrong with it; NULL: nothing. */
static const char *wrong_with(const Kind *kind, WorldFate fate) {
    static const char *const words[WORLD_ENDS] = {
        [WORLD_CRASHED] = "it crashed",
        [WORLD_HUNG] = "it hangs",
        [WORLD_RESTARTED] = "it starts anew for ever"};
    if (words[fate.end] || !kind->of_app)
        return words[fate.end];
    return fate.end == WORLD_REFUSED ? "one app's forgery stops the machine"
           : fate.spread             ? "it costs more than one app"
                                     : NULL;
}

static void try_one(const Kind *kind, uint64_t seed) {
    WorldFate fate = world_forge(kind->forge, seed);
    const char *wrong = wrong_with(kind, fate);
    ends[fate.end]++;
    desktops += fate.desktop;
    failed += wrong != NULL;
    passed += wrong == NULL;
    if (wrong)
        printf("FAILED SEED=%lu %s: %s\n", seed, kind->name, wrong);
}

static bool is_chosen(const Kind *kind, int count, char **words) {
    bool chosen = count == 0;
    for (int i = 0; i < count; i++)
        chosen = chosen || strstr(kind->name, words[i]);
    return chosen;
}

static void try_kind(const Kind *kind) {
    unsigned before[WORLD_ENDS], failed_before = failed;
    memcpy(before, ends, sizeof before);
    for (uint64_t i = 0; i < cases; i++)
        try_one(kind, first_seed + i);
    printf("%s: %u ran, %u were refused, %u not tried, %u failed\n", kind->name,
           ends[WORLD_RAN] - before[WORLD_RAN],
           ends[WORLD_REFUSED] - before[WORLD_REFUSED],
           ends[WORLD_SAME] - before[WORLD_SAME], failed - failed_before);
}

/* Each is found, and nothing is where nothing was changed. */
static void look_for_one(const Kind *kind) {
    unsigned found = 0, same = 0;
    for (uint64_t i = 0; i < cases; i++) {
        int wrong = world_look(kind->forge, first_seed + i);
        found += wrong > 0;
        same += wrong == -2;
        if (wrong > 0 || wrong == -2)
            continue;
        failed++;
        printf("FAILED SEED=%lu %s: %s\n", first_seed + i, kind->name,
               wrong == 0 ? "it was not found" : "looking at it crashed");
    }
    passed += found + same;
    failed += found == 0 && cases > 4;
    printf("%s: %u were found, %u not tried\n", kind->name, found, same);
}

static void look_for_all(int count, char **words) {
    int wrong = world_look(NULL, first_seed);
    passed += wrong == 0;
    failed += wrong != 0;
    if (wrong != 0)
        printf("FAILED: %d findings in a world that nobody forged\n", wrong);
    for (size_t i = 0; i < code_kind_count; i++)
        if (is_chosen(&code_kinds[i], count, words))
            look_for_one(&code_kinds[i]);
}

static void live_with_all(int count, char **words) {
    for (size_t i = 0; i < kind_count; i++)
        if (is_chosen(&kinds[i], count, words))
            try_kind(&kinds[i]);
    printf("forge: %u of %u reached the desktop\n", desktops, passed + failed);
    if (count == 0 && desktops * 3 < passed + failed) {
        printf("FAILED: that is less than a third\n");
        failed++;
    }
}

/* The first of the words names the kind; "none" forges nothing. */
static int write_disk(const char *path, int count, char **words) {
    const Kind *kind = NULL;
    if (count != 1)
        return EXIT_FAILURE;
    for (size_t i = 0; i < kind_count; i++)
        if (strcmp(words[0], kinds[i].name) == 0)
            kind = &kinds[i];
    for (size_t i = 0; i < code_kind_count; i++)
        if (strcmp(words[0], code_kinds[i].name) == 0)
            kind = &code_kinds[i];
    if (!kind && strcmp(words[0], "none") != 0)
        return EXIT_FAILURE;
    for (uint64_t seed = first_seed; seed < first_seed + 100; seed++)
        if (world_write_disk(kind ? kind->forge : NULL, seed, path))
            return EXIT_SUCCESS;
    return EXIT_FAILURE;
}

int main(int count, char **words) {
    const char *path = NULL;
    bool look = false;
    const char *seed = getenv("SEED");
    setvbuf(stdout, NULL, _IOLBF, 0);
    first_seed = seed && *seed ? strtoul(seed, NULL, 10) : 1;
    words++;
    count--;
    if (count >= 1 && strcmp(words[0], "-w") == 0) {
        look = true;
        words++;
        count--;
    }
    if (count >= 2 && strcmp(words[0], "-o") == 0) {
        path = words[1];
        words += 2;
        count -= 2;
    }
    if (count >= 2 && strcmp(words[0], "-n") == 0) {
        cases = strtoul(words[1], NULL, 10);
        words += 2;
        count -= 2;
    }
    if (!world_make()) {
        printf("the world was not made\n0 passed, 1 failed\n");
        return EXIT_FAILURE;
    }
    if (path)
        return write_disk(path, count, words);
    if (look)
        look_for_all(count, words);
    else
        live_with_all(count, words);
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
