/* Tests of the third-party libraries as they are linked: kernel/lib. */
#include <stdlib.h>
#include <string.h>

#include "kernel/base/bytes.h"
#include "kernel/lib/face.h"
#include "kernel/lib/math.h"
#include "kernel/system/assets.h"
#include "tests/test.h"

void libc_qsort(void *elements, size_t count, size_t size_bytes,
                int (*compare)(const void *, const void *));
char *libc_strstr(const char *text, const char *wanted);

static uint64_t bits(double value) {
    return bytes_get64(&value);
}

TEST("the maths gives the same bits on every machine") {
    EXPECT_EQUAL(bits(math_sin(1.0)), 0x3feaed548f090ceeu);
    EXPECT_EQUAL(bits(math_cos(1.0)), 0x3fe14a280fb5068cu);
    EXPECT_EQUAL(bits(math_exp(1.0)), 0x4005bf0a8b145769u);
    EXPECT_EQUAL(bits(math_log(2.0)), 0x3fe62e42fefa39efu);
    EXPECT_EQUAL(bits(math_pow(2.0, 0.5)), 0x3ff6a09e667f3bcdu);
    EXPECT_EQUAL(bits(math_sqrt(2.0)), 0x3ff6a09e667f3bcdu);
    EXPECT_EQUAL(bits(math_cbrt(27.0)), bits(3.0));
    EXPECT_EQUAL(bits(math_hypot(3.0, 4.0)), bits(5.0));
    EXPECT_EQUAL(bits(math_fmod(7.5, 2.0)), bits(1.5));
    EXPECT_EQUAL(bits(math_round(-2.5)), bits(-3.0));
    EXPECT_EQUAL(bits(math_trunc(-2.9)), bits(-2.0));
    EXPECT_EQUAL(bits(math_floor(-2.1)), bits(-3.0));
    EXPECT_EQUAL(bits(math_ceil(2.1)), bits(3.0));
    EXPECT_EQUAL(bits(math_log10(1000.0)), bits(3.0));
    EXPECT_EQUAL(bits(math_log2(8.0)), bits(3.0));
    EXPECT_EQUAL(bits(math_exp2(10.0)), bits(1024.0));
    EXPECT_EQUAL(bits(math_tanh(0.0)), bits(0.0));
    EXPECT_EQUAL(bits(math_atan2(1.0, 1.0)), 0x3fe921fb54442d18u);
}

static int compare_bytes(const void *a, const void *b) {
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

TEST("sorting sorts any number of elements") {
    uint64_t state = 7;
    for (size_t count = 0; count < 40; count++) {
        uint8_t mine[40], theirs[40];
        for (size_t i = 0; i < count; i++)
            mine[i] = theirs[i] = (uint8_t)test_random(&state);
        libc_qsort(mine, count, 1, compare_bytes);
        qsort(theirs, count, 1, compare_bytes);
        EXPECT(memcmp(mine, theirs, count) == 0);
    }
}

TEST("texts are found by our own C library") {
    const char *text = "abcabd";
    EXPECT(libc_strstr(text, "abd") == text + 3);
    EXPECT(libc_strstr(text, "x") == NULL);
}

TEST("every font opens, has letters and draws them") {
    static const char *names[] = {"font/ui", "font/semibold", "font/mono",
                                  "font/fallback"};
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *data;
        size_t size_bytes;
        Face *face;
        FaceImage image;
        EXPECT(assets_find(names[i], &data, &size_bytes));
        EXPECT_EQUAL(face_open(data, size_bytes, &face), STATUS_OK);
        EXPECT_EQUAL(face_set_size(face, 13), STATUS_OK);
        EXPECT(face_glyph(face, 'A') != 0);
        EXPECT_EQUAL(face_draw(face, face_glyph(face, 'A'), 16, &image),
                     STATUS_OK);
        EXPECT(image.width > 5 && image.height > 7 && image.top > 7);
        EXPECT(face_draw(face, 0xffffff, 0, &image) != STATUS_OK);
        EXPECT_EQUAL(face_set_size(face, 0), STATUS_LIMIT);
        face_close(face);
    }
}

TEST("what is no font is refused") {
    Face *face;
    EXPECT_EQUAL(face_open("no font at all", 14, &face), STATUS_INVALID);
    EXPECT(face == NULL);
    const uint8_t *data;
    size_t size_bytes;
    EXPECT(!assets_find("font/none", &data, &size_bytes));
}
