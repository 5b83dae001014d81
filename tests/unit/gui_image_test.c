/* Tests of gui/image.c: pictures, whole, cut and damaged. */
#include "gui/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>

#include "kernel/lib/picture.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

enum { WIDTH = 37, HEIGHT = 23, MOST = 1 << 16 };

typedef struct File {
    uint8_t bytes[MOST];
    size_t size_bytes;
} File;

static void append(void *context, void *bytes, int count) {
    File *file = context;
    memcpy(file->bytes + file->size_bytes, bytes, (size_t)count);
    file->size_bytes += (size_t)count;
}

static uint8_t source[WIDTH * HEIGHT * 4];

/* A picture with soft colours, as a PNG or a JPEG. */
static void make_file(File *file, bool jpeg) {
    file->size_bytes = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        source[i * 4] = (uint8_t)(i % WIDTH * 6);
        source[i * 4 + 1] = (uint8_t)(i / WIDTH * 10);
        source[i * 4 + 2] = (uint8_t)(i / 5);
        source[i * 4 + 3] = jpeg ? 255 : (uint8_t)(i * 7);
    }
    if (jpeg)
        stbi_write_jpg_to_func(append, file, WIDTH, HEIGHT, 4, source, 90);
    else
        stbi_write_png_to_func(append, file, WIDTH, HEIGHT, 4, source,
                               WIDTH * 4);
}

TEST("a PNG comes out pixel by pixel, multiplied with its alpha") {
    static File file;
    Bitmap bitmap;
    make_file(&file, false);
    EXPECT_EQUAL(image_decode(file.bytes, file.size_bytes, &bitmap), STATUS_OK);
    EXPECT(bitmap.width == WIDTH && bitmap.height == HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const uint8_t *at = source + i * 4;
        Colour colour = (Colour)at[3] << 24 | (Colour)at[0] << 16 |
                        (Colour)at[1] << 8 | at[2];
        if (bitmap.pixels[i] != bitmap_pixel(colour))
            EXPECT_EQUAL(bitmap.pixels[i], bitmap_pixel(colour));
    }
    bitmap_free(&bitmap);
}

TEST("a JPEG comes out close to what went in") {
    static File file;
    Bitmap bitmap;
    make_file(&file, true);
    EXPECT_EQUAL(image_decode(file.bytes, file.size_bytes, &bitmap), STATUS_OK);
    int most = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        for (int k = 0; k < 3; k++) {
            int got = (int)(bitmap.pixels[i] >> (16 - 8 * k) & 255);
            int by = abs(got - source[i * 4 + k]);
            most = by > most ? by : most;
        }
    EXPECT(most < 40);
    EXPECT_EQUAL(bitmap.pixels[0] >> 24, 255);
    bitmap_free(&bitmap);
}

/* Decodes bytes that lie at the end of their memory, so that the sanitizer
 * sees one byte too many. */
static void try_decode(const uint8_t *bytes, size_t size_bytes) {
    uint8_t *copy = malloc(size_bytes ? size_bytes : 1);
    memcpy(copy, bytes, size_bytes);
    Bitmap bitmap;
    if (image_decode(copy, size_bytes, &bitmap) == STATUS_OK)
        bitmap_free(&bitmap);
    else
        EXPECT(bitmap.pixels == NULL);
    free(copy);
}

TEST("pictures that end too early do no harm") {
    static File file;
    for (int jpeg = 0; jpeg < 2; jpeg++) {
        make_file(&file, jpeg);
        for (size_t size = 0; size < file.size_bytes; size += 3)
            try_decode(file.bytes, size);
    }
}

TEST("pictures with flipped bits do no harm") {
    static File file;
    uint64_t state = 77;
    for (int round = 0; round < 600; round++) {
        make_file(&file, round & 1);
        for (int i = round % 9; i >= 0; i--) {
            size_t span = i % 2 ? file.size_bytes : file.size_bytes / 4;
            file.bytes[test_random(&state) % span] ^=
                (uint8_t)(1u << test_random(&state) % 8);
        }
        try_decode(file.bytes, file.size_bytes);
    }
}

TEST("a picture that says it is huge is refused before memory is taken") {
    static File file;
    Bitmap bitmap;
    make_file(&file, false);
    memcpy(file.bytes + 16, "\0\0\x1f\xff\0\0\x1f\xff", 8); /* 8191 x 8191 */
    EXPECT_EQUAL(image_decode(file.bytes, file.size_bytes, &bitmap),
                 STATUS_LIMIT);
    EXPECT_EQUAL(image_decode("no picture", 10, &bitmap), STATUS_INVALID);
    EXPECT_EQUAL(image_decode("", 0, &bitmap), STATUS_INVALID);
}

TEST("decoding without memory fails and loses nothing, for every allocation") {
    static File file;
    for (int jpeg = 0; jpeg < 2; jpeg++) {
        make_file(&file, jpeg);
        Status status = STATUS_NO_MEMORY;
        for (uint64_t k = 1; status != STATUS_OK && k < 200; k++) {
            Bitmap bitmap;
            sim_alloc_fail(k, true);
            status = image_decode(file.bytes, file.size_bytes, &bitmap);
            sim_alloc_fail(0, false);
            if (status == STATUS_OK)
                bitmap_free(&bitmap);
            else
                EXPECT(status == STATUS_NO_MEMORY && bitmap.pixels == NULL);
        }
        EXPECT_EQUAL(status, STATUS_OK);
    }
}

/* ---- One after the other ---- */

enum { OTHER_KINDS = 6 };

static const uint8_t *some_bytes(const File *file, int kind) {
    static const char *const words[] = {"no picture", ""};
    return kind < 2 ? (const uint8_t *)words[kind] : file->bytes;
}

/* Neither, a damaged one of each sort, one that says it is huge, a good one;
 * the last without memory after so many requests. */
static Status decode_kind(int kind, uint64_t failing) {
    static File file;
    static const size_t word_bytes[] = {10, 0};
    Bitmap bitmap;
    make_file(&file, kind == 3);
    size_t size_bytes = kind < 2 ? word_bytes[kind] : file.size_bytes;
    if (kind == 2)
        size_bytes /= 2;
    if (kind == 3)
        memset(file.bytes + 20, 0x55, 200);
    if (kind == 4)
        memcpy(file.bytes + 16, "\0\0\x1f\xff\0\0\x1f\xff", 8);
    if (failing)
        sim_alloc_fail(failing, true);
    Status status = image_decode(some_bytes(&file, kind), size_bytes, &bitmap);
    sim_alloc_fail(0, false);
    if (status == STATUS_OK)
        bitmap_free(&bitmap);
    return status;
}

TEST("why a picture is refused has nothing to do with the one before") {
    static const Status alone[OTHER_KINDS] = {STATUS_INVALID, STATUS_INVALID,
                                              STATUS_INVALID, STATUS_INVALID,
                                              STATUS_LIMIT,   STATUS_OK};
    for (int kind = 0; kind < OTHER_KINDS; kind++)
        for (int before = 0; before < OTHER_KINDS; before++) {
            decode_kind(before, 0);
            EXPECT_EQUAL(decode_kind(kind, 0), alone[kind]);
            for (uint64_t failing = 1; failing < 4; failing++) {
                EXPECT_EQUAL(decode_kind(5, failing), STATUS_NO_MEMORY);
                EXPECT_EQUAL(decode_kind(kind, 0), alone[kind]);
            }
        }
}
