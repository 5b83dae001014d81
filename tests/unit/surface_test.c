/* Tests of surfaces: pictures in tiles. */
#include "wm/surface.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"

enum { WIDTH = 150, HEIGHT = 40 };

static uint64_t calls, fail_at; /* announcements; the one that is refused */

static Status announce(void *address, size_t size_bytes) {
    (void)address, (void)size_bytes;
    return ++calls == fail_at ? STATUS_NO_SPACE : STATUS_OK;
}

/* What is given back reads as anything, also as it was. */
static Status discard(void *address, size_t size_bytes) {
    Status status = announce(address, size_bytes);
    if (status == STATUS_OK && sim_random() % 2)
        memset(address, (int)sim_random(), size_bytes);
    return status;
}

static const SurfaceMemory memory = {announce, discard};

static Surface *surface;
static Bitmap picture;

static void start(void) {
    size_t bytes = surface_bytes(WIDTH, HEIGHT);
    calls = fail_at = 0;
    surface = aligned_alloc(4096, bytes);
    memset(surface, 0x5A, bytes);
    surface_make(surface, WIDTH, HEIGHT, 0xff336699);
    EXPECT(surface_valid(surface, bytes));
    EXPECT(!surface_valid(surface, bytes - 1));
    EXPECT_EQUAL(bitmap_make(WIDTH, HEIGHT, &picture), STATUS_OK);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        picture.pixels[i] = 0xff336699;
}

static void stop(void) {
    free(surface);
    bitmap_free(&picture);
}

static bool shows_picture(void) {
    uint32_t row[WIDTH];
    for (uint32_t y = 0; y < HEIGHT; y++) {
        surface_row(surface, 0, y, WIDTH, row);
        if (memcmp(row, bitmap_at(&picture, 0, (int32_t)y), sizeof row) != 0)
            return false;
    }
    return true;
}

/* A part of the picture in one colour, or in many. */
static Rect change_picture(void) {
    static const uint32_t colours[] = {0xff336699, 0xffffffff, 0xff000000};
    Rect part = {(int32_t)(sim_random() % WIDTH),
                 (int32_t)(sim_random() % HEIGHT),
                 1 + (int32_t)(sim_random() % WIDTH),
                 1 + (int32_t)(sim_random() % HEIGHT)};
    part = rect_common(part, bitmap_rect(&picture));
    uint64_t kind = sim_random() % 5;
    if (kind == 0)
        part = bitmap_rect(&picture);
    for (int32_t y = part.y; y < part.y + part.height; y++)
        for (int32_t x = part.x; x < part.x + part.width; x++)
            *bitmap_at(&picture, x, y) =
                kind < 3 ? colours[kind] : 0xff000000u | (uint32_t)(x * y);
    return part;
}

TEST("a surface shows the picture that it took, tile by tile") {
    start();
    EXPECT(shows_picture());
    for (int round = 0; round < 300; round++) {
        Rect changed = {0, 0, 0, 0};
        sim_seed((uint64_t)round);
        change_picture();
        EXPECT_EQUAL(
            surface_commit(surface, &picture, 1, NULL, &memory, &changed),
            STATUS_OK);
        if (!shows_picture()) {
            EXPECT(!"it shows the picture");
            break;
        }
    }
    stop();
}

TEST("what a surface says has changed has all that did, and no more tiles") {
    start();
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x += 7) {
            Rect changed = {0, 0, 0, 0};
            *bitmap_at(&picture, x, y) ^= 0xff;
            EXPECT_EQUAL(
                surface_commit(surface, &picture, 1, NULL, &memory, &changed),
                STATUS_OK);
            EXPECT(rect_has(changed, x, y));
            EXPECT_EQUAL(changed.width, SURFACE_TILE_WIDTH);
            EXPECT_EQUAL(changed.height, SURFACE_TILE_HEIGHT);
        }
    stop();
}

TEST("what is found to differ in steps is what a commit would change") {
    uint64_t differs[1] = {0}, new[1] = {0};
    start();
    uint32_t tiles = surface->columns * surface->rows;
    for (int round = 0; round < 200; round++) {
        Rect changed = {0, 0, 0, 0}, again = {0, 0, 0, 0};
        uint32_t found = 0, other = 0;
        sim_seed((uint64_t)round);
        change_picture();
        for (uint32_t i = 0; i < tiles; i += 2) {
            uint32_t count = tiles - i < 2 ? tiles - i : 2;
            found += surface_compare(surface, &picture, 0, i, count, differs);
            other += surface_compare(NULL, &picture, 0x336699, i, count, new);
        }
        EXPECT_EQUAL(found, __builtin_popcountll(differs[0]));
        EXPECT_EQUAL(
            surface_commit(surface, &picture, 1, differs, &memory, &changed),
            STATUS_OK);
        EXPECT(shows_picture());
        EXPECT_EQUAL(rect_empty(changed), found == 0);
        /* A new surface is of one colour. */
        surface_make(surface, WIDTH, HEIGHT, 0xff336699);
        EXPECT_EQUAL(surface_compare(surface, &picture, 0, 0, tiles, differs),
                     other);
        EXPECT_EQUAL(differs[0], new[0]);
        EXPECT_EQUAL(surface_commit(surface, &picture, 1, new, &memory, &again),
                     STATUS_OK);
        EXPECT(shows_picture());
    }
    stop();
}

TEST("a surface has so many tiles and no more, whatever its sides are") {
    for (int32_t width = 1; width <= SURFACE_SIDE_MAX; width += 63) {
        int32_t most = surface_height_most(width);
        EXPECT(surface_bytes((uint32_t)width, (uint32_t)most) > 0);
        EXPECT_EQUAL(surface_bytes((uint32_t)width, (uint32_t)most + 1), 0);
    }
}

TEST("the same picture again writes nothing") {
    Rect changed = {0, 0, 0, 0};
    start();
    change_picture();
    EXPECT_EQUAL(surface_commit(surface, &picture, 1, NULL, &memory, &changed),
                 STATUS_OK);
    calls = 0;
    changed = (Rect){0, 0, 0, 0};
    EXPECT_EQUAL(surface_commit(surface, &picture, 1, NULL, &memory, &changed),
                 STATUS_OK);
    EXPECT_EQUAL(calls, 0);
    EXPECT(rect_empty(changed));
    stop();
}

TEST("a commit that is refused is made again, wherever that was") {
    for (uint64_t fail = 1; fail < 12; fail++) {
        Rect changed = {0, 0, 0, 0};
        start();
        sim_seed(fail);
        for (int i = 0; i < WIDTH * HEIGHT; i++)
            picture.pixels[i] = 0xff000000u | (uint32_t)(i * 7);
        fail_at = fail;
        Status status =
            surface_commit(surface, &picture, 5, NULL, &memory, &changed);
        EXPECT_EQUAL(status, STATUS_NO_SPACE);
        EXPECT(surface->stamp != 5);
        EXPECT_EQUAL(
            surface_commit(surface, &picture, 5, NULL, &memory, &changed),
            STATUS_OK);
        EXPECT(shows_picture());
        EXPECT_EQUAL(surface->stamp, 5);
        stop();
    }
}
