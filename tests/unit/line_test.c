/* Tests of what the compiler is given of earlier lines (vm/native/line.h). */
#include "vm/native/line.h"

#include "kernel/base/bytes.h"
#include "tests/test.h"
#include "vm/code/module.h"

enum { LINES = 4 };

static bool finds_none(const char *name, const uint8_t **bytes_out,
                       size_t *size_out) {
    (void)name;
    *bytes_out = NULL;
    *size_out = 0;
    return false;
}

/* How many earlier lines are found in LINES headers that say so much. */
static size_t found(uint32_t first, uint32_t others) {
    char earlier[LINES * MODULE_HEADER_BYTES] = {0};
    const char *texts[LINE_TEXTS] = {"1", "", "", earlier};
    size_t sizes[LINE_TEXTS] = {1, 0, 0, sizeof earlier};
    CompilerRequest request = {0};
    for (size_t i = 0; i < LINES; i++)
        bytes_put32((uint8_t *)earlier + i * MODULE_HEADER_BYTES +
                        MODULE_SIZE_AT,
                    i == 0 ? first : others);
    Line *line = line_take(sizes);
    EXPECT(line != NULL);
    while (line_copy(line, texts, 7))
        continue;
    EXPECT(line_request(line, 1, finds_none, &request));
    size_t count = request.library_count;
    line_give(line);
    return count;
}

TEST("of earlier lines those count that say how long they are") {
    const uint32_t one = MODULE_HEADER_BYTES, all = LINES * one;
    const uint32_t wrong[] = {0,       1,          one - 1,
                              all + 1, UINT32_MAX, UINT32_MAX - one + 1};
    EXPECT_EQUAL(found(one, one), LINES);
    EXPECT_EQUAL(found(all, one), 1);
    EXPECT_EQUAL(found(2 * one, one), LINES - 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        EXPECT_EQUAL(found(wrong[i], one), 0);
        EXPECT_EQUAL(found(one, wrong[i]), 1);
    }
}
