/* The unit tests' frame: a test is a sentence, tiny, and never sleeps.
 *
 *     TEST("a text that does not fit is cut") { EXPECT(text.cut); }
 *
 * A failed EXPECT prints its place and lets the test go on; the test counts as
 * failed. CAMPAIGN is a TEST with so many cases that it belongs to `make test`,
 * not to what is run after each change. `unit WORD…` runs only tests whose
 * sentence or file has a word, --quick all but campaigns, --campaigns those. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Test {
    const char *sentence;
    const char *file;
    void (*run)(void);
    bool campaign;
    struct Test *next;
} Test;

void test_register(Test *test);
void test_expect(bool good, const char *file, int line, const char *what);
void test_expect_equal(uint64_t got, uint64_t wanted, const char *file,
                       int line, const char *what);
void test_expect_text(const char *got, const char *wanted, const char *file,
                      int line);

/* For a test that goes on in a process of its own: nothing failed there yet,
 * and whether something did since. */
void test_begin(void);
bool test_failed(void);

/* A generator for tests that need many values; print the seed on failure. */
uint64_t test_random(uint64_t *state);

#define TEST_JOIN2(a, b) a##b
#define TEST_JOIN(a, b) TEST_JOIN2(a, b)
#define TEST(text) TEST_OF_KIND(text, false)
#define CAMPAIGN(text) TEST_OF_KIND(text, true)
#define TEST_OF_KIND(text, is_campaign)                                        \
    static void TEST_JOIN(test_run_, __LINE__)(void);                          \
    __attribute__((constructor)) static void TEST_JOIN(test_add_,              \
                                                       __LINE__)(void) {       \
        static Test test = {text, __FILE__, TEST_JOIN(test_run_, __LINE__),    \
                            is_campaign, 0};                                   \
        test_register(&test);                                                  \
    }                                                                          \
    static void TEST_JOIN(test_run_, __LINE__)(void)

#define EXPECT(condition)                                                      \
    test_expect((condition), __FILE__, __LINE__, #condition)
#define EXPECT_EQUAL(got, wanted)                                              \
    test_expect_equal((uint64_t)(got), (uint64_t)(wanted), __FILE__, __LINE__, \
                      #got)
#define EXPECT_TEXT(got, wanted)                                               \
    test_expect_text((got), (wanted), __FILE__, __LINE__)

#endif
