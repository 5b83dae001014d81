/* Runs the registered unit tests and counts them. */
#include "tests/test.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/sim.h"

static Test *first_test;
static bool current_failed;

void test_register(Test *test) {
    test->next = first_test;
    first_test = test;
}

void test_begin(void) {
    current_failed = false;
}

bool test_failed(void) {
    return current_failed;
}

void test_expect(bool good, const char *file, int line, const char *what) {
    if (good)
        return;
    current_failed = true;
    printf("  %s:%d: expected %s\n", file, line, what);
}

void test_expect_equal(uint64_t got, uint64_t wanted, const char *file,
                       int line, const char *what) {
    if (got == wanted)
        return;
    current_failed = true;
    printf("  %s:%d: %s is %" PRIu64 " (0x%" PRIx64 "), expected %" PRIu64
           " (0x%" PRIx64 ")\n",
           file, line, what, got, got, wanted, wanted);
}

void test_expect_text(const char *got, const char *wanted, const char *file,
                      int line) {
    if (got && strcmp(got, wanted) == 0)
        return;
    current_failed = true;
    printf("  %s:%d: text is \"%s\", expected \"%s\"\n", file, line,
           got ? got : "(null)", wanted);
}

uint64_t test_random(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static bool chosen(const Test *test, int count, char **words) {
    if (count == 2 && strcmp(words[1], "--quick") == 0)
        return !test->campaign;
    if (count == 2 && strcmp(words[1], "--campaigns") == 0)
        return test->campaign;
    for (int i = 1; i < count; i++)
        if (strstr(test->sentence, words[i]) || strstr(test->file, words[i]))
            return true;
    return count == 1;
}

int main(int count, char **words) {
    unsigned passed = 0, failed = 0;
    bool only_first = getenv("FIRST"); /* failure: then says where it is */
    bool timed = getenv("TIMES"); /* milliseconds of CPU in front of each */
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* Memory of earlier cases is used again: half the time of the campaigns. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    sim_start();
    for (Test *test = first_test; test; test = test->next) {
        if (!chosen(test, count, words))
            continue;
        test_begin();
        if (only_first)
            printf("TEST %s: %s\n", test->file, test->sentence);
        clock_t began = clock();
        test->run();
        if (timed)
            printf("%6ld %s: %s\n", (clock() - began) * 1000 / CLOCKS_PER_SEC,
                   test->file, test->sentence);
        if (only_first && current_failed)
            return EXIT_FAILURE;
        if (current_failed) {
            failed++;
            printf("FAILED %s: %s\n", test->file, test->sentence);
        } else {
            passed++;
        }
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
